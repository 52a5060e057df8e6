"""Numbers in several places: as a metric, as a mart's column, in the demonstration's summary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A mart's column that is a metric.

    group_by: what the metric is grouped by, with the mart's expression for it.
    """

    metric: str
    mart: str
    column: str
    group_by: dict[str, str]
    where: str = "true"


DAY = {"metric_time__day": "cast(start_date as timestamp)"}
_BY_ORIGIN = DAY | {"unlock_attempt__origin": "origin"}
_BY_MERCHANT = DAY | {"merchant_name": "merchant_name"}
_BY_BANNER = DAY | {
    "banner_impression__promoted_merchant_name": "merchant_name",
    "banner_impression__banner_position": "position",
}

COLUMNS = (
    Column("unlock_success_rate", "rpt_unlock_funnel_daily", "success_rate", _BY_ORIGIN),
    Column(
        "customer_unlock_success_rate", "rpt_unlock_funnel_daily", "success_rate", DAY, "origin = 'customer'"
    ),
    Column("unlock_funnel_conversion_rate", "rpt_unlock_funnel_daily", "opened_rate", _BY_ORIGIN),
    Column("unlock_seconds_to_open_p50", "rpt_unlock_funnel_daily", "p50_seconds_to_open", _BY_ORIGIN),
    Column("unlock_seconds_to_open_p90", "rpt_unlock_funnel_daily", "p90_seconds_to_open", _BY_ORIGIN),
    Column("load_success_rate", "rpt_load_success_daily", "success_rate", _BY_MERCHANT),
    Column("load_first_try_success_rate", "rpt_load_success_daily", "first_try_success_rate", _BY_MERCHANT),
    Column("load_retry_success_rate", "rpt_load_success_daily", "retry_success_rate", _BY_MERCHANT),
    Column("lid_error_rate", "rpt_load_success_daily", "lid_error_rate", _BY_MERCHANT),
    Column("support_contact_rate", "rpt_support_contacts_daily", "support_contact_rate", DAY),
    Column("optout_errors_per_session", "rpt_support_contacts_daily", "optout_errors_per_session", DAY),
    Column("banner_click_through_rate", "rpt_banner_performance_daily", "click_through_rate", _BY_BANNER),
    Column("banner_dismissal_rate", "rpt_banner_performance_daily", "dismissal_rate", _BY_BANNER),
    *(
        Column(metric, "rpt_troubleshooting_outcomes_daily", "outcome_rate", DAY, f"outcome = '{outcome}'")
        for metric, outcome in (
            ("session_recovery_rate", "recovered"),
            ("session_unresolved_rate", "unresolved"),
            ("session_field_op_rate", "field_op"),
            ("session_reset_failure_rate", "reset_failed"),
        )
    ),
)

SHARES = {
    "attempts that loaded the order": "load_success_rate",
    "first tries that loaded it": "load_first_try_success_rate",
    "attempts with a lid error": "lid_error_rate",
    "orders whose customer asked for support": "support_contact_rate",
    "ratings of 5": "five_star_rate",
    "impressions that were clicked": "banner_click_through_rate",
    "orders reassigned to another robot": "order_reassignment_rate",
    "raw rows that repeat an event": "duplicate_rate",
    "events with a suspect clock": "clock_suspect_rate",
    "events that fit no attempt or session": "unmatched_rate",
}
"""Rows of the demonstration's last table, and the metric that each of them is."""
