"""Orders on the tracking page, from the events of the customers' tracker that name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reference.local_time import local_date, local_hour, local_weekday
from reference.tracker import FAQ, OPEN, STREAMS, SUPPORT, TrackerEvent

UNKNOWN = "unknown"


@dataclass(frozen=True)
class TrackedOrder:
    """An order whose tracking page was opened, or whose customer asked for help there."""

    order_id: str
    merchant_name: str
    device_class: str
    entry_channel: str
    contact_delivery_status: str | None
    open_count: int
    faq_count: int
    support_click_count: int
    seconds_to_contact: int | None
    start_hour: int
    start_weekday: int
    has_support_contact: bool
    is_clock_suspect: bool
    start_date: date
    started_at: datetime
    opened_at: datetime | None
    contacted_at: datetime | None


def tracked_orders(events: Iterable[TrackerEvent]) -> list[TrackedOrder]:
    """Describe each order that was opened or asked for help. Each event once."""
    orders: dict[str, list[tuple[datetime, TrackerEvent]]] = defaultdict(list)
    for event in events:
        known = event.event_name in STREAMS["int_order_tracker_events"]
        if known and event.order_id is not None and event.occurred_at is not None:
            orders[event.order_id].append((event.occurred_at, event))
    return [
        order
        for order_id, history in orders.items()
        if (order := _tracked_order(order_id, history)) is not None
    ]


def _tracked_order(order_id: str, history: Sequence[tuple[datetime, TrackerEvent]]) -> TrackedOrder | None:
    times = {name: [time for time, event in history if event.event_name == name] for name in (OPEN, SUPPORT)}
    opened, contacted = (min(times[name], default=None) for name in (OPEN, SUPPORT))
    started = opened or contacted
    if started is None:
        return None
    is_suspect = any(event.is_clock_suspect for _, event in history)
    return TrackedOrder(
        order_id=order_id,
        merchant_name=_first((time, event.merchant_name) for time, event in history) or UNKNOWN,
        device_class=_first((time, event.device_class) for time, event in history) or UNKNOWN,
        entry_channel=_first((time, event.entry_channel) for time, event in history) or UNKNOWN,
        contact_delivery_status=_first(
            (time, event.delivery_status) for time, event in history if event.event_name == SUPPORT
        ),
        open_count=len(times[OPEN]),
        faq_count=sum(event.event_name == FAQ for _, event in history),
        support_click_count=len(times[SUPPORT]),
        seconds_to_contact=None if is_suspect else _seconds(opened, contacted),
        start_hour=local_hour(started),
        start_weekday=local_weekday(started),
        has_support_contact=contacted is not None,
        is_clock_suspect=is_suspect,
        start_date=local_date(started),
        started_at=started,
        opened_at=opened,
        contacted_at=contacted,
    )


def _seconds(opened: datetime | None, contacted: datetime | None) -> int | None:
    """The boundaries of seconds crossed, null without one of the times or if the contact is the earlier."""
    if opened is None or contacted is None or contacted < opened:
        return None
    elapsed = contacted.replace(microsecond=0) - opened.replace(microsecond=0)
    return elapsed.days * 86_400 + elapsed.seconds


def _first(values: Iterable[tuple[datetime, str | None]]) -> str | None:
    """The earliest value; of two at one instant the lesser by its bytes."""
    known = [(time, value.encode()) for time, value in values if value is not None]
    return min(known)[1].decode() if known else None
