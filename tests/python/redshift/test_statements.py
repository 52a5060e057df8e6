"""How many statements a first build, a full refresh and a run with nothing new send."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from builds.differences import assert_same_contents
from properties.built import Manifest, outputs, row_versions
from redshift.conftest import OnRedshift
from redshift_lookalike.session import Sent

A_MODEL_OF_EACH_KIND = (
    "stg_server_unlock_bot_started",
    "int_server_unlock_events",
    "int_unlock_attempt_events",
    "fct_unlock_attempts",
    "int_data_horizon",
)
TABLES = 34
QUERIES_OF_COMMENTS = 2 * 3
"""At most two statements for each schema: the query, and the end of its transaction."""


def statements_of_models(built: OnRedshift, statements: Iterable[Sent]) -> dict[str, list[str]]:
    """What was sent for each model of the project, without `begin`, which does not name its model."""
    sent = defaultdict(list)
    for statement in statements:
        if statement.sql.lower() != "begin":
            sent[statement.node].append(statement.sql)
    nodes = Manifest.of(built.project).content["nodes"].values()
    return {node["name"]: sent[node["unique_id"]] for node in nodes if node["resource_type"] == "model"}


def counts(statements: Mapping[str, Sequence[str]]) -> dict[str, int]:
    return {name: len(statements[name]) for name in A_MODEL_OF_EACH_KIND}


def test_a_first_build_creates_a_view_in_three_statements_and_a_table_in_six_to_eleven(
    built: OnRedshift,
) -> None:
    assert counts(statements_of_models(built, built.statements)) == {
        "stg_server_unlock_bot_started": 3,
        "int_server_unlock_events": 11,
        "int_unlock_attempt_events": 8,
        "fct_unlock_attempts": 11,
        "int_data_horizon": 6,
    }


def test_with_nothing_new_a_table_gets_five_statements_a_view_none_and_no_row_is_written(
    built: OnRedshift,
) -> None:
    built.project.dbt("run")  # what other tests have changed
    before = outputs(built.project)
    tables = Manifest.of(built.project).incremental
    versions = row_versions(built.project, tables)
    built.lookalike.forget()
    built.project.dbt("run")
    statements = statements_of_models(built, built.lookalike.statements)
    sent = [sql for of_model in statements.values() for sql in of_model]
    assert [sql for sql in sent if "create temporary" in sql or "add column" in sql] == []
    assert counts(statements) == {
        "stg_server_unlock_bot_started": 0,
        "int_server_unlock_events": 5,
        "int_unlock_attempt_events": 5,
        "fct_unlock_attempts": 5,
        "int_data_horizon": 5,
    }
    assert len(sent) <= 5 * TABLES + QUERIES_OF_COMMENTS
    assert_same_contents(before, outputs(built.project))
    assert_same_contents(versions, row_versions(built.project, tables))


def test_a_full_refresh_replaces_a_table_in_six_to_twelve_statements_and_changes_nothing(
    built: OnRedshift,
) -> None:
    before = outputs(built.project)
    built.lookalike.forget()
    built.project.dbt("run", "--full-refresh")
    statements = statements_of_models(built, built.lookalike.statements)
    assert counts(statements) == {
        "stg_server_unlock_bot_started": 0,
        "int_server_unlock_events": 12,
        "int_unlock_attempt_events": 8,
        "fct_unlock_attempts": 11,
        "int_data_horizon": 6,
    }
    assert sum(map(len, statements.values())) <= 12 * TABLES + QUERIES_OF_COMMENTS
    assert_same_contents(before, outputs(built.project))
