"""The models against the reference, row for row, on histories that sit on the edges of the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict

import pytest
from hypothesis import given, settings

from project import Project
from reference.horizon import data_horizon
from reference.streams import Event
from reference.unlock import entity_of, place_events
from reference.unlock_attempts import describe_attempts
from reference.unlock_funnel import daily_funnel
from unlock.compiled_models import Row, compiled_unlocks
from unlock.strategies import UnlockBatch, unlock_batches


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it shrinks before anyone has to read it
def test_models_and_reference_agree(project: Project) -> None:
    # Most examples that Hypothesis draws are variations of the one before; thrice as many make up for it.
    @settings(deadline=None, max_examples=3 * settings().max_examples)
    @given(batch=unlock_batches())
    def agree(batch: UnlockBatch) -> None:
        built = unlocks.build(batch)
        placed = place_events(batch.events)
        attempts = describe_attempts(placed, data_horizon(batch.received_through))
        assert_same_rows(built.placed_events, (item.row() for item in placed), batch.events)
        assert_same_rows(built.attempts, map(asdict, attempts), batch.events)
        assert_same_rows(built.funnel_days, map(asdict, daily_funnel(attempts)), batch.events)

    with compiled_unlocks(project) as unlocks:
        agree()


def assert_same_rows(
    built: Iterable[Row], derived: Iterable[Mapping[str, object]], events: Iterable[Event]
) -> None:
    """Assert that models and reference give the same rows; else show those that differ, and their events."""
    by_model, by_reference = Counter(map(frozen, built)), Counter(map(frozen, derived))
    if by_model == by_reference:
        return
    only_model, only_reference = by_model - by_reference, by_reference - by_model
    entities = {dict(row).get("entity_key") for row in (*only_model, *only_reference)}
    about = [event for event in events if entities <= {None} or entity_of(event).entity_key in entities]
    lines = [
        *(f"only by the models:    {dict(row)}" for row in only_model),
        *(f"only by the reference: {dict(row)}" for row in only_reference),
        *(f"event: {event}" for event in sorted(about, key=lambda event: str(event.occurred_at))),
    ]
    raise AssertionError("\n".join(lines))


def frozen(row: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
    """Give a row as something that can be counted: columns in one order, fractions to nine decimals."""
    return tuple(
        (name, round(value, 9) if isinstance(value, float) else value) for name, value in sorted(row.items())
    )
