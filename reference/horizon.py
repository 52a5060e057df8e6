"""The data horizon: the time up to which the data can be taken as complete."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from reference.streams import Event


def received_through(
    events: Iterable[Event], clock_skew_tolerance: timedelta = timedelta(minutes=5)
) -> datetime | None:
    """Give the latest credible time of receipt in a stream; null when there is none.

    A receipt later than the loading of its event, beyond the tolerance, is a lying stamp and passed over.
    """
    credible = (
        event.received_at
        for event in events
        if event.received_at is not None
        and event.loaded_at is not None
        and event.received_at <= event.loaded_at + clock_skew_tolerance
    )
    return max(credible, default=None)


def newest_receipt(received_through_by_stream: Iterable[datetime | None]) -> datetime | None:
    """Give the latest receipt of all streams; null when no stream has received anything."""
    return max((time for time in received_through_by_stream if time is not None), default=None)


def data_horizon(
    received_through_by_stream: Iterable[datetime | None], margin: timedelta = timedelta(minutes=120)
) -> datetime | None:
    """Give the latest receipt of all streams less the margin; null when no stream has received anything."""
    newest = newest_receipt(received_through_by_stream)
    return None if newest is None else newest - margin


def is_timed_out(
    since: datetime,
    window: timedelta,
    horizon: datetime | None,
    margin: timedelta = timedelta(minutes=120),
    clock_skew_tolerance: timedelta = timedelta(minutes=5),
) -> bool:
    """Give whether no outcome is awaited any more: the window is over, or it begins after all receipts."""
    if horizon is None:
        return False
    return since + window <= horizon or since > horizon + margin + clock_skew_tolerance
