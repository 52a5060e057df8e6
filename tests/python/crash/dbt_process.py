"""dbt in a process of its own, which may run beside another and be killed."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

_PATIENCE_SECONDS = 240


@dataclass(frozen=True)
class Outcome:
    """What came out of a dbt command."""

    success: bool
    errors: dict[str, str]  # messages by name of the node; those of dbt itself have the name ''


class DbtProcess:
    """A process that runs dbt commands one after the other. It imports dbt and parses the project once."""

    def __init__(self, project: Path, work: Path, env: Mapping[str, str], target: str = "sandbox") -> None:
        """The project in the folder `project`; `work` has profiles.yml and gets what dbt writes."""
        options = [
            *("--quiet", "--target", target, "--log-level-file", "none"),
            *("--project-dir", str(project), "--profiles-dir", str(work)),
            *("--target-path", str(work / "target"), "--log-path", str(work / "logs")),
        ]
        context = multiprocessing.get_context("spawn")
        self._link, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, options, dict(env)), daemon=True)
        self._process.start()
        theirs.close()
        self.is_busy = False
        """Whether a command was started whose outcome nobody has asked for."""

    @property
    def pid(self) -> int:
        """The id of the process."""
        assert self._process.pid is not None
        return self._process.pid

    def run(self, *arguments: str) -> Outcome:
        """Run a dbt command, such as `run`, with its arguments."""
        self.start(*arguments)
        return self.outcome()

    def start(self, *arguments: str) -> None:
        """Start a dbt command."""
        self.is_busy = True
        self._link.send(arguments)

    def is_done(self, within_seconds: float = 0) -> bool:
        """Whether the command that was started has ended, or does within a time."""
        return self._link.poll(within_seconds)

    def outcome(self) -> Outcome:
        """Wait for the end of the command that was started."""
        assert self._link.poll(_PATIENCE_SECONDS), "dbt does not end"
        outcome: Outcome = self._link.recv()
        self.is_busy = False
        return outcome

    def kill(self) -> None:
        """End the process as `kill -9` does."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._link.close()


def _serve(link: Connection, options: Sequence[str], env: Mapping[str, str]) -> None:
    os.environ.update(env)
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt.contracts.results import RunExecutionResult

    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    manifest: Manifest | None = None
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            arguments: tuple[str, ...] = link.recv()
            if manifest is None:
                parsed = dbtRunner().invoke(["parse", *options])
                if not isinstance(parsed.result, Manifest):
                    link.send(Outcome(False, {"": str(parsed.exception)}))
                    continue
                manifest = parsed.result
            invoked = dbtRunner(manifest).invoke(["--no-write-json", *arguments, *options])
            results = invoked.result.results if isinstance(invoked.result, RunExecutionResult) else []
            errors = {result.node.name: str(result.message) for result in results if result.status == "error"}
            if invoked.exception:
                errors[""] = str(invoked.exception)
            link.send(Outcome(invoked.success, errors))
