"""Which marts are held against the truth of the simulation, and what of them: one entry for each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """What of a mart must be as it was in truth."""

    mart: str
    truth: str
    """The table of the truth. It has the compared columns under the names that the mart gives them."""
    key: str
    """Column of both: the rows with the same value must be the same. Lost events are found by it, too: so it
    is `order_id`, `robot_id` or `anonymous_id`, as in the mess log."""
    columns: tuple[str, ...]
    """What is compared beside the key."""
    events: str
    """Regular expression of the events that a row depends on: if one is lost, a difference is explained."""
    at: tuple[str, ...] = ()
    """With it rows are compared by key and day: that of the first of these times that is known."""
    needs_properties: bool = False
    """Columns depend on properties beside the ids, so a difference is explained if one is lost."""

    @property
    def read(self) -> tuple[str, ...]:
        """All columns that are read: the key, what is compared, and the times that name the day."""
        return tuple(dict.fromkeys((self.key, *self.columns, *self.at)))


UNLOCK_ATTEMPTS = Comparison(
    mart="fct_unlock_attempts",
    truth="unlock_attempts",
    key="order_id",
    columns=(
        "unlock_attempt_id",
        "attempt_number",
        "robot_id",
        "origin",
        "started_at",
        "click_count",
        "server_start_count",
        "confirmed_at",
        "request_succeeded_at",
        "opened_at",
        "customer_outcome",
        "server_outcome",
        "outcome",
    ),
    events="unlock",
)

_TROUBLESHOOTING = "^pilot_(troubleshooting|hard_reset|soft_reset|modem|switch_sim|reset_gps)"
_ESCALATIONS = "^pilot_(requested_field_op|initiated|submitted|cancel_trip|incident)"
_EVIDENCE = "^(pilot_confirm_bot_parked|server_load_order|server_unlock_bot_open_lid)_success"

COMPARISONS = (
    UNLOCK_ATTEMPTS,
    Comparison(
        mart="fct_load_attempts",
        truth="load_attempts",
        key="order_id",
        columns=(
            "load_attempt_id",
            "entity_type",
            "robot_id",
            "merchant_name",
            "attempt_number",
            "started_at",
            "ended_at",
            "start_count",
            "lid_outcome",
            "lid_error_count",
            "is_lid_error_recovered",
            "outcome",
            "failure_cause",
        ),
        events="^server_load_order",
        needs_properties=True,
    ),
    Comparison(
        mart="fct_troubleshooting_sessions",
        truth="troubleshooting_sessions",
        key="robot_id",
        at=("started_at",),
        columns=(
            "troubleshooting_session_id",
            "entity_type",
            "trip_id",
            "order_id",
            "pilot_id",
            "pilot_count",
            "started_at",
            "ended_at",
            "step_count",
            "action_count",
            "action_path",
            "highest_action",
            "outcome",
            "escalated_at",
            "recovered_at",
        ),
        events=f"{_TROUBLESHOOTING}|{_ESCALATIONS}|{_EVIDENCE}",
        needs_properties=True,
    ),
    Comparison(
        mart="fct_recovery_actions",
        truth="recovery_actions",
        key="robot_id",
        at=("occurred_at",),
        columns=(
            "recovery_action_id",
            "troubleshooting_session_id",
            "pilot_id",
            "action",
            "occurred_at",
            "failed_at",
            "is_orphan_failure",
            "next_action",
            "outcome",
        ),
        events=f"{_TROUBLESHOOTING}|{_EVIDENCE}",
        needs_properties=True,
    ),
    Comparison(
        mart="fct_reassignments",
        truth="reassignments",
        key="robot_id",
        at=("initiated_at", "submitted_at"),
        columns=("reassignment_id", "order_id", "initiated_at", "submitted_at", "outcome"),
        events="_reassignment$",
    ),
    Comparison(
        mart="fct_pilot_reports",
        truth="pilot_reports",
        key="robot_id",
        at=("occurred_at",),
        columns=(
            "report_id",
            "report_type",
            "pilot_id",
            "order_id",
            "troubleshooting_session_id",
            "occurred_at",
        ),
        events=f"{_TROUBLESHOOTING}|^pilot_(requested_field_op|incident|route_issue|no_route)",
        needs_properties=True,
    ),
    Comparison(
        mart="fct_trip_cancellations",
        truth="trip_cancellations",
        key="robot_id",
        at=("occurred_at",),
        columns=(
            "cancellation_id",
            "trip_id",
            "pilot_id",
            "occurred_at",
            "outcome",
            "cancelled_after_block_at",
        ),
        events="cancel_trip$",
    ),
    Comparison(
        mart="fct_node_launches",
        truth="node_launches",
        key="robot_id",
        at=("launched_at", "initialized_at"),
        columns=("node_launch_id", "trip_id", "launched_at", "initialized_at", "status"),
        events="^node_",
        needs_properties=True,
    ),
    Comparison(
        mart="fct_tracker_sessions",
        truth="tracker_sessions",
        key="anonymous_id",
        columns=(
            "tracker_session_id",
            "user_id",
            "started_at",
            "ended_at",
            "open_count",
            "faq_count",
            "support_click_count",
            "unlock_click_count",
            "banner_view_count",
            "error_count",
            "rating",
            "order_count",
        ),
        events=".",
        needs_properties=True,
    ),
    Comparison(
        mart="fct_ratings",
        truth="ratings",
        key="order_id",
        columns=("rating", "first_rating", "submit_count", "is_valid", "rated_at"),
        events="^order_tracker_rating_submit",
        needs_properties=True,
    ),
    Comparison(
        mart="fct_banner_impressions",
        truth="banner_impressions",
        key="order_id",
        columns=(
            "banner_impression_id",
            "merchant_name",
            "position",
            "view_count",
            "click_count",
            "dismiss_count",
            "first_viewed_at",
            "first_clicked_at",
            "displayed_savings",
            "delivery_status",
            "is_orphan_click",
        ),
        events="^app_banner",
        needs_properties=True,
    ),
    Comparison(
        mart="fct_orders",
        truth="orders",
        key="order_id",
        columns=(
            "robot_id",
            "last_robot_id",
            "first_load_started_at",
            "order_loaded_at",
            "first_tracker_opened_at",
            "first_clicked_at",
            "opened_at",
            "rated_at",
            "load_attempt_count",
            "load_outcome",
            "unlock_attempt_count",
            "unlock_outcome",
            "is_reassigned",
            "troubleshooting_session_count",
            "escalation_count",
            "support_click_count",
            "rating",
            "banner_view_count",
            "banner_click_count",
        ),
        events=".",
        needs_properties=True,
    ),
)
"""All marts that have a truth, whether they are built or not."""
