"""What the pilots' web app sends."""

from collections.abc import Iterator

import numpy as np

from sandbox.simulator import actors
from sandbox.simulator.batch import Batch
from sandbox.simulator.draws import Draws, Ints
from sandbox.simulator.orders import OrderBook
from sandbox.simulator.pilot_fields import FIELDS
from sandbox.simulator.trail import Rows, Trail
from sandbox.simulator.troubleshooting import ACTIONS
from sandbox.simulator.values import Field

_WITHOUT_PILOT = frozenset({"page_viewed", "button_clicked", "error_mercator_error"})
"""Generic events: they name an order at most; the pilot is their user."""
_ESCALATIONS = ("pilot_requested_field_op", "pilot_submitted_reassignment", "pilot_cancel_trip")
_WITHOUT_ROBOT = frozenset({"pilot_start_break", "pilot_workstation_hostname"})

_PAGE_OF = {
    "page_viewed": "robots",
    "error_mercator_error": "robots",
    "pilot_start_break": "schedule",
    "pilot_workstation_hostname": "schedule",
    "pilot_incident_report": "incidents",
    "pilot_requested_field_op": "incidents",
    "pilot_troubleshooting_step": "troubleshooting",
    "pilot_soft_reset_fail": "troubleshooting",
    "pilot_hard_reset_fail": "troubleshooting",
    **dict.fromkeys(ACTIONS, "troubleshooting"),
}


def pilot_batches(draws: Draws, book: OrderBook, trail: Trail) -> Iterator[Batch]:
    """All events of pilots."""
    for event, rows in trail.events():
        if event == "pilot_troubleshooting_step":
            rows.extra["is_escalated"] = np.isin(rows.case, _escalated_cases(trail)).astype(np.int64)
        fields = {**_subject_fields(book, event, rows), **FIELDS[event](draws, book, rows)}
        actor = actors.pilot(book.fleet, rows.pilot, rows.at, _PAGE_OF.get(event, "trips"))
        yield Batch(event, "pilot_web", rows.at, actor, fields)


def _escalated_cases(trail: Trail) -> Ints:
    """The troubleshooting sessions that pilots gave up."""
    found = [rows.case for event in _ESCALATIONS if (rows := trail.rows(event)) is not None]
    return np.concatenate([np.zeros(0, dtype=np.int64), *found])


def _subject_fields(book: OrderBook, event: str, rows: Rows) -> dict[str, Field]:
    if event in _WITHOUT_PILOT:
        return {"order_id": Field(book.order_ids, rows.order)}
    pilot = {"pilot_id": Field(book.fleet.pilot_ids, rows.pilot)}
    if event in _WITHOUT_ROBOT:
        return pilot
    return {
        "robot_id": Field(book.fleet.robot_ids, rows.robot),
        "trip_id": Field(book.trip_ids, rows.trip),
        "delivery_id": Field(book.order_ids, rows.order),
        **pilot,
    }
