"""Placed unlock events to attempts: what happened in each, how it ended and how long it took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, TypeVar

from reference.entities import EntityType, key_of
from reference.horizon import is_timed_out
from reference.local_time import local_date, local_hour, local_weekday
from reference.streams import Event
from reference.unlock import (
    CLICK,
    CONFIRM,
    FAILURES,
    LID_ERROR,
    LID_SUCCESS,
    REQUEST_FAIL,
    REQUEST_SUCCESS,
    SERVER_ERROR,
    SERVER_START,
    PlacedEvent,
    UnlockRules,
    place_events,
)

T = TypeVar("T")

Origin = Literal["customer", "server_only"]
PathOutcome = Literal["success", "fail"]
Outcome = Literal["opened", "opened_unverified", "failed", "pending", "abandoned"]
Agreement = Literal[
    "agree", "customer_only", "server_only", "customer_ok_server_failed", "customer_failed_server_ok", "none"
]
FUNNEL = (CLICK, CONFIRM, REQUEST_SUCCESS, LID_SUCCESS)


@dataclass(frozen=True)
class UnlockAttempt:
    """One unlock attempt. Durations are whole seconds: the boundaries of seconds crossed."""

    unlock_attempt_id: str
    entity_key: str
    entity_type: EntityType
    order_id: str | None
    robot_id: str | None
    merchant_id: str | None
    tracker_session_id: str | None
    merchant_name: str
    device_class: str
    app_version: str
    requested_by: str
    attempt_number: int | None
    is_first_try: bool | None
    origin: Origin
    started_at: datetime
    start_hour: int
    start_weekday: int
    start_date: date
    ended_at: datetime
    clicked_at: datetime | None
    click_count: int
    server_started_at: datetime | None
    server_start_count: int
    confirmed_at: datetime | None
    request_succeeded_at: datetime | None
    opened_at: datetime | None
    customer_outcome: PathOutcome | None
    server_outcome: PathOutcome | None
    outcome: Outcome
    agreement: Agreement
    had_failure: bool
    failure_reason: str | None
    failure_code: str | None
    distance_meters: object
    funnel_step: int
    strict_funnel_step: int
    seconds_to_confirm: int | None
    seconds_to_open: int | None
    seconds_to_lid_result: int | None
    is_clock_suspect: bool


def find_attempts(
    events: Iterable[Event], horizon: datetime | None, rules: UnlockRules | None = None
) -> list[UnlockAttempt]:
    """Find the attempts in unlock events (each event once, in any order), as seen at a data horizon."""
    return describe_attempts(place_events(events, rules), horizon, rules)


def describe_attempts(
    placed: Iterable[PlacedEvent],
    horizon: datetime | None,
    rules: UnlockRules | None = None,
    sessions: Mapping[str, str] | None = None,
) -> list[UnlockAttempt]:
    """Describe each attempt that placed events form, numbered within its order.

    sessions: tracker sessions of clicks by the keys of the clicks.
    """
    members: dict[str, list[PlacedEvent]] = defaultdict(list)
    for event in placed:
        if event.unlock_attempt_id is not None:
            members[event.unlock_attempt_id].append(event)
    attempts = [
        _describe(unlock_attempt_id, of_attempt, horizon, rules or UnlockRules(), sessions or {})
        for unlock_attempt_id, of_attempt in members.items()
    ]
    return _number(attempts)


def _describe(
    unlock_attempt_id: str,
    members: Sequence[PlacedEvent],
    horizon: datetime | None,
    rules: UnlockRules,
    sessions: Mapping[str, str],
) -> UnlockAttempt:
    steps = sorted(members, key=lambda member: member.attempt_event_number or 0)
    names = [step.event.event_name for step in steps]
    times = [step.event.occurred_at for step in steps if step.event.occurred_at is not None]
    requester = _first_value(step.event.requested_by for step in steps)
    known = (sessions.get(key_of(step.event)) for step in steps if step.event.event_name == CLICK)
    is_of_order = steps[0].entity.entity_type == "order"
    reasons = [step.failure_reason for step in steps if step.failure_reason is not None]
    clicked_at, server_started_at = _first(steps, CLICK), _first(steps, SERVER_START)
    confirmed_at, opened_at = _first(steps, CONFIRM), _first(steps, LID_SUCCESS)
    durations = (
        (clicked_at, confirmed_at),
        (clicked_at or server_started_at, opened_at),
        (server_started_at, _first(steps, LID_SUCCESS, LID_ERROR)),
    )
    is_clock_suspect = any(step.event.is_clock_suspect for step in steps) or any(
        _is_negative(*pair) for pair in durations
    )
    seconds_to_confirm, seconds_to_open, seconds_to_lid_result = (
        None if is_clock_suspect else _seconds(*pair) for pair in durations
    )
    customer_outcome, server_outcome = _customer_outcome(names), _server_outcome(names)
    is_over = is_timed_out(times[0], rules.window, horizon)
    return UnlockAttempt(
        unlock_attempt_id=unlock_attempt_id,
        entity_key=steps[0].entity.entity_key,
        entity_type=steps[0].entity.entity_type,
        order_id=steps[0].event.order_id,
        robot_id=_first_value(step.event.robot_id for step in steps),
        merchant_id=_first_value(step.event.merchant_id for step in steps),
        tracker_session_id=_first_value(known) if is_of_order else None,
        merchant_name=_first_value(step.event.merchant_name for step in steps) or "unknown",
        device_class=_first_value(step.event.device_class for step in steps) or "unknown",
        app_version=_first_value(step.event.app_version for step in steps) or "unknown",
        requested_by=requester.lower() if requester else "customer" if CLICK in names else "unknown",
        attempt_number=None,
        is_first_try=None,
        origin="customer" if CLICK in names else "server_only",
        started_at=times[0],
        start_hour=local_hour(times[0]),
        start_weekday=local_weekday(times[0]),
        start_date=local_date(times[0]),
        ended_at=max(times),
        clicked_at=clicked_at,
        click_count=names.count(CLICK),
        server_started_at=server_started_at,
        server_start_count=names.count(SERVER_START),
        confirmed_at=confirmed_at,
        request_succeeded_at=_first(steps, REQUEST_SUCCESS),
        opened_at=opened_at,
        customer_outcome=customer_outcome,
        server_outcome=server_outcome,
        outcome=_outcome(customer_outcome, server_outcome, is_over),
        agreement=_agreement(customer_outcome, server_outcome),
        had_failure=any(name in FAILURES for name in names),
        failure_reason=reasons[-1] if reasons else None,
        failure_code=reasons[-1].lower() if reasons else None,
        distance_meters=_first_value(step.event.distance_meters for step in steps),
        funnel_step=_funnel_step(names),
        strict_funnel_step=_strict_funnel_step(names),
        seconds_to_confirm=seconds_to_confirm,
        seconds_to_open=seconds_to_open,
        seconds_to_lid_result=seconds_to_lid_result,
        is_clock_suspect=is_clock_suspect,
    )


def _first_value(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def _first(steps: Sequence[PlacedEvent], *event_names: str) -> datetime | None:
    return next((step.event.occurred_at for step in steps if step.event.event_name in event_names), None)


def _is_negative(start: datetime | None, end: datetime | None) -> bool:
    return start is not None and end is not None and end < start


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None or end < start:
        return None
    elapsed = end.replace(microsecond=0) - start.replace(microsecond=0)
    return elapsed.days * 86_400 + elapsed.seconds


def _customer_outcome(names: Sequence[str]) -> PathOutcome | None:
    for name in reversed(names):
        if name in (REQUEST_SUCCESS, REQUEST_FAIL):
            return "success" if name == REQUEST_SUCCESS else "fail"
    return None


def _server_outcome(names: Sequence[str]) -> PathOutcome | None:
    if LID_SUCCESS in names:
        return "success"
    return "fail" if LID_ERROR in names or SERVER_ERROR in names else None


def _outcome(customer: PathOutcome | None, server: PathOutcome | None, is_over: bool) -> Outcome:
    if server is not None:
        return "opened" if server == "success" else "failed"
    if customer is not None:
        return "opened_unverified" if customer == "success" else "failed"
    return "abandoned" if is_over else "pending"


def _agreement(customer: PathOutcome | None, server: PathOutcome | None) -> Agreement:
    if customer is None:
        return "none" if server is None else "server_only"
    if server is None:
        return "customer_only"
    if customer == server:
        return "agree"
    return "customer_ok_server_failed" if customer == "success" else "customer_failed_server_ok"


def _funnel_step(names: Sequence[str]) -> int:
    for step, name in enumerate(FUNNEL):
        if name not in names:
            return step
    return len(FUNNEL)


def _strict_funnel_step(names: Sequence[str]) -> int:
    step = 0
    for name in names:
        if step < len(FUNNEL) and name == FUNNEL[step]:
            step += 1
    return step


def _number(attempts: Iterable[UnlockAttempt]) -> list[UnlockAttempt]:
    numbered: list[UnlockAttempt] = []
    tries: dict[str, int] = defaultdict(int)
    for attempt in sorted(attempts, key=lambda attempt: (attempt.started_at, attempt.unlock_attempt_id)):
        if attempt.order_id is None:
            numbered.append(attempt)
            continue
        tries[attempt.order_id] += 1
        number = tries[attempt.order_id]
        numbered.append(replace(attempt, attempt_number=number, is_first_try=number == 1))
    return numbered
