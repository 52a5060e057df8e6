"""A run on Redshift that is cut, or conflicts with another writer, is made good by the next."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from dbt_process import DbtProcess
from deep import IS_DEEP, deep, some_of
from project import Rows
from properties.built import Manifest, row_versions
from redshift.conftest import OnRedshift
from redshift.locks import CONFLICT, written_without_lock
from redshift_lookalike.faults import Fault

MODELS = {
    "replace_events": "int_unlock_events",
    "replace_entities": "fct_unlock_attempts",
    "replace_differences": "int_data_horizon",
}
PUT_BEHIND = {
    # Of the events that the next increment reads again, some are gone and the others not as they arrived.
    "replace_events": """
        create temporary table again as
        select event_id from {0} where loaded_at >= (select max(loaded_at) - interval '12 hours' from {0});
        delete from {0} where event_id in (select event_id from again) and md5(event_id) < '8';
        update {0} set received_at = received_at - interval '1 second'
        where event_id in (select event_id from again)
    """,
    # Some entities are gone, and the watermarks of the inputs are a day older.
    "replace_entities": """
        delete from {0} where md5(entity_key) < '8';
        update {1} set watermark = watermark - interval '1 day'
    """,
    # Some streams are gone, and the others less far.
    "replace_differences": """
        delete from {0} where md5(stream_name) < '8';
        update {0} set received_through = received_through - interval '1 hour'
    """,
}
SOME = 6
"""Number of statements that are drawn."""

State = tuple[dict[str, Rows], list[str]]


@dataclass(frozen=True)
class Increments:
    """Increments of a table.

    content: what the table held before.  statements: what an increment sends that has something to do.
    """

    built: OnRedshift
    dbt: DbtProcess
    model: str
    relation: str
    strategy: str
    content: Rows
    statements: list[str]

    @property
    def watermarks(self) -> str:
        """The model's watermark table."""
        return f"analytics_intermediate.{self.model}__watermarks"

    def put_behind(self) -> State:
        """Take back a part of what the table held: an increment has rows to delete, and rows to insert."""
        project = self.built.project
        project.execute(PUT_BEHIND[self.strategy].format(self.relation, self.watermarks))
        assert 0 < len(project.content(self.relation)) < len(self.content)
        return self.state()

    def state(self) -> State:
        """The versions of the table's rows, and all relations in its schema."""
        project = self.built.project
        versions = row_versions(project, [self.relation, self.watermarks])
        return versions, project.tables(self.relation.partition(".")[0])

    def sent_by(self, *arguments: str) -> list[str]:
        """What a run of the model sends, which succeeds."""
        self.built.lookalike.forget()
        self._succeed(*arguments)
        return [sent.sql for sent in self.built.lookalike.statements if sent.model == self.model]

    def conflict_at(self, number: int, *arguments: str) -> bool:
        """Whether a run succeeds that comes to a conflict at a statement. It writes nothing without a lock.

        The adapter begins a new session and repeats what it sent last.
        """
        self.built.lookalike.forget()
        conflict = self.built.lookalike.fail_at("", CONFLICT, number, self.model)
        outcome = self.dbt.run("run", "--select", self.model, *arguments)
        assert conflict.is_reached
        assert written_without_lock(self.built.lookalike.statements) == [], str(conflict)
        return outcome.success

    def fail_at(self, fault: Fault) -> None:
        """Run an increment that comes to a fault, and fails."""
        assert [*self.dbt.run("run", "--select", self.model).errors] == [self.model], str(fault)
        assert fault.is_reached, str(fault)

    def make_good(self) -> None:
        """Run an increment, after which the table holds what it held before, and one that writes nothing."""
        self._succeed()
        assert self.built.project.content(self.relation) == self.content
        made_good = self.state()
        self._succeed()
        assert self.state() == made_good

    def _succeed(self, *arguments: str) -> None:
        outcome = self.dbt.run("run", "--select", self.model, *arguments)
        assert outcome.success, outcome.failure


@pytest.fixture(scope="module")
def dbt(_built: OnRedshift) -> Iterator[DbtProcess]:
    """A dbt in a process of its own."""
    process = DbtProcess(_built.project.runner, _built.lookalike.env, _built.project.parsed)
    yield process
    process.kill()


@pytest.fixture(params=MODELS)
def increments(built: OnRedshift, dbt: DbtProcess, request: pytest.FixtureRequest) -> Iterator[Increments]:
    """Increments of a table of each strategy."""
    with increments_of(built, dbt, request.param) as increments:
        yield increments


@contextmanager
def increments_of(built: OnRedshift, dbt: DbtProcess, strategy: str) -> Iterator[Increments]:
    """Increments of a table of a strategy."""
    nodes = Manifest.of(built.project).content["nodes"].values()
    tables = [node for node in nodes if node["config"].get("materialized") == "incremental"]
    assert {node["config"]["incremental_strategy"] for node in tables} == {*MODELS}
    node = next(node for node in tables if node["name"] == MODELS[strategy])
    assert node["config"]["incremental_strategy"] == strategy
    relation = f"{node['schema']}.{node['alias']}"
    content = built.project.content(relation)

    built.lookalike.forget()
    assert dbt.run("run", "--select", node["name"]).success
    increments = Increments(built, dbt, node["name"], relation, strategy, content, [])
    increments.put_behind()
    increments.statements.extend(increments.sent_by())
    sent = increments.statements
    assert [number for number, sql in enumerate(sent, 1) if sql == "COMMIT"] == [len(sent)]
    assert any(sql.lstrip().startswith("insert into") for sql in sent)

    yield increments
    built.lookalike.forget()


def some_statements(increments: Increments, rng: random.Random) -> list[tuple[int, str]]:
    """Statements of an increment and their numbers: the first, the last and some; all in `make test-deep`."""
    numbered = [*enumerate(increments.statements, 1)]
    if IS_DEEP:
        return numbered
    return [numbered[0], *sorted(rng.sample(numbered[1:-1], SOME)), numbered[-1]]


@pytest.mark.parametrize("increments", some_of([*MODELS], ["replace_entities"]), indirect=True)
@pytest.mark.parametrize("executed", [pytest.param(False, marks=deep), True], ids=["before", "after"])
def test_an_increment_cut_at_any_statement_is_made_good(
    increments: Increments, executed: bool, rng: random.Random
) -> None:
    project, lookalike = increments.built.project, increments.built.lookalike
    behind = increments.put_behind()
    for number, statement in some_statements(increments, rng):
        cut = lookalike.cut_at(number=number, model=increments.model, executed=executed)
        increments.fail_at(cut)
        if executed and statement == "COMMIT":
            assert project.content(increments.relation) == increments.content
            assert increments.state()[1] == behind[1]
        else:
            assert increments.state() == behind, f"{cut}: {statement}"
    increments.make_good()


@deep
@pytest.mark.parametrize("increments", MODELS, indirect=True)
def test_an_increment_in_a_new_session_has_its_lock_or_fails(
    increments: Increments, rng: random.Random
) -> None:
    outcomes = set()
    for number, statement in some_statements(increments, rng):
        behind = increments.put_behind()
        succeeds = increments.conflict_at(number)
        if succeeds:
            assert increments.built.project.content(increments.relation) == increments.content
        else:
            assert increments.state() == behind, statement
        outcomes.add(succeeds)
    assert outcomes == {True, False}
    increments.make_good()


@deep
def test_a_full_refresh_in_a_new_session_has_its_lock_or_fails(increments: Increments) -> None:
    statements = increments.sent_by("--full-refresh")
    for number, statement in enumerate(statements[: statements.index("COMMIT") + 1], 1):
        before = increments.state()
        is_rebuilt = increments.conflict_at(number, "--full-refresh")
        assert (increments.state() != before) == is_rebuilt, statement
        assert increments.built.project.content(increments.relation) == increments.content
    increments.make_good()
