"""Unlock attempts to the daily funnel: one row per start date and origin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor

from reference.unlock_attempts import Origin, Outcome, UnlockAttempt


@dataclass(frozen=True)
class UnlockFunnelDay:
    """The unlock attempts of one origin that began on one day. Steps are counted over decided attempts."""

    start_date: date
    origin: Origin
    attempt_count: int
    pending_count: int
    decided_count: int
    opened_attempt_count: int
    opened_unverified_count: int
    failed_count: int
    abandoned_count: int
    success_rate: float | None
    had_failure_count: int
    clicked_count: int
    confirmed_count: int
    succeeded_count: int
    opened_count: int
    strict_clicked_count: int
    strict_confirmed_count: int
    strict_succeeded_count: int
    strict_opened_count: int
    clicked_order_count: int
    confirmed_order_count: int
    succeeded_order_count: int
    opened_order_count: int
    opened_rate: float | None
    p50_seconds_to_open: float | None
    p90_seconds_to_open: float | None


def daily_funnel(attempts: Iterable[UnlockAttempt]) -> list[UnlockFunnelDay]:
    """Count attempts and the funnel's steps for each start date and origin that has an attempt."""
    groups: dict[tuple[date, Origin], list[UnlockAttempt]] = defaultdict(list)
    for attempt in attempts:
        groups[attempt.start_date, attempt.origin].append(attempt)
    return [_funnel_day(day, origin, groups[day, origin]) for day, origin in sorted(groups)]


def _funnel_day(start_date: date, origin: Origin, attempts: Sequence[UnlockAttempt]) -> UnlockFunnelDay:
    decided = [attempt for attempt in attempts if attempt.outcome != "pending"]

    def ended(outcome: Outcome) -> int:
        return sum(attempt.outcome == outcome for attempt in decided)

    def reached(step: int) -> int:
        return sum(attempt.funnel_step >= step for attempt in decided)

    def strictly_reached(step: int) -> int:
        return sum(attempt.strict_funnel_step >= step for attempt in decided)

    def orders_reached(step: int) -> int:
        orders = {attempt.order_id for attempt in decided if attempt.funnel_step >= step}
        return len(orders - {None})

    waits = [attempt.seconds_to_open for attempt in decided if attempt.seconds_to_open is not None]
    return UnlockFunnelDay(
        start_date=start_date,
        origin=origin,
        attempt_count=len(attempts),
        pending_count=len(attempts) - len(decided),
        decided_count=len(decided),
        opened_attempt_count=ended("opened"),
        opened_unverified_count=ended("opened_unverified"),
        failed_count=ended("failed"),
        abandoned_count=ended("abandoned"),
        success_rate=_rate(ended("opened") + ended("opened_unverified"), len(decided)),
        had_failure_count=sum(attempt.had_failure for attempt in attempts),
        clicked_count=reached(1),
        confirmed_count=reached(2),
        succeeded_count=reached(3),
        opened_count=reached(4),
        strict_clicked_count=strictly_reached(1),
        strict_confirmed_count=strictly_reached(2),
        strict_succeeded_count=strictly_reached(3),
        strict_opened_count=strictly_reached(4),
        clicked_order_count=orders_reached(1),
        confirmed_order_count=orders_reached(2),
        succeeded_order_count=orders_reached(3),
        opened_order_count=orders_reached(4),
        opened_rate=_rate(reached(4), reached(1)),
        p50_seconds_to_open=percentile(waits, 0.5),
        p90_seconds_to_open=percentile(waits, 0.9),
    )


def percentile(values: Sequence[int], share: float) -> float | None:
    """Give the value that a share (0 to 1) of the values lies below, in proportion between two neighbours."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _rate(numerator: int, denominator: int) -> float | None:
    return numerator / denominator if denominator else None
