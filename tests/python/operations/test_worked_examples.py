"""The references against the worked examples, which are the dbt unit tests of the models."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from reference.horizon import data_horizon
from reference.node_launches import NodeEvent, PlacedNodeEvent, describe_launches, place_node_events
from reference.reassignments import PairedEvent, ReassignmentEvent, describe_reassignments, pair_events
from worked_examples import Example, Row, assert_expected, each_example, given, time_of


def told(kind: type[Any], row: Row) -> dict[str, Any]:
    """What a fixture's row says of an event of this kind."""
    names = {field.name for field in fields(kind)}
    said: dict[str, Any] = {name: value for name, value in row.items() if name in names}
    return {
        "event_id": "any",
        **said,
        "is_clock_suspect": row.get("is_clock_suspect") == "true",
        "occurred_at": time_of(row["occurred_at"]),
    }


def horizon_of(example: Example) -> datetime | None:
    """The horizon that an example gives."""
    return data_horizon(time_of(row["received_through"]) for row in given(example, "int_data_horizon"))


@each_example("int_reassignment_events")
def test_reference_pairs_events_as_worked_by_hand(example: Example) -> None:
    rows = given(example, "int_reassignment_inputs")
    paired = pair_events(ReassignmentEvent(**told(ReassignmentEvent, row)) for row in rows)
    assert_expected(example, [item.row() for item in paired])


@each_example("fct_reassignments")
def test_reference_describes_reassignments_as_worked_by_hand(example: Example) -> None:
    paired = [
        PairedEvent(ReassignmentEvent(**told(ReassignmentEvent, _with_entity(row))), row["reassignment_id"])
        for row in given(example, "int_reassignment_events")
    ]
    described = describe_reassignments(paired, horizon_of(example))
    assert_expected(example, [asdict(item) for item in described])


@each_example("int_node_launch_events")
def test_reference_places_node_events_as_worked_by_hand(example: Example) -> None:
    rows = given(example, "int_node_launch_inputs")
    placed = place_node_events(NodeEvent(**told(NodeEvent, row)) for row in rows)
    assert_expected(example, [item.row() for item in placed])


@each_example("fct_node_launches")
def test_reference_describes_launches_as_worked_by_hand(example: Example) -> None:
    placed = [
        PlacedNodeEvent(
            NodeEvent(**told(NodeEvent, _with_entity(row))),
            row["node_launch_id"],
            launch_event_number=int(row["launch_event_number"] or 0),
        )
        for row in given(example, "int_node_launch_events")
    ]
    assert_expected(example, [asdict(item) for item in describe_launches(placed, horizon_of(example))])


def _with_entity(row: Row) -> Row:
    """A row that names what its entity_key says, though the fixture leaves that out."""
    kind, name = (row["entity_key"] or "").split(":")
    return row if kind == "none" else {**row, f"{kind}_id": name}
