"""Two runs at once: the second waits or refuses with a clear message; no row is lost or written twice."""

from __future__ import annotations

import random

import pytest

from concurrency.held import POLL_SECONDS, run_both
from crash.proxy import Place
from crash.two_loads import HALF_LANDED, TABLES, TwoLoads
from deep import deep, first_of, some_of

HELD_AT = [
    # between two models: the other run overtakes
    ("int_unlock_events", "before"),
    ("int_server_unlock_events", "before"),
    ("int_unlock_attempt_events", "before"),
    ("fct_unlock_attempts", "before"),
    ("int_tracker_sessions", "before"),
    ("fct_orders", "before"),
    # within one
    ("int_unlock_events", "locked"),
    ("fct_unlock_attempts", "locked"),
    ("fct_unlock_attempts", "probed"),
    # within one that has written
    ("int_unlock_events", "written"),
    ("int_unlock_attempt_events", "written"),
    ("fct_unlock_attempts", "written"),
]

ALWAYS_HELD_AT = [("fct_unlock_attempts", "written")]


def place_of(two_loads: TwoLoads, model: str, moment: str) -> Place:
    """The place in an increment of a model: before it, after its lock, after its probe, before its commit."""
    if moment == "before":
        return Place(model, 1, executed=False)
    for name, sql in {"locked": "lock ", "probed": "has_changes"}.items():
        if moment == name:
            numbers = [number for number, sent in enumerate(two_loads.statements[model], 1) if sql in sent]
            return Place(model, numbers[0], executed=True)
    return two_loads.last_before_commit(model)


def run_again(two_loads: TwoLoads) -> None:
    """Run all tables, and the views on them: whoever replaces a table drops those."""
    two_loads.run(*TABLES)
    two_loads.run_views_on_tables()


def assert_nothing_is_lost(
    two_loads: TwoLoads, held_at: Place, first: tuple[str, ...] = (), second: tuple[str, ...] = ()
) -> None:
    """Hold a run (`first`, `second`: arguments) while another goes on: both succeed, the next ends right."""
    two_loads.reset(HALF_LANDED)
    outcomes = run_both(two_loads, held_at, ("run", *first, *TABLES), ("run", *second, *TABLES))
    if first or second:
        run_again(two_loads)
    else:
        two_loads.run(*TABLES)
    two_loads.assert_as_after_full_refresh(held_at)
    assert [outcome.errors for outcome in outcomes] == [{}, {}]


@pytest.mark.parametrize(("model", "moment"), some_of(HELD_AT, ALWAYS_HELD_AT))
def test_two_increments_at_once_lose_nothing(two_loads: TwoLoads, model: str, moment: str) -> None:
    assert_nothing_is_lost(two_loads, place_of(two_loads, model, moment))


@deep
@pytest.mark.parametrize("draw", range(4))
def test_an_increment_held_anywhere_beside_another_loses_nothing(
    two_loads: TwoLoads, rng: random.Random, draw: int
) -> None:
    held_at = two_loads.somewhere(rng)
    print("held", held_at)
    assert_nothing_is_lost(two_loads, held_at)


@deep
@pytest.mark.parametrize(("first", "second"), [((), ("--full-refresh",)), (("--full-refresh",), ())])
@pytest.mark.parametrize("model", ["fct_unlock_attempts", "int_unlock_events"])
def test_a_full_refresh_beside_an_increment_loses_nothing(
    two_loads: TwoLoads, model: str, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    assert_nothing_is_lost(two_loads, Place(model, 3, executed=True), first, second)


@deep
def test_two_first_runs_at_once_refuse_what_the_other_has_built(two_loads: TwoLoads) -> None:
    held_at = Place("int_unlock_events", 2, executed=True)
    two_loads.reset(HALF_LANDED)
    two_loads.project.execute("drop schema analytics_marts cascade")
    two_loads.project.execute("drop schema analytics_intermediate cascade")
    first, second = run_both(two_loads, held_at, ("run", *TABLES), ("run", *TABLES))
    assert "Another run of dbt has built int_unlock_events" in second.errors["int_unlock_events"]
    for message in (first.errors | second.errors).values():
        assert "since this run began. Run dbt again." in message
    run_again(two_loads)
    two_loads.assert_as_after_full_refresh(held_at)


def statements_of(two_loads: TwoLoads, model: str, run: tuple[str, ...]) -> list[str]:
    """What a model sends in a `dbt run` with these arguments."""
    two_loads.proxy.forget()
    two_loads.run(*run[1:])
    statements = two_loads.proxy.statements(model)
    two_loads.proxy.forget()
    return statements


def test_two_runs_swap_the_same_table(two_loads: TwoLoads) -> None:
    """The other waits for the commit, with which the old table is gone and the new one has its name."""
    model = "int_pilot_trip_events"
    run = ("run", "--full-refresh", "--select", model)
    statements = statements_of(two_loads, model, run)
    commit = len(statements)
    assert statements.index("COMMIT") == commit - 1, "nothing is left to be done after the commit"
    assert ["drop table" in sql for sql in statements].count(True) == 1
    pid = two_loads.first.pid
    before = two_loads.proxy.stop_at(Place(model, commit - 1, executed=True, pid=pid))
    after = two_loads.proxy.stop_at(Place(model, commit, executed=True, pid=pid))
    two_loads.first.start(*run)
    before.wait_until_reached()
    two_loads.second.start(*run)
    while not two_loads.is_waiting() and not two_loads.second.is_done(POLL_SECONDS):
        pass
    before.go_on()
    after.wait_until_reached()
    second = two_loads.second.outcome()
    after.go_on()
    assert (two_loads.first.outcome().errors, second.errors) == ({}, {})
    run_again(two_loads)
    two_loads.assert_as_after_full_refresh(model)


@pytest.mark.parametrize("view", first_of("rpt_unlock_funnel_daily", "stg_order_unlock_coco"))
def test_two_runs_replace_the_same_view(two_loads: TwoLoads, view: str) -> None:
    """The other waits for the commit. A view with another comment counts as changed."""
    run = ("run", "--select", view)
    schema = "analytics_marts" if view.startswith("rpt_") else "analytics_staging"
    rows = two_loads.project.content(f"{schema}.{view}")
    assert rows
    changed = f"comment on view {schema}.{view} is 'changed'"
    two_loads.project.execute(changed)
    held_at = Place(view, statements_of(two_loads, view, run).index("COMMIT"), executed=True)
    two_loads.project.execute(changed)
    first, second = run_both(two_loads, held_at, run, run)
    assert (first.errors, second.errors) == ({}, {})
    assert two_loads.project.content(f"{schema}.{view}") == rows
    assert two_loads.leftovers() == []
