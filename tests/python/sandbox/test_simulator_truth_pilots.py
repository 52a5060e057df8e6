"""The truth about pilots and robots against what the definitions make of the messages."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import zip_longest

import polars as pl
import pytest
from simulator_messages import Message, messages_of, settings
from simulator_sessions import ESCALATIONS, FAILURES, STEP, WORDS, find_sessions, row_id

from sandbox.simulator import Simulation, chunk, simulate

REPORTS = {
    "field_op_request": "pilot_requested_field_op",
    "incident": "pilot_incident_report",
    "route_issue": "pilot_route_issue",
    "no_route_found": "pilot_no_route_found",
}


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(settings(4, days=20, orders_per_day=150))


@pytest.fixture(scope="module")
def messages(simulation: Simulation) -> list[Message]:
    return messages_of(simulation)


def rows_by_id(frame: pl.DataFrame, name: str) -> dict[str, dict[str, object]]:
    """The rows of a table by their id."""
    assert frame[name].is_unique().all()
    assert frame["anchor_event_id"].null_count() == 0
    return {row[name]: row for row in frame.iter_rows(named=True)}


@pytest.mark.parametrize(("seed", "days", "orders_per_day"), [(4, 20, 150), (5, 5, 400), (6, 30, 20)])
def test_sessions_and_actions_are_what_the_definitions_make_of_the_events(
    monkeypatch: pytest.MonkeyPatch, seed: int, days: int, orders_per_day: int
) -> None:
    monkeypatch.setattr(chunk, "_EVENTS_PER_CHUNK", 8_000)
    simulation = simulate(settings(seed, days=days, orders_per_day=orders_per_day))
    found = find_sessions(messages_of(simulation))
    sessions = rows_by_id(simulation.truth["troubleshooting_sessions"], "troubleshooting_session_id")
    actions = rows_by_id(simulation.truth["recovery_actions"], "recovery_action_id")
    assert {session.row_id for session in found} == set(sessions)
    assert {action.row_id for session in found for action in session.actions} == set(actions)
    for session in found:
        row = sessions[session.row_id]
        path = [action.word for action in session.actions]
        seen = {
            "robot_id": session.robot_id,
            "entity_type": "robot" if session.robot_id else "pilot",
            "started_at": session.started_at,
            "ended_at": session.ended_at,
            "step_count": session.step_count,
            "action_count": len(path),
            "action_path": " > ".join(path) or None,
            "highest_action": max(path, key=list(WORDS.values()).index, default="step"),
            "pilot_count": len(session.pilots),
            "escalated_at": min(session.escalations.values(), default=None),
            "recovered_at": session.recovered_at,
        }
        assert {name: row[name] for name in seen} == seen
        open_outcomes = {"pending", "unresolved"} if session.outcome == "open" else {session.outcome}
        assert row["outcome"] in open_outcomes
        for action, following in zip_longest(session.actions, path[1:]):
            row = actions[action.row_id]
            assert (row["action"], row["occurred_at"]) == (action.word, action.at)
            assert (row["failed_at"], row["is_orphan_failure"]) == (action.failed_at, action.is_orphan)
            assert row["next_action"] == following
            assert row["troubleshooting_session_id"] == session.row_id
            assert row["outcome"] in {
                "failed": {"failed"},
                "open": {"superseded"} if following else {"no_evidence", "pending"},
            }.get(action.outcome, {"recovered"})


def test_every_situation_of_a_session_occurs(simulation: Simulation) -> None:
    sessions, actions = (simulation.truth[name] for name in ("troubleshooting_sessions", "recovery_actions"))
    assert set(sessions["outcome"]) >= {
        *("trip_cancelled", "reassigned", "field_op", "reset_failed", "recovered", "unresolved"),
    }
    assert set(actions["outcome"]) >= {"failed", "recovered", "superseded", "no_evidence"}
    assert set(actions["action"]) == set(WORDS.values())
    assert set(sessions["entity_type"]) == {"robot", "pilot"}
    assert set(sessions["pilot_count"]) == {1, 2}
    assert set(actions["is_orphan_failure"]) == {False, True}
    assert sessions.filter(pl.col("action_count") == 0).height > 10


def test_sessions_and_actions_without_evidence_are_pending_until_the_horizon_passes() -> None:
    pending_count = 0
    for seed in range(12):
        truth = simulate(settings(seed, days=1, orders_per_day=400)).truth
        for name, since in (("troubleshooting_sessions", "ended_at"), ("recovery_actions", "occurred_at")):
            pending = truth[name].filter(pl.col("outcome") == "pending")[since]
            over = truth[name].filter(pl.col("outcome").is_in(["unresolved", "no_evidence"]))[since]
            pending_count += len(pending)
            if len(pending) and len(over):
                assert pending.min() > over.max()  # type: ignore[operator]
    assert pending_count > 0


def test_sessions_of_a_robot_are_well_apart(simulation: Simulation) -> None:
    sessions = simulation.truth["troubleshooting_sessions"].sort("robot_id", "started_at")
    gaps = sessions.select(pl.col("started_at") - pl.col("ended_at").shift().over("robot_id"))["started_at"]
    assert gaps.drop_nulls().min() > timedelta(minutes=20)  # type: ignore[operator]
    assert sessions["step_count"].min() == 1


def test_every_session_event_is_accounted_for(simulation: Simulation, messages: list[Message]) -> None:
    sent = Counter(message.event for message in messages)
    sessions, actions = (simulation.truth[name] for name in ("troubleshooting_sessions", "recovery_actions"))
    is_orphan = pl.col("is_orphan_failure")
    assert sessions["step_count"].sum() == sent[STEP]
    assert actions.filter(~is_orphan).height == sum(sent[event] for event in WORDS)
    assert actions["failed_at"].count() == sum(sent[event] for event in FAILURES)
    assert sessions["action_count"].sum() == actions.height


def test_every_report_is_there_once(simulation: Simulation, messages: list[Message]) -> None:
    reports = rows_by_id(simulation.truth["pilot_reports"], "report_id")
    sent = {row_id(message): message for message in messages if message.event in REPORTS.values()}
    assert set(reports) == set(sent)
    sessions = set(simulation.truth["troubleshooting_sessions"]["troubleshooting_session_id"])
    for key, message in sent.items():
        row = reports[key]
        assert REPORTS[str(row["report_type"])] == message.event
        assert (row["robot_id"], row["order_id"]) == (message.robot_id, message.order_id)
        assert row["occurred_at"] == message.time("timestamp")
        assert row["troubleshooting_session_id"] in {None, *sessions}
    frame = simulation.truth["pilot_reports"]
    assert frame.filter(report_type="field_op")["troubleshooting_session_id"].null_count() == 0
    assert set(frame.filter(report_type="incident")["troubleshooting_session_id"].is_null()) == {False, True}


def test_every_cancellation_is_there_and_a_blocked_one_knows_the_next(
    simulation: Simulation, messages: list[Message]
) -> None:
    rows = rows_by_id(simulation.truth["trip_cancellations"], "cancellation_id")
    events = {"pilot_cancel_trip": "cancelled", "pilot_unable_to_cancel_trip": "blocked"}
    sent = {row_id(message): message for message in messages if message.event in events}
    assert set(rows) == set(sent)
    cancelled_at = {
        message.properties["tripId"]: message.time("timestamp")
        for message in sent.values()
        if message.event == "pilot_cancel_trip"
    }
    for key, message in sent.items():
        trip = message.properties["tripId"]
        outcome = events[message.event]
        assert (rows[key]["outcome"], rows[key]["trip_id"]) == (outcome, trip)
        later = cancelled_at.get(trip) if outcome == "blocked" else None
        assert rows[key]["cancelled_after_block_at"] == later
    followed = simulation.truth["trip_cancellations"].filter(outcome="blocked")["cancelled_after_block_at"]
    assert 0 < followed.null_count() < len(followed)


def test_every_reassignment_event_is_in_one_reassignment(
    simulation: Simulation, messages: list[Message]
) -> None:
    reassignments = simulation.truth["reassignments"]
    begun, submitted = (
        {
            (message.order_id or message.robot_id, message.time("timestamp"))
            for message in messages
            if message.event == f"pilot_{word}_reassignment"
        }
        for word in ("initiated", "submitted")
    )
    entity = pl.coalesce("order_id", "robot_id")
    for name, events in (("initiated_at", begun), ("submitted_at", submitted)):
        assert set(reassignments.drop_nulls(name).select(entity, name).rows()) == events
    both = reassignments.drop_nulls(["initiated_at", "submitted_at"])
    assert (both["submitted_at"] - both["initiated_at"]).max() < timedelta(minutes=60)
    assert set(reassignments["outcome"]) == {"submitted", "not_submitted"}
    assert reassignments["initiated_at"].null_count() > 0
    rows_by_id(reassignments, "reassignment_id")


def test_every_launch_event_is_in_one_launch(simulation: Simulation, messages: list[Message]) -> None:
    launches = simulation.truth["node_launches"]
    rows = rows_by_id(launches, "node_launch_id")
    sent = Counter(message.event for message in messages)
    assert launches["launched_at"].count() == sent["node_auto_launch"]
    assert launches["initialization_count"].sum() == sent["node_initialization"]
    words = defaultdict(list)
    for message in sorted(messages, key=lambda message: message.time("timestamp")):
        if message.event == "node_initialization" and "trip_id" in message.properties:
            words[message.properties["trip_id"]].append(
                (message.time("timestamp"), message.properties["status"])
            )
    for row in rows.values():
        if row["trip_id"] is not None:
            assert (row["initialized_at"], row["status"]) == words[str(row["trip_id"])][-1]
            assert row["first_initialization_at"] == words[str(row["trip_id"])][0][0]
    assert launches["launched_at"].null_count() > 0
    assert launches["initialized_at"].null_count() > 0
    assert set(launches["status"]) == {None, "started", "succeeded", "failed"}


def test_escalations_of_orders_are_counted(simulation: Simulation, messages: list[Message]) -> None:
    escalated = (message.order_id for message in messages if message.event in ESCALATIONS)
    counted = simulation.truth["orders"].select("order_id", "escalation_count")
    assert dict(counted.filter(pl.col("escalation_count") > 0).rows()) == Counter(filter(None, escalated))
