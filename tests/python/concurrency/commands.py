"""Commands of dbt that can be held at a statement, each in a process of its own."""

from __future__ import annotations

from dbt.contracts.graph.manifest import Manifest

from builds.runner import Dbt, Outcome
from concurrency.gates import Gate
from dbt_process import DbtProcess
from halt import Halt


class Command:
    """A process of dbt behind a gate of its own, whose commands can be held."""

    def __init__(self, gate: Gate, dbt: Dbt, manifest: Manifest) -> None:
        self.gate = gate
        self._dbt = dbt
        self._manifest = manifest
        self._process: DbtProcess | None = None
        self._held: Halt | None = None
        self._is_started = False

    def start(self, arguments: tuple[str, ...], held_before: tuple[str, int] | None = None) -> None:
        """Start a command. held_before: the model, or `forget_user`, and the number of the statement."""
        self._process = self._process or DbtProcess(self._dbt, self.gate.env, self._manifest)
        self.gate.forget()
        self._held = self.gate.hold_before(*held_before) if held_before else None
        self._process.start(*arguments)
        self._is_started = True

    @property
    def is_done(self) -> bool:
        """Whether the command has ended."""
        return self._process is not None and self._process.is_done()

    @property
    def is_held(self) -> bool:
        """Whether the command is held."""
        return self._held is not None and self._held.is_reached

    @property
    def is_going(self) -> bool:
        """Whether the command was started, has not ended and is not held."""
        return self._is_started and not self.is_done and not self.is_held

    def go_on(self) -> None:
        """Let the command go on, or not be held at all."""
        if self._held:
            self._held.go_on()
        self._held = None

    def wait_until_held(self) -> None:
        """Wait for the command to come to its place. Raises AssertionError if it does not."""
        assert self._held is not None
        self._held.wait_until_reached()

    def outcome(self) -> Outcome:
        """Let the command go on and wait for its end."""
        assert self._process is not None
        self.go_on()
        self._is_started = False
        return self._process.outcome()

    def run(self, *arguments: str) -> Outcome:
        """Run a command, which must not fail."""
        self.start(arguments)
        outcome = self.outcome()
        assert outcome.success, f"dbt {' '.join(arguments)} failed\n{outcome.failure}"
        return outcome

    def kill_if_busy(self) -> None:
        """Kill the process if nobody asked for the outcome of its command."""
        self.gate.forget()
        if self._is_started:
            self.kill()

    def kill(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
        self._process, self._held, self._is_started = None, None, False
