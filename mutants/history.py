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
# Of the first part, one row in five of the last nine hours gets another `timestamp`, and one row in nine of
# all hours is deleted.
_CHANGED_IN_PLACE = f"""
update {RAW_SCHEMA}.{{0}} set "timestamp" = "timestamp" + interval '40 seconds'
where
    uuid_ts between timestamptz '{_SECOND_PART}' - interval '9 hours' and '{_SECOND_PART}'
    and hashtext(id) % 5 = 0;
delete from {RAW_SCHEMA}.{{0}} where uuid_ts < '{_SECOND_PART}' and hashtext(id) % 9 = 0
"""


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
    warehouse.dbt("seed")
    warehouse.dbt("run")
    for table in tables:
        _execute(warehouse, f"insert into {RAW_SCHEMA}.{table} select * from later.{table}")
        _execute(warehouse, _CHANGED_IN_PLACE.format(table))
    warehouse.dbt("run", "--select", "config.materialized:view")
    warehouse.save()


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
