"""The models against the reference, row for row, on histories that sit on the edges of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pytest
from hypothesis import given, settings

from builds.differences import Row, assert_same_rows
from compiled_models import compiled_models, horizon_rows
from project import Project
from reference.horizon import data_horizon, newest_receipt
from reference.possible_dates import on_possible_dates
from reference.troubleshooting import TroubleEvent, place_events
from reference.troubleshooting_facts import Troubles, outcomes_daily, transitions
from troubleshooting.strategies import TroubleBatch, trouble_batches

PLACED = "int_troubleshooting_events"
SESSIONS, RECOVERY = "fct_troubleshooting_sessions", "fct_recovery_actions"
REPORTS, CANCELLATIONS = "fct_pilot_reports", "fct_trip_cancellations"
STEPS = "fct_troubleshooting_steps"
DAILY, TRANSITIONS = "rpt_troubleshooting_outcomes_daily", "rpt_recovery_transitions"

COMMON = ("event_name", "event_id", "order_id", "robot_id", "is_clock_suspect", "occurred_at")
PILOT = (*COMMON, "trip_id", "pilot_id")
STREAMS = {
    "int_pilot_troubleshooting_events": (
        *(*PILOT, "reported_troubleshooting_session_id", "mobile_carrier", "signal_strength"),
        *("flow_name", "step_index", "step_name", "step_answer"),
    ),
    "int_pilot_field_ops_events": (*PILOT, "is_blocking"),
    "int_pilot_trip_events": PILOT,
    "int_pilot_acknowledgment_events": PILOT,
    "int_server_load_events": COMMON,
    "int_server_unlock_events": COMMON,
}
REASONS = {
    "int_pilot_troubleshooting_events": ("problem_category", "reset_reason", "error_code"),
    "int_pilot_field_ops_events": ("issue_type", "incident_type", "reassignment_reason", "error_code"),
    "int_pilot_trip_events": ("cancellation_reason", "cancellation_block_reason", "error_code"),
}
IN_OTHER_STREAMS = {
    "pilot_cancel_trip": "int_pilot_trip_events",
    "pilot_unable_to_cancel_trip": "int_pilot_trip_events",
    "pilot_confirm_bot_parked_success": "int_pilot_acknowledgment_events",
    "server_load_order_success": "int_server_load_events",
    "server_unlock_bot_open_lid_success": "int_server_unlock_events",
}


def stream_of(event: TroubleEvent) -> str:
    """The stream that has the event."""
    is_session_event = event.role == "session"
    elsewhere = "int_pilot_troubleshooting_events" if is_session_event else "int_pilot_field_ops_events"
    return IN_OTHER_STREAMS.get(event.event_name, elsewhere)


def stream_row(stream: str, event: TroubleEvent) -> Row:
    """An event as its stream has it, as far as the models read it; any of the columns may tell the reason."""
    row = {column: value for column, value in asdict(event).items() if column in STREAMS[stream]}
    reasons = REASONS.get(stream, ())
    told = reasons[len(event.event_id) % len(reasons)] if reasons else None
    row |= {column: event.stated_reason if column == told else None for column in reasons}
    of_server = stream.startswith("int_server")
    return row | {"robot_key" if of_server else "entity_key": event.entity_key}


def given_rows(batch: TroubleBatch) -> dict[str, list[Row]]:
    """The rows of what the troubleshooting models read."""
    rows: dict[str, list[Row]] = {stream: [] for stream in STREAMS}
    for event in batch.events:
        rows[stream_of(event)].append(stream_row(stream_of(event), event))
    return rows | {"int_data_horizon": horizon_rows(batch.received_through)}


def events_about(rows: Sequence[Row], events: Sequence[TroubleEvent]) -> str:
    """The events of the entities that rows are about, in the order of their times, a line each."""
    entities = {row.get("entity_key") for row in rows}
    about = [event for event in events if entities <= {None} or event.entity_key in entities]
    return "\n".join(f"event: {event}" for event in sorted(about, key=lambda event: str(event.occurred_at)))


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it shrinks before anyone has to read it
def test_models_and_reference_agree(project: Project) -> None:
    @settings(deadline=None, max_examples=2 * settings().max_examples)
    @given(batch=trouble_batches())
    def agree(batch: TroubleBatch) -> None:
        built = models.build(
            given_rows(batch),
            filled=(PLACED, SESSIONS, RECOVERY, REPORTS, CANCELLATIONS),
            read=(DAILY, TRANSITIONS, STEPS),
        )
        placed = place_events(batch.events)
        troubles = Troubles(placed, data_horizon(batch.received_through))
        newest = newest_receipt(batch.received_through)
        derived: dict[str, list[Row]] = {
            PLACED: [item.row() for item in placed],
            SESSIONS: [*troubles.sessions()],
            RECOVERY: [*troubles.actions()],
            REPORTS: [*troubles.reports()],
            CANCELLATIONS: [*troubles.cancellations()],
            STEPS: [*troubles.steps()],
            DAILY: on_possible_dates(outcomes_daily(troubles.sessions()), newest),
            TRANSITIONS: [*transitions(troubles.actions())],
        }
        known = {row_name for row in derived[STEPS] for row_name in row}
        built[STEPS] = [{name: row[name] for name in known} for row in built[STEPS]]
        for model, rows in derived.items():
            assert_same_rows(rows, built[model], lambda wrong: events_about(wrong, batch.events))

    with compiled_models(project, DAILY, TRANSITIONS, REPORTS, CANCELLATIONS, STEPS) as models:
        agree()
