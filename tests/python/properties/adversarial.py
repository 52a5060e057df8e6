"""Raw rows as hostile as they may come, from a seed: many small worlds that share the same loads.

A world is a few orders, robots and browsers of its own. Whatever goes wrong in one does so whatever the
others do, so that a failure is shown by the rows of one world. Its ids carry its mark, `~<number>~`.

There is one law: a row that lands in a later load of its table was loaded, by `uuid_ts` or else
`received_at`, no earlier than `OVERLAP` before the newest row of that table, unless nothing says when.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contract.raw import Value
from properties.raw_rows import RawRow

OVERLAP = timedelta(hours=24)
START = datetime(2025, 3, 1, 22)
# Some loads come soon after the one before, some much later; one is a moment more than the overlap later.
LOADS = [
    START + timedelta(seconds=seconds)
    for seconds in (0, 2 * 3600, 28 * 3600, 52 * 3600 + 1, 52 * 3600 + 900, 200 * 3600)
]

UNLOCK = {
    "order_unlock_coco": (0, 2, 10),
    "order_unlock_coco_confirm": (0, 900),
    "deliveries_unlock_coco_success": (0, 900),
    "deliveries_unlock_coco_fail": (0, 900),
    "server_unlock_bot_started": (0, 60, 300),
    "server_unlock_bot_open_lid_success": (0, 900),
    "server_unlock_bot_open_lid_error": (0, 900),
    "server_unlock_bot_error": (0, 900),
}
LOAD = {
    "server_load_order_started": (0, 60),
    "server_load_order_close_lid_success": (0, 900),
    "server_load_order_close_lid_error": (0, 900),
    "server_load_order_success": (0, 60, 900),
    "server_load_order_error": (0, 60, 900),
}


@dataclass(frozen=True)
class Domain:
    """The events that histories are made of.

    edges: event tables, and how many seconds after another event their rules have edges.
    starts: the tables of what begins something, which come more often.
    """

    edges: Mapping[str, Sequence[int]]
    starts: Sequence[str]


DOMAINS = [
    Domain(UNLOCK, starts=["order_unlock_coco", "server_unlock_bot_started"]),
    Domain(LOAD, starts=["server_load_order_started"]),
]
"""The domains with histories on the edges of their rules; each world has one of each."""

PAST, FUTURE = datetime(1970, 1, 1), datetime(2038, 1, 19, 3, 14, 7)
YEARS = range(1000, 3000)
BEFORE_ALL, AFTER_ALL = datetime(999, 12, 31, 23, 59, 59), datetime(3000, 1, 1)
"""Times that staging refuses."""
NO_IDS = ["undefined", " NULL\t", "[object Object]", "x" * 509]
TICKS = [timedelta(microseconds=tick) for tick in (0, 0, 0, 1, -1)]
SOON = [timedelta(seconds=seconds) for seconds in (0, 0, 0.4, 1.5, 9, 31, 59, 200)]
IDLE = [timedelta(minutes=minutes) for minutes in (30, 30, 45, 14 * 60, 24 * 60)]
PREFIXES = ["a", "B", "b", "_", "é", "1"]

Values = dict[str, Value]


@dataclass(frozen=True)
class Arrivals:
    """Raw rows, and in which load each event table lands first."""

    rows: list[RawRow]
    first_loads: Mapping[str, int]

    def of_load(self, number: int) -> list[RawRow]:
        """The rows of one load."""
        return [row for row in self.rows if row.load == number]

    def about(self, text: str) -> str:
        """The rows of the worlds that a text names first, one a line."""
        marks = [part for part in text.split("~")[1::2] if part.isdigit()]
        rows = [row for row in self.rows if marks and f"~{marks[0]}~" in str(row)]
        return "\n".join(map(str, sorted(rows, key=lambda row: (row.load, row.event, str(row)))))


def hostile_arrivals(
    rng: random.Random,
    event_tables: Collection[str],
    worlds: int,
    loads: int = 5,
    behind_the_mark: bool = False,
) -> Arrivals:
    """Draw the rows of so many worlds and of a lying horizon, in `loads` loads, at most six.

    `behind_the_mark`: some rows of later loads are loaded, they say, long before.
    """
    first_loads = _first_loads(rng, event_tables, loads)
    others = sorted(set(event_tables).difference(*(domain.edges for domain in DOMAINS)))
    rows = list(_retreating_horizon(loads))
    for number in range(worlds):
        rows += World(rng, number, loads, others).rows()
    rows = [replace(row, load=max(row.load, first_loads[row.event])) for row in rows]
    rows = [_stamp(rng, row) for row in rows]
    kept = _keep_the_law(rng, rows, behind_the_mark)
    return Arrivals(kept, first_loads)


def _first_loads(rng: random.Random, event_tables: Collection[str], loads: int) -> dict[str, int]:
    """Most tables land first with the first load, some later; one of each domain with the last."""
    first = {name: rng.choice([0, 0, 0, 0, 1, loads // 2]) for name in sorted(event_tables)}
    first |= {rng.choice(sorted(domain.edges)): loads - 1 for domain in DOMAINS}
    return first | {HORIZON_TABLE: 0}


@dataclass
class World:
    """A few orders and robots, and what is said about them."""

    rng: random.Random
    number: int
    loads: int
    other_tables: Sequence[str]
    events: int = 0

    def rows(self) -> Iterator[RawRow]:
        """All rows of this world; `uuid_ts` is not stamped yet where it is absent."""
        history = [row for domain in DOMAINS for row in self._attempts(domain)]
        history += self._others()
        for row in history:
            yield row
            for _ in range(self.rng.choice([0, 0, 0, 0, 1, 1, 2, 3])):
                yield self._copy(row)
        if history and self.rng.random() < 0.2:
            row = self.rng.choice(history)
            yield replace(row, values={**row.values, "id": self.rng.choice([None, "", "  "])})

    def _attempts(self, domain: Domain) -> Iterator[RawRow]:
        base = LOADS[self.rng.randrange(self.loads)] - timedelta(minutes=self.rng.choice([5, 100, 130, 3000]))
        times, used = [base], list[str]()
        entity = self._entity()
        for _ in range(self.rng.randrange(1, 9)):
            event = self.rng.choice([*domain.edges, *2 * [*domain.starts]])
            edges = [timedelta(seconds=edge) + self.rng.choice(TICKS) for edge in domain.edges[event]]
            looks_back = min(self.rng.choice([1, 1, 1, 2, 3]), len(times))
            times.append(times[-looks_back] + self.rng.choice([*edges, *edges, *SOON]))
            row = self._row(event, times[-1], {**entity, **self._merchant(), **self._reason(event)})
            if used and self.rng.random() < 0.05:  # the same id under another name is another event
                row = replace(row, values={**row.values, "id": used[-1]})
            used.append(str(row.values["id"]))
            yield row
            if self.rng.random() < 0.1:
                entity = self._entity()

    def _others(self) -> Iterator[RawRow]:
        time = LOADS[self.rng.randrange(self.loads)] - timedelta(hours=self.rng.choice([1, 20, 50]))
        who: Values = {"anonymous_id": self._name("browser"), "trip_id": self._name("trip")}
        for _ in range(self.rng.randrange(0, 4)):
            time += self.rng.choice([*SOON, *IDLE]) + self.rng.choice(TICKS)
            told: Values = {
                **who,
                **self._entity(),
                "pilot_id": self._name("pilot"),
                "user_id": self._name("user"),
            }
            yield self._row(self.rng.choice(self.other_tables), time, told)

    def _row(self, event: str, time: datetime, told: Values) -> RawRow:
        self.events += 1
        load = self.rng.randrange(self.loads)
        values: Values = {"id": f"{self.rng.choice(PREFIXES)}{self._name('event', self.events)}", **told}
        values |= {"timestamp": time, "received_at": min(time, LOADS[load])}
        return RawRow(event, load, self._troubled(values))

    def _troubled(self, values: Values) -> Values:
        """Values with a mishap, or without."""
        time = values["timestamp"]
        mishaps: list[Values] = [
            {"timestamp": None, "original_timestamp": time},
            {"timestamp": None},
            {"timestamp": None, "received_at": None},
            {"timestamp": PAST},
            {"timestamp": FUTURE},
            {"received_at": PAST},
            {"received_at": FUTURE},
            {"received_at": None},
            {"uuid_ts": FUTURE},
            {"uuid_ts": None},
            {"uuid_ts": None, "received_at": None},
            {"uuid_ts": PAST},
            {"uuid_ts": BEFORE_ALL},
            {"uuid_ts": AFTER_ALL, "received_at": BEFORE_ALL},
            {"received_at": AFTER_ALL},
            {"timestamp": BEFORE_ALL},
            {"timestamp": AFTER_ALL, "original_timestamp": BEFORE_ALL},
            {"id": f"{values['id']}  "},
            {"id": f"\u00a0{values['id']}\n"},
            {"id": self.rng.choice(NO_IDS)},
        ]
        return {**values, **self.rng.choice(mishaps)} if self.rng.random() < 0.25 else values

    def _copy(self, row: RawRow) -> RawRow:
        """Another copy of a row's event: alike or not, in any load."""
        time = row.values["timestamp"]
        moved = time + self.rng.choice([*SOON, *IDLE]) if isinstance(time, datetime) else START
        changes: list[Callable[[], Values]] = [
            dict,
            dict,
            dict,
            self._entity,
            self._entity,
            lambda: {"timestamp": moved},
            self._merchant,
            lambda: {"reason": self.rng.choice(["lid_stuck", "too_far", None])},
            lambda: {"received_at": self.rng.choice([moved, None])},
            lambda: self._troubled(dict(row.values)),
        ]
        load = self.rng.choice([row.load, self.rng.randrange(self.loads)])
        return RawRow(row.event, load, {**row.values, **self.rng.choice(changes)()})

    def _entity(self) -> Values:
        order = self._name("order", self.rng.choice([1, 1, 1, 2, 3]))
        robot = self.rng.choice([None, self._name("robot", 1), self._name("robot", 2)])
        kinds: list[Values] = [
            {"order_id": order, "robot_id": robot},
            {"order_id": order, "robot_id": robot},
            {"order_id": f"{order} ", "robot_id": robot},
            {"order_id": f"\t{order}\u00a0", "robot_id": robot},
            {"order_id": self.rng.choice(NO_IDS), "delivery_id": order, "robot_id": robot},
            {"order_id": self.rng.choice(NO_IDS), "robot_id": self.rng.choice([robot, *NO_IDS])},
            {"order_id": None, "delivery_id": order, "robot_id": robot},
            {"order_id": None, "delivery_id": None, "robot_id": robot},
            {"order_id": " ", "delivery_id": None, "robot_id": robot},
            {"order_id": None, "delivery_id": None, "robot_id": None},
        ]
        return self.rng.choice(kinds)

    def _reason(self, event: str) -> Values:
        is_failure = event.endswith(("fail", "error"))
        return self.rng.choice([{"reason": "lid_stuck"}, {"error_code": "E7"}, {}]) if is_failure else {}

    def _merchant(self) -> Values:
        return {"merchant_name": self.rng.choice([None, self._name("merchant", self.rng.choice([1, 1, 2]))])}

    def _name(self, kind: str, number: int = 1) -> str:
        return f"~{self.number}~{kind}{number}"


HORIZON_TABLE = "pilot_workstation_hostname"


def _retreating_horizon(loads: int) -> Iterator[RawRow]:
    """The newest receipt of all is taken back by a copy in the last load: attempts are pending again."""
    late = LOADS[loads - 2] + timedelta(hours=3)
    values: Values = {"id": "horizon", "timestamp": START, "received_at": late, "uuid_ts": late}
    yield RawRow(HORIZON_TABLE, loads - 2, values)
    corrected: Values = {"received_at": START, "uuid_ts": late + timedelta(seconds=1)}
    yield RawRow(HORIZON_TABLE, loads - 1, values | corrected)


def _stamp(rng: random.Random, row: RawRow) -> RawRow:
    """The row, received no later than it landed, with the time of its load unless it tells another."""
    received_at = row.values.get("received_at")
    if (
        isinstance(received_at, datetime)
        and received_at not in (FUTURE, AFTER_ALL)
        and row.event != HORIZON_TABLE
    ):
        row = replace(row, values={**row.values, "received_at": min(received_at, LOADS[row.load])})
    if "uuid_ts" in row.values:
        return row
    before = [timedelta(0), timedelta(0), timedelta(minutes=1), timedelta(hours=23)]
    return _loaded(row, LOADS[row.load] - rng.choice(before))


def _keep_the_law(rng: random.Random, rows: Sequence[RawRow], behind_the_mark: bool) -> list[RawRow]:
    """Stamp rows again that are loaded, they say, too early for what landed before them."""
    newest: dict[str, datetime] = {}
    kept: list[RawRow] = []
    for load in range(len(LOADS)):
        marks = {event: time - OVERLAP for event, time in newest.items()}
        for row in rows:
            if row.load != load:
                continue
            mark = marks.get(row.event)
            chance = rng.random()
            if mark is not None and chance < 0.02:
                row = _loaded(row, mark)
            elif mark is not None and chance < 0.1 and behind_the_mark:
                row = _loaded(row, mark - timedelta(seconds=1))
            elif mark is not None and (_loaded_at(row) or FUTURE) < mark:
                row = _loaded(row, LOADS[load])
            kept.append(row)
            loaded_at = _loaded_at(row)
            if loaded_at is not None and loaded_at != FUTURE:
                newest[row.event] = max(newest.get(row.event, loaded_at), loaded_at)
    return kept


def _loaded(row: RawRow, uuid_ts: datetime) -> RawRow:
    return replace(row, values={**row.values, "uuid_ts": uuid_ts})


def _loaded_at(row: RawRow) -> datetime | None:
    for name in ("uuid_ts", "received_at"):
        value = row.values.get(name)
        if isinstance(value, datetime) and value.year in YEARS:
            return value
    return None
