"""The models against the references, row for row, on histories that sit on the edges of the rules."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given, settings

from builds.differences import Row, assert_same_rows
from compiled_models import compiled_models, horizon_rows
from operations.strategies import Batch, launch_batches, reassignment_batches
from project import Project
from reference.entities import entity_of
from reference.horizon import data_horizon
from reference.node_launches import NodeEvent, describe_launches, entity_of_node, place_node_events
from reference.reassignments import ReassignmentEvent, describe_reassignments, pair_events

PAIRED, REASSIGNMENTS = "int_reassignment_events", "fct_reassignments"
PLACED, LAUNCHES = "int_node_launch_events", "fct_node_launches"

_OF_NO_STREAM = (
    *("merchant_id", "merchant_name", "device_class", "app_version", "requested_by", "load_method"),
    *("failure_reason", "distance_meters", "received_at", "loaded_at"),
)


def stream_row(event: ReassignmentEvent | NodeEvent, **keys: str) -> Row:
    """An event as its stream has it, as far as the models read it."""
    told = {column: value for column, value in asdict(event).items() if column not in _OF_NO_STREAM}
    return told | keys


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it shrinks before anyone has to read it
def test_reassignments_are_those_of_the_reference(project: Project) -> None:
    @settings(deadline=None)
    @given(batch=reassignment_batches())
    def agree(batch: Batch[ReassignmentEvent]) -> None:
        events = [
            stream_row(event, order_key=entity_of(event).entity_key, entity_key="robot:any")
            for event in batch.events
        ]
        given_rows = {
            "int_pilot_field_ops_events": [without(row, "error_code") for row in events],
            "int_data_horizon": horizon_rows(batch.received_through),
        }
        built = models.build(given_rows, filled=(PAIRED, REASSIGNMENTS))
        paired = pair_events(batch.events)
        reassignments = describe_reassignments(paired, data_horizon(batch.received_through))
        assert_same_rows([item.row() for item in paired], built[PAIRED], batch.about)
        assert_same_rows([asdict(item) for item in reassignments], built[REASSIGNMENTS], batch.about)

    with compiled_models(project, REASSIGNMENTS) as models:
        agree()


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it shrinks before anyone has to read it
def test_launches_are_those_of_the_reference(project: Project) -> None:
    @settings(deadline=None)
    @given(batch=launch_batches())
    def agree(batch: Batch[NodeEvent]) -> None:
        given_rows = {
            "int_pilot_trip_events": [
                stream_row(event, trip_key=entity_of_node(event)[1], entity_key="robot:any")
                for event in batch.events
            ],
            "int_data_horizon": horizon_rows(batch.received_through),
        }
        built = models.build(given_rows, filled=(PLACED, LAUNCHES))
        placed = place_node_events(batch.events)
        launches = describe_launches(placed, data_horizon(batch.received_through))
        assert_same_rows([item.row() for item in placed], built[PLACED], batch.about)
        assert_same_rows([asdict(item) for item in launches], built[LAUNCHES], batch.about)

    with compiled_models(project, LAUNCHES) as models:
        agree()


def without(row: Row, column: str) -> Row:
    """A row without one of its columns."""
    return {name: value for name, value in row.items() if name != column}
