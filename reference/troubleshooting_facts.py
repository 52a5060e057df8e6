"""Placed troubleshooting events to sessions, recovery actions, reports and cancellations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from reference.horizon import is_timed_out
from reference.instants import nulls_last
from reference.local_time import local_date, local_hour, local_weekday
from reference.troubleshooting import RUNGS, PlacedTrouble, TroubleRules
from reference.unlock_funnel import percentile

Row = dict[str, object]
Placed = Sequence[PlacedTrouble]

LAST_PATH = 20
"""A path tells so many actions."""


class Troubles:
    """What placed events come to, as seen at a data horizon. The events of an entity stand in their order."""

    def __init__(
        self, placed: Placed, horizon: datetime | None = None, rules: TroubleRules | None = None
    ) -> None:
        """Take the events as the walk placed them."""
        self.placed = placed
        self.horizon = horizon
        self.rules = rules or TroubleRules()
        self.histories: dict[str, list[PlacedTrouble]] = defaultdict(list)
        self.members: dict[str, list[PlacedTrouble]] = defaultdict(list)
        for item in placed:
            if item.event.occurred_at is not None:
                self.histories[item.event.entity_key].append(item)
            if item.session is not None:
                self.members[item.session.id].append(item)

    def sessions(self) -> list[Row]:
        """One row per session."""
        return [self._session(members) for members in self.members.values()]

    def actions(self) -> list[Row]:
        """One row per recovery action."""
        return [row for members in self.members.values() for row in self._actions(members)]

    def steps(self) -> list[Row]:
        """One row per step of a session, without `problem_category`."""
        rows = []
        for members in self.members.values():
            session = self._session(members)
            steps = sorted((item for item in members if item.event.kind == "step"), key=_order_of_step)
            for number, item in enumerate(steps, start=1):
                common = self._common(item)
                del common["entity_key"], common["entity_type"]
                escalation = session["escalated_at"]
                time = _time(item)
                escalated_at = escalation if isinstance(escalation, datetime) and escalation >= time else None
                rows.append(
                    {
                        **common,
                        "troubleshooting_step_id": item.event.key,
                        "session_outcome": session["outcome"],
                        "flow_name": item.event.flow_name,
                        "step_name": item.event.step_name,
                        "step_answer": item.event.step_answer,
                        "step_index": item.event.step_index,
                        "step_number": number,
                        "seconds_to_escalation": (
                            None if session["is_clock_suspect"] else _seconds(time, escalated_at)
                        ),
                        "is_last_step": number == len(steps),
                        "escalated_at": escalated_at,
                    }
                )
        return rows

    def reports(self) -> list[Row]:
        """One row per report."""
        kinds = ("field_op_request", "incident", "route_issue", "no_route_found")
        return [
            {
                **self._common(item),
                "report_id": item.event.key,
                "report_type": item.event.kind,
                "stated_reason": item.event.stated_reason,
                "stated_severity": item.event.stated_severity,
                "unmatched_reason": item.unmatched_reason,
                "is_blocking": item.event.is_blocking,
            }
            for item in self.placed
            if item.event.kind in kinds
        ]

    def cancellations(self) -> list[Row]:
        """One row per cancellation and per refusal of one."""
        rows = []
        for item in self.placed:
            if item.event.kind not in ("cancellation", "cancellation_block"):
                continue
            is_block = item.event.kind == "cancellation_block"
            followed_at = self._cancelled_after(item) if is_block else None
            rows.append(
                {
                    **self._common(item),
                    "cancellation_id": item.event.key,
                    "outcome": "blocked" if is_block else "cancelled",
                    "stated_reason": item.event.stated_reason,
                    "unmatched_reason": item.unmatched_reason,
                    "seconds_to_cancellation": _lasted(item, followed_at),
                    "cancelled_after_block_at": followed_at,
                }
            )
        return rows

    def _common(self, item: PlacedTrouble) -> Row:
        event = item.event
        return {
            "entity_key": event.entity_key,
            "troubleshooting_session_id": item.session.id if item.session else None,
            "order_id": item.matched_order_id,
            "robot_id": event.robot_id,
            "trip_id": event.trip_id,
            "pilot_id": event.pilot_id,
            "entity_type": event.entity_type,
            "order_matched_by": item.order_matched_by,
            **_local(event.occurred_at),
            "is_clock_suspect": event.is_clock_suspect,
            "occurred_at": event.occurred_at,
        }

    def _session(self, members: Placed) -> Row:
        struggle = [item for item in members if item.event.role == "session"]
        escalations = [
            item
            for item in members
            if item.event.role == "escalation" and item.event.kind != "cancellation_block"
        ]
        kinds = {item.event.kind for item in members}
        actions = self._actions(members)
        started_at, ended_at = _time(struggle[0]), _time(struggle[-1])
        recovered_at = self._evidence_after(struggle[-1])
        named = [item for item in members if item.order_matched_by == "event"]
        ordered = named or [item for item in members if item.order_matched_by is not None]
        path = [str(action["action"]) for action in actions[:LAST_PATH]]
        if len(actions) > LAST_PATH:
            path.append("...")
        pilots = [item.event.pilot_id for item in struggle if item.event.pilot_id is not None]
        is_clock_suspect = any(item.event.is_clock_suspect for item in members)
        last_failed = bool(actions) and actions[-1]["failed_at"] is not None
        return {
            "troubleshooting_session_id": struggle[0].event.key,
            "entity_key": struggle[0].event.entity_key,
            "order_id": ordered[0].matched_order_id if ordered else None,
            "robot_id": _first(item.event.robot_id for item in members),
            "trip_id": _first(item.event.trip_id for item in members),
            "pilot_id": _first(pilots),
            "entity_type": struggle[0].event.entity_type,
            "order_matched_by": ordered[0].order_matched_by if ordered else None,
            "outcome": self._outcome(kinds, last_failed, recovered_at, ended_at),
            "problem_category": _first(
                item.event.stated_reason for item in struggle if item.event.kind == "step"
            ),
            "highest_action": max((item.event.rung or "" for item in struggle), key=RUNGS.index),
            "action_path": " > ".join(path) or None,
            "pilot_count": len(set(pilots)),
            "step_count": sum(item.event.kind == "step" for item in members),
            "action_count": len(actions),
            "failed_action_count": sum(action["failed_at"] is not None for action in actions),
            "escalation_count": len(escalations),
            "report_count": sum(item.event.role == "report" for item in members),
            "seconds_to_last_step": None if is_clock_suspect else _seconds(started_at, ended_at),
            "seconds_to_recovery": None if is_clock_suspect else _seconds(started_at, recovered_at),
            "is_clock_suspect": is_clock_suspect,
            **_local(started_at),
            "started_at": started_at,
            "ended_at": ended_at,
            "escalated_at": _time(escalations[0]) if escalations else None,
            "recovered_at": recovered_at,
        }

    def _outcome(
        self, kinds: set[str], last_failed: bool, recovered_at: datetime | None, ended_at: datetime
    ) -> str:
        if "cancellation" in kinds:
            return "trip_cancelled"
        if "reassignment" in kinds:
            return "reassigned"
        if "field_op_request" in kinds:
            return "field_op"
        if last_failed:
            return "reset_failed"
        if recovered_at is not None:
            return "recovered"
        return "unresolved" if self._is_over(ended_at) else "pending"

    def _actions(self, members: Placed) -> list[Row]:
        anchors = [item for item in members if item.recovery_action_id == item.event.key]
        following: list[PlacedTrouble | None] = [*anchors[1:], None]
        return [self._action(anchor, next_one) for anchor, next_one in zip(anchors, following, strict=False)]

    def _action(self, item: PlacedTrouble, next_one: PlacedTrouble | None) -> Row:
        failures = [
            _time(other)
            for other in self.histories[item.event.entity_key]
            if other.event.kind == "action_fail" and other.recovery_action_id == item.event.key
        ]
        recovered_at = self._evidence_after(item, next_one)
        failed_at = failures[0] if failures else None
        if failures:
            outcome = "failed"
        elif recovered_at is not None:
            outcome = "recovered"
        elif next_one is not None:
            outcome = "superseded"
        else:
            outcome = "no_evidence" if self._is_over(_time(item)) else "pending"
        return {
            **self._common(item),
            "recovery_action_id": item.event.key,
            "action": item.event.action,
            "next_action": next_one.event.action if next_one else None,
            "outcome": outcome,
            "stated_reason": item.event.stated_reason,
            "mobile_carrier": item.event.mobile_carrier,
            "signal_strength": item.event.signal_strength,
            "fail_count": len(failures),
            "seconds_to_failure": _lasted(item, failed_at),
            "seconds_to_recovery": _lasted(item, recovered_at),
            "is_orphan_failure": item.event.kind == "action_fail",
            "failed_at": failed_at,
            "next_action_at": next_one.event.occurred_at if next_one else None,
            "recovered_at": recovered_at,
        }

    def _evidence_after(self, item: PlacedTrouble, before: PlacedTrouble | None = None) -> datetime | None:
        """Give the time of the first evidence after an event, in the window and before another event."""
        history = self.histories[item.event.entity_key]
        for other in history[history.index(item) + 1 :]:
            if other is before:
                return None
            if other.event.role == "evidence":
                return _time(other) if _time(other) <= _time(item) + self.rules.recovery else None
        return None

    def _cancelled_after(self, block: PlacedTrouble) -> datetime | None:
        start = block.event.occurred_at
        if start is None:
            return None
        times = [
            _time(other)
            for other in self.histories[block.event.entity_key]
            if other.event.kind == "cancellation"
            and start <= _time(other) <= start + self.rules.cancel_after_block
        ]
        return min(times, default=None)

    def _is_over(self, since: datetime) -> bool:
        return is_timed_out(since, self.rules.recovery, self.horizon)


def outcomes_daily(sessions: Iterable[Row]) -> list[Row]:
    """Count sessions by day and outcome, and tell how long they took."""
    groups: dict[tuple[object, object], list[Row]] = defaultdict(list)
    for session in sessions:
        groups[session["start_date"], session["outcome"]].append(session)
    decided: Counter[object] = Counter()
    for (day, outcome), members in groups.items():
        decided[day] += 0 if outcome == "pending" else len(members)
    rows = []
    for (day, outcome), members in groups.items():
        durations = [seconds for row in members if isinstance(seconds := row["seconds_to_last_step"], int)]
        rows.append(
            {
                "start_date": day,
                "outcome": outcome,
                "session_count": len(members),
                "decided_count": decided[day],
                "outcome_rate": None if outcome == "pending" else len(members) / decided[day],
                "p50_seconds_to_last_step": percentile(durations, 0.5),
                "p90_seconds_to_last_step": percentile(durations, 0.9),
            }
        )
    return rows


def transitions(actions: Iterable[Row]) -> list[Row]:
    """Count what follows each action."""
    counts: Counter[tuple[object, object, bool]] = Counter()
    for row in actions:
        is_last = row["next_action"] is None
        counts[row["action"], row["outcome"] if is_last else row["next_action"], is_last] += 1
    decided: Counter[object] = Counter()
    for (action, followed_by, _), count in counts.items():
        decided[action] += 0 if followed_by == "pending" else count
    return [
        {
            "action": action,
            "followed_by": followed_by,
            "transition_count": count,
            "decided_count": decided[action],
            "transition_rate": None if followed_by == "pending" else count / decided[action],
            "is_last_action": is_last,
        }
        for (action, followed_by, is_last), count in counts.items()
    ]


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)


def _time(item: PlacedTrouble) -> datetime:
    """Give the time of an event that has one."""
    assert item.event.occurred_at is not None
    return item.event.occurred_at


def _order_of_step(item: PlacedTrouble) -> tuple[object, ...]:
    """Simultaneous steps compare by index and names, then by their place in the session."""
    step = item.event
    return _time(item), *map(nulls_last, (step.step_index, step.flow_name, step.step_name, step.step_answer))


def _local(time: datetime | None) -> Row:
    return {
        "start_hour": None if time is None else local_hour(time),
        "start_weekday": None if time is None else local_weekday(time),
        "start_date": None if time is None else local_date(time),
    }


def _lasted(item: PlacedTrouble, end: datetime | None) -> int | None:
    return None if item.event.is_clock_suspect else _seconds(item.event.occurred_at, end)


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None:
        return None
    elapsed = end.replace(microsecond=0) - start.replace(microsecond=0)
    return elapsed.days * 86_400 + elapsed.seconds
