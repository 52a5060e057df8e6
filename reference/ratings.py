"""Ratings as submitted to the rating of each order; clicks on support to the share of orders with one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import md5
from typing import Literal

from reference.instants import Position, by_values
from reference.local_time import local_date, local_hour, local_weekday
from reference.tracker import OPEN, RATING, SUPPORT, TrackerEvent, TrackerRules, TrackerSession, first_told


@dataclass(frozen=True)
class Submission:
    """A rating as submitted. The key is the event id."""

    event_id: str
    order_id: str | None = None
    merchant_name: str | None = None
    rating_tags: str | None = None
    rating: int | None = None
    has_rating_comment: bool | None = None
    is_clock_suspect: bool = False
    occurred_at: datetime | None = None

    @property
    def key(self) -> str:
        """The key of the event."""
        return md5(f"{RATING}|{self.event_id}".encode(), usedforsecurity=False).hexdigest()

    @property
    def entity_key(self) -> str:
        """The order, or the event itself where there is none."""
        return f"none:{self.key}" if self.order_id is None else f"order:{self.order_id}"


@dataclass(frozen=True)
class OrderRating:
    """The rating of one order."""

    rating_id: str
    entity_key: str
    order_id: str
    merchant_name: str | None
    rating_tags: str | None
    rating: int | None
    first_rating: int | None
    submit_count: int
    invalid_count: int
    is_valid: bool
    is_changed: bool | None
    has_rating_comment: bool | None
    is_clock_suspect: bool
    start_hour: int | None
    start_weekday: int | None
    start_date: date | None
    first_submitted_at: datetime
    last_submitted_at: datetime
    rated_at: datetime | None


@dataclass(frozen=True)
class SupportDay:
    """Orders first opened, and sessions begun, on one day."""

    start_date: date
    opened_order_count: int
    contacted_order_count: int
    contact_without_open_count: int
    session_count: int
    optout_error_count: int
    support_contact_rate: float | None
    optout_errors_per_session: float | None


def number_submissions(
    submissions: Iterable[Submission], rules: TrackerRules | None = None
) -> list[dict[str, object]]:
    """Give each submission as a row: its number within its order, or why it has none; whether it is valid."""
    rules = rules or TrackerRules()
    rows: list[dict[str, object]] = []
    numbers: dict[str, int] = defaultdict(int)
    for submission in _in_order(submissions):
        reason: Literal["no_entity", "no_time"] | None = None
        if submission.order_id is None or submission.occurred_at is None:
            reason = "no_entity" if submission.order_id is None else "no_time"
        else:
            numbers[submission.order_id] += 1
        row = {name: getattr(submission, name) for name in Submission.__dataclass_fields__}
        rows.append(
            row
            | {
                "entity_key": submission.entity_key,
                "event_name": RATING,
                "unmatched_reason": reason,
                "submit_number": None if reason else numbers[submission.order_id or ""],
                "is_valid": rules.is_valid(submission.rating),
            }
        )
    return rows


def rate_orders(submissions: Iterable[Submission], rules: TrackerRules | None = None) -> list[OrderRating]:
    """Rate each order by what was submitted for it."""
    orders: dict[str, list[Submission]] = defaultdict(list)
    for submission in _in_order(submissions):
        if submission.order_id is not None and submission.occurred_at is not None:
            orders[submission.order_id].append(submission)
    return [_rate(order_id, history, rules or TrackerRules()) for order_id, history in orders.items()]


def tags_of(rating: OrderRating) -> list[dict[str, object]]:
    """Give a row for each tag of a rating: the texts of a JSON list, else what commas separate."""
    told = rating.rating_tags or ""
    try:
        found = [tag for tag in json.loads(told) if isinstance(tag, str)]
    except ValueError:
        found = told.strip("[] ").split(",")
    said = ("rating_id", "order_id", "merchant_name", "rating", "is_clock_suspect")
    local_start = ("start_hour", "start_weekday", "start_date", "rated_at")
    row = {name: getattr(rating, name) for name in (*said, *local_start)}
    return [row | {"rating_tag": tag} for tag in sorted({tag.strip(" ").lower() for tag in found} - {""})]


def support_days(events: Iterable[TrackerEvent], sessions: Iterable[TrackerSession]) -> list[SupportDay]:
    """Count orders by the day of their first opening, and sessions by the day of their start."""
    opened: dict[str, datetime] = {}
    asked: dict[str, datetime] = {}
    for event in events:
        known = {OPEN: opened, SUPPORT: asked}.get(event.event_name)
        if known is not None and event.order_id is not None and event.occurred_at is not None:
            known[event.order_id] = min(event.occurred_at, known.get(event.order_id, event.occurred_at))
    days: dict[date, list[int]] = defaultdict(lambda: [0] * 5)
    for order_id, time in opened.items():
        days[local_date(time)][0] += 1
        days[local_date(time)][1] += order_id in asked
    for order_id in asked.keys() - opened.keys():
        days[local_date(asked[order_id])][2] += 1
    for session in sessions:
        days[session.start_date][3] += 1
        days[session.start_date][4] += session.optout_error_count
    return [_support_day(day, *counts) for day, counts in days.items()]


def _support_day(
    day: date, opened: int, contacted: int, without_open: int, sessions: int, optout_errors: int
) -> SupportDay:
    return SupportDay(
        start_date=day,
        opened_order_count=opened,
        contacted_order_count=contacted,
        contact_without_open_count=without_open,
        session_count=sessions,
        optout_error_count=optout_errors,
        support_contact_rate=contacted / opened if opened else None,
        optout_errors_per_session=optout_errors / sessions if sessions else None,
    )


def _in_order(submissions: Iterable[Submission]) -> list[Submission]:
    return sorted(submissions, key=_position)


def _position(item: Submission) -> tuple[datetime, Position]:
    values = by_values(item, "rating", "has_rating_comment", "rating_tags", "merchant_name")
    return item.occurred_at or datetime.max, values


def _rate(order_id: str, history: Sequence[Submission], rules: TrackerRules) -> OrderRating:
    valid = [submission for submission in history if rules.is_valid(submission.rating)]
    first, last = (valid[0], valid[-1]) if valid else (None, None)
    times = [submission.occurred_at for submission in history if submission.occurred_at is not None]
    rated_at = last.occurred_at if last else None
    return OrderRating(
        rating_id=history[0].key,
        entity_key=history[0].entity_key,
        order_id=order_id,
        merchant_name=first_told(item.merchant_name for item in history) or "unknown",
        rating_tags=last.rating_tags if last else None,
        rating=last.rating if last else None,
        first_rating=first.rating if first else None,
        submit_count=len(history),
        invalid_count=len(history) - len(valid),
        is_valid=bool(valid),
        is_changed=first.rating != last.rating if first and last else None,
        has_rating_comment=bool(last.has_rating_comment) if last else None,
        is_clock_suspect=any(submission.is_clock_suspect for submission in history),
        start_hour=local_hour(rated_at) if rated_at else None,
        start_weekday=local_weekday(rated_at) if rated_at else None,
        start_date=local_date(rated_at) if rated_at else None,
        first_submitted_at=times[0],
        last_submitted_at=times[-1],
        rated_at=rated_at,
    )
