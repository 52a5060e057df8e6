"""Load attempts to the daily success of loading: one row per start date and merchant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from reference.load_attempts import LoadAttempt, Outcome


@dataclass(frozen=True)
class LoadSuccessDay:
    """The load attempts of one merchant that began on one day. Those pending are counted in two columns."""

    merchant_name: str
    attempt_count: int
    pending_count: int
    decided_count: int
    loaded_count: int
    failed_count: int
    failed_inferred_count: int
    no_result_count: int
    first_try_count: int
    first_try_loaded_count: int
    retry_count: int
    retry_loaded_count: int
    had_lid_error_count: int
    lid_error_recovered_count: int
    success_rate: float | None
    first_try_success_rate: float | None
    retry_success_rate: float | None
    lid_error_rate: float | None
    start_date: date


def daily_success(attempts: Iterable[LoadAttempt]) -> list[LoadSuccessDay]:
    """Count attempts and what became of them for each start date and merchant that has an attempt."""
    groups: dict[tuple[date, str], list[LoadAttempt]] = defaultdict(list)
    for attempt in attempts:
        groups[attempt.start_date, attempt.merchant_name].append(attempt)
    return [_success_day(day, merchant, groups[day, merchant]) for day, merchant in sorted(groups)]


def _success_day(start_date: date, merchant_name: str, attempts: Sequence[LoadAttempt]) -> LoadSuccessDay:
    decided = [attempt for attempt in attempts if attempt.outcome != "pending"]
    first_tries = [attempt for attempt in decided if attempt.is_first_try is True]
    retries = [attempt for attempt in decided if attempt.is_first_try is False]
    with_lid_error = [attempt for attempt in decided if attempt.lid_error_count > 0]
    loaded = _ended(decided, "loaded")
    first_loaded, retry_loaded = _ended(first_tries, "loaded"), _ended(retries, "loaded")
    return LoadSuccessDay(
        merchant_name=merchant_name,
        attempt_count=len(attempts),
        pending_count=len(attempts) - len(decided),
        decided_count=len(decided),
        loaded_count=loaded,
        failed_count=_ended(decided, "failed"),
        failed_inferred_count=_ended(decided, "failed_inferred"),
        no_result_count=_ended(decided, "no_result"),
        first_try_count=len(first_tries),
        first_try_loaded_count=first_loaded,
        retry_count=len(retries),
        retry_loaded_count=retry_loaded,
        had_lid_error_count=len(with_lid_error),
        lid_error_recovered_count=sum(attempt.is_lid_error_recovered for attempt in decided),
        success_rate=_rate(loaded, len(decided)),
        first_try_success_rate=_rate(first_loaded, len(first_tries)),
        retry_success_rate=_rate(retry_loaded, len(retries)),
        lid_error_rate=_rate(len(with_lid_error), len(decided)),
        start_date=start_date,
    )


def _ended(attempts: Iterable[LoadAttempt], outcome: Outcome) -> int:
    return sum(attempt.outcome == outcome for attempt in attempts)


def _rate(numerator: int, denominator: int) -> float | None:
    return numerator / denominator if denominator else None
