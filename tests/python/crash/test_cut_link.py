"""A run whose link to the server is cut at any statement leaves nothing that the next run does not mend.

The server cannot tell a cut before a statement from one after the statement before it: in both cases it has
executed the same, and rolls back what is not committed. So a cut before the first statement and one after
each is a cut everywhere.
"""

from __future__ import annotations

import os
import random

import pytest

from crash.proxy import Place
from crash.two_loads import TwoLoads

pytestmark = pytest.mark.skipif(
    os.environ.get("HYPOTHESIS_PROFILE") != "deep", reason="long: a part of make test-deep"
)

IS_DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
CUT_EVERYWHERE = ("int_unlock_events", "int_unlock_attempt_events", "fct_unlock_attempts")
SHARES = 3


def run_and_cut_everywhere(
    two_loads: TwoLoads, model: str, *options: str, sample: random.Random | None = None
) -> None:
    """Bring everything before a model up to date; from there, cut its run at each place, then run again.

    With `sample`, at one place that it draws.
    """
    count = _save_before(two_loads, model, *options)
    places = [Place(model, 1, executed=False)]
    places += [Place(model, number, executed=True) for number in range(1, count + 1)]
    for place in [sample.choice(places)] if sample else places:
        two_loads.reset(model)
        cut = two_loads.proxy.cut_at(place)
        outcome = two_loads.first.run("run", "--select", model, *options)
        assert cut.is_reached, place
        assert list(outcome.errors) == [model], place
        two_loads.run("--select", f"{model}+")
        two_loads.assert_as_after_full_refresh(place)
    two_loads.discard(model)


def _save_before(two_loads: TwoLoads, model: str, *options: str) -> int:
    """Save a state in which only the model and what follows lack the second load; the model's statements."""
    two_loads.reset()
    two_loads.run("--exclude", f"{model}+", "config.materialized:view")
    two_loads.save(model)
    two_loads.proxy.forget()
    two_loads.run("--select", model, *options)
    count = len(two_loads.proxy.statements(model))
    assert count > 1, "the proxy must see what belongs to the model"
    return count


@pytest.mark.parametrize("model", CUT_EVERYWHERE)
def test_an_increment_cut_anywhere_is_made_good(two_loads: TwoLoads, model: str) -> None:
    run_and_cut_everywhere(two_loads, model)


@pytest.mark.parametrize("share", range(SHARES))
def test_an_increment_of_any_model_cut_somewhere_is_made_good(
    two_loads: TwoLoads, rng: random.Random, share: int
) -> None:
    models = [model for model in two_loads.incremental_models() if model not in CUT_EVERYWHERE]
    for model in models[share::SHARES]:
        run_and_cut_everywhere(two_loads, model, sample=None if IS_DEEP else rng)


def test_a_full_refresh_cut_anywhere_is_made_good(two_loads: TwoLoads) -> None:
    run_and_cut_everywhere(two_loads, "fct_unlock_attempts", "--full-refresh")
