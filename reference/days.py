"""What pilots did on a day, and how robots did: events and facts by pilot or robot, and day (UTC)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reference.load_attempts import LoadAttempt
from reference.local_time import local_date
from reference.platform import PlatformEvent
from reference.troubleshooting import FAILURES, LADDER, STEP, PlacedTrouble
from reference.unlock_attempts import UnlockAttempt

RESETS = ("pilot_soft_reset", "pilot_hard_reset")
ESCALATIONS = (
    *("pilot_requested_field_op", "pilot_initiated_reassignment", "pilot_submitted_reassignment"),
    *("pilot_cancel_trip", "pilot_incident_report"),
)
"""A cancellation that was refused is none."""

RobotDayKey = tuple[str, date]


@dataclass(frozen=True)
class PilotDay:
    """What one pilot did on one day."""

    pilot_id: str
    event_count: int
    troubleshooting_session_count: int
    step_count: int
    action_count: int
    reset_count: int
    reset_failure_count: int
    escalation_count: int
    missed_acknowledgment_count: int
    parked_confirmation_count: int
    break_count: int
    order_count: int
    robot_count: int
    workstation_count: int
    start_date: date
    first_activity_at: datetime
    last_activity_at: datetime


@dataclass(frozen=True)
class RobotDay:
    """How one robot did on one day."""

    robot_id: str
    load_attempt_count: int
    loaded_count: int
    load_failure_count: int
    unlock_attempt_count: int
    unlocked_count: int
    unlock_failure_count: int
    troubleshooting_session_count: int
    escalation_count: int
    start_date: date


def pilot_days(events: Iterable[PlatformEvent], placed: Iterable[PlacedTrouble]) -> list[PilotDay]:
    """Count what each pilot did on each day.

    events: of all families.  placed: those of troubleshooting, with their sessions and orders.
    """
    troubles = {(item.event.event_name, item.event.event_id): item for item in placed}
    days: dict[tuple[str, date], list[tuple[datetime, PlatformEvent]]] = defaultdict(list)
    for event in events:
        if event.pilot_id is not None and event.occurred_at is not None:
            days[event.pilot_id, local_date(event.occurred_at)].append((event.occurred_at, event))
    return [_pilot_day(pilot_id, day, timed, troubles) for (pilot_id, day), timed in days.items()]


def _pilot_day(
    pilot_id: str,
    day: date,
    timed: Sequence[tuple[datetime, PlatformEvent]],
    troubles: Mapping[tuple[str, str], PlacedTrouble],
) -> PilotDay:
    times, events = [time for time, _ in timed], [event for _, event in timed]
    names = Counter(event.event_name for event in events)

    def count(*event_names: str) -> int:
        return sum(names[name] for name in event_names)

    of_troubles = [troubles[event.key] for event in events if event.key in troubles]
    sessions = {item.session.id for item in of_troubles if item.session and item.event.role == "session"}
    orders = {event.order_id for event in events} | {item.matched_order_id for item in of_troubles}
    return PilotDay(
        pilot_id=pilot_id,
        event_count=len(events),
        troubleshooting_session_count=len(sessions),
        step_count=count(STEP),
        action_count=count(*LADDER) - count(STEP),
        reset_count=count(*RESETS),
        reset_failure_count=count(*FAILURES),
        escalation_count=count(*ESCALATIONS),
        missed_acknowledgment_count=count("pilot_failed_to_acknowledge_delivery_in_progress"),
        parked_confirmation_count=count("pilot_confirm_bot_parked_success"),
        break_count=count("pilot_start_break"),
        order_count=len(orders - {None}),
        robot_count=len({event.robot_id for event in events} - {None}),
        workstation_count=len({event.workstation_id for event in events} - {None}),
        start_date=day,
        first_activity_at=min(times),
        last_activity_at=max(times),
    )


def robot_days(
    loads: Iterable[LoadAttempt],
    unlocks: Iterable[UnlockAttempt],
    sessions: Iterable[Mapping[str, object]],
    events: Iterable[PlatformEvent],
) -> list[RobotDay]:
    """Count attempts and troubleshooting sessions by the day of their start, escalations by their own."""
    load_outcomes = _by_day((attempt.robot_id, attempt.start_date, attempt.outcome) for attempt in loads)
    unlock_outcomes = _by_day((attempt.robot_id, attempt.start_date, attempt.outcome) for attempt in unlocks)
    troubled = _by_day((session["robot_id"], session["start_date"], "session") for session in sessions)
    escalations = _by_day(
        (event.robot_id, local_date(event.occurred_at), event.event_name)
        for event in events
        if event.event_name in ESCALATIONS and event.occurred_at is not None
    )
    rows = []
    for key in {*load_outcomes, *unlock_outcomes, *troubled, *escalations}:
        loaded, unlocked = load_outcomes[key], unlock_outcomes[key]
        rows.append(
            RobotDay(
                robot_id=key[0],
                load_attempt_count=loaded.total(),
                loaded_count=loaded["loaded"],
                load_failure_count=loaded["failed"] + loaded["failed_inferred"] + loaded["no_result"],
                unlock_attempt_count=unlocked.total(),
                unlocked_count=unlocked["opened"] + unlocked["opened_unverified"],
                unlock_failure_count=unlocked["failed"] + unlocked["abandoned"],
                troubleshooting_session_count=troubled[key].total(),
                escalation_count=escalations[key].total(),
                start_date=key[1],
            )
        )
    return rows


def _by_day(told: Iterable[tuple[object, object, str]]) -> dict[RobotDayKey, Counter[str]]:
    """Count words by robot and day; what names no robot counts nowhere."""
    days: dict[RobotDayKey, Counter[str]] = defaultdict(Counter)
    for robot_id, day, word in told:
        if isinstance(robot_id, str) and isinstance(day, date):
            days[robot_id, day][word] += 1
    return days
