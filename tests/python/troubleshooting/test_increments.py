"""However the events of troubleshooting arrive, increments end where a full refresh ends."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from builds.differences import assert_same_contents
from contract.raw import Value, land_rows
from deep import deep
from project import Project
from properties.built import row_versions
from properties.raw_rows import TYPES, RawRow
from troubleshooting.moments import EVIDENCE, KINDS, LATER, SERVER_EVIDENCE, SOON, STEPS, TICKS, edges

LOADS = 5
WORLDS = 300
ROUNDS = range(10)
RAW_TYPES = TYPES | {"troubleshooting_session_id": "varchar(1024)"}
HORIZON_TABLE = "pilot_workstation_hostname"

START = datetime(2026, 9, 1, 22)
LANDED = datetime(2026, 10, 1)
HORIZONS = [timedelta(hours=hours) for hours in (1, 1.5, 2, 2.5, 1.5)][-LOADS:]
"""How far after the start the data reaches after each load: farther and farther, and then back. Never far,
for a row that matures is computed anew whatever else touches it."""

PLACED = "analytics_intermediate.int_troubleshooting_events"
TABLES = [
    PLACED,
    *(f"analytics_marts.fct_{name}" for name in ("troubleshooting_sessions", "recovery_actions")),
    *(f"analytics_marts.fct_{name}" for name in ("pilot_reports", "trip_cancellations")),
]
VIEWS = [
    *("analytics_marts.rpt_troubleshooting_outcomes_daily", "analytics_marts.rpt_recovery_transitions"),
]

# Many worlds have all kinds of events. In others, steps of one id hop over hours, and two sessions meet at
# one instant; in some, trips are cancelled and nothing is tried.
HOPS = [timedelta(0), timedelta(0), *(timedelta(hours=hours) for hours in (5, 11, 12))]
FLAVOURS: list[tuple[Sequence[str], Sequence[timedelta]]] = [
    *4 * [(KINDS, ())],
    *3 * [(STEPS, HOPS)],
    (("pilot_cancel_trip", "pilot_unable_to_cancel_trip"), ()),
]

Values = dict[str, Value]


@dataclass
class World:
    """Two robots, a trip and a pilot, and what is said about them. Its ids carry its mark, `~<number>~`."""

    rng: random.Random
    number: int
    events: int = 0

    def rows(self) -> Iterator[RawRow]:
        """All rows of this world, most of one robot."""
        times = [START + timedelta(minutes=self.rng.randrange(120))]
        entity, gives_ids = self._entity(), self.rng.random() < 0.6
        kinds, offsets = self.rng.choice(FLAVOURS)
        for _ in range(self.rng.choice([2, 2, 3, 4, 6, 10, 15])):
            event = self.rng.choice(kinds)
            moments = [edge + self.rng.choice(TICKS) for edge in edges(event)]
            looks_back = min(self.rng.choice([1, 1, 1, 1, 2, 3, 5]), len(times))
            times.append(times[-looks_back] + self.rng.choice(offsets or [*2 * moments, *2 * SOON, *LATER]))
            row = self._row(event, times[-1], entity, gives_ids)
            yield row
            if self.rng.random() < 0.3:
                yield self._copy(row)
            if self.rng.random() < 0.1:
                entity = self._entity()

    def _row(self, event: str, time: datetime, entity: Values, gives_ids: bool) -> RawRow:
        self.events += 1
        values: Values = {"id": f"{self.rng.choice('aBz')}~{self.number}~{self.events}", **entity}
        if gives_ids:
            values["troubleshooting_session_id"] = self.rng.choice(["x", "x", "x", "y", None])
        orders = [None, self._name("order1"), self._name("order2")]
        values["order_id"] = self.rng.choice(orders if event in SERVER_EVIDENCE else [*3 * [None], *orders])
        values |= {"pilot_id": self.rng.choice([self._name("pilot1"), self._name("pilot2"), None])}
        values |= {"timestamp": time, "received_at": START}
        if self.rng.random() < 0.04:
            values |= {"timestamp": None, "received_at": None}
        return RawRow(event, self.rng.randrange(LOADS), values)

    def _copy(self, row: RawRow) -> RawRow:
        """A copy of later, of the same event at another robot or at another time, or with another id."""
        time = row.values["timestamp"]
        moved = self.rng.choice([-1, 1]) * self.rng.choice([*SOON, *LATER, *edges(row.event)])
        changes: list[Values] = [
            self._entity(),
            self._entity(),
            {"timestamp": time + moved if isinstance(time, datetime) else START},
            {"timestamp": time + moved if isinstance(time, datetime) else START},
            {"timestamp": None, "received_at": None},
            {"troubleshooting_session_id": self.rng.choice(["x", "y", None])},
            {"order_id": self.rng.choice([None, self._name("order3")])},
        ]
        load = self.rng.randrange(row.load, LOADS)
        return replace(row, load=load, values={**row.values, **self.rng.choice(changes), "copy": 1})

    def _entity(self) -> Values:
        robot: Values = {"robot_id": self._name("robot1"), "trip_id": self._name("trip")}
        others: list[Values] = [
            {"robot_id": self._name("robot2"), "trip_id": None},
            {"robot_id": None, "trip_id": self._name("trip")},
            {"robot_id": None, "trip_id": None},
        ]
        return self.rng.choice([robot, robot, robot, *others])

    def _name(self, kind: str) -> str:
        return f"~{self.number}~{kind}"


def long_sessions_that_meet() -> Iterator[RawRow]:
    """Two sessions of one robot that each last longer than an event reaches back, and meet at one instant."""
    told = [("y", -22, 0), ("y", -11, 0), ("y", 0, 0), ("x", 0, 0), ("x", 11, 0), ("x", 22, 1)]
    for number, (session_id, hours, load) in enumerate(told):
        values: Values = {"id": f"~{WORLDS}~{number}", "robot_id": f"~{WORLDS}~robot"}
        values |= {"timestamp": START + timedelta(hours=hours), "received_at": START}
        yield RawRow(STEPS[0], load, {**values, "troubleshooting_session_id": session_id})


def horizon_rows() -> Iterator[RawRow]:
    """The newest receipt of all events, told anew with each load."""
    for load, reaches in enumerate(HORIZONS):
        received_at = START + reaches + timedelta(hours=2)
        yield RawRow(HORIZON_TABLE, load, {"id": "horizon", "timestamp": START, "received_at": received_at})


def land(project: Project, rows: Iterable[RawRow]) -> None:
    """Insert rows, loaded when their load was, copies a moment after what they copy."""
    by_event: dict[str, list[Values]] = defaultdict(list)
    for row in rows:
        later = timedelta(seconds=1) if "copy" in row.values else timedelta(0)
        by_event[row.event].append({**row.values, "uuid_ts": LANDED + timedelta(hours=row.load) + later})
    for event, values in by_event.items():
        land_rows(project, event, RAW_TYPES, *values)


MODELS = [relation.split(".")[1] for relation in [*TABLES, *VIEWS]]


def run(project: Project) -> None:
    """Run what is told of troubleshooting, and what that rests on, but for staging."""
    project.dbt("run", "--select", *(f"+{model}" for model in MODELS), "--exclude", "path:models/staging")


@deep
@pytest.mark.parametrize("number", ROUNDS)
def test_hostile_histories_in_some_loads_end_as_in_a_full_refresh(
    project: Project, rng: random.Random, number: int
) -> None:
    rows = [row for world in range(WORLDS) for row in World(rng, world).rows()]
    rows += long_sessions_that_meet()
    rng.shuffle(rows)
    for event in sorted({*KINDS, *EVIDENCE, HORIZON_TABLE}):
        land_rows(project, event, RAW_TYPES)
    project.dbt("run", "--select", *(f"+{model}" for model in MODELS))
    for load in range(LOADS):
        land(project, [row for row in (*rows, *horizon_rows()) if row.load == load])
        run(project)
    by_increments, written = project.contents([*TABLES, *VIEWS]), row_versions(project, TABLES)

    run(project)
    assert row_versions(project, TABLES) == written

    project.dbt("run", "--full-refresh", "--select", *MODELS)
    by_full_refresh = project.contents([*TABLES, *VIEWS])
    assert_same_contents(by_full_refresh, by_increments, lambda shown: about(shown, rows))
    assert len(by_increments[TABLES[1]]) > WORLDS


def about(text: str, rows: Iterable[RawRow]) -> str:
    """The rows of the world that a text names first, in the order of their times, a line each."""
    mark = next((f"~{part}~" for part in text.split("~")[1::2] if part.isdigit()), None)
    named = [row for row in rows if mark and mark in str(row)]
    return "\n".join(map(str, sorted(named, key=lambda row: str(row.values["timestamp"]))))
