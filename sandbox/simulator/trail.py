"""Where the domains write down what happens, event by event, before anyone makes messages of it.

Beside the events a trail keeps what only the process knows: which session an event is of, and which events
are of one thing. The truth is made of that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sandbox.simulator.draws import Flags, Ints


@dataclass(frozen=True)
class Rows:
    """All rows of one event: when, and about what.

    `order`, `robot`, `trip` and `pilot` are positions from 1 in the pools of the chunk, 0 for none.
    """

    at: Ints
    order: Ints
    robot: Ints
    trip: Ints
    pilot: Ints
    case: Ints
    """The troubleshooting session that it is a part or a consequence of, from 1; 0 for none."""
    extra: dict[str, Ints]

    def __len__(self) -> int:
        return len(self.at)

    def take(self, index: Ints | Flags) -> "Rows":
        """The rows that a mask or an array of positions picks."""
        extra = {name: column[index] for name, column in self.extra.items()}
        columns = (self.at, self.order, self.robot, self.trip, self.pilot, self.case)
        at, order, robot, trip, pilot, case = (column[index] for column in columns)
        return Rows(at, order, robot, trip, pilot, case, extra)

    @classmethod
    def joined(cls, parts: "list[Rows]") -> "Rows":
        """Several sets of rows of one event, one after another."""
        extra = {name: np.concatenate([part.extra[name] for part in parts]) for name in parts[0].extra}
        columns = ([part.at, part.order, part.robot, part.trip, part.pilot, part.case] for part in parts)
        at, order, robot, trip, pilot, case = (
            np.concatenate(column) for column in zip(*columns, strict=True)
        )
        return cls(at, order, robot, trip, pilot, case, extra)


class Trail:
    """Events as they happen, in columns. A row keeps the number that it got when it was added.

    `story` tells trails with the same events apart, see `series_name`.
    """

    def __init__(self, story: str = "") -> None:
        self.story = story
        self._parts: dict[str, list[Rows]] = {}
        self._sizes: dict[str, int] = {}
        self._facts: dict[str, list[dict[str, Ints]]] = {}
        self._case_count = 0

    def add(
        self,
        event: str,
        at: Ints,
        *,
        where: Flags | None = None,
        order: Ints | None = None,
        robot: Ints | None = None,
        trip: Ints | None = None,
        pilot: Ints | None = None,
        case: Ints | None = None,
        **extra: Ints,
    ) -> Ints:
        """Write down one row for each time, where `where` holds. Returns their numbers, -1 for no row.

        Every call for the same event must give the same extra columns.
        """
        none = np.zeros(len(at), dtype=np.int64)
        kept = np.ones(len(at), dtype=bool) if where is None else where
        rows = Rows(
            at=at,
            order=none if order is None else order,
            robot=none if robot is None else robot,
            trip=none if trip is None else trip,
            pilot=none if pilot is None else pilot,
            case=none if case is None else case,
            extra=extra,
        ).take(kept)
        first = self._sizes.get(event, 0)
        self._parts.setdefault(event, []).append(rows)
        self._sizes[event] = first + len(rows)
        return np.where(kept, first + np.cumsum(kept) - 1, -1)

    def events(self) -> Iterator[tuple[str, Rows]]:
        """Each event with all its rows, by row number."""
        for event, parts in self._parts.items():
            yield event, Rows.joined(parts)

    def rows(self, event: str) -> Rows | None:
        """All rows of one event; None if nobody added any."""
        return Rows.joined(self._parts[event]) if event in self._parts else None

    def open_cases(self, count: int) -> Ints:
        """Numbers for troubleshooting sessions to be held."""
        first = self._case_count + 1
        self._case_count += count
        return np.arange(first, first + count)

    def tell(self, fact: str, where: Flags, **columns: Ints) -> None:
        """Write down for the truth one row of a fact where `where` holds."""
        self._facts.setdefault(fact, []).append({name: column[where] for name, column in columns.items()})

    def told(self, fact: str) -> dict[str, Ints]:
        """All rows of a fact, as columns; no columns if nobody told of it."""
        parts = self._facts.get(fact, [])
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
