"""A place at which a run halts until a test decides how it goes on."""

from __future__ import annotations

import threading

_PATIENCE_SECONDS = 120


class Halt:
    """A run that arrives waits for `go_on` or `cut`. If neither comes in two minutes, its link is cut.

    A decision may come before the run does.
    """

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._decided = threading.Event()
        self._is_cut = False

    @property
    def is_reached(self) -> bool:
        """Whether a run has come here."""
        return self._arrived.is_set()

    def wait_until_reached(self) -> None:
        """Wait for a run to come here. Raises AssertionError if none does in two minutes."""
        assert self._arrived.wait(_PATIENCE_SECONDS), f"no run came here: {self}"

    def go_on(self) -> None:
        """Let the run go on."""
        self._decided.set()

    def cut(self) -> None:
        """Cut the link."""
        self._is_cut = True
        self._decided.set()

    def arrive(self) -> bool:
        """Wait for the decision, as the run that has come here. Returns whether its link is to be cut."""
        self._arrived.set()
        return not self._decided.wait(_PATIENCE_SECONDS) or self._is_cut
