"""Two runs at once: the second waits or refuses with a clear message; no row is lost or written twice."""

from __future__ import annotations

import os

import pytest

from crash.dbt_process import Outcome
from crash.proxy import Place
from crash.two_loads import HALF_LANDED, TwoLoads

pytestmark = pytest.mark.skipif(
    os.environ.get("HYPOTHESIS_PROFILE") != "deep", reason="long: a part of make test-deep"
)

TABLES = ("--exclude", "config.materialized:view")
BEFORE_COMMIT = 7
POLL_SECONDS = 0.05
HELD_AT = [
    # between two models: the other run overtakes
    Place("int_unlock_events", 1, executed=False),
    Place("int_server_unlock_events", 1, executed=False),
    Place("int_unlock_attempt_events", 1, executed=False),
    Place("fct_unlock_attempts", 1, executed=False),
    # within one
    Place("int_unlock_events", 2, executed=True),
    Place("fct_unlock_attempts", 2, executed=True),
    # within one that has written
    Place("int_unlock_events", BEFORE_COMMIT, executed=True),
    Place("int_unlock_attempt_events", BEFORE_COMMIT, executed=True),
]


def run_both(
    two_loads: TwoLoads, held_at: Place, first: tuple[str, ...], second: tuple[str, ...]
) -> tuple[Outcome, Outcome]:
    """Hold a first run at a place; let a second go as far as it can; let the first go on. What came of both.

    More rows land before the first goes on.
    """
    stop = two_loads.proxy.stop_at(
        Place(held_at.model, held_at.number, held_at.executed, two_loads.first.pid)
    )
    two_loads.first.start("run", "--threads", "1", *first)
    stop.wait_until_reached()
    two_loads.second.start("run", "--threads", "1", *second)
    while not two_loads.second.is_done(POLL_SECONDS) and not two_loads.is_waiting():
        pass
    two_loads.land_rest()
    stop.go_on()
    return two_loads.first.outcome(), two_loads.second.outcome()


def run_again(two_loads: TwoLoads) -> None:
    """Run all tables, and the views on them: whoever replaces a table drops those."""
    two_loads.run(*TABLES)
    two_loads.run("--select", "path:models/marts,config.materialized:view")


@pytest.mark.parametrize("held_at", HELD_AT, ids=str)
def test_two_increments_at_once_lose_nothing(two_loads: TwoLoads, held_at: Place) -> None:
    two_loads.reset(HALF_LANDED)
    outcomes = run_both(two_loads, held_at, TABLES, TABLES)
    run_again(two_loads)
    two_loads.assert_as_after_full_refresh(held_at)
    assert [outcome.errors for outcome in outcomes] == [{}, {}]


@pytest.mark.parametrize(("first", "second"), [((), ("--full-refresh",)), (("--full-refresh",), ())])
@pytest.mark.parametrize("model", ["int_unlock_events", "fct_unlock_attempts"])
def test_a_full_refresh_beside_an_increment_loses_nothing(
    two_loads: TwoLoads, model: str, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    held_at = Place(model, 3, executed=True)
    two_loads.reset(HALF_LANDED)
    outcomes = run_both(two_loads, held_at, (*first, *TABLES), (*second, *TABLES))
    run_again(two_loads)
    two_loads.assert_as_after_full_refresh(held_at)
    assert [outcome.errors for outcome in outcomes] == [{}, {}]


def test_two_first_runs_at_once_refuse_what_the_other_has_built(two_loads: TwoLoads) -> None:
    held_at = Place("int_unlock_events", 2, executed=True)
    two_loads.reset(HALF_LANDED)
    two_loads.project.execute("drop schema analytics_marts cascade")
    two_loads.project.execute("drop schema analytics_intermediate cascade")
    first, second = run_both(two_loads, held_at, TABLES, TABLES)
    assert "Another run of dbt has built or dropped int_unlock_events" in second.errors["int_unlock_events"]
    for message in (first.errors | second.errors).values():
        assert "since this run began. Run dbt again." in message
    run_again(two_loads)
    two_loads.assert_as_after_full_refresh(held_at)
