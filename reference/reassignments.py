"""Reassignments: which submission answers which initiation, and what came of each.

A state machine over the events of one entity (an order, else a robot), walked once in their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from reference.entities import EntityType, entity_of, key_of
from reference.horizon import is_timed_out
from reference.instants import Position, by_values
from reference.local_time import local_date, local_hour, local_weekday
from reference.streams import Event

INITIATED = "pilot_initiated_reassignment"
SUBMITTED = "pilot_submitted_reassignment"
WINDOW = timedelta(minutes=60)

Outcome = Literal["submitted", "not_submitted", "pending"]


@dataclass(frozen=True)
class ReassignmentEvent(Event):
    """An initiation or a submission, as far as the models read it."""

    trip_id: str | None = None
    pilot_id: str | None = None
    from_robot_id: str | None = None
    to_robot_id: str | None = None
    new_trip_id: str | None = None
    reported_reassignment_id: str | None = None
    reassignment_reason: str | None = None


@dataclass(frozen=True)
class PairedEvent:
    """An event with the reassignment it belongs to, or the reason why it belongs to none."""

    event: ReassignmentEvent
    reassignment_id: str | None
    unmatched_reason: Literal["no_entity", "no_time"] | None = None

    def row(self) -> dict[str, object]:
        """Give the paired event as a flat row, column name to value."""
        said = (
            *("event_id", "order_id", "robot_id", "trip_id", "pilot_id", "from_robot_id", "to_robot_id"),
            *("new_trip_id", "reported_reassignment_id", "event_name", "reassignment_reason"),
            *("is_clock_suspect", "occurred_at"),
        )
        entity = entity_of(self.event)
        return {column: getattr(self.event, column) for column in said} | {
            "entity_key": entity.entity_key,
            "entity_type": entity.entity_type,
            "reassignment_id": self.reassignment_id,
            "unmatched_reason": self.unmatched_reason,
        }


@dataclass(frozen=True)
class Reassignment:
    """One reassignment. Durations are whole seconds: the boundaries of seconds crossed."""

    reassignment_id: str
    entity_key: str
    order_id: str | None
    robot_id: str | None
    trip_id: str | None
    pilot_id: str | None
    from_robot_id: str | None
    to_robot_id: str | None
    new_trip_id: str | None
    reported_reassignment_id: str | None
    entity_type: EntityType
    outcome: Outcome
    reassignment_reason: str | None
    seconds_to_submit: int | None
    is_clock_suspect: bool
    start_hour: int
    start_weekday: int
    start_date: date
    started_at: datetime
    initiated_at: datetime | None
    submitted_at: datetime | None


def pair_events(events: Iterable[ReassignmentEvent], window: timedelta = WINDOW) -> list[PairedEvent]:
    """Give each event its reassignment, or say why it has none."""
    paired: list[PairedEvent] = []
    histories: dict[str, list[tuple[datetime, ReassignmentEvent]]] = defaultdict(list)
    for event in events:
        entity = entity_of(event)
        if entity.entity_type == "none":
            paired.append(PairedEvent(event, None, "no_entity"))
        elif event.occurred_at is None:
            paired.append(PairedEvent(event, None, "no_time"))
        else:
            histories[entity.entity_key].append((event.occurred_at, event))
    for history in histories.values():
        waiting: tuple[datetime, str] | None = None
        for time, event in sorted(history, key=_position):
            if event.event_name == INITIATED:
                waiting = (time, key_of(event))
                paired.append(PairedEvent(event, key_of(event)))
                continue
            is_answer = waiting is not None and time - waiting[0] <= window
            paired.append(PairedEvent(event, waiting[1] if waiting and is_answer else key_of(event)))
            waiting = None
    return paired


def _position(timed: tuple[datetime, ReassignmentEvent]) -> tuple[datetime, bool, Position]:
    time, event = timed
    said = (
        *("robot_id", "trip_id", "pilot_id", "from_robot_id", "to_robot_id", "new_trip_id"),
        *("reported_reassignment_id", "reassignment_reason", "is_clock_suspect"),
    )
    return time, event.event_name == SUBMITTED, by_values(event, *said)


def describe_reassignments(
    paired: Iterable[PairedEvent], horizon: datetime | None, window: timedelta = WINDOW
) -> list[Reassignment]:
    """Describe each reassignment that paired events form."""
    members: dict[str, dict[str, ReassignmentEvent]] = defaultdict(dict)
    for item in paired:
        if item.reassignment_id is not None:
            members[item.reassignment_id][item.event.event_name] = item.event
    return [
        _describe(reassignment_id, events.get(INITIATED), events.get(SUBMITTED), horizon, window)
        for reassignment_id, events in members.items()
    ]


def _describe(
    reassignment_id: str,
    initiation: ReassignmentEvent | None,
    submission: ReassignmentEvent | None,
    horizon: datetime | None,
    window: timedelta,
) -> Reassignment:
    first, *_ = told = [event for event in (initiation, submission) if event is not None]
    initiated_at = initiation.occurred_at if initiation else None
    submitted_at = submission.occurred_at if submission else None
    started_at = first.occurred_at
    assert started_at is not None
    is_clock_suspect = any(event.is_clock_suspect for event in told)
    seconds = None
    if initiated_at and submitted_at:
        seconds = (submitted_at.replace(microsecond=0) - initiated_at.replace(microsecond=0)).seconds
    outcome: Outcome = "pending"
    if submission:
        outcome = "submitted"
    elif is_timed_out(started_at, window, horizon):
        outcome = "not_submitted"

    def said(column: str) -> str | None:
        values = (getattr(event, column) for event in told)
        return next((value for value in values if value is not None), None)

    return Reassignment(
        reassignment_id=reassignment_id,
        entity_key=entity_of(first).entity_key,
        order_id=first.order_id,
        robot_id=said("robot_id"),
        trip_id=said("trip_id"),
        pilot_id=said("pilot_id"),
        from_robot_id=said("from_robot_id"),
        to_robot_id=said("to_robot_id"),
        new_trip_id=said("new_trip_id"),
        reported_reassignment_id=said("reported_reassignment_id"),
        entity_type=entity_of(first).entity_type,
        outcome=outcome,
        reassignment_reason=said("reassignment_reason"),
        seconds_to_submit=None if is_clock_suspect else seconds,
        is_clock_suspect=is_clock_suspect,
        start_hour=local_hour(started_at),
        start_weekday=local_weekday(started_at),
        start_date=local_date(started_at),
        started_at=started_at,
        initiated_at=initiated_at,
        submitted_at=submitted_at,
    )
