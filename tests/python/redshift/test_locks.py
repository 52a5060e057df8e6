"""Runs that wait for a lock on Redshift's look-alike: two at once, and one that is cancelled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from concurrency.held import POLL_SECONDS
from concurrency.locks import locked_exclusively, waited_for
from dbt_process import DbtProcess
from redshift.conftest import OnRedshift

MODEL = "fct_unlock_attempts"
RUN = ("run", "--select", MODEL)
FACT = f"analytics_marts.{MODEL}"
LOCK = f"analytics_intermediate.{MODEL}__watermarks"


@contextmanager
def another_dbt(built: OnRedshift, work: Path) -> Iterator[DbtProcess]:
    """A dbt in a process of its own, with its files in a folder of its own."""
    work.mkdir()
    process = DbtProcess(replace(built.project.runner, work=work), built.lookalike.env, built.project.parsed)
    yield process
    process.kill()


def test_a_run_waits_for_another_at_the_lock_of_the_model_alone(built: OnRedshift, tmp_path: Path) -> None:
    project, lookalike = built.project, built.lookalike
    with another_dbt(built, tmp_path / "first") as first, another_dbt(built, tmp_path / "second") as second:
        lookalike.forget()
        assert first.run(*RUN).success
        sent = [each.sql.replace('"', "") for each in lookalike.statements if each.model == MODEL]
        (locked,) = [number for number, sql in enumerate(sent, 1) if re.search(rf"\block [\w.]*{LOCK};", sql)]
        held = lookalike.hold_at(number=locked + 1, model=MODEL)
        first.start(*RUN)
        held.wait_until_reached()
        assert locked_exclusively(project) == [LOCK]
        second.start(*RUN)
        while not second.is_done(POLL_SECONDS) and not waited_for(project):
            pass
        assert waited_for(project) == [LOCK]
        assert locked_exclusively(project) == [LOCK], "who waits has nothing else"
        held.go_on()
        assert [process.outcome().failure for process in (first, second)] == ["", ""]


def test_a_run_that_is_cancelled_while_it_waits_says_where_to_look(built: OnRedshift) -> None:
    project = built.project
    before = project.content(FACT)
    with closing(project.database.connect(user="transformer")) as connection, connection.cursor() as cursor:
        cursor.execute(f"lock table {LOCK}")
        limit = built.lookalike.limit_at(r"\block ", milliseconds=50, model=MODEL)
        results = project.dbt(*RUN, succeeds=False)
        assert limit.is_reached
    assert "statement timeout" in str(results[MODEL].message)
    (warning,) = [each for each in project.warnings if "statement_timeout" in each]
    assert warning == (
        f"{MODEL} was cancelled, by statement_timeout or by a user. If it waited for a lock, see"
        ' docs/redshift.md ("While Segment alters a raw table"): a query there shows a superuser who has the'
        " lock."
    )
    assert project.content(FACT) == before
    project.dbt(*RUN)
