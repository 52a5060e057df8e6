"""Where a run is to go wrong or to wait: the link is cut or held, or a statement fails or is limited."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field

from halt import Halt


@dataclass
class Fault:
    """The `number`-th statement, from 1, that matches a pattern and belongs to a model, if one is given.

    pattern: regular expression that is searched for in the SQL, without regard to case.
    executed: whether the server has executed the statement before the link is cut.
    error: message with which the server is to answer instead; None if the link is to be cut.
    limit: milliseconds after which the server cancels the statement; None if it is not to be limited.
    """

    pattern: str = ""
    number: int = 1
    model: str | None = None
    executed: bool = False
    error: str | None = None
    limit: int | None = None
    seen: int = field(default=0, init=False)

    @property
    def is_reached(self) -> bool:
        """Whether a run came here."""
        return self.seen >= self.number

    def __str__(self) -> str:
        what = f"statement {self.number} {f'of {self.model}' if self.model else ''} {self.pattern}".strip()
        return f"{'after' if self.executed else 'before'} {what}"


class Hold(Fault, Halt):
    """A statement before which a session waits for a decision."""

    def __init__(self, pattern: str = "", number: int = 1, model: str | None = None) -> None:
        Fault.__init__(self, pattern, number, model)
        Halt.__init__(self)


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
        return None if isinstance(fault, Hold) and not fault.arrive() else fault

    def _next(self, sql: str, model: str | None) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                of_model = fault.model in (None, model)
                if of_model and not fault.is_reached and re.search(fault.pattern, sql, re.IGNORECASE):
                    fault.seen += 1
                    if fault.is_reached:
                        return fault
        return None
