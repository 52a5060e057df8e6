"""A history in two parts, with all changes of raw rows that increments handle."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Any

from mutants.warehouse import Warehouse
from sandbox.lander import land
from sandbox.server import RAW_SCHEMA
from sandbox.simulator import Mess, SimulationSettings, simulate, write

_SETTINGS = SimulationSettings(
    seed=20260831,
    start=date(2026, 8, 31),
    days=4,
    orders_per_day=20,
    mess=Mess(
        late=0.1,
        out_of_order=0.1,
        duplicate_in_batch=0.05,
        duplicate_in_later_sync=0.1,
        duplicate_by_replay=0.05,
        replay_changed=0.5,
        null_order_id=0.05,
        wrong_epoch=0.02,
        wrong_timestamp=0.02,
    ),
)
_SECOND_PART = "2026-09-02 12:00:00+00"
"""Rows loaded at or after this time belong to the second part."""
_SECOND = f"from {RAW_SCHEMA}.{{}} where uuid_ts >= '{_SECOND_PART}'"
_EVENT = f"{RAW_SCHEMA}.order_unlock_coco"
"""The event table that has the rare cases, too."""
# One row is loaded a day before the newest, to the second; a few have no load time.
_BEFORE_THE_FIRST_RUN = f"""
update {_EVENT} set uuid_ts = (select max(uuid_ts) - interval '24 hours' from {_EVENT})
where id = (select max(id) from {_EVENT});
update {_EVENT} set uuid_ts = null where hashtext(id) % 11 = 0;
"""
# Whatever is loaded in the last day is within the lookback, and what is older is not.
_CHANGES = f"""
update {RAW_SCHEMA}.{{0}} set "timestamp" = "timestamp" + interval '40 seconds'
where hashtext(id) % 5 = 0 and (uuid_ts < '{_SECOND_PART}' or uuid_ts is null);
delete from {RAW_SCHEMA}.{{0}} where hashtext(id) % 3 = 1 and uuid_ts < '{_SECOND_PART}';
"""
# The event is of another order or robot than it was.
_MOVES = f"""
update {RAW_SCHEMA}.{{0}} set {{1}} = (select min({{1}}) from {RAW_SCHEMA}.{{0}})
where hashtext(id) % 7 = 0 and uuid_ts < '{_SECOND_PART}';
"""
_ODD_TIMES = ("0999-12-31", "1000-01-01", "2999-12-31", "3000-01-01", "2026-09-02", "2026-09-03")
"""Times in UTC: the limits of the calendar, and those of the days that are reconciled."""


def land_history(warehouse: Warehouse) -> None:
    """Build the first part, land the second, change and delete rows of the first, and save the database.

    Raises SandboxError.
    """
    events = warehouse.work / "events"
    write(simulate(_SETTINGS), events)
    with closing(warehouse.connect("loader")) as connection:
        land(connection, [events])
    tables = [
        name
        for (name,) in _rows(warehouse, f"select tablename from pg_tables where schemaname = '{RAW_SCHEMA}'")
        if name not in ("tracks", "users", "identifies")
    ]
    _execute(warehouse, "create schema later authorization loader", user="postgres")
    for table in tables:
        second = _SECOND.format(table)
        _execute(warehouse, f"create table later.{table} as select * {second}; delete {second}")
    _execute(warehouse, _BEFORE_THE_FIRST_RUN)
    warehouse.dbt("seed")
    warehouse.dbt("run")
    for table in tables:
        _execute(warehouse, f"insert into {RAW_SCHEMA}.{table} select * from later.{table}")
        _execute(warehouse, _CHANGES.format(table))
        for column in ("order_id", "robot_id"):
            if _has(warehouse, table, column):
                _execute(warehouse, _MOVES.format(table, column))
    for column in ("timestamp", "received_at", "uuid_ts"):
        for time in _ODD_TIMES:
            _execute(warehouse, _copy_with(column, time))
    warehouse.dbt("run", "--select", "config.materialized:view")
    warehouse.save()


def _copy_with(column: str, time: str) -> str:
    """A statement that adds a copy of the newest click with an id of its own and another time."""
    other = f"jsonb_build_object('id', '{column} {time}', '{column}', '{time}T00:00:00+00')"
    newest = f"(select * from {_EVENT} where uuid_ts is not null order by uuid_ts desc limit 1)"
    return (
        f"insert into {_EVENT} select copy.* from {newest} as newest,"
        f" jsonb_populate_record(null::{_EVENT}, to_jsonb(newest) || {other}) as copy"
    )


def _has(warehouse: Warehouse, table: str, column: str) -> bool:
    relation = f"{RAW_SCHEMA}.{table}"
    query = f"select from pg_attribute where attrelid = '{relation}'::regclass and attname = '{column}'"
    return bool(_rows(warehouse, query))


def an_order_and_a_robot(warehouse: Warehouse) -> tuple[str, str]:
    """The ids of the order and of the robot with most clicks."""
    ids = []
    for column in ("order_id", "robot_id"):
        counted = f"select {column} from {RAW_SCHEMA}.order_unlock_coco where {column} is not null"
        ((value,),) = _rows(warehouse, f"{counted} group by 1 order by count(*) desc, 1 limit 1")
        ids.append(str(value))
    return ids[0], ids[1]


def _rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    with closing(warehouse.connect("loader")) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def _execute(warehouse: Warehouse, sql: str, user: str = "loader") -> None:
    with closing(warehouse.connect(user, autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
