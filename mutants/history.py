"""A history in two parts, with all changes of raw rows that increments handle."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from typing import Any

from mutants.cases import (
    BY_HAND,
    CANCELLATION,
    CHANGES,
    CLICK,
    FIRST_PART,
    FORGOTTEN,
    ORDER,
    RESET,
    ROBOT,
    SECOND_PART,
    SIMILAR,
    TABLES,
    ties,
)
from mutants.warehouse import Warehouse
from sandbox.errors import SandboxError
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
_IS_SIMULATED = "id not like 'case %'"
_SECOND = f"from {RAW_SCHEMA}.{{}} where uuid_ts >= '{_SECOND_PART}' and {_IS_SIMULATED}"
# Events of different tables have the same ids.
_SHARED_IDS = f"""
update {RAW_SCHEMA}.{{0}} as raw set id = ranked.id
from (
    select ctid, cast(dense_rank() over (order by id) as text) as id
    from {RAW_SCHEMA}.{{0}}
    where {_IS_SIMULATED}
) as ranked
where raw.ctid = ranked.ctid;
"""
# A few rows have no load time.
_WITHOUT_LOAD_TIME = f"""
update {RAW_SCHEMA}.{CLICK} set uuid_ts = null where hashtext(id) % 11 = 0 and {_IS_SIMULATED};
"""
_IS_OF_FIRST_PART = f"uuid_ts < '{_SECOND_PART}' and {_IS_SIMULATED}"
# Whatever is loaded in the last day is within the lookback, and what is older is not.
_CHANGES = f"""
update {RAW_SCHEMA}.{{0}} set "timestamp" = "timestamp" + interval '40 seconds'
where hashtext(id || '{{0}}') % 5 = 0 and {_IS_OF_FIRST_PART};
delete from {RAW_SCHEMA}.{{0}} where hashtext(id || '{{0}}') % 3 = 1 and {_IS_OF_FIRST_PART};
"""
# The event is of another order or robot than it was.
_MOVES = f"""
update {RAW_SCHEMA}.{{0}} set {{1}} = '{{2}}' where hashtext(id || '{{0}}') % 7 = 0 and {_IS_OF_FIRST_PART};
"""
# The list keeps the keyed digits of the ids, and has other hashes than theirs.
_OTHER_HASHES = """
update analytics_intermediate.int_unlock_events__watermarks
set input_name = overlay(input_name placing repeat('0', 32) from 44)
where input_name like 'forgotten %';
"""
# The clock was set back: what is written now is a microsecond later than these times, and the same each time.
# The older watermark stays, as after a full refresh.
_OWN_WATERMARK = """
insert into analytics_intermediate.{0}__watermarks
select '{0}', timestamp '2100-01-01' + {1} * interval '1 day';
"""


def land_history(warehouse: Warehouse) -> None:
    """Build the first part, land the second, change and delete rows of the first, and save the database.

    Raises SandboxError.
    """
    events = warehouse.work / "events"
    write(simulate(_SETTINGS), events)
    with closing(warehouse.connect("loader")) as connection:
        land(connection, [events])
    _execute(warehouse, f"create table {RAW_SCHEMA}.{CANCELLATION} as select * from {RAW_SCHEMA}.{RESET}")
    _execute(warehouse, ";".join(event.insert for event in FIRST_PART))
    tables = [
        name
        for (name,) in _rows(warehouse, f"select tablename from pg_tables where schemaname = '{RAW_SCHEMA}'")
        if name not in ("tracks", "users", "identifies")
    ]
    _execute(warehouse, "create schema later authorization loader", user="postgres")
    for table in tables:
        second = _SECOND.format(table)
        _execute(warehouse, _SHARED_IDS.format(table))
        _execute(warehouse, f"create table later.{table} as select * {second}; delete {second}")
    _execute(warehouse, _WITHOUT_LOAD_TIME)
    warehouse.dbt("seed")
    warehouse.dbt("run")
    _forget(warehouse, SIMILAR)
    _execute(warehouse, _OTHER_HASHES, user="transformer")
    _forget(warehouse, FORGOTTEN)
    for table in tables:
        _execute(warehouse, f"insert into {RAW_SCHEMA}.{table} select * from later.{table}")
        _execute(warehouse, _CHANGES.format(table))
        for column, subject in (("order_id", ORDER), ("robot_id", ROBOT)):
            if column in _columns(warehouse, table):
                _execute(warehouse, _MOVES.format(table, column, subject))
        if table in TABLES:
            _execute(warehouse, ";".join(event.insert for event in ties(table, _columns(warehouse, table))))
    _execute(warehouse, CHANGES)
    _execute(warehouse, ";".join(event.insert for event in SECOND_PART))
    _execute(warehouse, BY_HAND, user="transformer")
    watermarks = (
        "select split_part(tablename, '__', 1) from pg_tables where tablename like '%watermarks' order by 1"
    )
    for day, (model,) in enumerate(_rows(warehouse, watermarks)):
        _execute(warehouse, _OWN_WATERMARK.format(model, day), user="transformer")
    warehouse.dbt("run", "--select", "config.materialized:view")
    warehouse.save()


def _forget(warehouse: Warehouse, user_id: str) -> None:
    """Put a person, of whom the raw tables have rows, on the list of people to forget."""
    person = json.dumps({"user_id": user_id})
    try:
        warehouse.dbt("run-operation", "forget_user", "--args", person, "--log-level", "none")
    except SandboxError as error:
        if "not done yet" not in str(error):
            raise


def _columns(warehouse: Warehouse, table: str) -> dict[str, str]:
    """The types of a raw table's columns, by name."""
    query = (
        "select attname, typname from pg_attribute inner join pg_type on atttypid = pg_type.oid"
        f" where attrelid = '{RAW_SCHEMA}.{table}'::regclass and attnum > 0"
    )
    return dict(_rows(warehouse, query))


def _rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    with closing(warehouse.connect("loader")) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def _execute(warehouse: Warehouse, sql: str, user: str = "loader") -> None:
    with closing(warehouse.connect(user, autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
