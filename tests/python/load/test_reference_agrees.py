"""The models against the reference, row for row, on histories that sit on the edges of the rules."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given, settings

from builds.differences import Row, assert_same_rows
from compiled_models import compiled_models, horizon_rows
from edge_histories import Batch
from load.strategies import load_batches
from project import Project
from reference.entities import entity_of
from reference.horizon import data_horizon, newest_receipt
from reference.load import place_events
from reference.load_attempts import describe_attempts
from reference.load_success import daily_success
from reference.possible_dates import on_possible_dates
from reference.streams import Event

PLACED, ATTEMPTS, SUCCESS = "int_load_attempt_events", "fct_load_attempts", "rpt_load_success_daily"

STREAM_COLUMNS = (
    *("event_name", "event_id", "order_id", "robot_id", "merchant_id", "merchant_name"),
    *("load_method", "error_code", "is_clock_suspect", "occurred_at"),
)


def stream_row(event: Event) -> Row:
    """An event as its stream has it, as far as the models read it."""
    told: dict[str, object] = {column: getattr(event, column) for column in STREAM_COLUMNS}
    return told | {"entity_key": entity_of(event).entity_key}


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it shrinks before anyone has to read it
def test_models_and_reference_agree(project: Project) -> None:
    # Most examples that Hypothesis draws are variations of the one before; thrice as many make up for it.
    @settings(deadline=None, max_examples=3 * settings().max_examples)
    @given(batch=load_batches())
    def agree(batch: Batch) -> None:
        given_rows = {
            "int_server_load_events": [stream_row(event) for event in batch.events],
            "int_data_horizon": horizon_rows(batch.received_through),
        }
        built = models.build(given_rows, filled=(PLACED, ATTEMPTS), read=(SUCCESS,))
        placed = place_events(batch.events)
        attempts = describe_attempts(placed, data_horizon(batch.received_through))
        newest = newest_receipt(batch.received_through)
        derived: dict[str, list[Row]] = {
            PLACED: [item.row() for item in placed],
            ATTEMPTS: [asdict(attempt) for attempt in attempts],
            SUCCESS: on_possible_dates(map(asdict, daily_success(attempts)), newest),
        }
        for model, rows in derived.items():
            assert_same_rows(rows, built[model], batch.about)

    with compiled_models(project, SUCCESS) as models:
        agree()
