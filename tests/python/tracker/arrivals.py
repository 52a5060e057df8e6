"""Raw rows of the customers' tracker as hostile as they may come: many small worlds in the same loads.

A world is two browsers and two orders of its own; its ids carry its mark, `~<number>~`. Its events sit on
the edges of sessions, and newer copies of them disagree in whatever decides what an event belongs to:
browser, app, Amplitude's session, time, order, merchant, position.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contract.raw import Value
from reference.tracker import CLICK, DISMISS, KINDS, OPEN, RATING, VIEW

START = datetime(2026, 9, 1, 22)
# Apart by less than the overlap that increments reread, so that a copy may come after a newer one.
LOADS = [START + timedelta(hours=5 * number) for number in range(4)]
GAP, TICK = timedelta(minutes=30), timedelta(microseconds=1)
OFFSETS = [
    *(timedelta(seconds=seconds) for seconds in (0, 0, 1, 40, 900, 1700)),
    *(GAP, GAP, GAP + TICK, GAP - TICK, 2 * GAP),
]
# The events that a server may send as well.
SENT_BY_SERVERS = ["deliveries_unlock_coco_success", "deliveries_unlock_coco_fail", "error_mercator_error"]
EVENTS = [*KINDS, *2 * SENT_BY_SERVERS, OPEN, RATING, RATING, VIEW, VIEW, CLICK, CLICK, DISMISS]
PREFIXES = ["a", "B", "_", "é", "1"]

TYPES = {
    **dict.fromkeys(
        (
            *("id", "anonymous_id", "user_id", "context_library_name", "order_id", "merchant_name"),
            *("context_page_path", "position", "displayed_savings", "delivery_status", "source", "tags"),
        ),
        "varchar(1024)",
    ),
    **dict.fromkeys(("timestamp", "received_at", "uuid_ts"), "timestamptz"),
    **dict.fromkeys(("context_actions_amplitude_session_id", "rating"), "bigint"),
}
Values = dict[str, Value]


@dataclass(frozen=True)
class Arrival:
    """A row of the raw table `event`, that lands with the load of this number, from 0. Times are UTC."""

    event: str
    load: int
    values: Values

    def __str__(self) -> str:
        told = " ".join(f"{name}={value}" for name, value in self.values.items() if value is not None)
        return f"load {self.load}, {self.event}: {told}"


def hostile_arrivals(rng: random.Random, worlds: int) -> list[Arrival]:
    """Draw the rows of so many worlds."""
    return [row for number in range(worlds) for row in World(rng, number).rows()]


def rows_about(rows: Sequence[Arrival], text: str) -> str:
    """The rows of the world that a text names first, one a line."""
    marks = [part for part in text.split("~")[1::2] if part.isdigit()]
    return "\n".join(sorted(str(row) for row in rows if marks and f"~{marks[0]}~" in str(row.values["id"])))


@dataclass
class World:
    """Two browsers and two orders, and what is told of them."""

    rng: random.Random
    number: int

    def rows(self) -> Iterator[Arrival]:
        """All rows of this world."""
        times = [START - timedelta(hours=2)]
        for number in range(self.rng.choice([1, 1, 2, 3, 5, 7])):
            looks_back = min(self.rng.choice([1, 1, 1, 2, 3]), len(times))
            times.append(times[-looks_back] + self.rng.choice(OFFSETS))
            event = self.rng.choice(EVENTS)
            load = self.rng.randrange(len(LOADS))
            values: Values = {
                "id": f"{self.rng.choice(PREFIXES)}~{self.number}~{number}",
                "timestamp": times[-1],
                "context_library_name": "analytics.js",
                "context_page_path": "/o",
                **self._browser(),
                **self._session(),
                **self._order(),
                **self._banner(),
                "rating": self.rng.choice([None, 0, 1, 3, 5, 5, 9]),
                "source": self.rng.choice(["sms", None]),
                "user_id": self.rng.choice([None, None, f"~{self.number}~user1", f"~{self.number}~user2"]),
            }
            row = self._landed(Arrival(event, load, values))
            yield row
            for _ in range(self.rng.choice([0, 0, 1, 1, 2])):
                row = self._copy(row, times)
                yield row

    def _landed(self, row: Arrival) -> Arrival:
        loaded_at = LOADS[row.load]
        if row.load and self.rng.random() < 0.2:  # a copy that was loaded, it says, before others that landed
            loaded_at = LOADS[row.load - 1] + self.rng.choice([-1, 1]) * timedelta(seconds=1)
        return replace(row, values={**row.values, "received_at": LOADS[0], "uuid_ts": loaded_at})

    def _copy(self, row: Arrival, times: Sequence[datetime]) -> Arrival:
        """A copy that lands no earlier, the same or at odds with the one before in one respect."""
        changes: list[Callable[[], Values]] = [
            dict,
            self._browser,
            self._browser,
            self._session,
            self._order,
            self._banner,
            lambda: {"timestamp": self.rng.choice(times) + self.rng.choice(OFFSETS)},
            lambda: {"timestamp": None, "received_at": None},
            lambda: {"rating": self.rng.choice([None, 0, 1, 5])},
            lambda: {"context_library_name": self.rng.choice(["server", "analytics.js", None])},
            lambda: {"context_library_name": self.rng.choice(["server", "analytics.js", None])},
        ]
        load = self.rng.randrange(row.load, len(LOADS))
        change = self.rng.choice(changes)()
        copy = self._landed(replace(row, load=load, values={**row.values, **change}))
        return replace(copy, values={**copy.values, **change})

    def _browser(self) -> Values:
        browser = self.rng.choice([1, 1, 1, 2, None])
        return {"anonymous_id": browser and f"~{self.number}~browser{browser}"}

    def _session(self) -> Values:
        return {"context_actions_amplitude_session_id": self.rng.choice([None, None, 0, -1, 7, 7, 8])}

    def _order(self) -> Values:
        order = self.rng.choice([1, 1, 1, 2, None])
        return {"order_id": order and f"~{self.number}~order{order}"}

    def _banner(self) -> Values:
        return {
            "merchant_name": self.rng.choice(["Taco Town", "Taco Town", "Burger Barn", None]),
            "position": self.rng.choice(["tracker_top", "tracker_top", "order_status", None]),
            "displayed_savings": self.rng.choice(["$5.00", "7", "soon!", None]),
            "delivery_status": self.rng.choice(["on_the_way", "arrived", None]),
        }
