"""Local dates and hours of UTC times, in the zone of the reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_ZONE: ContextVar[str] = ContextVar("_ZONE", default="UTC")


@contextmanager
def reporting_in(time_zone: str) -> Iterator[None]:
    """Give all dates, hours and weekdays in a zone (IANA name) instead of UTC."""
    token = _ZONE.set(time_zone)
    try:
        yield
    finally:
        _ZONE.reset(token)


def local(time: datetime) -> datetime:
    """Give the local time of a naive UTC time, naive as well."""
    return time.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(_ZONE.get())).replace(tzinfo=None)


def local_date(time: datetime) -> date:
    """Give the local date of a naive UTC time."""
    return local(time).date()


def local_hour(time: datetime) -> int:
    """Give the local hour of the day, 0 to 23."""
    return local(time).hour


def local_weekday(time: datetime) -> int:
    """Give the local day of the week, 1 (Monday) to 7 (Sunday)."""
    return local(time).isoweekday()


def local_hour_begins_at(time: datetime) -> datetime:
    """Give the naive UTC time at which the local hour of a time begins, or its part after a change."""
    begins_at = time.replace(second=0, microsecond=0)
    while _hour_and_offset(begins_at - timedelta(minutes=1)) == _hour_and_offset(time):
        begins_at -= timedelta(minutes=1)
    return begins_at


def _hour_and_offset(time: datetime) -> tuple[datetime, timedelta]:
    there = local(time)
    return there.replace(minute=0, second=0, microsecond=0), there - time
