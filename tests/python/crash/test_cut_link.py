"""A run whose link to the server is cut at any statement leaves nothing that the next run does not mend.

The server cannot tell a cut before a statement from one after the statement before it: in both cases it has
executed the same, and rolls back what is not committed. So a cut before the first statement and one after
each is a cut everywhere. Models that do not depend on each other are cut in the same run.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from crash.proxy import Place
from crash.two_loads import TwoLoads

OF_STREAMS = ["int_data_horizon", "int_unlock_attempt_events"]
OF_FACTS = ["fct_unlock_attempts"]
ENOUGH_STREAMS = 12


def streams(two_loads: TwoLoads) -> list[str]:
    """The incremental models that depend on no other, those with the fewest event tables first."""
    incremental = set(two_loads.incremental_models())
    parents = {
        name: {parent.split(".")[-1] for parent in two_loads.models()[name]["depends_on"]["nodes"]}
        for name in incremental
    }
    found = [name for name in sorted(incremental) if not parents[name] & incremental]
    return sorted(found, key=lambda name: len(parents[name]))


def smallest_stream(two_loads: TwoLoads) -> str:
    """The stream of the fewest event tables, but more than one."""
    nodes = two_loads.models()
    return next(name for name in streams(two_loads) if len(nodes[name]["depends_on"]["nodes"]) > 1)


def cut_everywhere(two_loads: TwoLoads, models: Sequence[str], *options: str) -> None:
    """Bring all before some models up to date; from there, cut their run at each place, then run again."""
    run = ("--select", *models, *options)
    followers = [f"{model}+" for model in models]
    two_loads.run("--exclude", *followers, "config.materialized:view")
    two_loads.save("before")
    try:
        two_loads.proxy.forget()
        two_loads.run(*run)
        counts = {model: len(two_loads.proxy.statements(model)) for model in models}
        assert min(counts.values()) > 1, "the proxy must see what belongs to the models"
        for number in range(max(counts.values()) + 1):
            cut = [model for model in models if number <= counts[model]]
            two_loads.reset("before")
            stops = [two_loads.proxy.cut_at(Place(model, max(number, 1), number > 0)) for model in cut]
            outcome = two_loads.first.run("run", *run)
            assert [str(stop.place) for stop in stops if not stop.is_reached] == []
            assert sorted(outcome.errors) == sorted(cut), stops[0].place
            two_loads.run("--select", *followers)
            two_loads.assert_as_after_full_refresh(stops[0].place)
    finally:
        two_loads.discard("before")


def test_an_increment_of_the_streams_cut_anywhere_is_made_good(two_loads: TwoLoads) -> None:
    models = streams(two_loads)
    assert len(models) == ENOUGH_STREAMS
    cut_everywhere(two_loads, models)


@pytest.mark.parametrize("models", [OF_STREAMS, OF_FACTS], ids=",".join)
def test_an_increment_of_what_is_built_on_them_cut_anywhere_is_made_good(
    two_loads: TwoLoads, models: list[str]
) -> None:
    assert {*streams(two_loads), *OF_STREAMS, *OF_FACTS} == {*two_loads.incremental_models()}
    cut_everywhere(two_loads, models)


def test_a_full_refresh_of_a_stream_cut_anywhere_is_made_good(two_loads: TwoLoads) -> None:
    cut_everywhere(two_loads, [smallest_stream(two_loads)], "--full-refresh")


@pytest.mark.parametrize("model", ["int_unlock_attempt_events", "fct_unlock_attempts"])
def test_a_full_refresh_of_a_fact_cut_anywhere_is_made_good(two_loads: TwoLoads, model: str) -> None:
    cut_everywhere(two_loads, [model], "--full-refresh")
