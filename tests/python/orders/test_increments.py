"""However the events of orders arrive, increments end where a full refresh ends.

Worlds are small and hostile: their events move to other orders and robots, to other times, or to no order at
all, so that orders lose all they had, and what pilots did is matched to another order when a load comes late.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from builds.differences import assert_same_contents
from contract.raw import Value, land_rows
from deep import deep
from orders.strategies import OF_STREAM
from project import Project
from properties.built import row_versions
from properties.raw_rows import TYPES, RawRow

LOADS = 5
WORLDS = 250
ROUNDS = range(10)
RAW_TYPES = TYPES | {"rating": "bigint", "status": "varchar(512)", "position": "varchar(512)"}
HORIZON_TABLE = "pilot_workstation_hostname"

START = datetime(2026, 9, 1, 22)
LANDED = datetime(2026, 10, 1)
HORIZONS = [timedelta(minutes=minutes) for minutes in (30, 75, 200, 900, 80)][-LOADS:]
"""How far after the start the data reaches after each load: farther and farther, and then back."""

EVENTS = sorted(
    {*OF_STREAM, "server_load_order_error", "pilot_initiated_reassignment", "node_initialization"}
    | {"pilot_failed_to_acknowledge_delivery_in_progress"}
)
OFTEN = [
    *("server_load_order_started", "server_load_order_success", "server_unlock_bot_open_lid_success"),
    *("order_unlock_coco", "pilot_soft_reset", "pilot_requested_field_op", "order_tracker_rating_submit"),
    *("pilot_initiated_reassignment", "pilot_submitted_reassignment", "node_auto_launch"),
    "node_initialization",
]
STEPS = [
    timedelta(seconds=seconds, microseconds=ticks)
    for seconds in (0, 1, 30, 60, 60, 300, 900, 900, 3600, 3600, 7200)
    for ticks in (0, 0, 1, -1)
]

BUILT = [
    *("analytics_intermediate.int_order_events", "analytics_marts.fct_orders"),
    *("analytics_intermediate.int_reassignment_events", "analytics_marts.fct_reassignments"),
    *("analytics_intermediate.int_node_launch_events", "analytics_marts.fct_node_launches"),
]
DAYS = ["analytics_marts.fct_pilot_days", "analytics_marts.fct_robot_days"]

Values = dict[str, Value]


@dataclass
class World:
    """Three orders, two robots, a trip, and what is said about them. Its ids carry its mark, `~<number>~`."""

    rng: random.Random
    number: int
    events: int = 0

    def rows(self) -> Iterator[RawRow]:
        """All rows of this world."""
        times = [START + timedelta(minutes=self.rng.randrange(120))]
        entity = self._entity()
        # Some worlds are a single event, which is all that an order has.
        for _ in range(self.rng.choice([1, 1, 2, 3, 5, 9, 14])):
            times.append(times[-1 - self.rng.randrange(min(2, len(times)))] + self.rng.choice(STEPS))
            row = self._row(self.rng.choice([*EVENTS, *OFTEN, *OFTEN]), times[-1], entity)
            yield row
            for _ in range(self.rng.choice([0, 0, 1, 2])):
                yield self._copy(row)
            if self.rng.random() < 0.15:
                entity = self._entity()

    def _row(self, event: str, time: datetime, entity: Values) -> RawRow:
        self.events += 1
        values: Values = {"id": f"{self.rng.choice('aBz')}~{self.number}~{self.events}", **entity}
        if event.startswith("pilot_"):
            values["order_id"] = self.rng.choice([None, None, values["order_id"]])
        values |= {"pilot_id": self.rng.choice([self._name("pilot1"), self._name("pilot2"), None])}
        values |= {"merchant_name": self.rng.choice(["Bakery", "Taqueria", None]), "position": "top"}
        values |= {"rating": self.rng.choice([1, 5, 9]), "status": self.rng.choice(["ok", "failed", None])}
        values |= {"timestamp": time, "received_at": START}
        if self.rng.random() < 0.05:
            values |= {"timestamp": None, "received_at": None}
        return RawRow(event, self.rng.randrange(LOADS), values)

    def _copy(self, row: RawRow) -> RawRow:
        """A copy of later, of the same event: of another order or robot, of none, at another time."""
        time = row.values["timestamp"]
        moved = self.rng.choice([-1, 1]) * self.rng.choice(STEPS)
        changes: list[Values] = [
            self._entity(),
            {"order_id": None},
            {"order_id": self._name("order4")},
            {"order_id": None, "robot_id": None, "trip_id": None},
            {"timestamp": time + moved if isinstance(time, datetime) else START},
            {"timestamp": None, "received_at": None},
            {"rating": self.rng.choice([2, 7])},
            {"pilot_id": self._name("pilot3")},
        ]
        load = self.rng.randrange(row.load, LOADS)
        self.events += 1
        return replace(row, load=load, values={**row.values, **self.rng.choice(changes), "copy": self.events})

    def _entity(self) -> Values:
        order = self.rng.choice([self._name("order1"), self._name("order1"), self._name("order2"), None])
        robot = self.rng.choice([self._name("robot1"), self._name("robot1"), self._name("robot2"), None])
        return {
            "order_id": order,
            "robot_id": robot,
            "trip_id": self.rng.choice([self._name("trip"), None]),
        }

    def _name(self, kind: str) -> str:
        return f"~{self.number}~{kind}"


def horizon_rows() -> Iterator[RawRow]:
    """The newest receipt of all events, told anew with each load."""
    for load, reaches in enumerate(HORIZONS):
        received_at = START + reaches + timedelta(hours=2)
        yield RawRow(HORIZON_TABLE, load, {"id": "horizon", "timestamp": START, "received_at": received_at})


def land(project: Project, rows: Iterable[RawRow]) -> None:
    """Insert rows, loaded when their load was, copies after what they copy."""
    by_event: dict[str, list[Values]] = defaultdict(list)
    for row in rows:
        later = timedelta(seconds=int(str(row.values.get("copy", 0))))
        by_event[row.event].append({**row.values, "uuid_ts": LANDED + timedelta(hours=row.load) + later})
    for event, values in by_event.items():
        land_rows(project, event, RAW_TYPES, *values)


def run(project: Project, *arguments: str) -> None:
    """Run the tables that orders and days rest on, and these."""
    selected = [f"+{relation.split('.')[1]}" for relation in (*BUILT, *DAYS)]
    project.dbt("run", "--select", *selected, "--exclude", "path:models/staging", *arguments)


@deep
@pytest.mark.parametrize("number", ROUNDS)
def test_hostile_histories_in_some_loads_end_as_in_a_full_refresh(
    project: Project, rng: random.Random, number: int
) -> None:
    rows = [row for world in range(WORLDS) for row in World(rng, world).rows()]
    rng.shuffle(rows)
    for event in [*EVENTS, HORIZON_TABLE]:
        land_rows(project, event, RAW_TYPES)
    project.dbt("run", "--select", "path:models/staging")
    for load in range(LOADS):
        land(project, [row for row in (*rows, *horizon_rows()) if row.load == load])
        run(project)
    by_increments, written = project.contents([*BUILT, *DAYS]), row_versions(project, BUILT)

    run(project)
    assert row_versions(project, BUILT) == written

    run(project, "--full-refresh")
    by_full_refresh = project.contents([*BUILT, *DAYS])
    assert_same_contents(by_full_refresh, by_increments, lambda shown: about(shown, rows))
    assert len(by_increments["analytics_marts.fct_orders"]) > WORLDS // 2
    for relation, rows_there in by_increments.items():
        assert len(rows_there) > WORLDS // 4, relation


def about(text: str, rows: Iterable[RawRow]) -> str:
    """The rows of the world that a text names first, in the order of their loads, a line each."""
    mark = next((f"~{part}~" for part in text.split("~")[1::2] if part.isdigit()), None)
    named = [row for row in rows if mark and mark in str(row)]
    return "\n".join(map(str, sorted(named, key=lambda row: (row.load, str(row.values["timestamp"])))))
