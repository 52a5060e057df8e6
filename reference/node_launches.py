"""Launches of nodes: which initializations go with which launch, and what was heard of each.

A state machine over the events of one entity (a trip, else a robot), walked once in their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from reference.entities import key_of
from reference.horizon import is_timed_out
from reference.instants import Position, by_values
from reference.local_time import local_date, local_hour, local_weekday
from reference.streams import Event

LAUNCH = "node_auto_launch"
INITIALIZATION = "node_initialization"
GAP = timedelta(minutes=15)

EntityType = Literal["trip", "robot", "none"]
Outcome = Literal["initialized", "not_initialized", "pending"]


@dataclass(frozen=True)
class NodeEvent(Event):
    """A launch or an initialization, as far as the models read it."""

    trip_id: str | None = None
    node_name: str | None = None
    software_version: str | None = None
    initialization_status: str | None = None


@dataclass(frozen=True)
class PlacedNodeEvent:
    """An event with the launch it belongs to, or the reason why it belongs to none."""

    event: NodeEvent
    node_launch_id: str | None
    unmatched_reason: Literal["no_entity", "no_time"] | None = None
    launch_event_number: int | None = None

    def row(self) -> dict[str, object]:
        """Give the placed event as a flat row, column name to value."""
        said = (
            *("event_id", "order_id", "robot_id", "trip_id", "event_name", "node_name", "software_version"),
            *("initialization_status", "error_code", "is_clock_suspect", "occurred_at"),
        )
        entity_type, entity_key = entity_of_node(self.event)
        return {column: getattr(self.event, column) for column in said} | {
            "entity_key": entity_key,
            "entity_type": entity_type,
            "node_launch_id": self.node_launch_id,
            "unmatched_reason": self.unmatched_reason,
            "launch_event_number": self.launch_event_number,
        }


@dataclass(frozen=True)
class NodeLaunch:
    """One launch. Durations are whole seconds: the boundaries of seconds crossed."""

    node_launch_id: str
    entity_key: str
    order_id: str | None
    robot_id: str | None
    trip_id: str | None
    entity_type: EntityType
    outcome: Outcome
    status: str | None
    error_code: str | None
    node_name: str | None
    software_version: str | None
    initialization_count: int
    seconds_to_initialize: int | None
    is_clock_suspect: bool
    start_hour: int
    start_weekday: int
    start_date: date
    started_at: datetime
    launched_at: datetime | None
    initialized_at: datetime | None


def entity_of_node(event: NodeEvent) -> tuple[EntityType, str]:
    """Give the kind and the key of what the event is about."""
    if event.trip_id is not None:
        return "trip", f"trip:{event.trip_id}"
    if event.robot_id is not None:
        return "robot", f"robot:{event.robot_id}"
    return "none", f"none:{key_of(event)}"


def place_node_events(events: Iterable[NodeEvent], gap: timedelta = GAP) -> list[PlacedNodeEvent]:
    """Give each event its launch, or say why it has none."""
    placed: list[PlacedNodeEvent] = []
    histories: dict[str, list[tuple[datetime, NodeEvent]]] = defaultdict(list)
    for event in events:
        entity_type, entity_key = entity_of_node(event)
        if entity_type == "none":
            placed.append(PlacedNodeEvent(event, None, "no_entity"))
        elif event.occurred_at is None:
            placed.append(PlacedNodeEvent(event, None, "no_time"))
        else:
            histories[entity_key].append((event.occurred_at, event))
    for history in histories.values():
        launch, number, heard_at = "", 0, datetime.min
        for time, event in sorted(history, key=_position):
            if event.event_name == LAUNCH or not launch or time - heard_at > gap:
                launch, number = key_of(event), 0
            number, heard_at = number + 1, time
            placed.append(PlacedNodeEvent(event, launch, None, number))
    return placed


def _position(timed: tuple[datetime, NodeEvent]) -> tuple[datetime, bool, Position]:
    time, event = timed
    said = ("order_id", "robot_id", "node_name", "software_version", "initialization_status", "error_code")
    return time, event.event_name == INITIALIZATION, by_values(event, *said, "is_clock_suspect")


def describe_launches(
    placed: Iterable[PlacedNodeEvent], horizon: datetime | None, gap: timedelta = GAP
) -> list[NodeLaunch]:
    """Describe each launch that placed events form."""
    members: dict[str, list[PlacedNodeEvent]] = defaultdict(list)
    for item in placed:
        if item.node_launch_id is not None:
            members[item.node_launch_id].append(item)
    launches = []
    for node_launch_id, items in members.items():
        ordered = sorted(items, key=lambda item: item.launch_event_number or 0)
        launches.append(_describe(node_launch_id, [item.event for item in ordered], horizon, gap))
    return launches


def _describe(
    node_launch_id: str, events: Sequence[NodeEvent], horizon: datetime | None, gap: timedelta
) -> NodeLaunch:
    first = events[0]
    started_at = first.occurred_at
    assert started_at is not None
    launched_at = started_at if first.event_name == LAUNCH else None
    initializations = [event for event in events if event.event_name == INITIALIZATION]
    initialized_at = initializations[-1].occurred_at if initializations else None
    is_clock_suspect = any(event.is_clock_suspect for event in events)
    seconds = None
    if launched_at and initialized_at:
        between = initialized_at.replace(microsecond=0) - launched_at.replace(microsecond=0)
        seconds = between // timedelta(seconds=1)
    outcome: Outcome = "pending"
    if initializations:
        outcome = "initialized"
    elif is_timed_out(started_at, gap, horizon):
        outcome = "not_initialized"
    entity_type, entity_key = entity_of_node(first)
    return NodeLaunch(
        node_launch_id=node_launch_id,
        entity_key=entity_key,
        order_id=_first(event.order_id for event in events),
        robot_id=_first(event.robot_id for event in events),
        trip_id=first.trip_id,
        entity_type=entity_type,
        outcome=outcome,
        status=_first(event.initialization_status for event in reversed(events)),
        error_code=_first(event.error_code for event in reversed(events)),
        node_name=_first(event.node_name for event in events),
        software_version=_first(event.software_version for event in events),
        initialization_count=len(initializations),
        seconds_to_initialize=None if is_clock_suspect else seconds,
        is_clock_suspect=is_clock_suspect,
        start_hour=local_hour(started_at),
        start_weekday=local_weekday(started_at),
        start_date=local_date(started_at),
        started_at=started_at,
        launched_at=launched_at,
        initialized_at=initialized_at,
    )


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)
