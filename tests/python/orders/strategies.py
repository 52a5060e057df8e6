"""Hypothesis strategy for orders: events that share moments, and what other facts tell of the orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st

from builds.differences import Row
from reference.orders import Known, OrderEvent, Try

STREAMS = {
    "int_order_tracker_events": [
        *("order_tracker_open", "order_tracker_faq_open", "order_tracker_text_support_click"),
        *("order_tracker_rating_submit", "order_tracker_optout_error"),
    ],
    "int_unlock_events": [
        *("order_unlock_coco", "order_unlock_coco_confirm"),
        *("deliveries_unlock_coco_success", "deliveries_unlock_coco_fail"),
    ],
    "int_app_banner_events": ["app_banner_viewed", "app_banner_clicked", "app_banner_dismissed"],
    "int_error_events": ["error_mercator_error", "merchant_asset_missing", "order_tracker_open_error"],
    "int_server_load_events": ["server_load_order_started", "server_load_order_success"],
    "int_server_unlock_events": [
        *("server_unlock_bot_started", "server_unlock_bot_open_lid_success", "server_unlock_bot_error"),
    ],
    "int_ui_navigation_events": ["page_viewed"],
    "int_pilot_trip_events": ["node_auto_launch", "pilot_start_break"],
    "int_pilot_acknowledgment_events": ["pilot_confirm_bot_parked_success"],
    "int_troubleshooting_events": [
        *("pilot_troubleshooting_step", "pilot_soft_reset", "pilot_requested_field_op"),
        *("pilot_submitted_reassignment", "pilot_cancel_trip", "pilot_unable_to_cancel_trip"),
    ],
}
"""Where events are that orders gather. Of what pilots do only some troubleshooting is matched to orders."""
OF_STREAM = {name: stream for stream, names in STREAMS.items() for name in names}
HAS_ROBOT = {
    *("int_unlock_events", "int_server_load_events", "int_server_unlock_events", "int_pilot_trip_events"),
    *("int_pilot_acknowledgment_events", "int_troubleshooting_events"),
}
HAS_PILOT = {"int_pilot_trip_events", "int_pilot_acknowledgment_events", "int_troubleshooting_events"}
HAS_MERCHANT = {"int_order_tracker_events", "int_server_load_events"}
_MILESTONES = [
    *("server_load_order_started", "server_load_order_success", "order_tracker_open", "order_unlock_coco"),
    "server_unlock_bot_open_lid_success",
]
_FIRST = datetime(2026, 9, 1, 23, 59, 58)
_OFFSETS = [
    timedelta(seconds=seconds, microseconds=ticks)
    for seconds in (0, 0.9, 1, 2, 900, 86_400)
    for ticks in (0, 0, 1, -1)
]


@dataclass(frozen=True)
class Batch:
    """Events, some of no order, and what other facts tell of the orders, by order id."""

    events: list[OrderEvent]
    known: dict[str, Known]

    def about(self, rows: Sequence[Row]) -> str:
        """The events and facts of the orders that rows are about, a line each."""
        orders = {str(row.get("order_id")) for row in rows}
        events = [event for event in self.events if str(event.order_id) in orders]
        return "\n".join(map(str, [*events, *(self.known.get(order) for order in orders)]))


@st.composite
def _event(draw: st.DrawFn, number: int, orders: int) -> OrderEvent:
    name = draw(st.sampled_from([*OF_STREAM, *_MILESTONES, *_MILESTONES]))
    stream = OF_STREAM[name]
    matched_by, session = "event", None
    if stream == "int_troubleshooting_events":
        matched_by = draw(st.sampled_from(["event", "robot_and_time"]))
        session = draw(st.sampled_from(["s1", "s2", "s3", None]))
    order = draw(st.integers(0, 10 * orders))
    return OrderEvent(
        event_name=name,
        event_id=f"{draw(st.sampled_from('aB_é'))}{number}",
        order_id=f"o{order % orders}" if order else None,
        robot_id=draw(st.sampled_from(["r1", "R1", "r2", None])) if stream in HAS_ROBOT else None,
        merchant_name=draw(st.sampled_from(["Bakery", "bakery", None])) if stream in HAS_MERCHANT else None,
        troubleshooting_session_id=session,
        order_matched_by="event" if matched_by == "event" else "robot_and_time",
        pilot_id=draw(st.sampled_from(["p1", "P1", "p2", None])) if stream in HAS_PILOT else None,
        is_clock_suspect=draw(st.integers(0, 9)) == 0,
        occurred_at=_FIRST + draw(st.sampled_from(_OFFSETS)) if draw(st.integers(0, 9)) else None,
    )


def _tries(outcomes: Sequence[str]) -> st.SearchStrategy[list[Try]]:
    told = st.lists(st.sampled_from(outcomes), max_size=2)
    return told.map(lambda found: [Try(number, outcome) for number, outcome in enumerate(found, 9)])


@st.composite
def _known(draw: st.DrawFn) -> Known:
    rating = draw(st.sampled_from([None, 1, 5]))
    return Known(
        loads=draw(_tries(["loaded", "failed", "failed_inferred", "no_result", "pending"])),
        load_strays=draw(st.lists(st.sampled_from(["success", "error", "lid_error"]), max_size=1)),
        unlocks=draw(_tries(["opened_unverified", "failed", "abandoned", "pending"])),
        unlock_strays=draw(
            st.lists(st.sampled_from(["request_success", "request_fail", "lid_error", "confirm"]), max_size=1)
        ),
        rating=rating,
        first_rating=None if rating is None else draw(st.sampled_from([1, 5])),
        rated_at=None if rating is None else _FIRST + draw(st.sampled_from(_OFFSETS)),
    )


@st.composite
def order_batches(draw: st.DrawFn) -> Batch:
    """Draw events of up to twelve orders."""
    orders = draw(st.integers(1, 12))
    events = [draw(_event(number, orders)) for number in range(draw(st.integers(1, 60)))]
    return Batch(events, {f"o{number}": draw(_known()) for number in range(orders)})
