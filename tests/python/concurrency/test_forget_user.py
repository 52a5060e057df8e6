"""A person is forgotten while a run goes on: one waits for the other, nothing comes back or is lost."""

from __future__ import annotations

import pytest

from builds.differences import assert_same_contents
from concurrency.held import run_both
from concurrency.people import Person
from crash.proxy import Place
from crash.two_loads import TABLES, TwoLoads
from deep import deep

STREAM = "int_unlock_events"


def somebody(two_loads: TwoLoads, is_stored: bool) -> Person:
    """The customer with most clicks that the streams have, or do not have yet."""
    ((user_id,),) = two_loads.project.query(
        "select landed.user_id from analytics_staging.stg_order_unlock_coco as landed"
        f" left join analytics_intermediate.{STREAM} as stored using (event_name, event_id)"
        f" where landed.user_id is not null and (stored.event_id is not null) = {is_stored}"
        " group by 1 order by count(*) desc, 1 limit 1"
    )
    return Person(two_loads.project, str(user_id))


def assert_forgotten(two_loads: TwoLoads, user_id: str) -> None:
    """The next run makes of what is left what a full refresh makes of it."""
    two_loads.run(*TABLES)
    by_increments = two_loads.content()
    assert user_id not in str(by_increments[f"analytics_intermediate.{STREAM}"])
    two_loads.run("--full-refresh", *TABLES)
    full_refresh = two_loads.content()
    assert len(full_refresh["analytics_marts.fct_unlock_attempts"]) > 100
    assert_same_contents(full_refresh, by_increments)


@deep
@pytest.mark.parametrize("model", ["int_unlock_attempt_events", STREAM, "fct_unlock_attempts"])
def test_forgetting_waits_for_a_run(two_loads: TwoLoads, model: str) -> None:
    """The run has read the person's raw rows when these are deleted."""
    person = somebody(two_loads, is_stored=model != STREAM)
    held_at = two_loads.last_before_commit(model)
    commands = ("run", *TABLES), person.forget
    outcomes = run_both(two_loads, held_at, *commands, meanwhile=person.delete_raw)
    assert [outcome.errors for outcome in outcomes] == [{}, {}]
    assert_forgotten(two_loads, person.user_id)


@deep
@pytest.mark.parametrize("at", ["delete from", "begin;"], ids=["deleted", "locked"])
def test_a_run_waits_for_forgetting(two_loads: TwoLoads, at: str) -> None:
    person = somebody(two_loads, is_stored=True)
    person.delete_raw()
    two_loads.proxy.forget()
    assert two_loads.first.run(*person.forget).success
    recorded = two_loads.proxy.statements("forget_user")
    number = next(number for number, sql in enumerate(recorded, start=1) if at in sql)
    assert "commit;" in " ".join(recorded[number:]), "held before the commit"

    two_loads.reset()
    person.delete_raw()
    held_at = Place("forget_user", number, executed=True)
    outcomes = run_both(two_loads, held_at, person.forget, ("run", *TABLES))
    assert [outcome.errors for outcome in outcomes] == [{}, {}]
    assert_forgotten(two_loads, person.user_id)

    # A model that is dropped before forget_user has the locks
    two_loads.proxy.forget()
    begun = next(number for number, sql in enumerate(recorded, start=1) if "begin;" in sql)
    stop = two_loads.proxy.stop_at(Place("forget_user", begun, executed=False, pid=two_loads.first.pid))
    two_loads.first.start(*person.forget)
    stop.wait_until_reached()
    two_loads.project.execute("drop table analytics_marts.fct_ratings cascade")
    stop.go_on()
    assert "built or dropped models since forget_user began" in two_loads.first.outcome().failure
