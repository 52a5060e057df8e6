"""Views, clicks and dismissals of banners to impressions: one by order, merchant and position."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import md5
from typing import Literal

from reference.instants import Position, by_values
from reference.local_time import local_date, local_hour, local_weekday
from reference.tracker import CLICK, DISMISS, VIEW, first_told

KINDS = {VIEW: "view", CLICK: "click", DISMISS: "dismiss"}
AT_ONE_INSTANT = [*KINDS]
"""The order of simultaneous events."""

Place = tuple[str, str | None, str | None]
"""Order, merchant and position. That an event names no merchant or no position is a value, too."""


@dataclass(frozen=True)
class BannerEvent:
    """One clean event of the banner. The key is (event_name, event_id)."""

    event_name: str
    event_id: str
    order_id: str | None = None
    banner_id: str | None = None
    merchant_name: str | None = None
    position: str | None = None
    banner_variant: str | None = None
    delivery_status: str | None = None
    displayed_savings_text: str | None = None
    displayed_savings: Decimal | None = None
    is_clock_suspect: bool = False
    occurred_at: datetime | None = None

    @property
    def key(self) -> str:
        """The key of the event, which is also the id of the impression that it begins."""
        return md5(f"{self.event_name}|{self.event_id}".encode(), usedforsecurity=False).hexdigest()

    @property
    def entity_key(self) -> str:
        """The order, or the event itself where there is none."""
        return f"none:{self.key}" if self.order_id is None else f"order:{self.order_id}"

    @property
    def has_unreadable_savings(self) -> bool:
        """Whether savings were displayed that nobody can read."""
        return self.displayed_savings_text is not None and self.displayed_savings is None


@dataclass(frozen=True)
class PlacedBannerEvent:
    """An event with the impression it belongs to, or the reason why it belongs to none."""

    event: BannerEvent
    banner_impression_id: str | None = None
    impression_event_number: int | None = None
    unmatched_reason: Literal["no_entity", "no_time"] | None = None

    def row(self) -> dict[str, object]:
        """Give the placed event as a flat row, column name to value."""
        told = {name: getattr(self.event, name) for name in BannerEvent.__dataclass_fields__}
        del told["displayed_savings_text"]
        return told | {
            "entity_key": self.event.entity_key,
            "event_kind": KINDS[self.event.event_name],
            "has_unreadable_savings": self.event.has_unreadable_savings,
            "banner_impression_id": self.banner_impression_id,
            "impression_event_number": self.impression_event_number,
            "unmatched_reason": self.unmatched_reason,
        }


@dataclass(frozen=True)
class BannerImpression:
    """What became of one merchant's banner in one place on the page of one order."""

    banner_impression_id: str
    entity_key: str
    order_id: str | None
    banner_id: str | None
    merchant_name: str | None
    position: str | None
    banner_variant: str | None
    delivery_status: str | None
    displayed_savings: Decimal | None
    view_count: int
    click_count: int
    dismiss_count: int
    unreadable_savings_count: int
    seconds_to_click: int | None
    is_orphan_click: bool
    is_clock_suspect: bool
    start_hour: int
    start_weekday: int
    start_date: date
    started_at: datetime
    ended_at: datetime
    first_viewed_at: datetime | None
    first_clicked_at: datetime | None
    first_dismissed_at: datetime | None


@dataclass(frozen=True)
class BannerDay:
    """The impressions of one merchant's banner in one place that began on one day."""

    start_date: date
    merchant_name: str | None
    position: str | None
    view_count: int
    impression_count: int
    clicked_count: int
    dismissed_count: int
    orphan_click_count: int
    unreadable_savings_count: int
    click_through_rate: float | None
    dismissal_rate: float | None


def place_banner_events(events: Iterable[BannerEvent]) -> list[PlacedBannerEvent]:
    """Place each event, exactly once, in an impression, or say why it fits none."""
    placed: list[PlacedBannerEvent] = []
    places: dict[Place, list[tuple[datetime, BannerEvent]]] = defaultdict(list)
    for event in events:
        if event.order_id is None:
            placed.append(PlacedBannerEvent(event, unmatched_reason="no_entity"))
        elif event.occurred_at is None:
            placed.append(PlacedBannerEvent(event, unmatched_reason="no_time"))
        else:
            place = (event.order_id, event.merchant_name, event.position)
            places[place].append((event.occurred_at, event))
    for history in places.values():
        ordered = [event for _, event in sorted(history, key=_position)]
        placed.extend(
            PlacedBannerEvent(event, ordered[0].key, number) for number, event in enumerate(ordered, start=1)
        )
    return placed


def describe_impressions(placed: Iterable[PlacedBannerEvent]) -> list[BannerImpression]:
    """Describe each impression that placed events form."""
    members: dict[str, list[BannerEvent]] = defaultdict(list)
    for item in sorted(placed, key=lambda item: item.impression_event_number or 0):
        if item.banner_impression_id is not None:
            members[item.banner_impression_id].append(item.event)
    return [_describe(impression_id, events) for impression_id, events in members.items()]


def banner_days(impressions: Iterable[BannerImpression]) -> list[BannerDay]:
    """Count impressions by the day of their first event, merchant and position."""
    groups: dict[tuple[date, str | None, str | None], list[BannerImpression]] = defaultdict(list)
    for impression in impressions:
        groups[impression.start_date, impression.merchant_name, impression.position].append(impression)
    days = []
    for (day, merchant_name, position), group in groups.items():
        viewed = [impression for impression in group if impression.view_count]
        clicked = sum(impression.click_count > 0 for impression in viewed)
        dismissed = sum(impression.dismiss_count > 0 for impression in viewed)
        days.append(
            BannerDay(
                start_date=day,
                merchant_name=merchant_name,
                position=position,
                view_count=sum(impression.view_count for impression in group),
                impression_count=len(viewed),
                clicked_count=clicked,
                dismissed_count=dismissed,
                orphan_click_count=sum(impression.is_orphan_click for impression in group),
                unreadable_savings_count=sum(impression.unreadable_savings_count for impression in group),
                click_through_rate=clicked / len(viewed) if viewed else None,
                dismissal_rate=dismissed / len(viewed) if viewed else None,
            )
        )
    return days


def _position(timed: tuple[datetime, BannerEvent]) -> tuple[datetime, int, Position]:
    time, event = timed
    values = by_values(event, "banner_id", "banner_variant", "delivery_status", "displayed_savings")
    return time, AT_ONE_INSTANT.index(event.event_name), values


def _describe(impression_id: str, events: Sequence[BannerEvent]) -> BannerImpression:
    names = [event.event_name for event in events]
    times = [event.occurred_at for event in events if event.occurred_at is not None]
    view = next((event for event in events if event.event_name == VIEW), None)
    viewed_at, clicked_at, dismissed_at = (_first(events, name) for name in (VIEW, CLICK, DISMISS))
    is_negative = viewed_at is not None and clicked_at is not None and clicked_at < viewed_at
    is_clock_suspect = is_negative or any(event.is_clock_suspect for event in events)
    seconds = None
    if viewed_at is not None and clicked_at is not None and not is_negative:
        elapsed = clicked_at.replace(microsecond=0) - viewed_at.replace(microsecond=0)
        seconds = elapsed.days * 86_400 + elapsed.seconds
    return BannerImpression(
        banner_impression_id=impression_id,
        entity_key=events[0].entity_key,
        order_id=events[0].order_id,
        banner_id=first_told(event.banner_id for event in events),
        merchant_name=events[0].merchant_name or "unknown",
        position=events[0].position,
        banner_variant=first_told(event.banner_variant for event in events),
        delivery_status=view.delivery_status if view else None,
        displayed_savings=first_told(event.displayed_savings for event in events),
        view_count=names.count(VIEW),
        click_count=names.count(CLICK),
        dismiss_count=names.count(DISMISS),
        unreadable_savings_count=sum(event.has_unreadable_savings for event in events),
        seconds_to_click=None if is_clock_suspect else seconds,
        is_orphan_click=CLICK in names and VIEW not in names,
        is_clock_suspect=is_clock_suspect,
        start_hour=local_hour(times[0]),
        start_weekday=local_weekday(times[0]),
        start_date=local_date(times[0]),
        started_at=times[0],
        ended_at=times[-1],
        first_viewed_at=viewed_at,
        first_clicked_at=clicked_at,
        first_dismissed_at=dismissed_at,
    )


def _first(events: Sequence[BannerEvent], event_name: str) -> datetime | None:
    return next((event.occurred_at for event in events if event.event_name == event_name), None)
