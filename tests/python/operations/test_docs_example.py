"""The worked examples in the documentation are what the references make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from reference.node_launches import NodeEvent, describe_launches, place_node_events
from reference.reassignments import ReassignmentEvent, describe_reassignments, pair_events
from worked_examples import MODELS, Row, as_text, documented_table

DOCS = MODELS / "marts" / "operations" / "_operations__docs.md"
AFTERWARDS = datetime(2026, 9, 2)


def time_of_day(text: str | None) -> datetime:
    """A time of the example's day."""
    return datetime.fromisoformat(f"2026-09-01 {text}")


def as_told(name: str, facts: Sequence[Any], columns: Sequence[str]) -> list[Row]:
    """Facts as the documentation tells them: a row for each column, times without their day."""
    rows: list[Row] = []
    for column in columns:
        values = {f"{name} {number}": as_text(asdict(fact)[column]) for number, fact in enumerate(facts, 1)}
        short = {
            fact: value.removeprefix("2026-09-01 ") if value else value for fact, value in values.items()
        }
        rows.append({"Column": column, **short})
    return rows


def test_example_of_reassignments_is_right() -> None:
    happened = documented_table(DOCS, "Time", "reassignment")
    events = [
        ReassignmentEvent(
            str(row["Event"]), f"e{number}", order_id="o1", occurred_at=time_of_day(row["Time"])
        )
        for number, row in enumerate(happened)
    ]
    told = documented_table(DOCS, "Column", "reassignment")
    facts = describe_reassignments(pair_events(events), AFTERWARDS)
    assert len(told) == 4
    assert as_told("Reassignment", facts, [str(row["Column"]) for row in told]) == told


def test_example_of_launches_is_right() -> None:
    happened = documented_table(DOCS, "Time", "node_launch")
    events = [
        NodeEvent(
            str(row["Event"]),
            f"e{number}",
            trip_id="t1",
            initialization_status=row["Status"],
            occurred_at=time_of_day(row["Time"]),
        )
        for number, row in enumerate(happened)
    ]
    told = documented_table(DOCS, "Column", "node_launch")
    facts = describe_launches(place_node_events(events), AFTERWARDS)
    assert len(told) == 6
    assert as_told("Launch", facts, [str(row["Column"]) for row in told]) == told
