"""The reference's reading of raw rows, by hand-worked examples."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from itertools import permutations

import pytest

from reference.horizon import data_horizon, received_through
from reference.streams import Event, keep_latest_copies, read_event, read_stream
from reference.unlock import CLICK, REQUEST_FAIL

NOON = datetime(2026, 9, 1, 12)
MINUTE = timedelta(minutes=1)


def read(row: Mapping[str, object], event_name: str = CLICK) -> Event:
    """Read a row that has a message id."""
    event = read_event(event_name, row)
    assert event is not None
    return event


def occurrence(row: Mapping[str, object]) -> datetime | None:
    """Give the time at which the event of a row occurred."""
    return read(row).occurred_at


def test_event_takes_its_values_from_the_first_accepted_name_that_says_something() -> None:
    row = {"id": "e1 ", "order_id": "  ", "delivery_id": "d7 ", "robot_id": None, "serial": 42}
    event = Event(CLICK, "e1", order_id="d7", robot_id="42", merchant_name="Bakery")
    assert read_event(CLICK, {**row, "merchant_name": " ", "store_name": "Bakery "}) == event


def test_failure_keeps_its_reason_and_its_code() -> None:
    row = {"id": "e1", "reason": "lid_stuck ", "error_code": "E7", "received_at": NOON}
    event = read(row, REQUEST_FAIL)
    assert (event.failure_reason, event.error_code) == ("lid_stuck", "E7")


@pytest.mark.parametrize("blank", [None, "", "   "])
def test_row_without_a_message_id_is_no_event(blank: str | None) -> None:
    assert read_event(CLICK, {"id": blank, "timestamp": NOON}) is None


def test_occurrence_falls_back_from_clock_to_clock() -> None:
    row: dict[str, object] = {"id": "e1", "received_at": NOON + 2 * MINUTE}
    assert occurrence(row) == NOON + 2 * MINUTE
    row["original_timestamp"] = NOON + MINUTE
    assert occurrence(row) == NOON + MINUTE
    row["timestamp"] = NOON
    assert occurrence(row) == NOON
    assert occurrence({"id": "e1"}) is None


def test_loading_falls_back_to_the_receipt() -> None:
    assert read({"id": "e1", "received_at": NOON}).loaded_at == NOON


def test_times_with_a_zone_are_read_as_utc() -> None:
    zone = timezone(timedelta(hours=-7))
    assert occurrence({"id": "e1", "timestamp": datetime(2026, 9, 1, 5, tzinfo=zone)}) == NOON


def test_time_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="must be a datetime, not str"):
        read_event(CLICK, {"id": "e1", "timestamp": "2026-09-01"})


def test_clock_is_suspect_when_ahead_of_the_receipt_by_more_than_five_minutes() -> None:
    rows = [
        {"id": "e1", "timestamp": NOON + 5 * MINUTE, "received_at": NOON},
        {"id": "e1", "timestamp": NOON + 5 * MINUTE + timedelta.resolution, "received_at": NOON},
        {"id": "e1", "timestamp": NOON + 5 * MINUTE},
    ]
    assert [read(row).is_clock_suspect for row in rows] == [False, True, False]


def test_event_keeps_its_time_and_is_suspect_when_it_is_received_more_than_thirty_days_later() -> None:
    month, epoch = timedelta(days=30), datetime(1970, 1, 1)
    times = [NOON - month, NOON - month - timedelta.resolution, epoch]
    events = [read({"id": "e1", "timestamp": time, "received_at": NOON}) for time in times]
    assert [(event.occurred_at, event.is_clock_suspect) for event in events] == [
        *((NOON - month, False), (NOON - month - timedelta.resolution, True), (epoch, True))
    ]


def test_latest_load_then_latest_receipt_then_greatest_copy_is_kept() -> None:
    copies = [
        Event(CLICK, "e1", order_id="z"),
        Event(CLICK, "e1", order_id="z", received_at=NOON + MINUTE, loaded_at=NOON),
        Event(CLICK, "e1", order_id="y", received_at=NOON, loaded_at=NOON + MINUTE),
        Event(CLICK, "e1", order_id="a", received_at=NOON + MINUTE, loaded_at=NOON + MINUTE),
        Event(CLICK, "e1", order_id="b", received_at=NOON + MINUTE, loaded_at=NOON + MINUTE),
    ]
    for count in range(1, len(copies) + 1):
        for arrival in permutations(copies[:count]):
            assert keep_latest_copies(arrival) == [copies[count - 1]]


def test_same_id_in_two_tables_is_two_events() -> None:
    events = read_stream({CLICK: [{"id": "e1"}, {"id": "e1"}, {"id": None}], REQUEST_FAIL: [{"id": "e1"}]})
    assert [(event.event_name, event.event_id) for event in events] == [(CLICK, "e1"), (REQUEST_FAIL, "e1")]


def test_receipt_later_than_its_loading_does_not_move_the_horizon() -> None:
    credible = Event(CLICK, "e1", received_at=NOON + 5 * MINUTE, loaded_at=NOON)
    lying = Event(CLICK, "e2", received_at=NOON + 6 * MINUTE, loaded_at=NOON)
    assert received_through([credible, lying, Event(CLICK, "e3")]) == NOON + 5 * MINUTE
    assert received_through([lying]) is None


def test_horizon_is_two_hours_before_the_latest_receipt_of_all_streams() -> None:
    assert data_horizon([NOON, None, NOON + 120 * MINUTE]) == NOON
    assert data_horizon([None]) is None
    assert data_horizon([]) is None
