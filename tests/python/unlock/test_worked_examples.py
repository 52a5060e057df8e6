"""The reference model against the worked examples, which are the dbt unit tests of the unlock models.

The examples were worked by hand. dbt shows that the models give what they expect; here the reference has to.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, timedelta
from typing import Any

from reference.entities import Entity, key_of
from reference.horizon import data_horizon
from reference.streams import Event
from reference.unlock import KINDS, PlacedEvent, UnlockRules, place_events
from reference.unlock_attempts import UnlockAttempt, describe_attempts
from reference.unlock_funnel import daily_funnel
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
        device_class=row.get("device_class"),
        app_version=row.get("app_version"),
        requested_by=row.get("requested_by"),
        distance_meters=row.get("distance_meters"),
        failure_reason=row.get("failure_reason"),
        error_code=row.get("failure_reason"),
        is_clock_suspect=row.get("is_clock_suspect") == "true",
        occurred_at=time_of(row.get("occurred_at")),
    )


def rules_of(example: Example) -> UnlockRules:
    """Give the rules under the variables that an example pins."""
    windows = {
        "unlock_reclick_seconds": ("reclick", timedelta(seconds=1)),
        "unlock_clock_tolerance_seconds": ("clock_tolerance", timedelta(seconds=1)),
        "unlock_server_join_minutes": ("server_join", timedelta(minutes=1)),
        "unlock_restart_seconds": ("restart", timedelta(seconds=1)),
        "unlock_window_minutes": ("window", timedelta(minutes=1)),
    }
    pinned = example["overrides"]["vars"]
    found = {name: pinned[var] * unit for var, (name, unit) in windows.items() if var in pinned}
    return UnlockRules(**found)


@each_example("int_unlock_attempt_events")
def test_reference_places_events_as_worked_by_hand(example: Example) -> None:
    placed = place_events([event_of(row) for row in given(example, "int_unlock_inputs")], rules_of(example))
    assert_expected(example, [item.row() for item in placed])


@each_example("fct_unlock_attempts")
def test_reference_describes_attempts_as_worked_by_hand(example: Example) -> None:
    placed = [
        PlacedEvent(
            event=event_of(row),
            entity=Entity("robot" if row["entity_type"] == "robot" else "order", row["entity_key"] or ""),
            unlock_attempt_id=row["unlock_attempt_id"],
            unmatched_reason=None,
            attempt_event_number=int(row["attempt_event_number"] or 0),
        )
        for row in given(example, "int_unlock_attempt_events")
    ]
    horizon = data_horizon(time_of(row["received_through"]) for row in given(example, "int_data_horizon"))
    sessions = {
        key_of(event_of(row)): row["tracker_session_id"] or ""
        for row in given(example, "int_unlock_click_inputs")
        if row["tracker_session_id"]
    }
    attempts = describe_attempts(placed, horizon, sessions=sessions)
    assert_expected(example, [asdict(attempt) for attempt in attempts])


@each_example("rpt_unlock_funnel_daily")
def test_reference_counts_the_funnel_as_worked_by_hand(example: Example) -> None:
    unsaid: dict[str, Any] = dict.fromkeys(field.name for field in fields(UnlockAttempt))
    attempts = []
    for row in given(example, "fct_unlock_attempts"):
        read = {
            "start_date": date.fromisoformat(row["start_date"] or ""),
            "had_failure": row["had_failure"] == "true",
            "is_clock_suspect": row.get("is_clock_suspect") == "true",
            "funnel_step": int(row["funnel_step"] or 0),
            "strict_funnel_step": int(row["strict_funnel_step"] or 0),
            "seconds_to_open": int(seconds) if (seconds := row.get("seconds_to_open")) else None,
        }
        attempts.append(UnlockAttempt(**{**unsaid, **row, **read}))
    assert_expected(example, possible(example, [asdict(day) for day in daily_funnel(attempts)]))
