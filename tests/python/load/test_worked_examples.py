"""The reference model against the worked examples, which are the dbt unit tests of the load models.

The examples were worked by hand. dbt shows that the models give what they expect; here the reference has to.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, timedelta
from typing import Any

from reference.entities import Entity
from reference.horizon import data_horizon
from reference.load import KINDS, LoadRules, PlacedEvent, place_events
from reference.load_attempts import LoadAttempt, describe_attempts
from reference.load_success import daily_success
from reference.streams import Event
from worked_examples import Example, Row, assert_expected, each_example, given, possible, time_of

EVENT_NAMES: dict[str, str] = {kind: name for name, kind in KINDS.items()}


def event_of(row: Row) -> Event:
    """Read a fixture's row as an event; where it names only the kind, any id will do."""
    return Event(
        event_name=row.get("event_name") or EVENT_NAMES[row["event_kind"] or ""],
        event_id=row.get("event_id") or "any",
        order_id=row.get("order_id"),
        robot_id=row.get("robot_id"),
        merchant_id=row.get("merchant_id"),
        merchant_name=row.get("merchant_name"),
        load_method=row.get("load_method"),
        error_code=row.get("error_code") or row.get("failure_reason"),
        is_clock_suspect=row.get("is_clock_suspect") == "true",
        occurred_at=time_of(row.get("occurred_at")),
    )


def rules_of(example: Example) -> LoadRules:
    """Give the rules under the variables that an example pins."""
    windows = {
        "load_restart_seconds": ("restart", timedelta(seconds=1)),
        "load_window_minutes": ("window", timedelta(minutes=1)),
    }
    pinned = example["overrides"]["vars"]
    found = {name: pinned[var] * unit for var, (name, unit) in windows.items() if var in pinned}
    return LoadRules(**found)


@each_example("int_load_attempt_events")
def test_reference_places_events_as_worked_by_hand(example: Example) -> None:
    events = [event_of(row) for row in given(example, "int_load_inputs")]
    assert_expected(example, [item.row() for item in place_events(events, rules_of(example))])


@each_example("fct_load_attempts")
def test_reference_describes_attempts_as_worked_by_hand(example: Example) -> None:
    placed = [
        PlacedEvent(
            event=event_of(row),
            entity=Entity("robot" if row["entity_type"] == "robot" else "order", row["entity_key"] or ""),
            load_attempt_id=row["load_attempt_id"],
            unmatched_reason=None,
            attempt_number=int(row["attempt_number"] or 0),
            attempt_event_number=int(row["attempt_event_number"] or 0),
        )
        for row in given(example, "int_load_attempt_events")
    ]
    horizon = data_horizon(time_of(row["received_through"]) for row in given(example, "int_data_horizon"))
    attempts = describe_attempts(placed, horizon, rules_of(example))
    assert_expected(example, [asdict(attempt) for attempt in attempts])


@each_example("rpt_load_success_daily")
def test_reference_counts_success_as_worked_by_hand(example: Example) -> None:
    unsaid: dict[str, Any] = dict.fromkeys(field.name for field in fields(LoadAttempt))
    is_first_try = {"true": True, "false": False, None: None}
    attempts = []
    for row in given(example, "fct_load_attempts"):
        read = {
            "start_date": date.fromisoformat(row["start_date"] or ""),
            "is_first_try": is_first_try[row["is_first_try"]],
            "lid_error_count": int(row["lid_error_count"] or 0),
            "is_lid_error_recovered": row["is_lid_error_recovered"] == "true",
        }
        told = {name: value for name, value in row.items() if name in unsaid}
        attempts.append(LoadAttempt(**{**unsaid, **told, **read}))
    assert_expected(example, possible(example, [asdict(day) for day in daily_success(attempts)]))
