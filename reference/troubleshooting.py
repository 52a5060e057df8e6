"""Troubleshooting events to sessions, actions and orders: a walk along the events of one entity.

The entity is a robot, else a trip, else a pilot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import md5
from typing import Literal

from reference.instants import Position, by_values

EventRole = Literal["session", "escalation", "report", "evidence"]
EntityType = Literal["robot", "trip", "pilot", "none"]
UnmatchedReason = Literal["no_entity", "no_time", "no_session"]
OrderMatch = Literal["event", "robot_and_time"]

STEP = "pilot_troubleshooting_step"
LADDER = {
    STEP: "step",
    "pilot_reset_gps_hot": "gps_hot",
    "pilot_reset_gps_cold": "gps_cold",
    "pilot_modem_reset": "modem_reset",
    "pilot_switch_sim_backup": "sim_switch",
    "pilot_soft_reset": "soft_reset",
    "pilot_hard_reset": "hard_reset",
}
"""Steps and actions by the name of their event, from the lowest rung to the highest."""
RUNGS = list(LADDER.values())
FAILURES = {"pilot_soft_reset_fail": "soft_reset", "pilot_hard_reset_fail": "hard_reset"}
ESCALATIONS = {
    "pilot_requested_field_op": "field_op_request",
    "pilot_initiated_reassignment": "reassignment_start",
    "pilot_submitted_reassignment": "reassignment",
    "pilot_incident_report": "incident",
    "pilot_cancel_trip": "cancellation",
    "pilot_unable_to_cancel_trip": "cancellation_block",
}
REPORTS = {"pilot_route_issue": "route_issue", "pilot_no_route_found": "no_route_found"}
LOADED, OPENED = "server_load_order_success", "server_unlock_bot_open_lid_success"
EVIDENCE = {"pilot_confirm_bot_parked_success": "parked", LOADED: "loaded", OPENED: "opened"}


@dataclass(frozen=True)
class TroubleEvent:
    """One event that matters to troubleshooting. The key is (event_name, event_id)."""

    event_name: str
    event_id: str
    order_id: str | None = None
    robot_id: str | None = None
    trip_id: str | None = None
    pilot_id: str | None = None
    reported_troubleshooting_session_id: str | None = None
    stated_reason: str | None = None
    stated_severity: str | None = None
    flow_name: str | None = None
    step_index: int | None = None
    step_name: str | None = None
    step_answer: str | None = None
    mobile_carrier: str | None = None
    signal_strength: float | None = None
    is_blocking: bool | None = None
    is_clock_suspect: bool = False
    occurred_at: datetime | None = None

    @property
    def key(self) -> str:
        """The key of the event and of what it begins: 32 hexadecimal digits."""
        text = f"{self.event_name}|{self.event_id}"
        return md5(text.encode(), usedforsecurity=False).hexdigest()

    @property
    def role(self) -> EventRole:
        """What the event is for a session."""
        if self.event_name in EVIDENCE:
            return "evidence"
        if self.event_name in ESCALATIONS:
            return "escalation"
        return "report" if self.event_name in REPORTS else "session"

    @property
    def kind(self) -> str:
        """What the event is, in a word."""
        if self.event_name in FAILURES:
            return "action_fail"
        if self.event_name in LADDER:
            return "step" if self.event_name == STEP else "action"
        return (ESCALATIONS | REPORTS | EVIDENCE)[self.event_name]

    @property
    def rung(self) -> str | None:
        """The rung of the ladder that the event stands on; a failure stands where its action does."""
        return LADDER.get(self.event_name) or FAILURES.get(self.event_name)

    @property
    def action(self) -> str | None:
        """The recovery action that the event is, or is the failure of."""
        return None if self.event_name == STEP else self.rung

    @property
    def entity_type(self) -> EntityType:
        """What the event is about."""
        if self.robot_id is not None:
            return "robot"
        if self.event_name in (LOADED, OPENED):
            return "none"
        if self.trip_id is not None:
            return "trip"
        return "none" if self.pilot_id is None else "pilot"

    @property
    def entity_key(self) -> str:
        """The entity whose history the event is part of."""
        ids = {"robot": self.robot_id, "trip": self.trip_id, "pilot": self.pilot_id, "none": self.key}
        return f"{self.entity_type}:{ids[self.entity_type]}"


@dataclass(frozen=True)
class TroubleRules:
    """The windows of the troubleshooting domain."""

    gap: timedelta = timedelta(minutes=15)
    same_id: timedelta = timedelta(hours=12)
    escalation: timedelta = timedelta(minutes=30)
    recovery: timedelta = timedelta(minutes=60)
    action_fail: timedelta = timedelta(minutes=5)
    cancel_after_block: timedelta = timedelta(minutes=60)
    under_way: timedelta = timedelta(hours=6)


@dataclass
class Session:
    """A session as far as the walk has come."""

    id: str
    started_at: datetime
    history_started_at: datetime
    event_count: int = 0
    """Since it began, also those that belong to no session."""


@dataclass(frozen=True)
class PlacedTrouble:
    """An event with its session, or the reason why it has none, and the order under way."""

    event: TroubleEvent
    session: Session | None = None
    session_event_number: int | None = None
    unmatched_reason: UnmatchedReason | None = None
    recovery_action_id: str | None = None
    matched_order_id: str | None = None
    order_matched_by: OrderMatch | None = None

    def row(self) -> dict[str, object]:
        """Give the placed event as a flat row, column name to value."""
        event, session = self.event, self.session
        return {
            "event_id": event.event_id,
            "entity_key": event.entity_key,
            "troubleshooting_session_id": session.id if session else None,
            "recovery_action_id": self.recovery_action_id,
            "reported_troubleshooting_session_id": event.reported_troubleshooting_session_id,
            "order_id": event.order_id,
            "matched_order_id": self.matched_order_id,
            "matched_order_key": f"order:{self.matched_order_id}"
            if self.matched_order_id
            else f"none:{event.key}",
            "robot_id": event.robot_id,
            "trip_id": event.trip_id,
            "pilot_id": event.pilot_id,
            "event_name": event.event_name,
            "event_role": event.role,
            "event_kind": event.kind,
            "action": event.action,
            "entity_type": event.entity_type,
            "unmatched_reason": self.unmatched_reason,
            "order_matched_by": self.order_matched_by,
            "stated_reason": event.stated_reason,
            "stated_severity": event.stated_severity,
            "mobile_carrier": event.mobile_carrier,
            "signal_strength": event.signal_strength,
            "session_event_number": self.session_event_number,
            "rung_number": RUNGS.index(event.rung) + 1 if event.rung else None,
            "is_blocking": event.is_blocking,
            "is_clock_suspect": event.is_clock_suspect,
            "occurred_at": event.occurred_at,
            "session_started_at": session.started_at if session else None,
            "history_started_at": session.history_started_at if session else None,
        }


def place_events(events: Iterable[TroubleEvent], rules: TroubleRules | None = None) -> list[PlacedTrouble]:
    """Place each event, exactly once; those of an entity in their order."""
    placed: list[PlacedTrouble] = []
    histories: dict[str, list[tuple[datetime, TroubleEvent]]] = defaultdict(list)
    for event in events:
        if event.entity_type != "none" and event.occurred_at is not None:
            histories[event.entity_key].append((event.occurred_at, event))
            continue
        order_id = None if event.role == "evidence" else event.order_id
        reason: UnmatchedReason = "no_entity" if event.entity_type == "none" else "no_time"
        placed.append(
            PlacedTrouble(
                event,
                unmatched_reason=None if event.role == "evidence" else reason,
                matched_order_id=order_id,
                order_matched_by="event" if order_id else None,
            )
        )
    for history in histories.values():
        walk = _Walk(rules or TroubleRules())
        placed.extend(walk.place(time, event) for time, event in sorted(history, key=_position))
    return placed


def _position(timed: tuple[datetime, TroubleEvent]) -> tuple[datetime, int, str, Position]:
    """Steps, then actions and then failures by rung; all others by name, evidence last."""
    time, event = timed
    rank = {"session": 0, "escalation": 20, "report": 20, "evidence": 30}[event.role]
    if event.rung is not None:
        rank = RUNGS.index(event.rung) + (10 if event.event_name in FAILURES else 0)
    said = ("reported_troubleshooting_session_id", "order_id", "trip_id", "pilot_id", "stated_reason")
    of_modem = ("mobile_carrier", "signal_strength")
    return time, rank, event.event_name, by_values(event, *said, *of_modem, "is_clock_suspect")


@dataclass
class _Walk:
    """The state kept while walking along one entity's events in order."""

    rules: TroubleRules
    session: Session | None = None
    last_step_at: datetime | None = None
    """Of the last step, action or failure."""
    id_since_pause: str | None = None
    last_id: tuple[str, datetime] | None = None
    load: tuple[str | None, datetime] | None = None
    """The order in the robot, as far as anyone knows."""
    last_actions: dict[str | None, tuple[str, datetime]] = field(default_factory=dict)

    def place(self, time: datetime, event: TroubleEvent) -> PlacedTrouble:
        """Place the next event."""
        belongs = False
        if event.role == "session":
            self._step(time, event)
            belongs = True
        elif event.role != "evidence":
            belongs = self.last_step_at is not None and time <= self.last_step_at + self.rules.escalation
        if self.session is not None:
            self.session.event_count += 1
        order_id, matched_by = self._order(time, event)
        action_id = self._action(time, event)
        if event.event_name == LOADED:
            self.load = (event.order_id, time)
        elif event.event_name == OPENED:
            self.load = None
        return PlacedTrouble(
            event=event,
            session=self.session if belongs else None,
            session_event_number=self.session.event_count if self.session is not None and belongs else None,
            unmatched_reason=None if belongs or event.role == "evidence" else "no_session",
            recovery_action_id=action_id,
            matched_order_id=order_id,
            order_matched_by=matched_by,
        )

    def _step(self, time: datetime, event: TroubleEvent) -> None:
        """Take a step, which may begin a session."""
        is_after_pause = self.last_step_at is None or time > self.last_step_at + self.rules.gap
        if is_after_pause:
            self.id_since_pause = None
        session_id = event.reported_troubleshooting_session_id
        begins = is_after_pause
        if session_id is not None:
            if self.id_since_pause not in (None, session_id):
                begins = True
            elif self.last_id is not None and self.last_id[0] == session_id:
                begins = is_after_pause and time > self.last_id[1] + self.rules.same_id
            self.id_since_pause = session_id
            self.last_id = (session_id, time)
        if self.session is None or begins:
            since = time if self.session is None or is_after_pause else self.session.history_started_at
            self.session = Session(event.key, time, history_started_at=since)
        self.last_step_at = time

    def _order(self, time: datetime, event: TroubleEvent) -> tuple[str | None, OrderMatch | None]:
        if event.role == "evidence":
            return None, None
        if event.order_id is not None:
            return event.order_id, "event"
        if self.load is not None and time <= self.load[1] + self.rules.under_way and self.load[0] is not None:
            return self.load[0], "robot_and_time"
        return None, None

    def _action(self, time: datetime, event: TroubleEvent) -> str | None:
        """Give the action that the event is or closes."""
        if event.kind == "action":
            self.last_actions[event.action] = (event.key, time)
            return event.key
        if event.kind != "action_fail":
            return None
        last = self.last_actions.get(event.action)
        is_of_last = last is not None and time <= last[1] + self.rules.action_fail
        return last[0] if last is not None and is_of_last else event.key
