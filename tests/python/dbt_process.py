"""Runs dbt in a process of its own, which may run beside another and be killed."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from dbt.contracts.graph.manifest import Manifest

import shortcuts
from builds.runner import Dbt, Outcome
from deep import IS_DEEP

_PATIENCE_SECONDS = 240


class DbtProcess:
    """A process that runs dbt commands one after the other. It imports dbt once."""

    def __init__(self, dbt: Dbt, env: Mapping[str, str], manifest: Manifest) -> None:
        """Start the process.

        env: is added to the process's environment.  manifest: the parsed project.
        """
        # Processes are forked from one that has imported dbt, which takes seconds.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["dbt.cli.main", "dbt.adapters.postgres", "dbt.adapters.redshift"])
        self._link, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, dbt, dict(env), manifest), daemon=True)
        self._process.start()
        theirs.close()
        self.is_busy = False
        """Whether a command was started whose outcome nobody has asked for."""

    @property
    def pid(self) -> int:
        """The id of the process."""
        assert self._process.pid is not None
        return self._process.pid

    def run(self, command: str, *arguments: str) -> Outcome:
        """Run a dbt command, such as `run`, with its arguments. Raises TimeoutError if it does not end."""
        self.start(command, *arguments)
        return self.outcome()

    def start(self, command: str, *arguments: str) -> None:
        """Start a dbt command."""
        self.is_busy = True
        self._link.send((command, *arguments))

    def is_done(self, within_seconds: float = 0) -> bool:
        """Whether the command that was started has ended, or does within a time."""
        return self._link.poll(within_seconds)

    def outcome(self) -> Outcome:
        """Wait for the end of the command that was started. Raises TimeoutError if it does not end."""
        if not self._link.poll(_PATIENCE_SECONDS):
            raise TimeoutError(f"dbt does not end within {_PATIENCE_SECONDS} seconds")
        outcome: Outcome = self._link.recv()
        self.is_busy = False
        return outcome

    def kill(self) -> None:
        """End the process as `kill -9` does."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._link.close()


def _serve(link: Connection, dbt: Dbt, env: Mapping[str, str], manifest: Manifest) -> None:
    os.environ.update(env)
    if not IS_DEEP:
        shortcuts.take()
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            command, *arguments = link.recv()
            link.send(dbt.run(command, *arguments, manifest=manifest))
