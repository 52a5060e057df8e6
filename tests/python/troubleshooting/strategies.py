"""Hypothesis strategies for troubleshooting histories that sit on the edges of the rules.

Each event is placed at an offset from an earlier event of its history, and often the offset is a window's
length, or a microsecond less or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from hypothesis import strategies as st

from reference.troubleshooting import TroubleEvent
from troubleshooting.moments import EVIDENCE, KINDS, LATER, SERVER_EVIDENCE, SOON, STEPS, TICKS, edges

FIRST_TIME = datetime(2026, 9, 1, 23, 30)
WINDOW = timedelta(minutes=60)
HORIZON_MARGIN = timedelta(minutes=120)
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class TroubleBatch:
    """Events of many entities at once, and how far each event stream has been received."""

    events: list[TroubleEvent]
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
    session_id: str | None
    pilot_id: str | None
    reason: str | None

    @property
    def step(self) -> tuple[int | None, str | None, str | None]:
        """Index, name and answer of a step, neither in the order of the ids nor in that of other values."""
        index = {"a": 10, "B": 9, "_": 9}.get(self.id_prefix)
        return index, {"p1": "look", "p2": "Call"}.get(self.pilot_id or ""), self.reason and "no"

    @property
    def carrier(self) -> str | None:
        """The carrier, by the first letter of the id."""
        return {"a": "A", "B": "b"}.get(self.id_prefix)


_MOMENTS = [
    _Moment(event_name, looks_back, offset)
    for event_name in KINDS
    for looks_back in (1, 1, 1, 2, 3, 5)
    for offset in (*SOON, *LATER, *(edge + tick for edge in edges(event_name) for tick in TICKS))
]
# The order of the ids by bytes is neither that of the alphabet nor that of a dictionary.
_LABELS = [
    _Labels(*labels)
    for labels in product(["a", "B", "_", "é"], ["x", "x", "y", None], ["p1", "p2", None], ["lid", None])
]
_MISHAPS = [
    *[None] * 14,
    "robot lost",
    "robot and trip lost",
    "all lost",
    "time lost",
    "order named",
    "clock suspect",
]
_drafts = st.tuples(st.sampled_from(_MOMENTS), st.sampled_from(_LABELS), st.sampled_from(_MISHAPS))
_gives_ids = st.sampled_from([True, False])
_histories = st.tuples(_gives_ids, st.lists(_drafts, min_size=1, max_size=14))


@st.composite
def trouble_batches(draw: st.DrawFn) -> TroubleBatch:
    """Draw a batch of up to forty histories, and a horizon that lies on the edge of a window of theirs."""
    # Lists are short, unless they have to be long.
    histories = draw(st.lists(_histories, min_size=draw(st.integers(1, 25)), max_size=40))
    events: list[TroubleEvent] = []
    for number, (gives_ids, drafts) in enumerate(histories):
        events.extend(_write(drafts, number, len(events), gives_ids))
    times = sorted({event.occurred_at for event in events if event.occurred_at})
    steps = st.sampled_from([WINDOW + HORIZON_MARGIN, WINDOW + HORIZON_MARGIN, -CLOCK_TOLERANCE])
    receipts = st.builds(_receipt, st.sampled_from(times or [FIRST_TIME]), steps, st.sampled_from(TICKS))
    return TroubleBatch(events, draw(st.lists(st.one_of(receipts, receipts, st.none()), max_size=2)))


def _receipt(occurred_at: datetime, step: timedelta, tick: timedelta) -> datetime:
    """Give a receipt by which the window after an event has just passed, or its clock is just wrong."""
    return occurred_at + step + tick


def _write(
    history: Sequence[tuple[_Moment, _Labels, str | None]], number: int, events_before: int, gives_ids: bool
) -> list[TroubleEvent]:
    """Write the events of one history, most of them of one robot."""
    events: list[TroubleEvent] = []
    times = [FIRST_TIME]
    for moment, labels, mishap in history:
        times.append(times[max(len(times) - moment.looks_back, 0)] + moment.offset)
        is_of_server = moment.event_name in SERVER_EVIDENCE
        has_robot = mishap not in ("robot lost", "robot and trip lost", "all lost")
        has_trip = mishap not in ("robot and trip lost", "all lost") and not is_of_server
        is_session_event = moment.event_name not in EVIDENCE and "reset" in moment.event_name
        index, name, answer = labels.step if moment.event_name in STEPS else (None, None, None)
        is_modem = moment.event_name == "pilot_modem_reset"
        names_order = (is_of_server and labels.reason is not None) or mishap == "order named"
        events.append(
            TroubleEvent(
                event_name=moment.event_name,
                event_id=f"{labels.id_prefix}{events_before + len(events)}",
                order_id=f"o{len(events)}" if names_order else None,
                robot_id=f"r{number}" if has_robot else None,
                trip_id=f"t{number}" if has_trip else None,
                pilot_id=None if is_of_server or mishap == "all lost" else labels.pilot_id,
                reported_troubleshooting_session_id=labels.session_id
                if gives_ids and (is_session_event or moment.event_name in KINDS[:6])
                else None,
                stated_reason=None if moment.event_name in EVIDENCE else labels.reason,
                flow_name=name and f"{name}_flow",
                step_index=index,
                step_name=name,
                step_answer=answer,
                mobile_carrier=labels.carrier if is_modem else None,
                signal_strength=-70.5 if is_modem and labels.reason else None,
                is_clock_suspect=mishap == "clock suspect",
                occurred_at=None if mishap == "time lost" else times[-1],
            )
        )
    return events
