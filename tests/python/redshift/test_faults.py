"""An increment on Redshift that is cut, or conflicts with another writer, is made good by the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from project import Project, Rows
from properties.built import Manifest
from redshift.conftest import OnRedshift, deep

CONFLICT = "1023: Serializable isolation violation on table: conflict with concurrent transaction"


@dataclass(frozen=True)
class Incremental:
    """An incremental model: its name in dbt, its relation, and what it held before a test."""

    name: str
    relation: str
    content: Rows


@pytest.fixture(params=["replace_events", "replace_entities"])
def behind(built: OnRedshift, request: pytest.FixtureRequest) -> Incremental:
    """The largest table of a strategy, which has lost rows that its next increment brings back."""
    strategy: str = request.param
    nodes: Mapping[str, Any] = Manifest.of(built.project).content["nodes"]
    tables = {
        f"{node['schema']}.{node['alias']}": node["name"]
        for node in nodes.values()
        if node["config"].get("incremental_strategy") == strategy
        and node["config"]["materialized"] == "incremental"
    }
    contents = built.project.contents(list(tables))
    relation = max(tables, key=lambda table: len(contents[table]))
    time = "loaded_at" if strategy == "replace_events" else "staged_at"
    _lose(built.project, relation, time)
    assert len(built.project.content(relation)) < len(contents[relation])
    return Incremental(tables[relation], relation, contents[relation])


def _lose(project: Project, relation: str, time: str) -> None:
    """Take away the rows of the last hours by their time; of those staged at once, all."""
    project.execute(
        f"delete from {relation} where {time} >= (select max({time}) - interval '12 hours' from {relation})"
    )


@pytest.mark.parametrize(
    ("pattern", "executed"),
    [
        pytest.param("delete from", True, marks=deep),
        ("insert into", True),
        pytest.param("^commit", False, marks=deep),
        pytest.param("^commit", True, marks=deep),
    ],
)
def test_an_increment_that_is_cut_is_made_good(
    built: OnRedshift, behind: Incremental, pattern: str, executed: bool
) -> None:
    cut = built.lookalike.cut_at(pattern, model=behind.name, executed=executed)
    results = built.project.dbt("run", "--select", behind.name, succeeds=False)
    assert cut.is_reached
    assert str(results[behind.name].status) == "error"
    assert_made_good(built, behind)


@deep
def test_an_increment_that_conflicts_with_another_writer_is_made_good(
    built: OnRedshift, behind: Incremental
) -> None:
    fault = built.lookalike.fail_at("insert into", CONFLICT, model=behind.name)
    built.project.dbt("run", "--select", behind.name, succeeds=False)
    assert fault.is_reached
    assert_made_good(built, behind)


def assert_made_good(built: OnRedshift, table: Incremental) -> None:
    """The next increment gives what the table held, and leaves nothing beside it."""
    built.project.dbt("run", "--select", table.name)
    assert built.project.content(table.relation) == table.content
    schema, _, name = table.relation.partition(".")
    beside = [other for other in built.project.tables(schema) if other.startswith(f"{schema}.{name}__dbt")]
    assert beside == []
