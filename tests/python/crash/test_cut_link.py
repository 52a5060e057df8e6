"""A run whose link to the server is cut at any statement leaves nothing that the next run does not mend.

The server cannot tell a cut before a statement from one after the statement before it: in both cases it has
executed the same, and rolls back what is not committed. So a cut before the first statement and one after
each is a cut everywhere, as in `make test-deep`. In other runs of the tests one cut is before the last
statement and one where the seed draws it. Models that do not depend on each other are cut in the same run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

import pytest

from crash.proxy import Place
from crash.two_loads import TwoLoads
from deep import IS_DEEP, deep

ENOUGH_STREAMS = 12
HEIGHTS = 4


def floors(two_loads: TwoLoads) -> list[list[str]]:
    """The incremental models, those that rest on no other, then those that rest on these, and so on."""
    left = {name: tables_below(two_loads, name) for name in two_loads.incremental_models()}
    found = []
    while left:
        found.append([name for name, parents in left.items() if not parents & left.keys()])
        left = {name: parents for name, parents in left.items() if name not in found[-1]}
    return found


def tables_below(two_loads: TwoLoads, name: str) -> set[str]:
    """The incremental models that a model reads, also through views."""
    models = two_loads.models()
    parents = [parent.split(".")[-1] for parent in models[name]["depends_on"]["nodes"]]
    below: set[str] = set()
    for parent in parents:
        if models.get(parent, {}).get("config", {}).get("materialized") == "incremental":
            below.add(parent)
        elif parent in models:
            below |= tables_below(two_loads, parent)
    return below


def smallest_stream(two_loads: TwoLoads) -> str:
    """The stream of the fewest event tables, but more than one."""
    nodes = two_loads.models()
    counts = {name: len(nodes[name]["depends_on"]["nodes"]) for name in floors(two_loads)[0]}
    return min((name for name, count in counts.items() if count > 1), key=lambda name: counts[name])


def places(counts: Mapping[str, int], rng: random.Random) -> Iterator[dict[str, int]]:
    """For each run, after how many of their statements models are cut. A model that is not named is not cut.

    counts: how many statements each model sends.
    """
    if IS_DEEP:
        for number in range(max(counts.values()) + 1):
            yield {model: number for model, count in counts.items() if number <= count}
        return
    yield {model: rng.randint(0, count - 2) for model, count in counts.items()}
    yield {model: count - 1 for model, count in counts.items()}


def cut_everywhere(two_loads: TwoLoads, models: Sequence[str], rng: random.Random, *options: str) -> None:
    """Bring all before some models up to date; from there, cut their run at places, then run again."""
    run = ("--select", *models, *options)
    # An increment leaves the views on a table alone, a full refresh does not.
    followers = [f"{model}+" if options else f"{model}+,config.materialized:incremental" for model in models]
    if models != floors(two_loads)[0]:
        two_loads.run("--exclude", *followers, "config.materialized:view")
    two_loads.save("before")
    try:
        two_loads.proxy.forget()
        two_loads.run(*run)
        counts = {model: len(two_loads.proxy.statements(model)) for model in models}
        assert min(counts.values()) > 2, "the proxy must see what belongs to the models"
        for cut in places(counts, rng):
            two_loads.reset("before")
            stops = [
                two_loads.proxy.cut_at(Place(model, max(number, 1), number > 0))
                for model, number in cut.items()
            ]
            outcome = two_loads.first.run("run", *run)
            assert [str(stop.place) for stop in stops if not stop.is_reached] == []
            assert sorted(outcome.errors) == sorted(cut), stops[0].place
            two_loads.run("--select", *followers)
            two_loads.assert_as_after_full_refresh(stops[0].place)
    finally:
        two_loads.discard("before")


def test_an_increment_of_the_streams_cut_anywhere_is_made_good(
    two_loads: TwoLoads, rng: random.Random
) -> None:
    models = floors(two_loads)[0]
    assert len(models) == ENOUGH_STREAMS
    cut_everywhere(two_loads, models, rng)


@deep
@pytest.mark.parametrize("height", range(1, HEIGHTS))
def test_an_increment_of_what_is_built_on_them_cut_anywhere_is_made_good(
    two_loads: TwoLoads, rng: random.Random, height: int
) -> None:
    built = floors(two_loads)
    assert len(built) == HEIGHTS
    cut_everywhere(two_loads, built[height], rng)


@deep
def test_a_full_refresh_of_a_stream_cut_anywhere_is_made_good(
    two_loads: TwoLoads, rng: random.Random
) -> None:
    cut_everywhere(two_loads, [smallest_stream(two_loads)], rng, "--full-refresh")


@deep
@pytest.mark.parametrize("model", ["fct_unlock_attempts", "int_unlock_attempt_events"])
def test_a_full_refresh_of_a_fact_cut_anywhere_is_made_good(
    two_loads: TwoLoads, rng: random.Random, model: str
) -> None:
    cut_everywhere(two_loads, [model], rng, "--full-refresh")
