"""A raw schema with history in every event table: one simulated day, again and again."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

from psycopg2.extensions import cursor as Cursor

from project import Project
from sandbox.server import RAW_SCHEMA
from sandbox.simulator import SimulationSettings
from streams.loads import land_simulation

ROWS = 7_000
"""The least number of rows that a table with history has."""

_NO_EVENTS = ("tracks", "users", "identifies")
_TIMES = ("received_at", "sent_at", "timestamp", "original_timestamp", "uuid_ts")


def land_history(project: Project, seed: int, folder: Path) -> list[str]:
    """Land a day of the simulator, and before it so many copies of it that each table has `ROWS` rows.

    Every copy is a day earlier and has ids of its own; the day has events of all domains. Gives the names
    of the event tables.
    """
    settings = SimulationSettings(seed=seed, start=date(2026, 8, 31), days=1, orders_per_day=400)
    land_simulation(project, settings, folder)
    with closing(project.database.connect(user="loader")) as connection, connection.cursor() as cursor:
        tables = _event_tables(project)
        for table in tables:
            cursor.execute(f"create temporary table day as select * from {RAW_SCHEMA}.{table}")
            copies = -(-ROWS // cursor.rowcount)
            cursor.execute(f"truncate {RAW_SCHEMA}.{table}")
            _insert_days(cursor, project, table, f"generate_series(-{copies}, 0)", own_ids=True)
            cursor.execute("drop table day")
        connection.commit()
    vacuum(project)
    return tables


def land_next_day(project: Project, tables: list[str]) -> None:
    """Land a fiftieth of one more day, at least a row of each table: events of the last day's entities.

    Not all of it, for that would be a large share of so short a history, of which the plan is to read all.
    """
    with closing(project.database.connect(user="loader")) as connection, connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"create temporary table last_day as select * from {RAW_SCHEMA}.{table}"
                f" where uuid_ts > (select max(uuid_ts) from {RAW_SCHEMA}.{table}) - interval '1 day';"
                "create temporary table day as select * from last_day order by hashtext(id)"
                " limit (select 1 + count(*) / 50 from last_day);"
                "drop table last_day"
            )
            _insert_days(cursor, project, table, "generate_series(1, 1)", own_ids=False)
            cursor.execute("drop table day")
        connection.commit()


def vacuum(project: Project) -> None:
    """What autovacuum does sooner or later: statistics of all tables."""
    with closing(project.database.connect(autocommit=True)) as connection:
        connection.cursor().execute("vacuum (analyze)")


def _event_tables(project: Project) -> list[str]:
    names = [name.removeprefix(f"{RAW_SCHEMA}.") for name in project.tables(RAW_SCHEMA)]
    return [name for name in names if name not in _NO_EVENTS and _columns(project, name).get("uuid_ts")]


def _columns(project: Project, table: str) -> dict[str, str]:
    return dict(
        project.query(
            "select column_name, data_type from information_schema.columns"
            f" where table_schema = '{RAW_SCHEMA}' and table_name = '{table}' order by ordinal_position",
            user="postgres",
        )
    )


def _insert_days(cursor: Cursor, project: Project, table: str, days: str, *, own_ids: bool) -> None:
    """Insert the rows of the temporary table `day`, moved by each of some numbers of days, in order of loads.

    Message ids are new in every copy; the ids of entities are if `own_ids`.
    """
    columns = _columns(project, table)
    values = [_value(name, data_type, own_ids) for name, data_type in columns.items()]
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(
        f"insert into {RAW_SCHEMA}.{table} ({names}) select {', '.join(values)}"
        f" from day cross join {days} as days (number) order by uuid_ts + number * interval '1 day'"
    )


def _value(name: str, data_type: str, own_ids: bool) -> str:
    if name in _TIMES:
        return f"\"{name}\" + number * interval '1 day'"
    is_entity = own_ids and name.endswith("_id")
    if name == "id" or (is_entity and data_type in ("text", "character varying")):
        return f"\"{name}\" || ' ' || number"
    return f'"{name}"'
