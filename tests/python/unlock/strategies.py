"""Hypothesis strategies for unlock histories that sit on the edges of the rules.

Each event is placed at an offset from an earlier event of its history, and often the offset is a window's
length, or a microsecond less or more. Histories share robots and moments, so that whatever mixes two entities
up shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Literal

from hypothesis import strategies as st

from reference.streams import Event
from reference.unlock import (
    CLICK,
    CONFIRM,
    FAILURES,
    LID_ERROR,
    LID_SUCCESS,
    REQUEST_FAIL,
    REQUEST_SUCCESS,
    SERVER_ERROR,
    SERVER_START,
    STARTS,
)

FIRST_TIME = datetime(2026, 9, 1, 23, 50)
WINDOW = timedelta(minutes=15)
HORIZON_MARGIN = timedelta(minutes=120)

Mishap = Literal[
    "order lost",
    "order and robot lost",
    "time lost",
    "clock suspect",
    "id used before",
    "server keeps restarting",
]

_TICKS = [timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1)]
_SOON = [timedelta(seconds=seconds) for seconds in (0, 0.4, 1, 1.5, 4)]
_LATER = [timedelta(seconds=seconds) for seconds in (31, 200, 86_400)]
# Two server starts further apart than this are no restart.
_RESTART = timedelta(seconds=60)

# Their order by bytes is neither that of the alphabet nor that of a dictionary.
_ID_PREFIXES = ["a", "B", "b", "_", "é", "~", "1"]
_ROBOT_IDS = ["r1", "r2", "R1", None]
_REASONS = [(None, None), ("lid_stuck", "E7"), ("too_far", None), (None, "E8")]
_MISHAPS: list[Mishap | None] = [
    *[None] * 18,
    "order lost",
    "order and robot lost",
    "time lost",
    "clock suspect",
    "id used before",
    "server keeps restarting",
]


@dataclass(frozen=True)
class UnlockBatch:
    """Events of many entities at once, and how far each event stream has been received."""

    events: list[Event]
    received_through: list[datetime | None]


@dataclass(frozen=True)
class _Moment:
    """What happens when: at an offset from the event that is so many before it."""

    event_name: str
    looks_back: int
    offset: timedelta


@dataclass(frozen=True)
class _Labels:
    """What else an event says."""

    id_prefix: str
    robot_id: str | None
    reasons: tuple[str | None, str | None]


_Draft = tuple[_Moment, _Labels, Mishap | None]


def _moments(*event_names: str, edges: Sequence[int]) -> list[_Moment]:
    """Give moments of events whose rules have their edges at so many seconds after another event."""
    on_edges = [timedelta(seconds=edge) + tick for edge in edges for tick in _TICKS]
    return [
        _Moment(event_name, looks_back, offset)
        for event_name in event_names
        for looks_back in (1, 1, 1, 2, 3, 5)
        for offset in (*_SOON, *_LATER, *on_edges)
    ]


_MOMENTS = [
    *_moments(*[CLICK] * 4, edges=[0, 2, 10]),
    *_moments(*[SERVER_START] * 4, edges=[0, 60, 300]),
    *_moments(CONFIRM, REQUEST_SUCCESS, CONFIRM, REQUEST_FAIL, edges=[0, 0, 900]),
    *_moments(LID_SUCCESS, LID_ERROR, LID_SUCCESS, SERVER_ERROR, edges=[0, 0, 900]),
]
_LABELS = [_Labels(*labels) for labels in product(_ID_PREFIXES, _ROBOT_IDS, _REASONS)]
# Hypothesis takes its time over each choice, hence three for an event and not seven.
_drafts = st.tuples(st.sampled_from(_MOMENTS), st.sampled_from(_LABELS), st.sampled_from(_MISHAPS))
# Four of five name their order.
_names_order = st.sampled_from([True] * 4 + [False])
_histories = st.tuples(_names_order, st.lists(_drafts, min_size=1, max_size=12))


@st.composite
def unlock_batches(draw: st.DrawFn) -> UnlockBatch:
    """Draw a batch of up to sixty histories, and a horizon that lies on the edge of a window of theirs."""
    # Lists are short, unless they have to be long.
    histories = draw(st.lists(_histories, min_size=draw(st.integers(1, 40)), max_size=60))
    events: list[Event] = []
    for number, (names_order, drafts) in enumerate(histories):
        events.extend(_write(drafts, f"o{number}" if names_order else None, len(events)))
    starts = {event.occurred_at for event in events if event.event_name in STARTS and event.occurred_at}
    windows_of = st.sampled_from(sorted(starts) or [FIRST_TIME])
    receipts = st.builds(_receipt_for_horizon, windows_of, st.sampled_from(_TICKS))
    return UnlockBatch(events, draw(st.lists(st.one_of(receipts, receipts, st.none()), max_size=2)))


def _receipt_for_horizon(started_at: datetime, tick: timedelta) -> datetime:
    """Give a receipt that puts the horizon to where the window of an attempt ends, give or take a tick."""
    return started_at + WINDOW + HORIZON_MARGIN + tick


def _write(history: Sequence[_Draft], order_id: str | None, events_before: int) -> list[Event]:
    """Write the events of one history; an id is used again only under another event name."""
    events: list[Event] = []
    times = [FIRST_TIME]
    for draft in history:
        moment, labels, mishap = draft
        times.append(times[max(len(times) - moment.looks_back, 0)] + moment.offset)
        event_id = f"{labels.id_prefix}{events_before + len(events)}"
        if mishap == "id used before" and events:
            names = {event.event_name for event in events if event.event_id == events[-1].event_id}
            event_id = event_id if moment.event_name in names else events[-1].event_id
        events.append(_event(draft, event_id, order_id, times[-1]))
        if mishap == "server keeps restarting":
            for number in range(1, 1 + WINDOW // _RESTART):
                times.append(times[-1] + _RESTART)
                events.append(Event(SERVER_START, f"{event_id}.{number}", order_id, occurred_at=times[-1]))
    return events


def _event(draft: _Draft, event_id: str, order_id: str | None, occurred_at: datetime) -> Event:
    moment, labels, mishap = draft
    failure_reason, error_code = labels.reasons
    return Event(
        event_name=moment.event_name,
        event_id=event_id,
        order_id=None if mishap in ("order lost", "order and robot lost") else order_id,
        robot_id=None if mishap == "order and robot lost" else labels.robot_id,
        failure_reason=failure_reason if moment.event_name == REQUEST_FAIL else None,
        error_code=error_code if moment.event_name in FAILURES else None,
        is_clock_suspect=mishap == "clock suspect",
        occurred_at=None if mishap == "time lost" else occurred_at,
    )
