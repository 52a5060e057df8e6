"""Raw event rows as values, and how they land: table by table, load by load, in any physical order."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contract.raw import Value, land_rows
from project import INCREMENTS, Project
from sandbox.server import RAW_SCHEMA

TIMES = ("timestamp", "original_timestamp", "sent_at", "received_at", "uuid_ts")
TEXTS = (
    *("id", "event", "anonymous_id", "user_id", "context_library_name"),
    *("order_id", "delivery_id", "robot_id", "trip_id", "pilot_id", "merchant_name", "reason", "error_code"),
)
TYPES = dict.fromkeys(TEXTS, "varchar(1024)") | dict.fromkeys(TIMES, "timestamptz")


@dataclass(frozen=True)
class RawRow:
    """A row of the raw table `event`, that lands with the load of this number, from 0. Times are UTC."""

    event: str
    load: int
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        told = " ".join(f"{name}={value}" for name, value in self.values.items() if value is not None)
        return f"load {self.load}, {self.event}: {told}"


def land(project: Project, rows: Iterable[RawRow], rng: random.Random) -> set[str]:
    """Insert rows in random order, whatever their load. Makes the tables of the first ones and names them."""
    by_event: dict[str, list[RawRow]] = defaultdict(list)
    for row in rows:
        by_event[row.event].append(row)
    made = make_tables(project, by_event)
    for event, news in by_event.items():
        rng.shuffle(news)
        land_rows(project, event, TYPES, *(row.values for row in news))
    return made


def load_by_load(project: Project, loads: Iterable[Iterable[RawRow]], rng: random.Random) -> None:
    """Land load after load and run dbt after each, on some number of threads. Views run if tables are new."""
    for rows in loads:
        made = land(project, rows, rng)
        project.dbt("run", *(() if made else INCREMENTS), "--threads", rng.choice("124"))


def make_tables(project: Project, events: Iterable[str]) -> set[str]:
    """Make the raw tables of these events, unless they are there, and name those that were not."""
    there = project.tables(RAW_SCHEMA)
    missing = {event for event in events if f"{RAW_SCHEMA}.{event}" not in there}
    for event in missing:
        land_rows(project, event, TYPES)
    return missing
