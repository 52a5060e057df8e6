"""What the unlock marts must hold by the reference model, which shares no code with the project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, fields

from conformance.contents import Content, content
from conformance.raw_rows import RawRow, Value
from reference.horizon import data_horizon, received_through
from reference.possible_dates import on_possible_dates
from reference.streams import read_stream
from reference.unlock import KINDS, place_events
from reference.unlock_attempts import UnlockAttempt, describe_attempts
from reference.unlock_funnel import UnlockFunnelDay, daily_funnel

NOT_FROM_UNLOCK_EVENTS = ("device_class", "distance_meters", "tracker_session_id")
"""Columns that the reference does not read from raw rows."""


def expected_marts(rows: Iterable[RawRow]) -> dict[str, Content]:
    """The content of the unlock marts, by name, from raw rows."""
    tables: dict[str, list[dict[str, Value]]] = defaultdict(list)
    for row in rows:
        tables[row.table].append(dict(row.values))
    events = read_stream(tables)
    placed = place_events(event for event in events if event.event_name in KINDS)
    newest = received_through(events)
    attempts = describe_attempts(placed, data_horizon([newest]))
    days = on_possible_dates(map(asdict, daily_funnel(attempts)), newest)
    return {
        "fct_unlock_attempts": content(
            [field.name for field in fields(UnlockAttempt)], [tuple(asdict(row).values()) for row in attempts]
        ),
        "rpt_unlock_funnel_daily": content(
            [field.name for field in fields(UnlockFunnelDay)],
            [tuple(row.values()) for row in days],
        ),
    }
