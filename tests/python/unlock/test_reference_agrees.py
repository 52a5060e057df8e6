"""The models against the reference, row for row, on histories that sit on the edges of the rules."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given, settings

from builds.differences import Row, assert_same_rows
from compiled_models import compiled_models, horizon_rows
from edge_histories import Batch
from project import Project
from reference.entities import entity_of
from reference.horizon import data_horizon, newest_receipt
from reference.possible_dates import on_possible_dates
from reference.streams import Event
from reference.unlock import CUSTOMER_EVENTS, place_events
from reference.unlock_attempts import describe_attempts
from reference.unlock_funnel import daily_funnel
from unlock.strategies import unlock_batches

PLACED, ATTEMPTS, FUNNEL = "int_unlock_attempt_events", "fct_unlock_attempts", "rpt_unlock_funnel_daily"

STREAM_COLUMNS = (
    *("event_name", "event_id", "order_id", "robot_id", "merchant_id", "merchant_name"),
    *("error_code", "is_clock_suspect", "occurred_at"),
)


def stream_row(event: Event) -> Row:
    """An event as its stream has it, as far as the models read it."""
    row: dict[str, object] = {column: getattr(event, column) for column in STREAM_COLUMNS}
    if event.event_name in CUSTOMER_EVENTS:
        for column in ("failure_reason", "device_class", "app_version", "distance_meters"):
            row[column] = getattr(event, column)
    else:
        row["requested_by"] = event.requested_by
    return row | {"entity_key": entity_of(event).entity_key}


def given_rows(batch: Batch) -> dict[str, list[Row]]:
    """The rows of what the unlock models read."""
    customer = [event for event in batch.events if event.event_name in CUSTOMER_EVENTS]
    server = [event for event in batch.events if event.event_name not in CUSTOMER_EVENTS]
    return {
        "int_unlock_events": [stream_row(event) for event in customer],
        "int_server_unlock_events": [stream_row(event) for event in server],
        "int_data_horizon": horizon_rows(batch.received_through),
    }


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it shrinks before anyone has to read it
def test_models_and_reference_agree(project: Project) -> None:
    # Most examples that Hypothesis draws are variations of the one before; thrice as many make up for it.
    @settings(deadline=None, max_examples=3 * settings().max_examples)
    @given(batch=unlock_batches())
    def agree(batch: Batch) -> None:
        built = models.build(given_rows(batch), filled=(PLACED, ATTEMPTS), read=(FUNNEL,))
        placed = place_events(batch.events)
        attempts = describe_attempts(placed, data_horizon(batch.received_through))
        newest = newest_receipt(batch.received_through)
        derived: dict[str, list[Row]] = {
            PLACED: [item.row() for item in placed],
            ATTEMPTS: [asdict(attempt) for attempt in attempts],
            FUNNEL: on_possible_dates(map(asdict, daily_funnel(attempts)), newest),
        }
        for model, rows in derived.items():
            assert_same_rows(rows, built[model], batch.about)

    with compiled_models(project, FUNNEL) as models:
        agree()
