"""No value of any timestamp hides other rows."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from itertools import cycle

from contract.raw import land_rows
from project import Project
from properties.adversarial import FUTURE, PAST, START, Values
from properties.built import Manifest
from properties.raw_rows import RawRow, land
from sandbox.server import RAW_SCHEMA

LIES: list[Values] = [
    {"uuid_ts": FUTURE},
    {"uuid_ts": PAST},
    {"uuid_ts": None},
    {"uuid_ts": None, "received_at": None},
    {"uuid_ts": None, "received_at": FUTURE},
    {"received_at": FUTURE, "timestamp": FUTURE, "original_timestamp": FUTURE},
    {"received_at": PAST, "timestamp": PAST, "original_timestamp": PAST},
    {"received_at": None, "timestamp": None, "uuid_ts": FUTURE},
]
AHEAD = datetime(2038, 1, 19, 3, 14, 7)


def test_a_lying_stamp_hides_no_row(project: Project, rng: random.Random) -> None:
    """Each table gets a lie of its own with each load, and truthful rows beside it."""
    event_tables = Manifest.of(project).event_tables
    streams = [stream.split(".")[1] for stream in sorted({*event_tables.values()})]
    expected: dict[str, set[str]] = {event: set() for event in event_tables}
    for load in range(3):
        loaded_at = START + load * timedelta(hours=30)
        rows = []
        for number, (event, lie) in enumerate(zip(event_tables, cycle(LIES), strict=False)):
            truth: Values = {"timestamp": loaded_at, "received_at": loaded_at, "uuid_ts": loaded_at}
            truth["order_id"] = f"order {number}"
            rows.append(RawRow(event, load, {"id": f"true {load}", **truth}))
            expected[event].add(f"true {load}")
            if load == 0 or lie.get("uuid_ts", PAST) != PAST or "received_at" in lie:
                rows.append(RawRow(event, load, {"id": f"lie {load}", **truth, **lie}))
                expected[event].add(f"lie {load}")
        land(project, rows, rng)
        project.dbt("run", "--select", *(f"+{stream}" if load == 0 else stream for stream in streams))
        for event, stream in event_tables.items():
            found = project.query(f"select event_id from {stream} where event_name = '{event}'")
            assert {event_id for (event_id,) in found} == expected[event], (event, load)
    event = next(iter(event_tables))
    assert_a_load_time_that_has_come_is_read_once(project, event, event_tables[event])


def test_a_click_of_1970_or_2038_is_kept_flagged_and_in_no_report(project: Project) -> None:
    """The clicks of two orders are of 1970 and of 2038 by their clocks; that of another is right."""
    received = datetime(2026, 9, 1, 12)
    types = dict.fromkeys(("id", "order_id"), "varchar(512)")
    types |= dict.fromkeys(("timestamp", "received_at", "uuid_ts"), "timestamp")
    told: Values = {"received_at": received, "uuid_ts": received}
    clicks: list[Values] = [
        {"id": "a", "order_id": "o1", "timestamp": PAST, **told},
        {"id": "b", "order_id": "o2", "timestamp": received, **told},
        {"id": "c", "order_id": "o3", "timestamp": AHEAD, **told},
    ]
    opened = received + timedelta(seconds=5)
    openings: list[Values] = [
        {"id": order_id, "order_id": order_id, "timestamp": opened, **told} for order_id in ("o1", "o2")
    ]
    land_rows(project, "order_unlock_coco", types, *clicks)
    land_rows(project, "server_unlock_bot_open_lid_success", types, *openings)
    marts = ("fct_orders", "rpt_unlock_funnel_daily", "fct_robot_days", "dim_date", "rpt_event_quality_daily")
    project.dbt("run", "--select", *("+" + mart for mart in marts))
    orders = project.query(
        "select order_id, started_at, start_date, is_clock_suspect, seconds_from_click_to_open"
        " from analytics_marts.fct_orders order by order_id"
    )
    assert orders == [
        ("o1", PAST, PAST.date(), True, None),
        ("o2", received, received.date(), False, 5),
        ("o3", AHEAD, AHEAD.date(), True, None),
    ]
    attempts = project.query(
        "select order_id, outcome, started_at, is_clock_suspect from analytics_marts.fct_unlock_attempts"
        " order by 1"
    )
    assert attempts == [
        ("o1", "abandoned", PAST, True),
        ("o2", "opened", received, False),
        ("o3", "abandoned", AHEAD, True),
    ], "a clock that is ahead of all receipts keeps nothing pending"
    days = "select start_date, attempt_count from analytics_marts.rpt_unlock_funnel_daily"
    assert project.query(days) == [(date(2026, 9, 1), 1)]
    dates = "select date_day, is_fully_loaded from analytics_marts.dim_date order by 1 desc limit 2"
    assert project.query(dates) == [(date(2026, 9, 2), False), (date(2026, 9, 1), False)]
    suspects = (
        "select loaded_date, clock_suspect_count from analytics_marts.rpt_event_quality_daily"
        " where event_name = 'order_unlock_coco'"
    )
    assert project.query(suspects) == [(date(2026, 9, 1), 2)]
    settled = project.dbt("run", "--select", "fct_unlock_attempts")["fct_unlock_attempts"]
    assert settled.message == "UNCHANGED", "nothing is recomputed until the horizon comes near"


def assert_a_load_time_that_has_come_is_read_once(project: Project, event: str, relation: str) -> None:
    """Assert that such a row becomes the watermark, so that the next run finds nothing to do."""
    came = f"timestamp '{(START + timedelta(hours=61)).replace(tzinfo=None)}'"
    future = f"timestamp '{FUTURE.replace(tzinfo=None)}'"
    project.execute(f"update {RAW_SCHEMA}.{event} set uuid_ts = {came} where id like 'lie %'", user="loader")
    project.execute(
        f"update {relation} set loaded_at = {came}"
        f" where event_name = '{event}' and event_id like 'lie %' and loaded_at = {future}"
    )
    stream = relation.split(".")[1]
    messages = [project.dbt("run", "--select", stream)[stream].message for _ in range(2)]
    assert messages == ["DELETE 0 INSERT 0", "UNCHANGED"]
    ((watermark,),) = project.query(
        f"select max(watermark) = {came} from {relation}__watermarks where input_name = '{event}'"
    )
    assert watermark
