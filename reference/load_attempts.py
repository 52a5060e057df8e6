"""Placed load events to attempts: what happened in each, how it ended and how long it took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from reference.entities import EntityType
from reference.horizon import is_timed_out
from reference.load import ERROR, LID_CLOSED, LID_ERROR, OUTCOMES, STARTED, SUCCESS, LoadRules, PlacedEvent
from reference.local_time import local_date, local_hour, local_weekday

LidOutcome = Literal["success", "error"]
Outcome = Literal["loaded", "failed", "failed_inferred", "no_result", "pending"]
FailureCause = Literal["lid", "other"]


@dataclass(frozen=True)
class LoadAttempt:
    """One load attempt. Durations are whole seconds: the boundaries of seconds crossed."""

    load_attempt_id: str
    entity_key: str
    order_id: str | None
    robot_id: str | None
    merchant_id: str | None
    entity_type: EntityType
    merchant_name: str
    load_method: str
    outcome: Outcome
    lid_outcome: LidOutcome | None
    failure_cause: FailureCause | None
    failure_reason: str | None
    failure_code: str | None
    lid_error_code: str | None
    attempt_number: int | None
    start_count: int
    lid_error_count: int
    seconds_to_outcome: int | None
    is_first_try: bool | None
    is_lid_error_recovered: bool
    is_clock_suspect: bool
    start_hour: int
    start_weekday: int
    start_date: date
    started_at: datetime
    ended_at: datetime
    outcome_at: datetime | None


def describe_attempts(
    placed: Iterable[PlacedEvent], horizon: datetime | None, rules: LoadRules | None = None
) -> list[LoadAttempt]:
    """Describe each attempt that placed events form."""
    members: dict[str, list[PlacedEvent]] = defaultdict(list)
    for event in placed:
        if event.load_attempt_id is not None:
            members[event.load_attempt_id].append(event)
    return [
        _describe(load_attempt_id, of_attempt, horizon, rules or LoadRules())
        for load_attempt_id, of_attempt in members.items()
    ]


def _describe(
    load_attempt_id: str, members: Sequence[PlacedEvent], horizon: datetime | None, rules: LoadRules
) -> LoadAttempt:
    steps = sorted(members, key=lambda member: member.attempt_event_number or 0)
    first = steps[0]
    names = [step.event.event_name for step in steps]
    times = [step.event.occurred_at for step in steps if step.event.occurred_at is not None]
    deciding = _last(names, *OUTCOMES)
    outcome_at = None if deciding is None else steps[deciding].event.occurred_at
    is_over = is_timed_out(times[0], rules.window, horizon)
    outcome = _outcome(names, is_over)
    reason = _failure_reason(steps, _failure_cause(names, outcome))
    lid_code = _last_code(steps, LID_ERROR)
    is_suspect = any(step.event.is_clock_suspect for step in steps)
    is_of_order = first.entity.entity_type == "order"
    return LoadAttempt(
        load_attempt_id=load_attempt_id,
        entity_key=first.entity.entity_key,
        order_id=first.event.order_id,
        robot_id=_first_said(step.event.robot_id for step in steps),
        merchant_id=_first_said(step.event.merchant_id for step in steps),
        entity_type=first.entity.entity_type,
        merchant_name=_first_said(step.event.merchant_name for step in steps) or "unknown",
        load_method=(_first_said(step.event.load_method for step in steps) or "unknown").lower(),
        outcome=outcome,
        lid_outcome=_lid_outcome(names),
        failure_cause=_failure_cause(names, outcome),
        failure_reason=reason,
        failure_code=reason.lower() if reason else None,
        lid_error_code=lid_code.lower() if lid_code else None,
        attempt_number=first.attempt_number if is_of_order else None,
        start_count=names.count(STARTED),
        lid_error_count=names.count(LID_ERROR),
        seconds_to_outcome=None if outcome_at is None or is_suspect else _seconds(times[0], outcome_at),
        is_first_try=first.attempt_number == 1 if is_of_order else None,
        is_lid_error_recovered=outcome == "loaded" and LID_ERROR in names[:deciding],
        is_clock_suspect=is_suspect,
        start_hour=local_hour(times[0]),
        start_weekday=local_weekday(times[0]),
        start_date=local_date(times[0]),
        started_at=times[0],
        ended_at=max(times),
        outcome_at=outcome_at,
    )


def _first_said(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)


def _last(names: Sequence[str], *wanted: str) -> int | None:
    """Give where the last event of some names stands."""
    return next((place for place in reversed(range(len(names))) if names[place] in wanted), None)


def _seconds(start: datetime, end: datetime) -> int:
    return (end.replace(microsecond=0) - start.replace(microsecond=0)) // timedelta(seconds=1)


def _outcome(names: Sequence[str], is_over: bool) -> Outcome:
    deciding = _last(names, SUCCESS, ERROR)
    if deciding is not None:
        return "loaded" if names[deciding] == SUCCESS else "failed"
    if not is_over:
        return "pending"
    return "failed_inferred" if LID_ERROR in names else "no_result"


def _lid_outcome(names: Sequence[str]) -> LidOutcome | None:
    last_word = _last(names, LID_CLOSED, LID_ERROR)
    if last_word is None:
        return None
    return "success" if names[last_word] == LID_CLOSED else "error"


def _failure_cause(names: Sequence[str], outcome: Outcome) -> FailureCause | None:
    if outcome not in ("failed", "failed_inferred"):
        return None
    return "lid" if _lid_outcome(names) == "error" else "other"


def _failure_reason(steps: Sequence[PlacedEvent], cause: FailureCause | None) -> str | None:
    if cause is None:
        return None
    return _last_code(steps, LID_ERROR if cause == "lid" else ERROR)


def _last_code(steps: Sequence[PlacedEvent], event_name: str) -> str | None:
    codes = (step.event.error_code for step in reversed(steps) if step.event.event_name == event_name)
    return _first_said(codes)
