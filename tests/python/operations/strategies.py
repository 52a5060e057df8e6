"""Hypothesis strategies for reassignments and launches of nodes that sit on the edges of their rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from hypothesis import strategies as st

from builds.differences import Row
from edge_histories import CLOCK_TOLERANCE, FIRST_TIME, HORIZON_MARGIN
from reference.node_launches import GAP, INITIALIZATION, LAUNCH, NodeEvent
from reference.reassignments import INITIATED, SUBMITTED, WINDOW, ReassignmentEvent
from reference.streams import Event

_TICK = timedelta(microseconds=1)
_SOON = [timedelta(seconds=seconds) for seconds in (0, 0, 0.4, 1.5, 40)]
_PREFIXES = ["a", "B", "_", "é"]
_NAMES = ["n1", "N1", "n2", None]

AnEvent = TypeVar("AnEvent", bound=Event)


@dataclass(frozen=True)
class Batch(Generic[AnEvent]):
    """Events of many entities at once, and how far each event stream has been received."""

    events: list[AnEvent]
    received_through: list[datetime | None]

    def about(self, rows: Sequence[Row]) -> str:
        """All events, in the order of their times, a line each; the rows name theirs."""
        return "\n".join(
            str(event) for event in sorted(self.events, key=lambda event: str(event.occurred_at))
        )


@st.composite
def _times(draw: st.DrawFn, window: timedelta) -> list[datetime | None]:
    """Times of a history, each after the one before it: soon, or where the window ends, or a tick off."""
    steps = [*_SOON, *_SOON, window, window - _TICK, window + _TICK, 2 * window]
    times: list[datetime | None] = []
    time = FIRST_TIME
    for step in draw(st.lists(st.sampled_from(steps), min_size=1, max_size=8)):
        time += step
        times.append(time if draw(st.integers(0, 19)) else None)
    return times


@st.composite
def _received(draw: st.DrawFn, times: Sequence[datetime | None], window: timedelta) -> list[datetime | None]:
    """Receipts by which the window of an event has just passed, or its clock is just wrong."""
    known = sorted({time for time in times if time is not None}) or [FIRST_TIME]
    steps = st.sampled_from([window + HORIZON_MARGIN, window + HORIZON_MARGIN, -CLOCK_TOLERANCE])
    ticks = st.integers(-1, 1)
    receipts = st.builds(
        lambda time, step, count: time + step + count * _TICK, st.sampled_from(known), steps, ticks
    )
    return draw(st.lists(st.one_of(receipts, st.none()), max_size=2))


@st.composite
def reassignment_batches(draw: st.DrawFn) -> Batch[ReassignmentEvent]:
    """Draw up to thirty histories of reassignments."""
    names = st.sampled_from(_NAMES)
    events: list[ReassignmentEvent] = []
    for number, history in enumerate(draw(st.lists(_times(WINDOW), min_size=1, max_size=30))):
        has_order = draw(st.booleans())
        for time in history:
            name = draw(st.sampled_from([INITIATED, SUBMITTED]))
            is_submission = name == SUBMITTED
            event_id = f"{draw(st.sampled_from(_PREFIXES))}{len(events)}"
            if events and len(events) % 2 and events[-1].event_name != name:
                event_id = events[-1].event_id  # the same id under another name is another event
            events.append(
                ReassignmentEvent(
                    event_name=name,
                    event_id=event_id,
                    order_id=f"o{number}" if has_order and draw(st.integers(0, 9)) else None,
                    robot_id=draw(st.sampled_from([f"r{number % 3}", f"r{number % 3}", "r0", None])),
                    trip_id=draw(names),
                    pilot_id=draw(names),
                    from_robot_id=draw(names) if is_submission else None,
                    to_robot_id=draw(names) if is_submission else None,
                    new_trip_id=draw(names) if is_submission else None,
                    reported_reassignment_id=draw(names),
                    reassignment_reason=draw(names),
                    is_clock_suspect=draw(st.booleans()),
                    occurred_at=time,
                )
            )
    return Batch(events, draw(_received([event.occurred_at for event in events], WINDOW)))


@st.composite
def launch_batches(draw: st.DrawFn) -> Batch[NodeEvent]:
    """Draw up to thirty histories of launches."""
    names = st.sampled_from(_NAMES)
    events: list[NodeEvent] = []
    for number, history in enumerate(draw(st.lists(_times(GAP), min_size=1, max_size=30))):
        has_trip = draw(st.booleans())
        for time in history:
            name = draw(st.sampled_from([LAUNCH, INITIALIZATION, INITIALIZATION]))
            events.append(
                NodeEvent(
                    event_name=name,
                    event_id=f"{draw(st.sampled_from(_PREFIXES))}{len(events)}",
                    order_id=draw(names),
                    robot_id=draw(st.sampled_from([f"r{number % 3}", f"r{number % 3}", "r0", None])),
                    trip_id=f"t{number}" if has_trip and draw(st.integers(0, 9)) else None,
                    node_name=draw(names),
                    software_version=draw(names),
                    initialization_status=draw(names) if name == INITIALIZATION else None,
                    error_code=draw(names),
                    is_clock_suspect=draw(st.booleans()),
                    occurred_at=time,
                )
            )
    return Batch(events, draw(_received([event.occurred_at for event in events], GAP)))
