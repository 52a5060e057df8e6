"""Columns of analyses and of the report's queries that are metrics, and the metrics of the report's tiles."""

from __future__ import annotations

from dataclasses import dataclass

CUSTOMERS = ("{{ Dimension('unlock_attempt__origin') }} = 'customer'",)


@dataclass(frozen=True)
class Shown:
    """Columns of an analysis, or of a query of the report, that are metrics.

    keys: its columns that name the group, with what a query of metrics calls them.
    columns: its columns with the metrics that they are.
    where: what the query leaves out, as conditions of a query of metrics.
    groups: a further column that names the group, with the conditions of a query of metrics for each of its
    values.
    """

    name: str
    keys: dict[str, str]
    columns: dict[str, str]
    where: tuple[str, ...] = ()
    groups: tuple[str, dict[str, tuple[str, ...]]] | None = None


def _first_that_applies(conditions: dict[str, str], otherwise: str) -> dict[str, tuple[str, ...]]:
    """The conditions of groups, each of which has what the groups before it have not."""
    before: tuple[str, ...] = ()
    groups = {}
    for name, condition in conditions.items():
        groups[name] = (*before, condition)
        before = (*before, f"not {condition}")
    return groups | {otherwise: before}


_RELIABLE = ("not {{ Dimension('order_id__is_clock_suspect') }}",)
_ATTEMPTS = "{{ Dimension('order_id__unlock_attempt_count') }}"
_TRIES: dict[str, tuple[str, ...]] = {
    "no try": (f"{_ATTEMPTS} = 0",),
    "one try": (f"{_ATTEMPTS} = 1",),
    "several tries": (f"{_ATTEMPTS} > 1",),
}
_TROUBLES = {
    "trip cancelled": "{{ Dimension('order_id__is_trip_cancelled') }}",
    "reassigned": "{{ Dimension('order_id__is_reassigned') }}",
    "escalated": "{{ Dimension('order_id__has_escalation') }}",
    "troubleshooting": "{{ Dimension('order_id__has_troubleshooting') }}",
}
_TROUBLE = _first_that_applies(_TROUBLES, "no trouble")
_TROUBLE_OF_REPORT = _first_that_applies(
    _TROUBLES | {"several unlock tries": f"({_ATTEMPTS} > 1)"}, "no trouble"
)
SUCCESS = {"decided_count": "decided_unlock_attempts", "success_rate": "unlock_success_rate"}

DAY = {"start_date": "metric_time__day"}

COUNTS = (
    Shown(
        "rpt_unlock_funnel_daily",
        DAY | {"origin": "unlock_attempt__origin"},
        {
            "attempt_count": "unlock_attempts",
            "decided_count": "decided_unlock_attempts",
            "opened_attempt_count": "verified_unlock_attempts",
            "failed_count": "failed_unlock_attempts",
            "abandoned_count": "abandoned_unlock_attempts",
            "clicked_count": "clicked_unlock_attempts",
            "confirmed_count": "confirmed_unlock_attempts",
            "succeeded_count": "requested_unlock_attempts",
            "opened_count": "completed_unlock_attempts",
        },
    ),
    Shown(
        "rpt_load_success_daily",
        DAY | {"merchant_name": "merchant_name"},
        {
            "attempt_count": "load_attempts",
            "decided_count": "decided_load_attempts",
            "loaded_count": "successful_load_attempts",
            "first_try_count": "first_load_tries",
            "first_try_loaded_count": "successful_first_load_tries",
            "retry_count": "load_retries",
            "retry_loaded_count": "successful_load_retries",
            "had_lid_error_count": "load_attempts_with_lid_error",
            "lid_error_recovered_count": "lid_errors_recovered",
        },
    ),
    Shown(
        "rpt_support_contacts_daily",
        DAY,
        {
            "opened_order_count": "tracked_orders",
            "contacted_order_count": "contacted_orders",
            "session_count": "tracker_sessions",
            "optout_error_count": "optout_errors",
        },
    ),
    Shown(
        "rpt_banner_performance_daily",
        DAY
        | {
            "merchant_name": "banner_impression__promoted_merchant_name",
            "position": "banner_impression__banner_position",
        },
        {
            "impression_count": "banner_impressions",
            "clicked_count": "clicked_banner_impressions",
            "dismissed_count": "dismissed_banner_impressions",
        },
    ),
    Shown(
        "rpt_troubleshooting_outcomes_daily",
        DAY | {"outcome": "troubleshooting_session__outcome"},
        {"session_count": "troubleshooting_sessions"},
    ),
    Shown(
        "rpt_errors_hourly",
        DAY | {"start_hour": "event__start_hour", "event_name": "event__event_name", "app": "event__app"},
        {"error_count": "tracker_errors"},
    ),
)
"""Counts of daily reports."""

ANALYSES = (
    Shown("app_versions", {"app_version": "unlock_attempt__app_version"}, SUCCESS, CUSTOMERS),
    Shown("who_asks_to_unlock", {"requested_by": "unlock_attempt__requested_by"}, SUCCESS),
    Shown(
        "robots_that_fail_to_open",
        {"robot_id": "robot_id"},
        {
            "decided_count": "decided_unlock_attempts",
            "failed_count": "failed_unlock_attempts",
            "failure_rate": "unlock_failure_rate",
        },
    ),
    Shown(
        "lids_that_do_not_close",
        {"robot_id": "robot_id"},
        {
            "decided_count": "decided_load_attempts",
            "had_lid_error_count": "load_attempts_with_lid_error",
            "recovered_count": "lid_errors_recovered",
            "lid_error_rate": "lid_error_rate",
            "failed_by_lid_rate": "lid_failure_rate",
        },
    ),
    Shown(
        "loading_by_merchant",
        {"merchant_name": "merchant_name"},
        {
            "first_try_count": "first_load_tries",
            "first_try_loaded_count": "successful_first_load_tries",
            "first_try_rate": "load_first_try_success_rate",
        },
    ),
    Shown(
        "ratings_by_unlock_tries",
        {},
        {
            "rated_order_count": "ratings",
            "low_rating_count": "low_ratings",
            "low_rating_rate": "low_rating_rate",
            "mean_rating": "mean_rating",
        },
        groups=("tries", _TRIES),
    ),
    Shown(
        "orders_with_trouble",
        {},
        {"order_count": "orders", "rated_count": "rated_orders"},
        _RELIABLE,
        ("trouble", _TROUBLE),
    ),
    Shown("orders_with_trouble", {}, {"mean_rating": "mean_rating"}, _RELIABLE, ("trouble", _TROUBLE)),
    Shown(
        "outcomes_by_problem",
        {"problem_category": "troubleshooting_session__problem_category"},
        {
            "session_count": "decided_sessions",
            "recovered_rate": "session_recovery_rate",
            "reset_failed_rate": "session_reset_failure_rate",
            "unresolved_rate": "session_unresolved_rate",
        },
    ),
    Shown(
        "paths_of_actions",
        {"action_path": "troubleshooting_session__action_path"},
        {"session_count": "decided_sessions", "recovered_rate": "session_recovery_rate"},
    ),
    Shown(
        "sessions_by_pilot",
        {"pilot_id": "pilot_id"},
        {"session_count": "decided_sessions", "escalated_rate": "session_escalation_rate"},
        (
            "{{ Dimension('troubleshooting_session__pilot_count') }} = 1",
            "not {{ Dimension('troubleshooting_session__is_clock_suspect') }}",
        ),
    ),
    Shown(
        "actions_that_recover",
        {"action": "recovery_action__action"},
        {
            "action_count": "decided_recovery_actions",
            "recovered_count": "successful_recovery_actions",
            "recovered_rate": "action_recovery_rate",
            "failed_rate": "action_failure_rate",
        },
        ("not {{ Dimension('recovery_action__is_orphan_failure') }}",),
    ),
    Shown(
        "why_orders_are_reassigned",
        {"reassignment_reason": "reassignment__reassignment_reason"},
        {
            "reassignment_count": "decided_reassignments",
            "submitted_count": "submitted_reassignments",
            "submitted_rate": "reassignment_submission_rate",
        },
    ),
    Shown(
        "banners_by_position",
        {"position": "banner_impression__banner_position"},
        {
            "impression_count": "banner_impressions",
            "clicked_count": "clicked_banner_impressions",
            "click_through_rate": "banner_click_through_rate",
            "dismissal_rate": "banner_dismissal_rate",
        },
    ),
    Shown(
        "when_banners_are_clicked",
        {"delivery_status": "banner_impression__delivery_status"},
        {"impression_count": "banner_impressions", "click_through_rate": "banner_click_through_rate"},
    ),
    Shown(
        "repeated_rows",
        {"event_name": "event_quality__event_name"},
        {"row_count": "raw_rows", "duplicate_count": "duplicate_rows", "duplicate_rate": "duplicate_rate"},
    ),
    Shown(
        "orders_with_errors",
        {"event_name": "event__event_name"},
        {"error_count": "tracker_errors", "order_count": "orders_with_tracker_error"},
    ),
)

REPORT = (
    Shown(
        "unlocks_by_day",
        {"start_date": "metric_time__day"},
        {"decided_count": "decided_unlock_attempts", "opened_count": "successful_unlock_attempts"},
        CUSTOMERS,
    ),
    Shown(
        "unlocks_by_hour",
        {"start_weekday": "unlock_attempt__start_weekday", "start_hour": "unlock_attempt__start_hour"},
        {"decided_count": "decided_unlock_attempts", "opened_count": "successful_unlock_attempts"},
        CUSTOMERS,
    ),
    Shown(
        "unlock_steps",
        {},
        {
            "clicked_count": "clicked_unlock_attempts",
            "confirmed_count": "confirmed_unlock_attempts",
            "succeeded_count": "requested_unlock_attempts",
            "opened_count": "completed_unlock_attempts",
        },
        CUSTOMERS,
    ),
    Shown(
        "merchants",
        {"merchant_name": "merchant_name"},
        {"first_try_count": "first_load_tries", "first_try_loaded_count": "successful_first_load_tries"},
    ),
    Shown(
        "banners",
        {"position": "banner_impression__banner_position"},
        {"impression_count": "banner_impressions", "clicked_count": "clicked_banner_impressions"},
    ),
    Shown(
        "recovery_actions",
        {
            "action": "recovery_action__action",
            "outcome": "recovery_action__outcome",
            "next_action": "recovery_action__next_action",
        },
        {"action_count": "recovery_actions"},
    ),
    Shown(
        "troubleshooting_outcomes",
        {
            "highest_action": "troubleshooting_session__highest_action",
            "outcome": "troubleshooting_session__outcome",
        },
        {"session_count": "troubleshooting_sessions"},
    ),
    Shown(
        "ratings",
        {"rating": "order_id__order_rating"},
        {"order_count": "rated_orders"},
        groups=("trouble", _TROUBLE_OF_REPORT),
    ),
    Shown(
        "data_health",
        {"loaded_date": "metric_time__day"},
        {
            "row_count": "raw_rows",
            "duplicate_count": "duplicate_rows",
            "clock_suspect_count": "clock_suspect_rows",
            "event_count": "loaded_events",
            "unmatched_count": "unmatched_events",
        },
    ),
)
"""Queries of the report, for the days of a period."""

TILES = {
    "opened": ("customer_unlock_success_rate",),
    "seconds_to_open": ("unlock_seconds_to_open_p50", "unlock_seconds_to_open_p90"),
    "loaded_first_try": ("load_first_try_success_rate",),
    "recovered": ("session_recovery_rate",),
    "contacted": ("support_contact_rate",),
    "rating": ("mean_rating",),
}
"""The numbers of the report's tiles, by the key of the measure."""
