"""What is known of an order, from all its events and from what became of its attempts and ratings.

Written from the sentences of the documentation; attempts, sessions and ratings are given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from reference.entities import key_of
from reference.local_time import local_date, local_hour, local_weekday
from reference.streams import Event

ERRORS = (
    *("error_mercator_error", "merchant_asset_missing"),
    *("order_tracker_open_error", "order_tracker_optout_error"),
)
ESCALATIONS = (
    *("pilot_requested_field_op", "pilot_initiated_reassignment", "pilot_submitted_reassignment"),
    *("pilot_cancel_trip", "pilot_incident_report"),
)


@dataclass(frozen=True)
class OrderEvent(Event):
    """An event that names its order, or one of a pilot that was matched to the order under way."""

    troubleshooting_session_id: str | None = None
    order_matched_by: Literal["event", "robot_and_time"] = "event"
    pilot_id: str | None = None

    def row(self) -> dict[str, object]:
        """Give the event as a flat row, column name to value."""
        said = (
            *("event_id", "troubleshooting_session_id", "order_id", "robot_id", "pilot_id", "event_name"),
            *("merchant_name", "order_matched_by", "is_clock_suspect", "occurred_at"),
        )
        row = {column: getattr(self, column) for column in said}
        if self.order_id is None:
            return row | {"entity_key": f"none:{key_of(self)}", "order_matched_by": None}
        return row | {"entity_key": f"order:{self.order_id}"}


@dataclass(frozen=True)
class Try:
    """An attempt to load or to unlock, of an order."""

    attempt_number: int
    outcome: str


@dataclass(frozen=True)
class Known:
    """What other facts tell of an order. `strays` are the kinds of events that are in no attempt."""

    loads: Sequence[Try] = ()
    load_strays: Sequence[str] = ()
    unlocks: Sequence[Try] = ()
    unlock_strays: Sequence[str] = ()
    rating: int | None = None
    first_rating: int | None = None
    rated_at: datetime | None = None


@dataclass(frozen=True)
class Order:
    """One order. Durations are whole seconds: the boundaries of seconds crossed."""

    order_id: str
    entity_key: str
    least_event_key: str
    robot_id: str | None
    last_robot_id: str | None
    pilot_id: str | None
    merchant_name: str
    load_outcome: str | None
    unlock_outcome: str | None
    event_count: int
    robot_count: int
    pilot_count: int
    load_attempt_count: int
    unlock_attempt_count: int
    tracker_open_count: int
    faq_count: int
    support_click_count: int
    banner_view_count: int
    banner_click_count: int
    error_count: int
    troubleshooting_session_count: int
    robot_matched_session_count: int
    escalation_count: int
    rating: int | None
    first_rating: int | None
    seconds_to_load: int | None
    seconds_from_load_to_open: int | None
    seconds_from_click_to_open: int | None
    seconds_from_open_to_rating: int | None
    is_reassigned: bool
    is_trip_cancelled: bool
    is_clock_suspect: bool
    start_hour: int | None
    start_weekday: int | None
    start_date: date | None
    started_at: datetime | None
    ended_at: datetime | None
    first_load_started_at: datetime | None
    order_loaded_at: datetime | None
    first_tracker_opened_at: datetime | None
    first_clicked_at: datetime | None
    opened_at: datetime | None
    rated_at: datetime | None


def describe_orders(events: Iterable[OrderEvent], known: dict[str, Known]) -> list[Order]:
    """Describe each order that events belong to. `known` is by order id."""
    by_order: dict[str, list[OrderEvent]] = defaultdict(list)
    for event in events:
        assert event.order_id is not None
        by_order[event.order_id].append(event)
    return [_describe(order_id, of, known.get(order_id, Known())) for order_id, of in by_order.items()]


def _describe(order_id: str, events: Sequence[OrderEvent], known: Known) -> Order:
    timed = sorted(
        (event for event in events if event.occurred_at is not None),
        key=lambda event: (event.occurred_at, key_of(event)),
    )
    names = [event.event_name for event in events]
    load_started, loaded = (_first(timed, f"server_load_order_{step}") for step in ("started", "success"))
    clicked, opened = (
        _first(timed, name) for name in ("order_unlock_coco", "server_unlock_bot_open_lid_success")
    )
    spans = [(load_started, loaded), (loaded, opened), (clicked, opened), (opened, known.rated_at)]
    is_clock_suspect = any(event.is_clock_suspect for event in events) or any(
        start and stop and stop < start for start, stop in (*spans, (load_started, clicked))
    )
    seconds = [None if is_clock_suspect else _seconds(*span) for span in spans]
    sessions = {event.troubleshooting_session_id for event in events} - {None}
    named = {event.troubleshooting_session_id for event in events if event.order_matched_by == "event"}
    robots = sorted(
        (event.occurred_at, event.robot_id) for event in timed if event.occurred_at and event.robot_id
    )
    merchants = sorted(
        (event.occurred_at, event.merchant_name)
        for event in timed
        if event.occurred_at and event.merchant_name
    )
    pilots = sorted(
        (event.occurred_at, event.pilot_id) for event in timed if event.occurred_at and event.pilot_id
    )
    started_at = timed[0].occurred_at if timed else None
    return Order(
        order_id=order_id,
        entity_key=f"order:{order_id}",
        least_event_key=key_of(
            min(events, key=lambda event: f"{event.event_name}|{event.event_id}".encode())
        ),
        robot_id=robots[0][1] if robots else None,
        last_robot_id=robots[-1][1] if robots else None,
        pilot_id=pilots[0][1] if pilots else None,
        merchant_name=merchants[0][1] if merchants else "unknown",
        load_outcome=_load_outcome(known),
        unlock_outcome=_unlock_outcome(known, "server_unlock_bot_open_lid_success" in names),
        event_count=len(events),
        robot_count=len({event.robot_id for event in events} - {None}),
        pilot_count=len({event.pilot_id for event in events} - {None}),
        load_attempt_count=len(known.loads),
        unlock_attempt_count=len(known.unlocks),
        tracker_open_count=names.count("order_tracker_open"),
        faq_count=names.count("order_tracker_faq_open"),
        support_click_count=names.count("order_tracker_text_support_click"),
        banner_view_count=names.count("app_banner_viewed"),
        banner_click_count=names.count("app_banner_clicked"),
        error_count=sum(map(names.count, ERRORS)),
        troubleshooting_session_count=len(sessions),
        robot_matched_session_count=len(sessions - named),
        escalation_count=sum(map(names.count, ESCALATIONS)),
        rating=known.rating,
        first_rating=known.first_rating,
        seconds_to_load=seconds[0],
        seconds_from_load_to_open=seconds[1],
        seconds_from_click_to_open=seconds[2],
        seconds_from_open_to_rating=seconds[3],
        is_reassigned="pilot_submitted_reassignment" in names,
        is_trip_cancelled="pilot_cancel_trip" in names,
        is_clock_suspect=is_clock_suspect,
        start_hour=local_hour(started_at) if started_at else None,
        start_weekday=local_weekday(started_at) if started_at else None,
        start_date=local_date(started_at) if started_at else None,
        started_at=started_at,
        ended_at=timed[-1].occurred_at if timed else None,
        first_load_started_at=load_started,
        order_loaded_at=loaded,
        first_tracker_opened_at=_first(timed, "order_tracker_open"),
        first_clicked_at=clicked,
        opened_at=opened,
        rated_at=known.rated_at,
    )


def _first(timed: Sequence[OrderEvent], name: str) -> datetime | None:
    return next((event.occurred_at for event in timed if event.event_name == name), None)


def _seconds(start: datetime | None, stop: datetime | None) -> int | None:
    if start is None or stop is None or stop < start:
        return None
    return (stop.replace(microsecond=0) - start.replace(microsecond=0)) // timedelta(seconds=1)


def _last(tries: Sequence[Try]) -> str:
    return max(tries, key=lambda attempt: attempt.attempt_number).outcome


def _load_outcome(known: Known) -> str | None:
    if "success" in known.load_strays or any(attempt.outcome == "loaded" for attempt in known.loads):
        return "loaded"
    if known.loads:
        return _last(known.loads)
    return "failed" if "error" in known.load_strays else None


def _unlock_outcome(known: Known, has_opened: bool) -> str | None:
    if has_opened:
        return "opened"
    outcomes = [attempt.outcome for attempt in known.unlocks]
    if "opened_unverified" in outcomes or "request_success" in known.unlock_strays:
        return "opened_unverified"
    if known.unlocks:
        return _last(known.unlocks)
    return "failed" if {"request_fail", "lid_error", "server_error"} & {*known.unlock_strays} else None
