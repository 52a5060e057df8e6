"""The reference model against the worked examples, the dbt unit tests of the troubleshooting models.

The examples were worked by hand. dbt shows that the models give what they expect; here the reference has to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from reference.horizon import data_horizon
from reference.troubleshooting import PlacedTrouble, Session, TroubleEvent, place_events
from reference.troubleshooting_facts import Troubles, outcomes_daily, transitions
from worked_examples import Example, Row, as_text, each_example, expected, given, possible, time_of

OF_INCREMENTS = "end_of_a_session_whose_start_is_not_read_makes_no_session"
"""An example of what increments read, which the reference never does."""


def event_of(row: Row) -> TroubleEvent:
    """Read a fixture's row as an event."""
    blocking = row.get("is_blocking")
    ids = ("order_id", "robot_id", "trip_id", "pilot_id", "reported_troubleshooting_session_id")
    entity, _, entity_id = (row.get("entity_key") or "").partition(":")
    named: dict[str, Any] = {name: row.get(name) for name in ids}
    if entity != "none" and entity_id:
        named[f"{entity}_id"] = entity_id
    return TroubleEvent(
        event_name=row["event_name"] or "",
        event_id=row["event_id"] or "",
        **named,
        stated_reason=row.get("stated_reason"),
        stated_severity=row.get("stated_severity"),
        mobile_carrier=row.get("mobile_carrier"),
        signal_strength=float(signal) if (signal := row.get("signal_strength")) else None,
        is_blocking=None if blocking is None else blocking == "true",
        is_clock_suspect=row.get("is_clock_suspect") == "true",
        occurred_at=time_of(row.get("occurred_at")),
    )


def placed_of(rows: Sequence[Row]) -> list[PlacedTrouble]:
    """Read fixture rows as placed events, in the order in which they stand."""
    sessions: dict[str, Session] = {}
    placed = []
    for row in rows:
        event, session_id = event_of(row), row.get("troubleshooting_session_id")
        if session_id and event.occurred_at:
            sessions.setdefault(session_id, Session(session_id, event.occurred_at, event.occurred_at))
        order_match: Any = row.get("order_matched_by")
        reason: Any = row.get("unmatched_reason")
        placed.append(
            PlacedTrouble(
                event=event,
                session=sessions[session_id] if session_id else None,
                unmatched_reason=reason,
                recovery_action_id=row.get("recovery_action_id"),
                matched_order_id=row.get("matched_order_id"),
                order_matched_by=order_match,
            )
        )
    return placed


def troubles_of(example: Example) -> Troubles:
    """Give what the placed events of an example come to, at its horizon if it has one."""
    has_horizon = any("int_data_horizon" in item["input"] for item in example["given"])
    receipts = given(example, "int_data_horizon") if has_horizon else []
    horizon = data_horizon(time_of(row["received_through"]) for row in receipts)
    return Troubles(placed_of(given(example, "int_troubleshooting_events")), horizon)


def assert_expected(example: Example, results: Sequence[Mapping[str, object]]) -> None:
    """Compare results with an example's expectation in the columns that it names, in any order of rows."""
    rows = expected(example)
    found = [{column: as_text(result[column]) for column in rows[0]} for result in results]

    def values(row: Row) -> list[str]:
        return [value or "" for value in row.values()]

    assert sorted(found, key=values) == sorted(rows, key=values)


@each_example("int_troubleshooting_events")
def test_reference_places_events_as_worked_by_hand(example: Example) -> None:
    placed = place_events([event_of(row) for row in given(example, "int_troubleshooting_inputs")])
    assert_expected(example, [item.row() for item in placed])


@each_example("fct_troubleshooting_sessions", without=OF_INCREMENTS)
def test_reference_describes_sessions_as_worked_by_hand(example: Example) -> None:
    assert_expected(example, named_by_fixture(troubles_of(example)))


def named_by_fixture(troubles: Troubles) -> list[dict[str, object]]:
    """Sessions under the ids that a fixture gives them, which are not those of their events."""
    return [
        {**session, "troubleshooting_session_id": session_id}
        for session_id, session in zip(troubles.members, troubles.sessions(), strict=True)
    ]


@each_example("fct_recovery_actions")
def test_reference_describes_actions_as_worked_by_hand(example: Example) -> None:
    assert_expected(example, troubles_of(example).actions())


@each_example("fct_pilot_reports")
def test_reference_describes_reports_as_worked_by_hand(example: Example) -> None:
    assert_expected(example, troubles_of(example).reports())


@each_example("fct_trip_cancellations")
def test_reference_describes_cancellations_as_worked_by_hand(example: Example) -> None:
    assert_expected(example, troubles_of(example).cancellations())


@each_example("rpt_troubleshooting_outcomes_daily")
def test_reference_counts_outcomes_as_worked_by_hand(example: Example) -> None:
    sessions: list[dict[str, object]] = [
        {
            **row,
            "start_date": date.fromisoformat(row["start_date"] or ""),
            "seconds_to_last_step": int(row["seconds_to_last_step"] or 0),
        }
        for row in given(example, "fct_troubleshooting_sessions")
    ]
    assert_expected(example, possible(example, outcomes_daily(sessions)))


@each_example("rpt_recovery_transitions")
def test_reference_counts_transitions_as_worked_by_hand(example: Example) -> None:
    actions: list[dict[str, object]] = [dict(row) for row in given(example, "fct_recovery_actions")]
    assert_expected(example, transitions(actions))
