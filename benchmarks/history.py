"""A history of raw events of any size: simulated and landed once, then multiplied inside the warehouse."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from benchmarks.project import Project
from sandbox.lander import land
from sandbox.server import RAW_SCHEMA
from sandbox.simulator import SimulationSettings, simulate, write

DAYS = 365
_ARCHIVE = "archive"
_START = date(2025, 9, 1)
_EVENTS_PER_ORDER = 24.1
_LANDED_EVENTS = 1_000_000


@dataclass(frozen=True)
class History:
    """The archive of a year that raw tables are filled from, with the events of several fleets.

    One fleet was simulated and landed by the lander. The others are its copies with ids of their own, made
    when rows are put into the raw tables: they are not stored in the archive.
    """

    fleets: int
    event_count: int
    """Raw rows of all event tables over the year, of all fleets."""
    last_load_at: datetime

    def load_at(self, days_before_end: float) -> datetime:
        """The time of loads that many days before the last one."""
        return self.last_load_at - timedelta(days=days_before_end)


def land_history(project: Project, events: int, folder: Path) -> History:
    """Simulate and land a year of about `events` raw events as the archive."""
    fleets = math.ceil(events / _LANDED_EVENTS)
    settings = SimulationSettings(
        start=_START, days=DAYS, orders_per_day=round(events / fleets / DAYS / _EVENTS_PER_ORDER)
    )
    write(simulate(settings), folder)
    with project.cursor("postgres") as cursor:
        cursor.execute(f"create schema {_ARCHIVE} authorization loader")
    with closing(project.server.connect(project.database, user="loader")) as connection:
        land(connection, [folder], schema=_ARCHIVE)
    return find_history(project, fleets)


def find_history(project: Project, fleets: int) -> History:
    """What has landed in the archive, as the history of so many fleets."""
    counts = " union all ".join(
        f"select count(*) as events, max(uuid_ts) as loaded_at from {_ARCHIVE}.{table}"
        for table, _ in _archive_tables(project)
    )
    ((landed, last_load_at),) = project.query(
        f"select cast(sum(events) as bigint), max(loaded_at) from ({counts}) as tables"
    )
    return History(fleets=fleets, event_count=landed * fleets, last_load_at=last_load_at)


def fill_raw_tables(project: Project, history: History, since: datetime, until: datetime) -> int:
    """Put the archive's rows that were loaded after `since` up to `until` into the raw tables.

    Rows lie in the order of their loads, as they would have landed. Gives the number of rows.
    """
    count = 0
    with project.cursor("loader") as cursor:
        for table, columns in _archive_tables(project):
            cursor.execute(
                f"create table if not exists {RAW_SCHEMA}.{table} (like {_ARCHIVE}.{table} including indexes)"
            )
            names = ", ".join(f'"{name}"' for name in columns)
            values = ", ".join(_of_fleet(name) if is_id else f'"{name}"' for name, is_id in columns.items())
            cursor.execute(
                f"insert into {RAW_SCHEMA}.{table} ({names}) select {values} from {_ARCHIVE}.{table}"
                " cross join generate_series(1, %s) as fleets (fleet)"
                " where uuid_ts > %s and uuid_ts <= %s order by uuid_ts, fleet",
                (history.fleets, since, until),
            )
            count += cursor.rowcount
    return count


def empty_raw_tables(project: Project) -> None:
    """Remove all raw tables and everything that dbt made of them. The key of the hashes stays."""
    built = project.query(
        "select schemaname || '.' || tablename from pg_tables"
        " where schemaname like 'analytics%' and schemaname <> 'analytics_privacy'"
    )
    views = project.query(
        "select schemaname || '.' || viewname from pg_views where schemaname like 'analytics%'"
    )
    with project.cursor("transformer") as cursor:
        for (view,) in views:
            cursor.execute(f"drop view if exists {view} cascade")
        for (table,) in built:
            cursor.execute(f"drop table if exists {table} cascade")
    tables = project.query(f"select tablename from pg_tables where schemaname = '{RAW_SCHEMA}'")
    with project.cursor("loader") as cursor:
        for (table,) in tables:
            cursor.execute(f"drop table {RAW_SCHEMA}.{table}")


def count_raw_rows(project: Project) -> int:
    """Rows of all raw event tables."""
    tables = project.query(f"select tablename from pg_tables where schemaname = '{RAW_SCHEMA}'")
    counts = " union all ".join(f"select count(*) as rows from {RAW_SCHEMA}.{table}" for (table,) in tables)
    ((count,),) = project.query(f"select cast(sum(rows) as bigint) from ({counts}) as tables")
    return int(count)


def settle(project: Project) -> None:
    """Vacuum and analyze everything, which a warehouse does at night and a benchmark at its own time."""
    with closing(project.server.connect(project.database, autocommit=True)) as connection:
        connection.cursor().execute("vacuum (analyze)")
        connection.cursor().execute("checkpoint")


def _archive_tables(project: Project) -> list[tuple[str, dict[str, bool]]]:
    """The archive's event tables: their columns, and whether a column is an id."""
    rows = project.query(
        "select table_name, column_name, data_type from information_schema.columns"
        f" where table_schema = '{_ARCHIVE}' and table_name not in ('tracks', 'users', 'identifies')"
        " order by table_name, ordinal_position"
    )
    tables: dict[str, dict[str, bool]] = {}
    for table, column, data_type in rows:
        is_text = data_type in ("text", "character varying")
        is_id = is_text and not column.startswith("context_") and (column == "id" or column.endswith("_id"))
        tables.setdefault(table, {})[column] = is_id
    return [(table, columns) for table, columns in tables.items() if "uuid_ts" in columns]


def _of_fleet(column: str) -> str:
    """SQL of an id as the copy of a fleet has it. Blank ids stay blank."""
    return (
        f"case when btrim({column}) = '' or fleet = 1 then {column} else btrim({column}) || '-f' || fleet end"
    )
