"""On Redshift, too, a person is forgotten at once, and for good when the raw tables have forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from builds.differences import assert_same_contents
from deep import deep
from project import Project
from properties.built import Manifest, outputs
from redshift.conftest import OnRedshift
from redshift.locks import CONFLICT, written_without_lock
from sandbox.server import RAW_SCHEMA

TABLES = ("--select", "config.materialized:incremental")


def events_of(project: Project, person: str) -> int:
    """How many events of a person all streams hold."""
    return sum(
        project.query(f"select count(*) from {stream} where user_id = '{person}'")[0][0]
        for stream in sorted({*Manifest.of(project).event_tables.values()})
    )


def somebody(project: Project) -> str:
    """The user id of somebody with events."""
    for stream in sorted({*Manifest.of(project).event_tables.values()}):
        found = project.query(f"select user_id from {stream} where user_id is not null order by 1 limit 1")
        if found:
            return str(found[0][0])
    raise AssertionError("no event has a user id")


@contextmanager
def raw_rows_deleted(project: Project, person: str) -> Iterator[None]:
    """Delete the raw rows of a person and of the browsers they used; bring them back at the end."""
    tables = project.tables(RAW_SCHEMA)
    project.execute("create schema kept authorization loader", user="postgres")
    browsers = " union ".join(f"select anonymous_id from {t} where user_id = '{person}'" for t in tables)
    project.execute(f"create table kept.browsers as {browsers}", user="loader")
    theirs = f"user_id = '{person}' or anonymous_id in (select anonymous_id from kept.browsers)"
    for table in tables:
        kept = table.replace(RAW_SCHEMA, "kept")
        project.execute(
            f"create table {kept} as select * from {table} where {theirs};"
            f" delete from {table} where {theirs}",
            user="loader",
        )
    yield
    for table in tables:
        kept = table.replace(RAW_SCHEMA, "kept")
        project.execute(f"insert into {table} select * from {kept}", user="loader")
    project.execute("drop schema kept cascade", user="postgres")


@deep
@pytest.mark.parametrize("statement", ["delete from", "create temporary table forgotten_events", "commit;"])
def test_nobody_is_forgotten_in_a_session_without_the_lock(built: OnRedshift, statement: str) -> None:
    project = built.project
    before = outputs(project)
    person = somebody(project)
    with raw_rows_deleted(project, person):
        built.lookalike.forget()
        conflict = built.lookalike.fail_at(statement, CONFLICT)
        with pytest.raises(AssertionError, match="dbt run-operation forget_user failed"):
            project.dbt("run-operation forget_user", "--args", f"{{user_id: {person}}}")
        assert conflict.is_reached
        assert written_without_lock(built.lookalike.statements) == []
    assert_same_contents(before, outputs(project))


@deep
def test_a_person_is_forgotten_and_what_is_restored_comes_back(built: OnRedshift) -> None:
    project = built.project
    before = outputs(project)
    person = somebody(project)
    forget = ("run-operation forget_user", "--args", f"{{user_id: {person}}}")
    assert events_of(project, person) > 0
    project.dbt(*forget, succeeds=False)
    assert events_of(project, person) == 0
    project.dbt("run", *TABLES, "--vars", "{reconcile: true}")
    assert events_of(project, person) == 0, "the person is on the list"
    with raw_rows_deleted(project, person):
        # The adapter repeats in a new session what it sent last: the lock and the first notes.
        built.lookalike.forget()
        conflict = built.lookalike.fail_at("create temporary table forgotten_browsers", CONFLICT)
        project.dbt(*forget)
        assert conflict.is_reached
        assert written_without_lock(built.lookalike.statements) == []
        assert events_of(project, person) == 0
    project.dbt("run", *TABLES, "--vars", "{reconcile: true}")
    assert_same_contents(before, outputs(project))
