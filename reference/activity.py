"""Errors by the hour, and what users of the applications viewed and clicked by the day (UTC)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reference.local_time import local_date, local_hour, local_hour_begins_at
from reference.platform import PlatformEvent
from reference.tracker import ERRORS


@dataclass(frozen=True)
class ErrorHour:
    """The errors of one kind that one application sent in one hour."""

    event_name: str
    app: str
    error_count: int
    without_order_count: int
    order_count: int
    browser_count: int
    start_hour: int
    start_date: date
    occurred_hour_at: datetime


@dataclass(frozen=True)
class InteractionDay:
    """The views of one page, or the clicks on one button or item of the FAQ, of one day."""

    event_name: str
    target_name: str | None
    interaction_count: int
    browser_count: int
    start_date: date


def errors_hourly(events: Iterable[PlatformEvent]) -> list[ErrorHour]:
    """Count errors, and the orders and browsers that they hit."""
    hours: dict[tuple[str, str, datetime], list[PlatformEvent]] = defaultdict(list)
    for event in events:
        if event.event_name in ERRORS and event.occurred_at is not None:
            hour = local_hour_begins_at(event.occurred_at)
            hours[event.event_name, event.app, hour].append(event)
    return [
        ErrorHour(
            event_name=event_name,
            app=app,
            error_count=len(errors),
            without_order_count=sum(error.order_id is None for error in errors),
            order_count=len({error.order_id for error in errors} - {None}),
            browser_count=_browsers(errors),
            start_hour=local_hour(hour),
            start_date=local_date(hour),
            occurred_hour_at=hour,
        )
        for (event_name, app, hour), errors in hours.items()
    ]


def interactions_daily(events: Iterable[PlatformEvent]) -> list[InteractionDay]:
    """Count page views by page, clicks by button, opened answers by item of the FAQ."""
    days: dict[tuple[str, str | None, date], list[PlatformEvent]] = defaultdict(list)
    for event in events:
        targets = {
            "page_viewed": event.page_name,
            "button_clicked": event.button_name,
            "app_download_faq_clicked": event.faq_id,
        }
        if event.event_name in targets and event.occurred_at is not None:
            days[
                event.event_name, targets[event.event_name] or "unknown", local_date(event.occurred_at)
            ].append(event)
    return [
        InteractionDay(event_name, target_name, len(interactions), _browsers(interactions), day)
        for (event_name, target_name, day), interactions in days.items()
    ]


def _browsers(events: Sequence[PlatformEvent]) -> int:
    """Count browsers; the anonymous id of a server is none."""
    return len({event.anonymous_id for event in events if event.app != "server"} - {None})
