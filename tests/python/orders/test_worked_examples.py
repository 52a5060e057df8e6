"""The reference against the worked examples: the dbt unit tests, and the example in the documentation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, replace
from datetime import datetime

from reference.load import place_events as place_load_events
from reference.load_attempts import describe_attempts as describe_load_attempts
from reference.orders import Known, OrderEvent, Try, describe_orders
from reference.streams import Event
from reference.troubleshooting import TroubleEvent
from reference.troubleshooting import place_events as place_troubles
from reference.unlock import place_events as place_unlock_events
from reference.unlock_attempts import describe_attempts as describe_unlock_attempts
from worked_examples import (
    MODELS,
    Example,
    Row,
    as_text,
    assert_expected,
    documented_table,
    each_example,
    given,
    time_of,
)

DOCS = MODELS / "marts" / "orders" / "_orders__docs.md"
AFTERWARDS = datetime(2026, 9, 2)


def event_of(row: Row) -> OrderEvent:
    """Read a fixture's row as an event."""
    return OrderEvent(
        event_name=row["event_name"] or "",
        event_id=row["event_id"] or "",
        order_id=row["order_id"],
        robot_id=row.get("robot_id"),
        merchant_name=row.get("merchant_name"),
        troubleshooting_session_id=row.get("troubleshooting_session_id"),
        order_matched_by="event" if row["order_matched_by"] == "event" else "robot_and_time",
        pilot_id=row.get("pilot_id"),
        is_clock_suspect=row["is_clock_suspect"] == "true",
        occurred_at=time_of(row["occurred_at"]),
    )


def known_of(example: Example) -> dict[str, Known]:
    """Read what an example's other fixtures tell of orders."""
    tries: dict[tuple[str, str | None], list[Try]] = defaultdict(list)
    strays: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    known: dict[str, Known] = defaultdict(Known)
    for domain in ("load", "unlock"):
        for row in given(example, f"fct_{domain}_attempts"):
            if row["entity_type"] == "order":
                attempt = Try(int(row["attempt_number"] or 0), row["outcome"] or "")
                tries[domain, row["entity_key"]].append(attempt)
        for row in given(example, f"int_{domain}_attempt_events"):
            if row["unmatched_reason"] is not None:
                strays[domain, row["entity_key"]].append(row["event_kind"] or "")
    for row in given(example, "int_order_events"):
        key = row["entity_key"]
        known[str(row["order_id"])] = Known(
            loads=tries["load", key],
            load_strays=strays["load", key],
            unlocks=tries["unlock", key],
            unlock_strays=strays["unlock", key],
        )
    for row in given(example, "fct_ratings"):
        order_id = (row["entity_key"] or "").removeprefix("order:")
        known[order_id] = replace(
            known[order_id],
            rating=int(row.get("rating") or 0),
            first_rating=int(row.get("first_rating") or 0),
            rated_at=time_of(row["rated_at"]),
        )
    return known


@each_example("fct_orders")
def test_reference_describes_orders_as_worked_by_hand(example: Example) -> None:
    events = [event_of(row) for row in given(example, "int_order_events") if row["order_id"] is not None]
    orders = describe_orders(events, known_of(example))
    assert_expected(example, [asdict(order) for order in orders])


def test_example_of_the_documentation_is_right() -> None:
    happened = [
        Event(
            event_name=str(row["Event"]),
            event_id=f"e{number}",
            order_id=None if str(row["Event"]).startswith("pilot_") else "o1",
            robot_id="r1",
            occurred_at=datetime.fromisoformat(f"2026-09-01 {row['Time']}"),
        )
        for number, row in enumerate(documented_table(DOCS, "Time"))
    ]

    def named(*parts: str) -> list[Event]:
        return [event for event in happened if any(part in event.event_name for part in parts)]

    loading = place_load_events(named("server_load"))
    unlocking = place_unlock_events(named("order_unlock", "server_unlock"))
    troubles = place_troubles(
        TroubleEvent(event.event_name, event.event_id, event.order_id, "r1", occurred_at=event.occurred_at)
        for event in named("pilot_", "server_load_order_success", "open_lid_success")
    )
    loads = describe_load_attempts(loading, AFTERWARDS)
    unlocks = describe_unlock_attempts(unlocking, AFTERWARDS)
    rated = named("rating")[0]
    known = Known(
        loads=[Try(attempt.attempt_number or 0, attempt.outcome) for attempt in loads],
        unlocks=[Try(attempt.attempt_number or 0, attempt.outcome) for attempt in unlocks],
        rating=4,
        first_rating=4,
        rated_at=rated.occurred_at,
    )
    events = [
        OrderEvent(event.event_name, event.event_id, "o1", event.robot_id, occurred_at=event.occurred_at)
        for event in happened
        if event.order_id is not None
    ]
    events += [
        OrderEvent(
            placed.event.event_name,
            placed.event.event_id,
            placed.matched_order_id,
            troubleshooting_session_id=placed.session.id if placed.session else None,
            order_matched_by=placed.order_matched_by,
            occurred_at=placed.event.occurred_at,
        )
        for placed in troubles
        if placed.order_matched_by is not None
    ]
    (order,) = describe_orders(events, {"o1": known})
    told = documented_table(DOCS, "Column")
    assert len(told) == 12
    assert [
        {"Column": row["Column"], "Order": as_text(asdict(order)[str(row["Column"])])} for row in told
    ] == told
