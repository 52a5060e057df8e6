"""Hypothesis strategies for histories of browsers and orders that sit on the edges of the rules.

Each event is placed at an offset from an earlier event of its history, often by the length of the pause that
divides sessions, or a microsecond less or more. Histories share orders, users and moments, so that whatever
mixes two browsers up shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Literal

from hypothesis import strategies as st

from reference.banner import BannerEvent
from reference.ratings import Submission
from reference.tracker import CLICK, DISMISS, KINDS, OPEN, OPTOUT_ERROR, RATING, SUPPORT, VIEW, TrackerEvent

FIRST_TIME = datetime(2026, 9, 1, 23, 20)
GAP = timedelta(minutes=30)
TICK = timedelta(microseconds=1)

Mishap = Literal["browser lost", "time lost", "clock suspect", "id used before", "of a server", "of nobody"]

_OFFSETS = [
    *(timedelta(seconds=seconds) for seconds in (0, 0, 0.4, 1.5, 31, 200, 86_400)),
    *(edge + tick for edge in (timedelta(0), GAP, GAP) for tick in (timedelta(0), TICK, -TICK)),
]
_APPS: dict[Mishap, str] = {"of a server": "server", "of nobody": "unknown"}
_MISHAPS: list[Mishap | None] = [
    *[None] * 18,
    "browser lost",
    "time lost",
    "clock suspect",
    "id used before",
    "of a server",
    "of nobody",
]
# Their order by bytes is neither that of the alphabet nor that of a dictionary.
_ID_PREFIXES = ["a", "B", "b", "_", "é", "~", "1"]
_RATINGS = [None, -1, 0, 1, 1, 3, 5, 5, 6]
_NAMES = [*KINDS, OPEN, OPEN, SUPPORT, RATING, RATING, OPTOUT_ERROR]


@dataclass(frozen=True)
class _Moment:
    """What happens when: at an offset from the event that is so many before it."""

    looks_back: int
    offset: timedelta


@dataclass(frozen=True)
class _Labels:
    """What else an event of a browser says."""

    amplitude_session_id: int | None
    order_id: str | None
    user_id: str | None


_MOMENTS = [_Moment(*moment) for moment in product((1, 1, 1, 2, 3, 5), _OFFSETS)]
_LABELS = [
    _Labels(*labels)
    for labels in product((None, None, 0, -1, 7, 7, 8), ("o1", "o2", "O2", None), ("u1", "u2", None, None))
]
# Hypothesis takes its time over each choice, hence few of them for an event.
_drafts = st.tuples(
    st.sampled_from(_NAMES),
    st.sampled_from(_MOMENTS),
    st.sampled_from(_LABELS),
    st.sampled_from([*product(_ID_PREFIXES, _RATINGS)]),
    st.sampled_from(_MISHAPS),
)
_Draft = tuple[str, _Moment, _Labels, tuple[str, int | None], Mishap | None]


@st.composite
def tracker_batches(draw: st.DrawFn) -> list[TrackerEvent]:
    """Draw the events of up to forty browsers."""
    histories = draw(
        st.lists(st.lists(_drafts, min_size=1, max_size=12), min_size=draw(st.integers(1, 30)), max_size=40)
    )
    events: list[TrackerEvent] = []
    for number, history in enumerate(histories):
        events.extend(_browser(history, f"browser{number}", len(events)))
    return events


def _browser(history: Sequence[_Draft], anonymous_id: str, events_before: int) -> list[TrackerEvent]:
    """Write the events of one browser; an id is used again only under another event name."""
    events: list[TrackerEvent] = []
    times = [FIRST_TIME]
    for event_name, moment, labels, (prefix, rating), mishap in history:
        times.append(times[max(len(times) - moment.looks_back, 0)] + moment.offset)
        number = events_before + len(events)
        event_id = f"{prefix}{number}"
        if mishap == "id used before" and events:
            names = {event.event_name for event in events if event.event_id == events[-1].event_id}
            event_id = event_id if event_name in names else events[-1].event_id
        events.append(
            TrackerEvent(
                event_name=event_name,
                event_id=event_id,
                app=_APPS.get(mishap, "tracker_web") if mishap else "tracker_web",
                anonymous_id=None if mishap == "browser lost" else anonymous_id,
                user_id=labels.user_id,
                order_id=labels.order_id,
                device_class=[None, "mobile", "desktop"][number % 3],
                entry_channel=["sms", None][number % 2] if event_name == OPEN else None,
                merchant_name=[None, "Taco Town", "Burger Barn"][number % 3],
                delivery_status=["arrived", None, "on_the_way"][number // 2 % 3],
                rating=rating if event_name == RATING else None,
                amplitude_session_id=labels.amplitude_session_id,
                is_clock_suspect=mishap == "clock suspect",
                occurred_at=None if mishap == "time lost" else times[-1],
            )
        )
    return events


_instants = st.sampled_from([FIRST_TIME + offset for offset in sorted({*_OFFSETS})])
_times = st.one_of(_instants, _instants, _instants, _instants, st.none())
_orders = st.sampled_from([*(f"o{number}" for number in range(6)), None])
_suspect = st.sampled_from([False] * 9 + [True])


_TAGS = [
    *("[late]", "[cold,late]", None, "[]", '[" x ",""]'),
    *('["fast", "Late","late"]', '["a, b","say \\"hi\\"","\\\\"]'),
]


@st.composite
def submission_batches(draw: st.DrawFn) -> list[Submission]:
    """Draw ratings as submitted for a few orders, many at one instant."""
    told = st.tuples(
        *(st.sampled_from(_ID_PREFIXES), _orders, st.sampled_from(["Taco Town", "Burger Barn", None])),
        *(st.sampled_from(_TAGS), st.sampled_from(_RATINGS)),
        *(st.sampled_from([True, False, None]), _suspect, _times),
    )
    drawn = draw(st.lists(told, min_size=draw(st.integers(1, 20)), max_size=40))
    return [Submission(f"{prefix}{number}", *values) for number, (prefix, *values) in enumerate(drawn)]


_SAVINGS = [(None, None), ("$5.00", Decimal("5.00")), ("1,234.5", Decimal("1234.50")), ("soon!", None)]


@st.composite
def banner_batches(draw: st.DrawFn) -> list[BannerEvent]:
    """Draw events of banners in a few places of a few orders, many at one instant."""
    told = st.tuples(
        *(st.sampled_from([VIEW, VIEW, CLICK, CLICK, DISMISS]), st.sampled_from(_ID_PREFIXES), _orders),
        *(st.sampled_from(["b1", None]), st.sampled_from(["Taco Town", "Burger Barn", None])),
        *(st.sampled_from(["tracker_top", "tracker_bottom", None]), st.sampled_from(["a", "b", None])),
        *(st.sampled_from(["on_the_way", "arrived", None]), st.sampled_from(_SAVINGS), _suspect, _times),
    )
    drawn = draw(st.lists(told, min_size=draw(st.integers(1, 30)), max_size=60))
    return [
        BannerEvent(name, f"{prefix}{number}", *told[:6], *told[6], *told[7:])
        for number, (name, prefix, *told) in enumerate(drawn)
    ]
