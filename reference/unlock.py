"""Unlock events to attempts: which attempt each event belongs to.

A state machine over the events of one entity (an order, else a robot), walked once in their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from reference.entities import Entity, UnmatchedReason, entity_of, key_of
from reference.instants import Position, by_values
from reference.streams import Event

CLICK = "order_unlock_coco"
CONFIRM = "order_unlock_coco_confirm"
REQUEST_SUCCESS = "deliveries_unlock_coco_success"
REQUEST_FAIL = "deliveries_unlock_coco_fail"
SERVER_START = "server_unlock_bot_started"
LID_SUCCESS = "server_unlock_bot_open_lid_success"
LID_ERROR = "server_unlock_bot_open_lid_error"
SERVER_ERROR = "server_unlock_bot_error"

EventKind = Literal[
    "click",
    "server_start",
    "confirm",
    "request_success",
    "request_fail",
    "lid_open",
    "lid_error",
    "server_error",
]

KINDS: dict[str, EventKind] = {
    CLICK: "click",
    CONFIRM: "confirm",
    REQUEST_SUCCESS: "request_success",
    REQUEST_FAIL: "request_fail",
    SERVER_START: "server_start",
    LID_SUCCESS: "lid_open",
    LID_ERROR: "lid_error",
    SERVER_ERROR: "server_error",
}
CUSTOMER_EVENTS = (CLICK, CONFIRM, REQUEST_SUCCESS, REQUEST_FAIL)
SERVER_EVENTS = (SERVER_START, LID_SUCCESS, LID_ERROR, SERVER_ERROR)
STARTS = (CLICK, SERVER_START)
OUTCOMES = (REQUEST_SUCCESS, REQUEST_FAIL, LID_SUCCESS, LID_ERROR, SERVER_ERROR)
FAILURES = (REQUEST_FAIL, LID_ERROR, SERVER_ERROR)
AT_ONE_INSTANT = (
    *(CLICK, SERVER_START, CONFIRM),
    *(REQUEST_FAIL, REQUEST_SUCCESS, SERVER_ERROR, LID_ERROR, LID_SUCCESS),
)
"""The order of simultaneous events: that of the funnel, failures before successes."""


@dataclass(frozen=True)
class UnlockRules:
    """The windows of the unlock domain."""

    reclick: timedelta = timedelta(seconds=10)
    server_join: timedelta = timedelta(minutes=5)
    restart: timedelta = timedelta(seconds=60)
    clock_tolerance: timedelta = timedelta(seconds=2)
    window: timedelta = timedelta(minutes=15)


@dataclass(frozen=True)
class PlacedEvent:
    """An unlock event with the attempt it belongs to, or the reason why it belongs to none."""

    event: Event
    entity: Entity
    unlock_attempt_id: str | None
    unmatched_reason: UnmatchedReason | None
    attempt_number: int | None = None
    attempt_event_number: int | None = None
    confirm_at: datetime | None = None
    success_confirm_at: datetime | None = None

    @property
    def failure_reason(self) -> str | None:
        """The reason that a failure event gives, else its error code."""
        if self.event.event_name not in FAILURES:
            return None
        return self.event.failure_reason or self.event.error_code

    def row(self) -> dict[str, object]:
        """Give the placed event as a flat row, column name to value."""
        return {
            "event_id": self.event.event_id,
            "entity_key": self.entity.entity_key,
            "unlock_attempt_id": self.unlock_attempt_id,
            "order_id": self.event.order_id,
            "robot_id": self.event.robot_id,
            "merchant_id": self.event.merchant_id,
            "event_name": self.event.event_name,
            "event_kind": KINDS[self.event.event_name],
            "entity_type": self.entity.entity_type,
            "merchant_name": self.event.merchant_name,
            "device_class": self.event.device_class,
            "app_version": self.event.app_version,
            "requested_by": self.event.requested_by,
            "unmatched_reason": self.unmatched_reason,
            "failure_reason": self.failure_reason,
            "distance_meters": self.event.distance_meters,
            "attempt_number": self.attempt_number,
            "attempt_event_number": self.attempt_event_number,
            "is_clock_suspect": self.event.is_clock_suspect,
            "occurred_at": self.event.occurred_at,
            "confirm_at": self.confirm_at,
            "success_confirm_at": self.success_confirm_at,
        }


def place_events(events: Iterable[Event], rules: UnlockRules | None = None) -> list[PlacedEvent]:
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
        walk = _Walk(entity, rules or UnlockRules())
        placed.extend(walk.place(time, event) for time, event in sorted(history, key=_position))
    return placed


def _position(timed: tuple[datetime, Event]) -> tuple[datetime, int, Position]:
    time, event = timed
    reason = event.failure_reason or event.error_code
    said = (
        *("robot_id", "failure_reason", "merchant_id", "merchant_name", "device_class", "app_version"),
        *("requested_by", "distance_meters"),
    )
    values = by_values(replace(event, failure_reason=reason), *said)
    return time, AT_ONE_INSTANT.index(event.event_name), values


@dataclass
class _Attempt:
    unlock_attempt_id: str
    started_at: datetime
    number: int
    event_count: int = 0
    """Since it began, also those that belong to no attempt."""


@dataclass
class _Click:
    """The latest click, and what has come since."""

    time: datetime
    has_outcome_since: bool = False
    has_opened_since: bool = False
    has_lone_server_start_since: bool = False


@dataclass
class _LoneServerStart:
    """The latest server start that served no click, and what has come since."""

    time: datetime
    has_opened_since: bool = False
    has_click_since: bool = False


@dataclass
class _Walk:
    """The state kept while walking along one entity's events in order."""

    entity: Entity
    rules: UnlockRules
    attempt: _Attempt | None = None
    click: _Click | None = None
    lone_server_start: _LoneServerStart | None = None
    attempt_count: int = 0
    confirm_at: datetime | None = None
    success_confirm_at: datetime | None = None

    def place(self, time: datetime, event: Event) -> PlacedEvent:
        """Place the next event."""
        placed = replace(
            self._placed(time, event), confirm_at=self.confirm_at, success_confirm_at=self.success_confirm_at
        )
        if event.event_name == CONFIRM:
            self.confirm_at = time
        if event.event_name == REQUEST_SUCCESS and self.confirm_at is not None:
            self.success_confirm_at = self.confirm_at
        return placed

    def _placed(self, time: datetime, event: Event) -> PlacedEvent:
        if event.event_name == CLICK:
            attempt = self._attempt_of_click(time, event)
        elif event.event_name == SERVER_START:
            attempt = self._attempt_of_server_start(time, event)
        else:
            self._note_outcome(event)
            if self.attempt is None:
                return PlacedEvent(event, self.entity, None, "no_start")
            attempt = self.attempt
        attempt.event_count += 1
        if event.event_name not in STARTS and time > attempt.started_at + self.rules.window:
            return PlacedEvent(event, self.entity, None, "outside_window")
        return PlacedEvent(
            event, self.entity, attempt.unlock_attempt_id, None, attempt.number, attempt.event_count
        )

    def _attempt_of_click(self, time: datetime, event: Event) -> _Attempt:
        attempt = self.attempt
        if attempt is None or not (self._is_reclick(time) or self._gives_a_server_attempt_its_click(time)):
            attempt = self._begin(time, event)
        self.click = _Click(time)
        if self.lone_server_start is not None:
            self.lone_server_start.has_click_since = True
        return attempt

    def _is_reclick(self, time: datetime) -> bool:
        last = self.click
        return (
            last is not None
            and time <= last.time + self.rules.reclick
            and not last.has_outcome_since
            and not last.has_lone_server_start_since
        )

    def _gives_a_server_attempt_its_click(self, time: datetime) -> bool:
        last = self.lone_server_start
        return (
            last is not None and time <= last.time + self.rules.clock_tolerance and not last.has_click_since
        )

    def _attempt_of_server_start(self, time: datetime, event: Event) -> _Attempt:
        attempt = self.attempt
        if attempt is not None and self._serves_the_click(time):
            return attempt
        if attempt is None or not self._is_restart(time):
            attempt = self._begin(time, event)
        self.lone_server_start = _LoneServerStart(time)
        if self.click is not None:
            self.click.has_lone_server_start_since = True
        return attempt

    def _serves_the_click(self, time: datetime) -> bool:
        last = self.click
        return last is not None and time <= last.time + self.rules.server_join and not last.has_opened_since

    def _is_restart(self, time: datetime) -> bool:
        last = self.lone_server_start
        return (
            last is not None
            and time <= last.time + self.rules.restart
            and not last.has_opened_since
            and not last.has_click_since
        )

    def _begin(self, time: datetime, event: Event) -> _Attempt:
        self.attempt_count += 1
        self.attempt = _Attempt(key_of(event), time, self.attempt_count)
        return self.attempt

    def _note_outcome(self, event: Event) -> None:
        if event.event_name not in OUTCOMES:
            return
        has_opened = event.event_name == LID_SUCCESS
        if self.click is not None:
            self.click.has_outcome_since = True
            self.click.has_opened_since |= has_opened
        if self.lone_server_start is not None:
            self.lone_server_start.has_opened_since |= has_opened
