"""Events of all families to what they have in common, and to totals of robots, pilots and merchants."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from reference.entities import key_of
from reference.local_time import local_date, local_hour, local_weekday
from reference.platform import PlatformEvent
from reference.troubleshooting import FAILURES, LADDER, STEP

Row = dict[str, object]

BY_PILOTS = {
    "troubleshooting_step_count": {STEP},
    "recovery_action_count": {*LADDER} - {STEP},
    "reset_failure_count": {*FAILURES},
    "parked_confirmation_count": {"pilot_confirm_bot_parked_success"},
    "field_op_request_count": {"pilot_requested_field_op"},
    "incident_count": {"pilot_incident_report"},
    "route_issue_count": {"pilot_route_issue"},
    "no_route_count": {"pilot_no_route_found"},
    "submitted_reassignment_count": {"pilot_submitted_reassignment"},
    "trip_cancellation_count": {"pilot_cancel_trip"},
}
BY_PILOTS_ALONE = {
    "missed_acknowledgment_count": {"pilot_failed_to_acknowledge_delivery_in_progress"},
    "break_count": {"pilot_start_break"},
}
BY_THE_SERVER = {
    "load_count": {"server_load_order_success"},
    "load_error_count": {"server_load_order_error"},
    "lid_open_count": {"server_unlock_bot_open_lid_success"},
}
ON_ROBOTS_BY_THE_SERVER = {
    "lid_open_error_count": {"server_unlock_bot_open_lid_error"},
    "unlock_error_count": {"server_unlock_bot_error"},
}
OF_MERCHANTS = {
    "unlock_click_count": {"order_unlock_coco"},
    "tracker_open_count": {"order_tracker_open"},
    "support_click_count": {"order_tracker_text_support_click"},
    "missing_asset_count": {"merchant_asset_missing"},
}
OF_PROMOTION = {
    "banner_view_count": {"app_banner_viewed"},
    "banner_click_count": {"app_banner_clicked"},
    "banner_dismissal_count": {"app_banner_dismissed"},
}


def common_columns(events: Iterable[PlatformEvent]) -> list[Row]:
    """Give each event as a row of what all events have in common. `fct_events` has further columns."""
    columns = (
        *("event_id", "order_id", "robot_id", "trip_id", "pilot_id", "anonymous_id", "event_name"),
        *("family", "app", "is_clock_suspect", "occurred_at", "received_at", "loaded_at"),
    )
    return [
        {column: getattr(event, column) for column in columns}
        | {
            "event_key": key_of(event),
            "start_hour": None if event.occurred_at is None else local_hour(event.occurred_at),
            "start_weekday": None if event.occurred_at is None else local_weekday(event.occurred_at),
            "start_date": None if event.occurred_at is None else local_date(event.occurred_at),
        }
        for event in events
    ]


def robot_totals(events: Iterable[PlatformEvent]) -> list[Row]:
    """Count the events that name each robot."""
    counted = BY_PILOTS | BY_THE_SERVER | ON_ROBOTS_BY_THE_SERVER
    return [
        {
            "robot_id": robot_id,
            "event_count": len(named),
            **_distinct(named, "order", "trip", "pilot"),
            **_counts(named, counted),
            **_seen(named),
        }
        for robot_id, named in _by(events, "robot_id").items()
    ]


def pilot_totals(events: Iterable[PlatformEvent]) -> list[Row]:
    """Count the events that name each pilot."""
    return [
        {
            "pilot_id": pilot_id,
            "event_count": len(named),
            **_distinct(named, "order", "robot", "trip", "workstation"),
            **_counts(named, BY_PILOTS | BY_PILOTS_ALONE),
            **_seen(named),
        }
        for pilot_id, named in _by(events, "pilot_id").items()
    ]


def merchant_totals(events: Iterable[PlatformEvent]) -> list[Row]:
    """Count the events of each merchant's own orders, and those of banners that promote it."""
    rows = []
    for merchant_name, named in _by(events, "merchant_name").items():
        promotion = [event for event in named if event.family == "app_banner"]
        own = [event for event in named if event.family != "app_banner"]
        promoted = _seen(promotion)
        rows.append(
            {
                "merchant_name": merchant_name,
                "event_count": len(own),
                **_distinct(own, "order"),
                **_counts(own, BY_THE_SERVER | OF_MERCHANTS),
                **_counts(promotion, OF_PROMOTION),
                **_seen(own),
                "first_promoted_at": promoted["first_seen_at"],
                "last_promoted_at": promoted["last_seen_at"],
            }
        )
    return rows


def _by(events: Iterable[PlatformEvent], column: str) -> dict[str, list[PlatformEvent]]:
    groups: dict[str, list[PlatformEvent]] = defaultdict(list)
    for event in events:
        name = getattr(event, column)
        if name is not None:
            groups[name].append(event)
    return groups


def _distinct(events: Sequence[PlatformEvent], *kinds: str) -> Row:
    """Count the different orders, robots and so on that events name."""
    named = {kind: {getattr(event, kind + "_id") for event in events} - {None} for kind in kinds}
    return {f"{kind}_count": len(ids) for kind, ids in named.items()}


def _counts(events: Sequence[PlatformEvent], counted: Mapping[str, set[str]]) -> Row:
    names = Counter(event.event_name for event in events)
    return {column: sum(names[name] for name in wanted) for column, wanted in counted.items()}


def _seen(events: Sequence[PlatformEvent]) -> dict[str, datetime | None]:
    """An event is seen when it occurred, or when it was received if its clock is suspect."""
    seen = [event.received_at if event.is_clock_suspect else event.occurred_at for event in events]
    times = [time for time in seen if time is not None]
    return {"first_seen_at": min(times, default=None), "last_seen_at": max(times, default=None)}
