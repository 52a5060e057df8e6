"""Raw rows of event tables to clean events: accepted names, cleaning, times, one row per event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TypeVar

ORDER_ID_NAMES = ("order_id", "delivery_id")
ROBOT_ID_NAMES = ("robot_id", "bot_id", "robot_serial", "bot_serial", "serial", "coco_id", "device_id")
MERCHANT_ID_NAMES = ("merchant_id", "partner_id", "store_id")
MERCHANT_NAMES = ("merchant_name", "store_name")


PLACEHOLDERS = frozenset(("undefined", "null", "nan", "none", "[object object]"))
"""Words that stand for no id, in lower case."""

MOST_BYTES = 508
"""Bytes of an id. A longer one may have been cut at 512."""

WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
YEARS = range(1000, 3000)

MOST_DELAY = timedelta(days=30)
"""From an event to its receipt, by clocks that are not suspect."""


@dataclass(frozen=True)
class Event:
    """One clean event of a stream, as far as the reference reads it. The key is (event_name, event_id)."""

    event_name: str
    event_id: str
    order_id: str | None = None
    robot_id: str | None = None
    merchant_id: str | None = None
    merchant_name: str | None = None
    device_class: str | None = None
    app_version: str | None = None
    requested_by: str | None = None
    load_method: str | None = None
    failure_reason: str | None = None
    error_code: str | None = None
    distance_meters: object = None
    is_clock_suspect: bool = False
    occurred_at: datetime | None = None
    received_at: datetime | None = None
    loaded_at: datetime | None = None


AnEvent = TypeVar("AnEvent", bound=Event)


def clean_text(value: object) -> str | None:
    """Give a value as text without trailing blanks; what is empty then is null."""
    if value is None:
        return None
    return str(value).rstrip(" ") or None


def clean_id(value: object) -> str | None:
    """Give an id without white space at its ends; null if it is a placeholder or may have been cut."""
    text = "" if value is None else str(value).strip(WHITE_SPACE)
    is_id = text.lower() not in PLACEHOLDERS and len(text.encode()) <= MOST_BYTES
    return text if text and is_id else None


def clean_time(value: object) -> datetime | None:
    """Give a time as naive UTC, null if its year is none of YEARS.

    Raises TypeError for anything but a ``datetime`` or null.
    """
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise TypeError(f"a time must be a datetime, not {type(value).__name__}: {value!r}")
    time = value if value.tzinfo is None else value.astimezone(timezone.utc).replace(tzinfo=None)
    return time if time.year in YEARS else None


def has_refused_time(row: Mapping[str, object]) -> bool:
    """Say whether a raw row has a time of its event that is none."""
    times = (row.get("timestamp"), row.get("original_timestamp"))
    return any(time is not None and clean_time(time) is None for time in times)


def first_present(
    row: Mapping[str, object], names: Iterable[str], clean: Callable[[object], str | None] = clean_id
) -> str | None:
    """Give the first of several accepted columns that has a value after cleaning."""
    for name in names:
        value = clean(row.get(name))
        if value is not None:
            return value
    return None


def first_time(*candidates: datetime | None) -> datetime | None:
    """Give the first time that is known."""
    return next((time for time in candidates if time is not None), None)


def is_off(occurred_at: datetime | None, received_at: datetime | None, tolerance: timedelta) -> bool:
    """Say whether an event's time is later than its receipt by more than the tolerance, or long before it."""
    if occurred_at is None or received_at is None:
        return False
    return occurred_at > received_at + tolerance or occurred_at < received_at - MOST_DELAY


def read_event(
    event_name: str, row: Mapping[str, object], clock_skew_tolerance: timedelta = timedelta(minutes=5)
) -> Event | None:
    """Read one raw row (column name to value) of the table `event_name`; null when it has no message id."""
    event_id = clean_id(row.get("id"))
    if event_id is None:
        return None
    received_at = clean_time(row.get("received_at"))
    occurred_at = first_time(
        clean_time(row.get("timestamp")), clean_time(row.get("original_timestamp")), received_at
    )
    return Event(
        event_name=event_name,
        event_id=event_id,
        order_id=first_present(row, ORDER_ID_NAMES),
        robot_id=first_present(row, ROBOT_ID_NAMES),
        merchant_id=first_present(row, MERCHANT_ID_NAMES),
        merchant_name=first_present(row, MERCHANT_NAMES, clean_text),
        app_version=first_present(row, ("app_version", "context_app_version"), clean_text),
        requested_by=clean_text(row.get("requested_by")),
        load_method=clean_text(row.get("load_method")),
        failure_reason=clean_text(row.get("reason")),
        error_code=clean_text(row.get("error_code")),
        is_clock_suspect=has_refused_time(row) or is_off(occurred_at, received_at, clock_skew_tolerance),
        occurred_at=occurred_at,
        received_at=received_at,
        loaded_at=first_time(clean_time(row.get("uuid_ts")), received_at),
    )


def keep_latest_copies(events: Iterable[AnEvent]) -> list[AnEvent]:
    """Keep one copy of each event: the one loaded last, then received last, then greatest in what is left."""
    kept: dict[tuple[str, str], AnEvent] = {}
    for event in events:
        key = (event.event_name, event.event_id)
        if key not in kept or _recency(event) > _recency(kept[key]):
            kept[key] = event
    return list(kept.values())


def read_stream(
    tables: Mapping[str, Iterable[Mapping[str, object]]],
    clock_skew_tolerance: timedelta = timedelta(minutes=5),
) -> list[Event]:
    """Read all raw rows of several event tables (table name to rows) as events, each event once."""
    read = (read_event(name, row, clock_skew_tolerance) for name, rows in tables.items() for row in rows)
    return keep_latest_copies(event for event in read if event is not None)


def _recency(event: Event) -> tuple[tuple[bool, datetime | str], ...]:
    """Give what copies of an event compare by; null is less than any value."""
    texts = (event.order_id, event.robot_id, event.merchant_name, event.failure_reason, event.error_code)
    times = (event.loaded_at, event.received_at, event.occurred_at)
    return (
        *((time is not None, time or datetime.min) for time in times),
        *((text is not None, text or "") for text in texts),
    )
