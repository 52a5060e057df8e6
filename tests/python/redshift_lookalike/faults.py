"""Where a run is to go wrong or to wait: the link is cut or held, or the server answers with an error."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field

_PATIENCE_SECONDS = 120


@dataclass
class Fault:
    """The `number`-th statement, from 1, that matches a pattern and belongs to a model, if one is given.

    pattern: regular expression that is searched for in the SQL, without regard to case.
    executed: whether the server has executed the statement before the link is cut.
    error: message with which the server is to answer instead; None if the link is to be cut.
    """

    pattern: str = ""
    number: int = 1
    model: str | None = None
    executed: bool = False
    error: str | None = None
    seen: int = field(default=0, init=False)

    @property
    def is_reached(self) -> bool:
        """Whether a run came here."""
        return self.seen >= self.number

    def __str__(self) -> str:
        what = f"statement {self.number} {f'of {self.model}' if self.model else ''} {self.pattern}".strip()
        return f"{'after' if self.executed else 'before'} {what}"


@dataclass
class Hold(Fault):
    """A statement before which a session waits until `go_on`; if nobody lets it, its link is cut there."""

    _reached: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    _decided: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    _is_cut: bool = field(default=False, init=False)

    def wait_until_reached(self) -> None:
        """Wait for a run to come here. Raises AssertionError if none does."""
        assert self._reached.wait(_PATIENCE_SECONDS), f"no run came here: {self}"

    def go_on(self) -> None:
        """Let the session go on."""
        self._decided.set()

    def cut(self) -> None:
        """Cut the link."""
        self._is_cut = True
        self._decided.set()

    def hold(self) -> bool:
        """Tell that a run came here, wait for the decision: whether the link is to be cut."""
        self._reached.set()
        return not self._decided.wait(_PATIENCE_SECONDS) or self._is_cut


class Faults:
    """The faults that are still to come. May be used by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Expect a fault, counting statements from now on."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Expect none any more. Sessions that are held lose their link."""
        with self._lock:
            for fault in self._faults:
                if isinstance(fault, Hold):
                    fault.cut()
            self._faults.clear()

    def at(self, sql: str, model: str | None) -> Fault | None:
        """The fault at a statement that is about to be executed, if there is one. Each comes once.

        A session that is to be held waits here.
        """
        fault = self._next(sql, model)
        return None if isinstance(fault, Hold) and not fault.hold() else fault

    def _next(self, sql: str, model: str | None) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                of_model = fault.model in (None, model)
                if of_model and not fault.is_reached and re.search(fault.pattern, sql, re.IGNORECASE):
                    fault.seen += 1
                    if fault.is_reached:
                        return fault
        return None
