"""Runs dbt in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.results import RunExecutionResult, RunResult
from dbt_common.events.base_types import EventMsg

from builds.collector import garbage_collector_paused

Listener = Callable[[EventMsg], None]

QUIET = ("--quiet",)
"""Options with which dbt prints errors only."""
NO_LOG = (*QUIET, "--log-level-file", "none")
"""Options with which dbt also writes no log."""
NO_FILES = (*NO_LOG, "--no-write-json")
"""Options with which dbt also writes no file. Writing manifest.json takes a second."""
OLD_EVENTS: Mapping[str, object] = {"newest_load_max_hours": None}
"""Vars of builds from Python. Their events are simulated or made up, and may be old."""


class Messages:
    """Collects the messages of dbt's events that are warnings or errors, in order."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.errors: list[str] = []

    def __call__(self, event: Any) -> None:
        """Take the message of an event of dbt."""
        if event.info.level == "warn":
            self.warnings.append(event.info.msg)
        elif event.info.level == "error":
            self.errors.append(event.info.msg)


@dataclass(frozen=True)
class Outcome:
    """What came of a dbt command."""

    success: bool
    results: Mapping[str, RunResult] = field(default_factory=dict)
    """Of the nodes that ran, by name."""
    warnings: list[str] = field(default_factory=list)
    """What dbt warned of, in order."""
    exception: str = ""
    """Why dbt gave up, if it did; a node that fails is no reason."""
    manifest: Manifest | None = None
    """What was parsed, if the command was `parse`."""

    @property
    def errors(self) -> dict[str, str]:
        """The messages of nodes that failed, by name; that of dbt itself has the name ''."""
        errors = {
            name: str(result.message)
            for name, result in self.results.items()
            if result.status in ("error", "fail")
        }
        return errors | ({"": self.exception} if self.exception else {})

    @property
    def failure(self) -> str:
        """The errors as text, one a line; empty after a success."""
        return "\n".join(f"{name}: {message}" if name else message for name, message in self.errors.items())


@dataclass(frozen=True)
class Dbt:
    """A project, where it is built, and how dbt runs.

    project, profiles: the folders of dbt_project.yml and profiles.yml.
    target: a target of the profile.  threads: how many, unless as many as the target has.
    work: the folder in which dbt writes `target` and `logs`, unless it writes where it does by default.
    logging: options that say what dbt logs, and where.
    """

    project: Path
    profiles: Path
    target: str
    work: Path | None = None
    threads: int | None = None
    logging: tuple[str, ...] = QUIET

    def arguments(
        self, command: str, *arguments: str, variables: Mapping[str, object] | None = None
    ) -> list[str]:
        """What the program `dbt` is called with: a command of one word or two, vars, and its arguments.

        Vars override those in dbt_project.yml, and arguments override the options of this object. Vars are
        merged: `OLD_EVENTS`, then `variables`, then those among the arguments.
        """
        options = [*self.logging, "--target", self.target]
        options += ["--project-dir", str(self.project), "--profiles-dir", str(self.profiles)]
        if self.work is not None:
            options += ["--target-path", str(self.work / "target"), "--log-path", str(self.work / "logs")]
        if self.threads is not None:
            options += ["--threads", str(self.threads)]
        given = {**OLD_EVENTS, **(variables or {})}
        rest = list(arguments)
        if "--vars" in rest:
            place = rest.index("--vars")
            _, text = rest[place : place + 2]
            del rest[place : place + 2]
            given |= yaml.safe_load(text)
        return [*command.split(), *options, "--vars", json.dumps(given, default=str), *rest]

    def run(
        self,
        command: str,
        *arguments: str,
        variables: Mapping[str, object] | None = None,
        listen: Listener | None = None,
        manifest: Manifest | None = None,
    ) -> Outcome:
        """Run a command in this process; see `arguments`. What fails is in the outcome.

        listen: is given each event of dbt.  manifest: the parsed project, which is not parsed again then.
        """
        messages = Messages()
        listeners: list[Listener] = [messages, *([listen] if listen else [])]
        with garbage_collector_paused():
            invoked = dbtRunner(manifest, callbacks=listeners).invoke(
                self.arguments(command, *arguments, variables=variables)
            )
        found = invoked.result
        results = found.results if isinstance(found, RunExecutionResult) else []
        exception = str(invoked.exception or "")
        if not (invoked.success or results or exception):  # a run-operation that fails has only messages
            exception = "\n".join(messages.errors)
        return Outcome(
            success=invoked.success,
            results={result.node.name: result for result in results},
            warnings=messages.warnings,
            exception=exception,
            manifest=found if isinstance(found, Manifest) else None,
        )
