"""Hypothesis strategy for events of all families that share a few orders, robots, pilots and moments.

Many are at the very beginning of an hour or a day, or a microsecond before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from hypothesis import strategies as st

from builds.differences import Row
from reference.platform import COLUMNS, EventTable, PlatformEvent
from reference.tracker import ERRORS
from reference.troubleshooting import LOADED

FIRST_TIME = datetime(2026, 9, 1, 20, 50)
HORIZON_MARGIN = timedelta(minutes=120)
APPS = ("tracker_web", "tracker_web", "pilot_web", "server", "unknown")

_TICK = timedelta(microseconds=1)
_HOUR = timedelta(hours=1)
_MINUTES = [timedelta(minutes=minutes) for minutes in (0, 0, 0.5, 4, 10, 10, 20)]
_EDGES = [timedelta(0), -_TICK]
"""How far from the full hour that comes next."""
_MOMENTS = [*((step, False) for step in 2 * _MINUTES), *((tick, True) for tick in _EDGES)]
_ENTITIES = [
    {"order_id": order, "robot_id": robot, "trip_id": trip}
    for order, robot, trip in product(
        ("o1", "o2", "o3", "O3", None, None, None), ("r1", "r1", "r2", None), ("t1", "t2", None)
    )
]
_PEOPLE = [
    {"pilot_id": pilot, "anonymous_id": browser, "merchant_name": merchant}
    for pilot, browser, merchant in product(("p1", "P1", None), ("b1", "b2", None), ("m1", "M1", None))
]
_SAYINGS = [
    {
        "reported_troubleshooting_session_id": session,
        "workstation_id": said,
        "page_name": said,
        "button_name": button,
        "faq_id": said,
        "app": app,
    }
    for session, said, button, app in product(("x", "y", None, None), ("n1", "n2", None), ("n1", None), APPS)
]
_MISHAPS = [*[None] * 12, "time lost", "clock suspect", "receipt lost"]
_PREFIXES = ["a", "B", "é"]

_Draft = tuple[str, tuple[timedelta, bool], Row, Row, Row, tuple[str, str | None]]


@dataclass(frozen=True)
class Batch:
    """Events of all families, and how far each event stream has been received."""

    events: list[PlatformEvent]
    received_through: list[datetime | None]


def platform_batches(tables: Mapping[str, EventTable]) -> st.SearchStrategy[Batch]:
    """Draw events of the tables of the contract, each with what its table has."""
    of_pilots = [name for name, table in tables.items() if table.family.startswith("pilot_")]
    views = [name for name, table in tables.items() if table.family == "ui_navigation"]
    drafts = st.tuples(
        st.sampled_from([*tables, *of_pilots, *3 * views, *3 * ERRORS, *4 * [LOADED]]),
        st.sampled_from(_MOMENTS),
        st.sampled_from(_ENTITIES),
        st.sampled_from(_PEOPLE),
        st.sampled_from(_SAYINGS),
        st.sampled_from([*product(_PREFIXES, _MISHAPS)]),
    )
    # Lists are short, unless they have to be long.
    histories = st.integers(1, 60).flatmap(lambda least: st.lists(drafts, min_size=least, max_size=120))
    ends = st.sampled_from([timedelta(minutes=minutes) for minutes in (-600, 15, 60, 100, 300)])
    return st.builds(lambda history, end: _write(history, end, tables), histories, ends)


def _write(history: Sequence[_Draft], end: timedelta, tables: Mapping[str, EventTable]) -> Batch:
    """Write the events, and a receipt that puts the horizon so long after the middle of them."""
    events: list[PlatformEvent] = []
    times = [FIRST_TIME]
    for number, (name, (step, is_of_hour), entity, people, sayings, (prefix, mishap)) in enumerate(history):
        start = times[-1].replace(minute=0, second=0, microsecond=0) + _HOUR if is_of_hour else times[-1]
        times.append(max(start + step, times[-1]))
        event_id = f"{prefix}{number}"
        if number % 5 == 0 and events and events[-1].event_name != name:
            event_id = events[-1].event_id  # the same id under another name is another event
        table = tables[name]
        told = {**entity, **people, **sayings}
        if name == LOADED and number % 2:
            told["order_id"] = f"o{number}"  # of which pilots know by the robot alone
        has = {column for column, raw in COLUMNS.items() if raw in table.raw_names} | {"anonymous_id"}
        said = {column: told[column] if column in has else None for column in (*COLUMNS, "anonymous_id")}
        received_at = times[-1] + timedelta(minutes=-30 if mishap == "clock suspect" else 1)
        events.append(
            PlatformEvent(
                event_name=name,
                event_id=event_id,
                family=table.family,
                app=str(told["app"]) if table.app == "unknown" else table.app,
                is_clock_suspect=mishap == "clock suspect",
                occurred_at=None if mishap == "time lost" else times[-1],
                received_at=None if mishap == "receipt lost" else received_at,
                loaded_at=None if mishap == "receipt lost" else received_at + _HOUR,
                **{column: None if value is None else str(value) for column, value in said.items()},
            )
        )
    return Batch(events, [None, times[len(times) // 2] + end + HORIZON_MARGIN])
