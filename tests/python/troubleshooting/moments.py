"""What happens in troubleshooting, and how long after another event its rules have edges."""

from __future__ import annotations

from datetime import timedelta

STEPS = ("pilot_troubleshooting_step",)
ACTIONS = (
    *("pilot_reset_gps_hot", "pilot_reset_gps_cold", "pilot_modem_reset", "pilot_switch_sim_backup"),
    *("pilot_soft_reset", "pilot_hard_reset"),
)
FAILURES = ("pilot_soft_reset_fail", "pilot_hard_reset_fail")
ESCALATIONS = (
    *("pilot_requested_field_op", "pilot_initiated_reassignment", "pilot_submitted_reassignment"),
    *("pilot_cancel_trip", "pilot_incident_report", "pilot_unable_to_cancel_trip"),
)
REPORTS = ("pilot_route_issue", "pilot_no_route_found")
SERVER_EVIDENCE = ("server_load_order_success", "server_unlock_bot_open_lid_success")
EVIDENCE = ("pilot_confirm_bot_parked_success", *SERVER_EVIDENCE)

TICKS = [timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1)]
SOON = [timedelta(seconds=seconds) for seconds in (0, 0, 1, 90, 280, 600)]
LATER = [timedelta(minutes=minutes) for minutes in (16, 20, 45, 90, 5 * 60, 11 * 60)]


def edges(event_name: str) -> list[timedelta]:
    """How long after another event the rules of an event have edges."""
    minutes = [0, 15, 15, 12 * 60]
    if event_name in FAILURES:
        minutes = [0, 5, 5, 15, 12 * 60]
    elif event_name in ("pilot_cancel_trip", "pilot_unable_to_cancel_trip"):
        minutes = [0, 30, 60, 6 * 60]
    elif event_name in (*ESCALATIONS, *REPORTS):
        minutes = [0, 30, 30, 6 * 60]
    elif event_name in EVIDENCE:
        minutes = [0, 60, 60]
    return [timedelta(minutes=minute) for minute in minutes]


KINDS = [*6 * STEPS, *2 * ACTIONS, *4 * FAILURES, *2 * ESCALATIONS, *REPORTS, *3 * EVIDENCE]
"""Names of events, each as often as histories want it."""
