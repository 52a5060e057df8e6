"""Commands and readers that once waited for each other for ever no longer do."""

from __future__ import annotations

from contextlib import closing

import pytest

from concurrency.gates import FORGET_USER
from concurrency.people import people
from concurrency.unlocking import (
    ATTEMPTS,
    EVENTS,
    GATES,
    INCREMENTAL,
    JOIN,
    LOADING,
    LOADS,
    RELATIONS,
    STREAM,
    TABLES,
    Unlocking,
)
from deep import first_of

RUN = ("run", *TABLES)


def watermarks(*models: str) -> list[str]:
    """The watermark tables of models."""
    return [f"analytics_intermediate.{model}__watermarks" for model in models]


@pytest.mark.parametrize("_unlocking", first_of(*GATES), indirect=True)
@pytest.mark.parametrize("model", first_of(ATTEMPTS, EVENTS, STREAM))
@pytest.mark.parametrize("moment", first_of("written", "locked"))
def test_a_run_waits_for_another_at_the_same_model_alone(
    unlocking: Unlocking, model: str, moment: str
) -> None:
    place = unlocking.place(model, moment)
    unlocking.land_rest()
    unlocking.first.start(RUN, held_before=place)
    unlocking.first.wait_until_held()
    assert unlocking.locked_exclusively() == watermarks(model)
    unlocking.second.start(RUN)
    unlocking.settle()
    assert unlocking.waited_for() == watermarks(model)
    assert unlocking.locked_exclusively() == watermarks(model), "who waits has nothing else"
    unlocking.assert_all_succeed(unlocking.first, unlocking.second)
    unlocking.assert_next_run_is_as_a_full_refresh()


@pytest.mark.parametrize("_unlocking", first_of(*GATES), indirect=True)
@pytest.mark.parametrize("model", first_of(EVENTS, STREAM, ATTEMPTS))
def test_forgetting_waits_for_a_run_and_the_run_for_it(unlocking: Unlocking, model: str) -> None:
    """The run has a lock that comes first, in the middle or last in the order of names."""
    person = people(unlocking.project, RELATIONS[STREAM])[0]
    place = unlocking.place(model, "locked")
    unlocking.land_rest()
    person.delete_raw()
    unlocking.first.start(RUN, held_before=place)
    unlocking.first.wait_until_held()
    unlocking.second.start(person.forget)
    unlocking.settle()
    assert unlocking.waited_for() == watermarks(model)
    unlocking.assert_all_succeed(unlocking.first, unlocking.second)
    unlocking.assert_next_run_is_as_a_full_refresh()
    assert person.user_id not in str(unlocking.project.content(RELATIONS[STREAM]))


@pytest.mark.parametrize("_unlocking", first_of(*GATES), indirect=True)
def test_a_run_waits_for_forgetting(unlocking: Unlocking) -> None:
    person = people(unlocking.project, RELATIONS[STREAM])[0]
    unlocking.land_rest()
    person.delete_raw()
    unlocking.first.start(person.forget, held_before=unlocking.place(FORGET_USER, "written"))
    unlocking.first.wait_until_held()
    unlocking.second.start(RUN)
    unlocking.settle()
    assert {*unlocking.waited_for()} < {*watermarks(*INCREMENTAL)}
    unlocking.assert_all_succeed(unlocking.first, unlocking.second)
    unlocking.assert_next_run_is_as_a_full_refresh()
    assert person.user_id not in str(unlocking.project.content(RELATIONS[STREAM]))


@pytest.mark.parametrize("_unlocking", first_of(*GATES), indirect=True)
@pytest.mark.parametrize("moment", first_of("written", "locked"))
def test_neither_a_run_nor_an_analyst_waits_for_the_other(unlocking: Unlocking, moment: str) -> None:
    """The analyst's transaction has read the parent before, and is still open when the run commits."""
    unlocking.land_rest()
    before = unlocking.project.content(RELATIONS[ATTEMPTS])
    with closing(unlocking.first.gate.reader()) as analyst:
        cursor = analyst.cursor()
        cursor.execute("begin")
        cursor.execute(f"select count(*) from {RELATIONS[EVENTS]}")
        unlocking.second.start(RUN, held_before=unlocking.place(ATTEMPTS, moment))
        unlocking.second.wait_until_held()
        cursor.execute(JOIN)
        assert cursor.fetchall()[0][1] > 0
        cursor.execute(f"select count(*) from {RELATIONS[ATTEMPTS]}")
        assert cursor.fetchall()[0][0] == len(before)
        assert unlocking.second.is_held
        unlocking.second.go_on()
        unlocking.settle()
        assert unlocking.waited_for() == []
        unlocking.assert_all_succeed(unlocking.second)
        cursor.execute(f"select count(*) from {RELATIONS[ATTEMPTS]}")
        assert cursor.fetchall()[0][0] > len(before)
        cursor.execute("commit")
    unlocking.assert_next_run_is_as_a_full_refresh()


@pytest.mark.parametrize("_unlocking", first_of(*GATES), indirect=True)
def test_an_analyst_reads_while_a_person_is_being_forgotten(unlocking: Unlocking) -> None:
    person = people(unlocking.project, RELATIONS[STREAM])[0]
    before = unlocking.project.content(RELATIONS[STREAM])
    person.delete_raw()
    unlocking.first.start(person.forget, held_before=unlocking.place(FORGET_USER, "written"))
    unlocking.first.wait_until_held()
    with closing(unlocking.second.gate.reader()) as analyst:
        cursor = analyst.cursor()
        cursor.execute(JOIN)
        cursor.execute(f"select count(*) from {RELATIONS[STREAM]}")
        assert cursor.fetchall()[0][0] == len(before)
    assert unlocking.first.is_held
    unlocking.assert_all_succeed(unlocking.first)
    unlocking.assert_next_run_is_as_a_full_refresh()


@pytest.mark.parametrize("_unlocking", first_of(*GATES), indirect=True)
@pytest.mark.parametrize("moment", first_of("written", "locked"))
def test_two_facts_that_read_the_same_horizon_do_not_wait_for_each_other(
    unlocking: Unlocking, moment: str
) -> None:
    unlocking.land_rest()
    place = unlocking.place(ATTEMPTS, moment)
    unlocking.first.start(RUN, held_before=place)
    unlocking.first.wait_until_held()
    before = unlocking.project.content(RELATIONS[LOADS])
    unlocking.second.start(("run", *LOADING))
    unlocking.settle()
    assert unlocking.waited_for() == []
    unlocking.assert_all_succeed(unlocking.second)
    assert unlocking.first.is_held
    assert unlocking.project.content(RELATIONS[LOADS]) != before
    unlocking.assert_all_succeed(unlocking.first)
    unlocking.assert_next_run_is_as_a_full_refresh()
