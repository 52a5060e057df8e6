"""Hypothesis strategies for histories of events that sit on the edges of rules.

Each event is placed at an offset from an earlier event of its history, and often the offset is a window's
length, or a microsecond less or more. Histories share robots and moments, so that whatever mixes two entities
up shows. What kinds of events there are, and where their edges lie, each domain says itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Literal

from hypothesis import strategies as st

from builds.differences import Row
from reference.entities import entity_of
from reference.streams import Event

FIRST_TIME = datetime(2026, 9, 1, 23, 50)
HORIZON_MARGIN = timedelta(minutes=120)
CLOCK_TOLERANCE = timedelta(minutes=5)

Mishap = Literal[
    "order lost",
    "order and robot lost",
    "time lost",
    "clock suspect",
    "id used before",
    "keeps restarting",
]
Told = Mapping[str, str | None]
"""What an event says, by the names of its fields."""

_TICKS = [timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1)]
_SOON = [timedelta(seconds=seconds) for seconds in (0, 0.4, 1, 1.5, 4)]
_LATER = [timedelta(seconds=seconds) for seconds in (31, 200, 86_400)]

# Their order by bytes is neither that of the alphabet nor that of a dictionary.
_ID_PREFIXES = ["a", "B", "b", "_", "é", "~", "1"]
_ROBOT_IDS = ["r1", "r2", "R1", None]
_MISHAPS: list[Mishap | None] = [
    *[None] * 18,
    "order lost",
    "order and robot lost",
    "time lost",
    "clock suspect",
    "id used before",
    "keeps restarting",
]


@dataclass(frozen=True)
class Moment:
    """What happens when: at an offset from the event that is so many before it."""

    event_name: str
    looks_back: int
    offset: timedelta


def moments(*event_names: str, edges: Sequence[int]) -> list[Moment]:
    """Give moments of events whose rules have their edges at so many seconds after another event."""
    on_edges = [timedelta(seconds=edge) + tick for edge in edges for tick in _TICKS]
    return [
        Moment(event_name, looks_back, offset)
        for event_name in event_names
        for looks_back in (1, 1, 1, 2, 3, 5)
        for offset in (*_SOON, *_LATER, *on_edges)
    ]


@dataclass(frozen=True)
class Domain:
    """What the histories of a domain are made of.

    moments: an event that is to come more often has more of them.
    told: what events may say; of the fields in `only_of` only these events say it.
    starts: what begins attempts; `restart` may go on, each so long after the one before.
    """

    moments: Sequence[Moment]
    told: Sequence[Told]
    only_of: Mapping[str, Collection[str]]
    starts: Collection[str]
    restart: str
    restart_after: timedelta
    window: timedelta


@dataclass(frozen=True)
class Batch:
    """Events of many entities at once, and how far each event stream has been received."""

    events: list[Event]
    received_through: list[datetime | None]

    def about(self, rows: Sequence[Row]) -> str:
        """The events of the entities that rows are about, in the order of their times, a line each."""
        entities = {row.get("entity_key") for row in rows}
        about = [
            event for event in self.events if entities <= {None} or entity_of(event).entity_key in entities
        ]
        return "\n".join(
            f"event: {event}" for event in sorted(about, key=lambda event: str(event.occurred_at))
        )


_Draft = tuple[Moment, tuple[str, str | None, Told], Mishap | None]


@st.composite
def batches(draw: st.DrawFn, domain: Domain) -> Batch:
    """Draw a batch of up to sixty histories, and a horizon that lies on the edge of a window of theirs."""
    # Hypothesis takes its time over each choice, hence few for an event.
    labels = list(product(_ID_PREFIXES, _ROBOT_IDS, domain.told))
    drafts = st.tuples(st.sampled_from(domain.moments), st.sampled_from(labels), st.sampled_from(_MISHAPS))
    # Four of five name their order.
    names_order = st.sampled_from([True] * 4 + [False])
    a_history = st.tuples(names_order, st.lists(drafts, min_size=1, max_size=12))
    # Lists are short, unless they have to be long.
    histories = draw(st.lists(a_history, min_size=draw(st.integers(1, 40)), max_size=60))
    events: list[Event] = []
    for number, (has_order, history) in enumerate(histories):
        events.extend(_write(domain, history, f"o{number}" if has_order else None, len(events)))
    starts = {
        event.occurred_at for event in events if event.event_name in domain.starts and event.occurred_at
    }
    # A receipt so long after a start that its window has just passed, or so that its clock is just wrong.
    passed = domain.window + HORIZON_MARGIN
    receipts = st.builds(
        lambda started_at, step, tick: started_at + step + tick,
        st.sampled_from(sorted(starts) or [FIRST_TIME]),
        st.sampled_from([passed, passed, -CLOCK_TOLERANCE]),
        st.sampled_from(_TICKS),
    )
    return Batch(events, draw(st.lists(st.one_of(receipts, receipts, st.none()), max_size=2)))


def _write(
    domain: Domain, history: Sequence[_Draft], order_id: str | None, events_before: int
) -> list[Event]:
    """Write the events of one history; an id is used again only under another event name."""
    events: list[Event] = []
    times = [FIRST_TIME]
    for draft in history:
        moment, (id_prefix, _, _), mishap = draft
        times.append(times[max(len(times) - moment.looks_back, 0)] + moment.offset)
        event_id = f"{id_prefix}{events_before + len(events)}"
        if mishap == "id used before" and events:
            names = {event.event_name for event in events if event.event_id == events[-1].event_id}
            event_id = event_id if moment.event_name in names else events[-1].event_id
        events.append(_event(domain, draft, event_id, order_id, times[-1]))
        if mishap == "keeps restarting":
            for number in range(1, 1 + domain.window // domain.restart_after):
                times.append(times[-1] + domain.restart_after)
                events.append(Event(domain.restart, f"{event_id}.{number}", order_id, occurred_at=times[-1]))
    return events


def _event(
    domain: Domain, draft: _Draft, event_id: str, order_id: str | None, occurred_at: datetime
) -> Event:
    moment, (_, robot_id, told), mishap = draft
    said = {
        name: value
        for name, value in told.items()
        if name not in domain.only_of or moment.event_name in domain.only_of[name]
    }
    return Event(
        event_name=moment.event_name,
        event_id=event_id,
        order_id=None if mishap in ("order lost", "order and robot lost") else order_id,
        robot_id=None if mishap == "order and robot lost" else robot_id,
        merchant_name=said.get("merchant_name"),
        failure_reason=said.get("failure_reason"),
        error_code=said.get("error_code"),
        is_clock_suspect=mishap == "clock suspect",
        occurred_at=None if mishap == "time lost" else occurred_at,
    )
