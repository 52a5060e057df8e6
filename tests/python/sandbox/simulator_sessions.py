"""Troubleshooting sessions as the definitions read them from the messages, by gaps and windows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import md5
from itertools import zip_longest

from simulator_messages import Message

WORDS = {
    "pilot_reset_gps_hot": "gps_hot",
    "pilot_reset_gps_cold": "gps_cold",
    "pilot_modem_reset": "modem_reset",
    "pilot_switch_sim_backup": "sim_switch",
    "pilot_soft_reset": "soft_reset",
    "pilot_hard_reset": "hard_reset",
}
"""The ladder, lowest rung first."""
STEP = "pilot_troubleshooting_step"
FAILURES = {"pilot_soft_reset_fail": "soft_reset", "pilot_hard_reset_fail": "hard_reset"}
ESCALATIONS = {
    "pilot_requested_field_op": "field_op",
    "pilot_initiated_reassignment": "initiated",
    "pilot_submitted_reassignment": "reassigned",
    "pilot_cancel_trip": "trip_cancelled",
    "pilot_incident_report": "incident",
}
EVIDENCE = {
    "pilot_confirm_bot_parked_success",
    "server_load_order_success",
    "server_unlock_bot_open_lid_success",
}

RECOVERY = timedelta(minutes=60)


@dataclass
class Action:
    """A recovery action."""

    row_id: str
    word: str
    at: datetime
    failed_at: datetime | None = None
    is_orphan: bool = False
    outcome: str = "open"


@dataclass
class Session:
    """A session of a robot, or of a pilot without one."""

    row_id: str
    robot_id: str | None
    started_at: datetime
    ended_at: datetime
    step_count: int = 0
    actions: list[Action] = field(default_factory=list)
    pilots: set[str] = field(default_factory=set)
    escalations: dict[str, datetime] = field(default_factory=dict)
    recovered_at: datetime | None = None

    @property
    def outcome(self) -> str:
        """What came of it, or `open`."""
        for word in ("trip_cancelled", "reassigned", "field_op"):
            if word in self.escalations:
                return word
        if self.actions and self.actions[-1].failed_at:
            return "reset_failed"
        return "recovered" if self.recovered_at else "open"


def row_id(message: Message) -> str:
    """The id of the row that a message begins."""
    return md5(f"{message.event}|{message.id}".encode(), usedforsecurity=False).hexdigest()


def find_sessions(messages: Iterable[Message]) -> list[Session]:
    """All sessions, with their actions, escalations and recovery."""
    of_entity = defaultdict(list)
    relevant = {STEP, *WORDS, *FAILURES, *ESCALATIONS, *EVIDENCE}
    for message in sorted(messages, key=lambda one: (one.time("timestamp"), one.event in ESCALATIONS)):
        if message.event in relevant:
            of_entity[message.robot_id or message.properties["pilotId"]].append(message)
    return [session for events in of_entity.values() for session in _of_one(events)]


def _of_one(events: list[Message]) -> list[Session]:
    sessions: list[Session] = []
    for message in events:
        at, last = message.time("timestamp"), sessions[-1] if sessions else None
        if message.event in ESCALATIONS:
            if last and at <= last.ended_at + timedelta(minutes=30):
                last.escalations.setdefault(ESCALATIONS[message.event], at)
        elif message.event not in EVIDENCE:
            if not last or at > last.ended_at + timedelta(minutes=15):
                last = Session(row_id(message), message.robot_id, at, at)
                sessions.append(last)
            last.ended_at = at
            last.pilots.add(message.properties["pilotId"])
            _take_part(last, message, at)
    heard = [message.time("timestamp") for message in events if message.event in EVIDENCE]
    for session in sessions:
        end = session.ended_at
        session.recovered_at = next((at for at in heard if end < at <= end + RECOVERY), None)
        for action, following in zip_longest(session.actions, session.actions[1:]):
            until = min(action.at + RECOVERY, following.at if following else datetime.max)
            if action.failed_at:
                action.outcome = "failed"
            elif any(action.at < at <= until for at in heard):
                action.outcome = "recovered"
    return sessions


def _take_part(session: Session, message: Message, at: datetime) -> None:
    if message.event == STEP:
        session.step_count += 1
    elif message.event in WORDS:
        session.actions.append(Action(row_id(message), WORDS[message.event], at))
    else:
        word = FAILURES[message.event]
        for action in reversed(session.actions):
            if action.word == word and at <= action.at + timedelta(minutes=5):
                action.failed_at = at
                return
        session.actions.append(Action(row_id(message), word, at, at, is_orphan=True))
