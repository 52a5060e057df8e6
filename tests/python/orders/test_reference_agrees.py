"""The models of orders against the reference, row for row."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict

import pytest
from hypothesis import given, settings

from builds.differences import Row, assert_same_rows
from compiled_models import compiled_models
from orders.strategies import HAS_MERCHANT, HAS_PILOT, HAS_ROBOT, OF_STREAM, Batch, order_batches
from project import Project
from reference.entities import key_of
from reference.orders import Known, OrderEvent, describe_orders

EVENTS, ORDERS = "int_order_events", "fct_orders"
OTHER_KEY = {"int_ui_navigation_events", "int_pilot_trip_events", "int_pilot_acknowledgment_events"}


def stream_row(event: OrderEvent) -> Row:
    """An event as its stream has it, as far as the models read it."""
    stream = OF_STREAM[event.event_name]
    key = f"none:{key_of(event)}" if event.order_id is None else f"order:{event.order_id}"
    row = {column: getattr(event, column) for column in ("event_name", "event_id", "occurred_at")}
    row |= {"is_clock_suspect": event.is_clock_suspect}
    row |= {"robot_id": event.robot_id} if stream in HAS_ROBOT else {}
    row |= {"pilot_id": event.pilot_id} if stream in HAS_PILOT else {}
    row |= {"merchant_name": event.merchant_name} if stream in HAS_MERCHANT else {}
    if stream == "int_troubleshooting_events":
        is_named = event.order_matched_by == "event"
        return row | {
            "entity_key": "robot:any",
            "event_role": "escalation",
            "matched_order_key": key,
            "matched_order_id": event.order_id,
            "order_id": event.order_id if is_named else None,
            "order_matched_by": event.order_matched_by if event.order_id else None,
            "troubleshooting_session_id": event.troubleshooting_session_id,
        }
    return row | {"order_key" if stream in OTHER_KEY else "entity_key": key, "order_id": event.order_id}


def given_facts(known: dict[str, Known]) -> dict[str, list[Row]]:
    """What other facts tell of orders, as their rows; beside them events that are in an attempt."""
    facts: dict[str, list[Row]] = defaultdict(list)
    for order_id, told in known.items():
        of_order = {"entity_key": f"order:{order_id}", "entity_type": "order"}
        for domain, tries, strays in (
            ("load", told.loads, told.load_strays),
            ("unlock", told.unlocks, told.unlock_strays),
        ):
            facts[f"fct_{domain}_attempts"] += [{**of_order, **asdict(attempt)} for attempt in tries]
            for kind in strays:
                facts[f"int_{domain}_attempt_events"] += [
                    {**of_order, "event_kind": kind, "unmatched_reason": "outside_window"},
                    # in an attempt, so it is no stray
                    {**of_order, "event_kind": "success", "unmatched_reason": None},
                    {**of_order, "event_kind": "request_success", "unmatched_reason": None},
                ]
        if told.rating is not None:
            rating = {name: getattr(told, name) for name in ("rating", "first_rating", "rated_at")}
            facts["fct_ratings"].append({"entity_key": f"order:{order_id}", **rating})
    return facts


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it shrinks before anyone has to read it
def test_orders_are_those_of_the_reference(project: Project) -> None:
    @settings(deadline=None)
    @given(batch=order_batches())
    def agree(batch: Batch) -> None:
        streams: dict[str, list[Row]] = defaultdict(list)
        for event in batch.events:
            streams[OF_STREAM[event.event_name]].append(stream_row(event))
        given_rows = {**streams, **given_facts(batch.known)}
        # ratings are not those of the events, so milestones may be after the last event
        built = models.build(given_rows, filled=(EVENTS, ORDERS), unchecked=(ORDERS,))
        assert_same_rows([event.row() for event in batch.events], built[EVENTS], batch.about)
        of_orders = [event for event in batch.events if event.order_id is not None]
        orders = describe_orders(of_orders, batch.known)
        assert_same_rows([asdict(order) for order in orders], built[ORDERS], batch.about)

    with compiled_models(project, ORDERS) as models:
        agree()
