"""No value of any timestamp hides other rows."""

from __future__ import annotations

import random
from datetime import timedelta

from project import Project
from properties.adversarial import FUTURE, PAST, START, UNLOCK, Values
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
STREAMS = ("analytics_intermediate.int_unlock_events", "analytics_intermediate.int_server_unlock_events")


def test_a_lying_stamp_hides_no_row(project: Project, rng: random.Random) -> None:
    """Each table gets a lie of its own with each load, and truthful rows beside it."""
    expected: dict[str, set[str]] = {event: set() for event in UNLOCK}
    for load in range(3):
        loaded_at = START + load * timedelta(hours=30)
        rows = []
        for number, (event, lie) in enumerate(zip(UNLOCK, LIES, strict=True)):
            truth: Values = {"timestamp": loaded_at, "received_at": loaded_at, "uuid_ts": loaded_at}
            truth["order_id"] = f"order {number}"
            rows.append(RawRow(event, load, {"id": f"true {load}", **truth}))
            expected[event].add(f"true {load}")
            if load == 0 or lie.get("uuid_ts", PAST) != PAST or "received_at" in lie:
                rows.append(RawRow(event, load, {"id": f"lie {load}", **truth, **lie}))
                expected[event].add(f"lie {load}")
        land(project, rows, rng)
        project.dbt("run", "--select", *("+" + stream.split(".")[1] for stream in STREAMS))
        for event in UNLOCK:
            found = {
                event_id
                for stream in STREAMS
                for (event_id,) in project.query(
                    f"select event_id from {stream} where event_name = '{event}'"
                )
            }
            assert found == expected[event], (event, load)
    assert_a_load_time_that_has_come_is_read_once(project)


def assert_a_load_time_that_has_come_is_read_once(project: Project) -> None:
    """Assert that such a row becomes the watermark, so that the next run finds nothing to do."""
    came = f"timestamp '{(START + timedelta(hours=61)).replace(tzinfo=None)}'"
    future = f"timestamp '{FUTURE.replace(tzinfo=None)}'"
    event = next(iter(UNLOCK))
    project.execute(f"update {RAW_SCHEMA}.{event} set uuid_ts = {came} where id like 'lie %'", user="loader")
    project.execute(
        f"update {STREAMS[0]} set loaded_at = {came}"
        f" where event_name = '{event}' and event_id like 'lie %' and loaded_at = {future}"
    )
    stream = STREAMS[0].split(".")[1]
    messages = [project.dbt("run", "--select", stream)[stream].message for _ in range(2)]
    assert messages == ["DELETE 0 INSERT 0", "UNCHANGED"]
    ((watermark,),) = project.query(
        f"select max(watermark) = {came} from {STREAMS[0]}__watermarks where input_name = '{event}'"
    )
    assert watermark
