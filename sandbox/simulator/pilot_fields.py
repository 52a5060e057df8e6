"""The properties of pilot events, one maker for each kind."""

from collections.abc import Callable

import numpy as np
import polars as pl

from sandbox.simulator.actors import workstations
from sandbox.simulator.clock import DAY, SECOND
from sandbox.simulator.draws import Draws, Ints
from sandbox.simulator.orders import OrderBook
from sandbox.simulator.trail import Rows
from sandbox.simulator.troubleshooting import CATEGORIES
from sandbox.simulator.values import Field, Values, choice, constant, decimals, milliseconds, small_numbers

_CATEGORIES = Values.of(*CATEGORIES)
_FLOWS = Values.of(*(f"{category}_flow" for category in CATEGORIES))
_STEPS = Values.of(
    "check_camera", "check_signal", "try_drive", "ask_merchant", "check_battery", "look_at_lid"
)
_ANSWERS = Values.of("yes", "no", "not_sure", "resolved")
_ANSWER_WEIGHTS, _ANSWER_WEIGHTS_OF_ESCALATED = (10, 8, 4, 4), (8, 12, 6, 1)
_CARRIERS = Values.of("northern_cell", "bluewave", "metro_net")
_SIMS = Values.of("sim_a", "sim_b")
_RESET_REASONS = Values.of("no_video", "no_motion", "frozen", "other")
_CODES = Values.of("NO_ANSWER", "TIMEOUT", "REFUSED", "INTERNAL")
_MESSAGES = Values.of("no answer from robot", "timed out after 60 s", "robot refused: it moves", "see log")
_CANCEL_REASONS = Values.of("robot_stuck", "merchant_request", "customer_request", "weather")
_CANCEL_NOTES = Values.of("called merchant, they send a courier", "customer moved", "rain")
_TRIP_STATUSES = Values.of("loaded", "under_way", "waiting")
_BLOCK_REASONS = Values.of("order_in_robot", "customer_waiting", "already_ended")
_BREAKS = Values.of("short", "meal")
_BREAK_MINUTES = Values.of(15, 30)
_PRIORITIES = Values.of("low", "normal", "high")
_INCIDENTS = Values.of("collision", "vandalism", "tip_over", "near_miss")
_SEVERITIES = Values.of("minor", "major", "critical")
_DESCRIPTIONS = Values.of("wheel caught at curb", "someone sat on it", "scooter lay across the sidewalk")
_ROUTE_ISSUES = Values.of("blockage", "hazard", "map_error", "other")
_FLAGS = Values.of(True, False)
_TIMEOUTS = Values.of(30, 60)
_PARKING = Values.of(*(f"pod_{number:02d}" for number in range(1, 25)))
_APP_VERSIONS = Values.of("2026.34.1", "2026.35.0", "2026.36.2")
_PAGES = Values.of("robots", "troubleshooting", "trips")
_BUTTONS = Values.of("go_on_break", "focus_robot", "zoom_map", "call_customer")
_COMPONENTS = Values.of("pilot_map")

_LATITUDES = Values.of(*(round(30.0 + step / 1000, 3) for step in range(500)))
_LONGITUDES = Values.of(*(round(-140.0 - step / 1000, 3) for step in range(500)))
"""A rectangle of open ocean."""

Maker = Callable[[Draws, OrderBook, Rows], dict[str, Field]]


def _place(draws: Draws, count: int) -> dict[str, Field]:
    return {"latitude": choice(draws, count, _LATITUDES), "longitude": choice(draws, count, _LONGITUDES)}


def _failure(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    code = choice(draws, len(rows), _CODES, (4, 3, 2, 1))
    return {"error_code": code, "error_message": Field(_MESSAGES, code.codes)}


def _step(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    count, flow = len(rows), rows.extra["flow"]
    of_escalated = draws.pick(count, _ANSWER_WEIGHTS_OF_ESCALATED)
    of_others = draws.pick(count, _ANSWER_WEIGHTS)
    return {
        "flow_name": Field(_FLOWS, flow),
        "problem_category": Field(_CATEGORIES, flow),
        "step_name": choice(draws, count, _STEPS),
        "step_index": small_numbers(rows.extra["index"]),
        "answer": Field(_ANSWERS, 1 + np.where(rows.extra["is_escalated"], of_escalated, of_others)),
        "troubleshooting_session_id": _ids("tss", rows.robot, rows.extra["session"] // 1000),
    }


def _reset(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    length = draws.spread(len(rows), 3 * SECOND, 12 * SECOND, 30 * SECOND, 90 * SECOND)
    return {"reason": choice(draws, len(rows), _RESET_REASONS), "duration_ms": milliseconds(length)}


def _modem(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    signal = draws.between(len(rows), 0, 310)
    return {"carrier": choice(draws, len(rows), _CARRIERS), "signal_strength": decimals(signal, 1)}


def _sim(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    source = choice(draws, len(rows), _SIMS, (9, 1))
    carrier = choice(draws, len(rows), _CARRIERS)
    return {"from_sim": source, "to_sim": Field(_SIMS, 3 - source.codes), "carrier": carrier}


def _gps(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    accuracy = draws.spread(len(rows), 20, 60, 150, 900)
    satellites = draws.between(len(rows), 0, 14)
    return {"gps_accuracy_m": decimals(accuracy, 1), "satellites": small_numbers(satellites)}


def _cancel(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    count = len(rows)
    return {
        "cancel_reason": choice(draws, count, _CANCEL_REASONS, (6, 2, 1, 1)),
        "cancel_note": choice(draws, count, _CANCEL_NOTES).where(draws.chance(count, 0.4)),
        "trip_status": choice(draws, count, _TRIP_STATUSES, (1, 6, 2)),
    }


def _blocked(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    return {"block_reason": choice(draws, len(rows), _BLOCK_REASONS), **_failure(draws, book, rows)}


def _break(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    kind = rows.extra["kind"]
    return {"break_type": Field(_BREAKS, kind), "planned_minutes": Field(_BREAK_MINUTES, kind)}


def _field_op(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    count = len(rows)
    return {
        "issue_type": Field(_CATEGORIES, rows.extra["category"]),
        "field_op_request_id": _ids("fop", rows.robot, rows.at // 1000),
        "priority": choice(draws, count, _PRIORITIES, (1, 6, 3)),
        **_place(draws, count),
    }


def _initiated(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    return {
        "reassignment_id": _ids("rea", rows.robot, rows.extra["session"] // 1000),
        "reason": Field(_CATEGORIES, rows.extra["reason"]),
    }


def _submitted(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    return {
        **_initiated(draws, book, rows),
        "from_robot_id": Field(book.fleet.robot_ids, rows.robot),
        "to_robot_id": Field(book.fleet.robot_ids, rows.extra["spare"]),
        "new_trip_id": Field(book.trip_ids, np.where(rows.trip > 0, rows.trip + len(book), 0)),
    }


def _incident(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    count = len(rows)
    return {
        "incident_type": choice(draws, count, _INCIDENTS, (3, 1, 2, 4)),
        "severity": choice(draws, count, _SEVERITIES, (7, 2, 1)),
        "description": choice(draws, count, _DESCRIPTIONS),
        **_place(draws, count),
    }


def _route_issue(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    count = len(rows)
    return {
        "issue_type": choice(draws, count, _ROUTE_ISSUES, (5, 2, 3, 1)),
        "is_blocking": choice(draws, count, _FLAGS, (1, 2)),
        **_place(draws, count),
    }


def _no_route(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    return {**_place(draws, len(rows)), **_failure(draws, book, rows)}


def _missed(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    return {"timeout_seconds": choice(draws, len(rows), _TIMEOUTS, (1, 3))}


def _parked(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    return {"parking_location_id": choice(draws, len(rows), _PARKING)}


def _workstation(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    seat = workstations(book.fleet, rows.pilot, rows.at)
    version = 1 + rows.at // (28 * DAY) % len(_APP_VERSIONS)
    return {"hostname": Field(book.fleet.hostnames, 1 + seat), "app_version": Field(_APP_VERSIONS, version)}


def _page_view(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    return {"page_name": Field(_PAGES, rows.extra["page"])}


def _button(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    return {"button_name": Field(_BUTTONS, rows.extra["button"]), "page_name": constant(_PAGES, len(rows))}


def _map_error(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    return {"component": constant(_COMPONENTS, len(rows)), **_failure(draws, book, rows)}


def _ids(before: str, first: Ints, second: Ints) -> Field:
    """Ids made of two numbers."""
    texts = pl.DataFrame({"first": first, "second": second}).select(
        pl.concat_str([pl.lit(before), "first", "second"], separator="_").alias("id")
    )
    return Field(Values.quoted(texts.to_series()), np.arange(1, len(first) + 1))


FIELDS: dict[str, Maker] = {
    "pilot_troubleshooting_step": _step,
    "pilot_hard_reset": _reset,
    "pilot_hard_reset_fail": _failure,
    "pilot_soft_reset": _reset,
    "pilot_soft_reset_fail": _failure,
    "pilot_modem_reset": _modem,
    "pilot_switch_sim_backup": _sim,
    "pilot_reset_gps_hot": _gps,
    "pilot_reset_gps_cold": _gps,
    "pilot_requested_field_op": _field_op,
    "pilot_initiated_reassignment": _initiated,
    "pilot_submitted_reassignment": _submitted,
    "pilot_incident_report": _incident,
    "pilot_route_issue": _route_issue,
    "pilot_no_route_found": _no_route,
    "pilot_cancel_trip": _cancel,
    "pilot_unable_to_cancel_trip": _blocked,
    "pilot_start_break": _break,
    "pilot_failed_to_acknowledge_delivery_in_progress": _missed,
    "pilot_confirm_bot_parked_success": _parked,
    "pilot_workstation_hostname": _workstation,
    "page_viewed": _page_view,
    "button_clicked": _button,
    "error_mercator_error": _map_error,
}
"""The properties of an event beside its robot, trip, order and pilot."""
