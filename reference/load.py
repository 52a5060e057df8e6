"""Load events to attempts: which attempt to load an order each event belongs to.

A state machine over the events of one entity (an order, else a robot), walked once in their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from reference.entities import Entity, UnmatchedReason, entity_of, key_of
from reference.instants import Position, by_values
from reference.streams import Event

STARTED = "server_load_order_started"
LID_CLOSED = "server_load_order_close_lid_success"
LID_ERROR = "server_load_order_close_lid_error"
SUCCESS = "server_load_order_success"
ERROR = "server_load_order_error"

EventKind = Literal["start", "lid_close", "lid_error", "success", "error"]

KINDS: dict[str, EventKind] = {
    STARTED: "start",
    LID_CLOSED: "lid_close",
    LID_ERROR: "lid_error",
    SUCCESS: "success",
    ERROR: "error",
}
OUTCOMES = (SUCCESS, ERROR)
ERRORS = (LID_ERROR, ERROR)
AT_ONE_INSTANT = (STARTED, LID_ERROR, LID_CLOSED, ERROR, SUCCESS)
"""The order of simultaneous events."""


@dataclass(frozen=True)
class LoadRules:
    """The windows of the load domain."""

    restart: timedelta = timedelta(seconds=60)
    window: timedelta = timedelta(minutes=15)


@dataclass(frozen=True)
class PlacedEvent:
    """A load event with the attempt it belongs to, or the reason why it belongs to none."""

    event: Event
    entity: Entity
    load_attempt_id: str | None
    unmatched_reason: UnmatchedReason | None
    attempt_number: int | None = None
    attempt_event_number: int | None = None

    def row(self) -> dict[str, object]:
        """Give the placed event as a flat row, column name to value."""
        return {
            "event_id": self.event.event_id,
            "entity_key": self.entity.entity_key,
            "load_attempt_id": self.load_attempt_id,
            "order_id": self.event.order_id,
            "robot_id": self.event.robot_id,
            "merchant_id": self.event.merchant_id,
            "event_name": self.event.event_name,
            "event_kind": KINDS[self.event.event_name],
            "entity_type": self.entity.entity_type,
            "merchant_name": self.event.merchant_name,
            "load_method": self.event.load_method,
            "unmatched_reason": self.unmatched_reason,
            "failure_reason": self.event.error_code,
            "attempt_number": self.attempt_number,
            "attempt_event_number": self.attempt_event_number,
            "is_clock_suspect": self.event.is_clock_suspect,
            "occurred_at": self.event.occurred_at,
        }


def place_events(events: Iterable[Event], rules: LoadRules | None = None) -> list[PlacedEvent]:
    """Place each event, exactly once, in an attempt of its entity, or say why it fits none."""
    placed: list[PlacedEvent] = []
    histories: dict[Entity, list[tuple[datetime, Event]]] = defaultdict(list)
    for event in events:
        entity = entity_of(event)
        if entity.entity_type == "none":
            placed.append(PlacedEvent(event, entity, None, "no_entity"))
        elif event.occurred_at is None:
            placed.append(PlacedEvent(event, entity, None, "no_time"))
        else:
            histories[entity].append((event.occurred_at, event))
    for entity, history in histories.items():
        walk = _Walk(entity, rules or LoadRules())
        placed.extend(walk.place(time, event) for time, event in sorted(history, key=_position))
    return placed


def _position(timed: tuple[datetime, Event]) -> tuple[datetime, int, Position]:
    time, event = timed
    values = by_values(event, "robot_id", "merchant_name", "error_code", "merchant_id", "load_method")
    return time, AT_ONE_INSTANT.index(event.event_name), values


@dataclass
class _Attempt:
    load_attempt_id: str
    started_at: datetime
    number: int
    last_start: datetime
    has_outcome_since: bool = False
    """Since the last start."""
    event_count: int = 0
    """Since it began, also those that belong to no attempt."""


@dataclass
class _Walk:
    """The state kept while walking along one entity's events in order."""

    entity: Entity
    rules: LoadRules
    attempt: _Attempt | None = None

    def place(self, time: datetime, event: Event) -> PlacedEvent:
        """Place the next event."""
        is_start = event.event_name == STARTED
        if is_start:
            attempt = self._attempt_of_start(time, event)
        elif self.attempt is None:
            return PlacedEvent(event, self.entity, None, "no_start")
        else:
            attempt = self.attempt
            attempt.has_outcome_since |= event.event_name in OUTCOMES
        attempt.event_count += 1
        if not is_start and time > attempt.started_at + self.rules.window:
            return PlacedEvent(event, self.entity, None, "outside_window")
        return PlacedEvent(
            event, self.entity, attempt.load_attempt_id, None, attempt.number, attempt.event_count
        )

    def _attempt_of_start(self, time: datetime, event: Event) -> _Attempt:
        last = self.attempt
        is_restart = (
            last is not None and time <= last.last_start + self.rules.restart and not last.has_outcome_since
        )
        if last is None or not is_restart:
            self.attempt = _Attempt(key_of(event), time, (last.number if last else 0) + 1, time)
            return self.attempt
        last.last_start = time
        return last
