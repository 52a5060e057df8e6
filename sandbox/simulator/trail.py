"""Where the domains write down what happens, event by event, before anyone makes messages of it."""

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
    extra: dict[str, Ints]

    def __len__(self) -> int:
        return len(self.at)

    def take(self, index: Ints | Flags) -> "Rows":
        """The rows that a mask or an array of positions picks."""
        extra = {name: column[index] for name, column in self.extra.items()}
        columns = (self.at, self.order, self.robot, self.trip, self.pilot)
        at, order, robot, trip, pilot = (column[index] for column in columns)
        return Rows(at, order, robot, trip, pilot, extra)


class Trail:
    """Events as they happen, in columns. A row keeps the number that it got when it was added."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Rows]] = {}
        self._sizes: dict[str, int] = {}

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
        **extra: Ints,
    ) -> Ints:
        """Write down one row for each time, where `where` holds. Returns their numbers, -1 for no row.

        Every call for the same event must give the same extra columns.
        """
        none = np.zeros(len(at), dtype=np.int64)
        subjects = [none if column is None else column for column in (order, robot, trip, pilot)]
        kept = np.ones(len(at), dtype=bool) if where is None else where
        rows = Rows(at, subjects[0], subjects[1], subjects[2], subjects[3], extra).take(kept)
        first = self._sizes.get(event, 0)
        self._parts.setdefault(event, []).append(rows)
        self._sizes[event] = first + len(rows)
        return np.where(kept, first + np.cumsum(kept) - 1, -1)

    def events(self) -> Iterator[tuple[str, Rows]]:
        """Each event with all its rows, by row number."""
        for event, parts in self._parts.items():
            extra = {name: np.concatenate([part.extra[name] for part in parts]) for name in parts[0].extra}
            columns = ([part.at, part.order, part.robot, part.trip, part.pilot] for part in parts)
            at, order, robot, trip, pilot = (np.concatenate(column) for column in zip(*columns, strict=True))
            yield event, Rows(at, order, robot, trip, pilot, extra)
