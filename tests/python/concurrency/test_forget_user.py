"""A person is forgotten while a run goes on: one waits for the other, nothing comes back, nothing else is lost."""

from __future__ import annotations

import pytest

from concurrency.held import run_both
from crash.proxy import Place
from crash.two_loads import LANDED, TABLES, TwoLoads
from sandbox.server import RAW_SCHEMA

STREAM = "int_unlock_events"
LOCKED, FORGOTTEN = 1, 5
"""Statements of forget_user: the lock, and what deletes before the commit."""


@pytest.fixture
def user_id(two_loads: TwoLoads) -> str:
    """Somebody with many unlock events, of whom the raw tables hold nothing any more."""
    ((user_id,),) = two_loads.project.query(
        f"select user_id from analytics_intermediate.{STREAM} where user_id is not null"
        " group by 1 order by count(*) desc, 1 limit 1"
    )
    browsers = " union ".join(
        f"select anonymous_id from {table} where user_id = '{user_id}'"
        for table in two_loads.project.tables(RAW_SCHEMA)
    )
    for table in two_loads.project.tables(RAW_SCHEMA):
        two_loads.project.execute(
            f"delete from {table} where user_id = '{user_id}' or user_id is null and anonymous_id in ({browsers})",
            user="loader",
        )
    return str(user_id)


def forget(user_id: str) -> tuple[str, ...]:
    """The command that forgets a person."""
    return ("run-operation", "forget_user", "--args", f"{{user_id: {user_id}}}")


def assert_forgotten(two_loads: TwoLoads, user_id: str) -> None:
    """The next run makes of what is left what a full refresh makes of it."""
    two_loads.run(*TABLES)
    by_increments = two_loads.content()
    assert user_id not in str(by_increments[f"analytics_intermediate.{STREAM}"])
    two_loads.run("--full-refresh", *TABLES)
    two_loads.run_views_on_tables()
    full_refresh = two_loads.content()
    assert len(full_refresh["analytics_marts.fct_unlock_attempts"]) > 100
    for relation, rows in full_refresh.items():
        assert by_increments[relation] == rows, relation


@pytest.mark.parametrize("model", [STREAM, "int_unlock_attempt_events", "fct_unlock_attempts"])
def test_forgetting_waits_for_a_run(two_loads: TwoLoads, user_id: str, model: str) -> None:
    held_at = two_loads.last_before_commit(model)
    outcomes = run_both(two_loads, held_at, ("run", *TABLES), forget(user_id))
    assert [outcome.errors for outcome in outcomes] == [{}, {}]
    assert_forgotten(two_loads, user_id)


@pytest.mark.parametrize("number", [LOCKED, FORGOTTEN])
def test_a_run_waits_for_forgetting(two_loads: TwoLoads, user_id: str, number: int) -> None:
    held_at = Place("forget_user", number, executed=True)
    outcomes = run_both(two_loads, held_at, forget(user_id), ("run", *TABLES))
    assert [outcome.errors for outcome in outcomes] == [{}, {}]
    assert_forgotten(two_loads, user_id)
