"""Raw event rows as values, and how they land: table by table, load by load, in any physical order."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from psycopg2.extras import execute_values
from psycopg2.sql import SQL, Identifier

from project import Project
from sandbox.server import RAW_SCHEMA

Value = str | datetime | None

TIMES = ("timestamp", "original_timestamp", "sent_at", "received_at", "uuid_ts")
TEXTS = (
    *("id", "event", "anonymous_id", "user_id", "context_library_name"),
    *("order_id", "delivery_id", "robot_id", "trip_id", "pilot_id", "reason", "error_code"),
)
COLUMNS = (*TEXTS, *TIMES)


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
    made = make_tables(project, sorted(by_event))
    with closing(project.database.connect(user="loader")) as connection, connection.cursor() as cursor:
        for event, news in by_event.items():
            rng.shuffle(news)
            names = SQL(", ").join(map(Identifier, COLUMNS))
            execute_values(
                cursor,
                SQL("insert into {} ({}) values %s").format(Identifier(RAW_SCHEMA, event), names),
                [tuple(row.values.get(name) for name in COLUMNS) for row in news],
                page_size=1000,
            )
        connection.commit()
    return made


def make_tables(project: Project, events: Sequence[str]) -> set[str]:
    """Make the raw tables of these events, unless they are there, and name those that were not."""
    columns = SQL(", ").join(
        SQL("{} {}").format(Identifier(name), SQL("timestamptz" if name in TIMES else "varchar(1024)"))
        for name in COLUMNS
    )
    there = {name.removeprefix(f"{RAW_SCHEMA}.") for name in project.tables(RAW_SCHEMA)}
    missing = {event for event in events if event not in there}
    with closing(project.database.connect(user="loader")) as connection, connection.cursor() as cursor:
        for event in sorted(missing):
            cursor.execute(SQL("create table {} ({})").format(Identifier(RAW_SCHEMA, event), columns))
        connection.commit()
    return missing
