"""How many statements a first build, a full refresh and a run with nothing new send."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from builds.differences import assert_same_contents
from deep import deep
from properties.built import Manifest, outputs, row_versions
from redshift.conftest import OnRedshift
from redshift_lookalike.session import Sent

WITH_HASHES = "int_pilot_system_events"
"""The stream that asks for the key of its hashes, whether it is there and what its fingerprint is."""
A_MODEL_OF_EACH_KIND = (
    "stg_server_unlock_bot_started",
    "int_server_unlock_events",
    "int_unlock_attempt_events",
    "fct_unlock_attempts",
    "int_data_horizon",
)
SCHEMAS = ("staging", "intermediate", "marts")


def statements_of_models(
    built: OnRedshift, statements: Iterable[Sent], materialized: str
) -> dict[str, list[str]]:
    """What was sent for each view or table, without `begin`, which does not name its model."""
    sent = defaultdict(list)
    for statement in statements:
        if statement.sql.lower() != "begin":
            sent[statement.node].append(statement.sql)
    return {
        node["name"]: sent[node["unique_id"]]
        for node in Manifest.of(built.project).content["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] == materialized
    }


def is_description(sql: str) -> bool:
    """Whether a statement writes a description, after dbt's own comment in front of a message."""
    return re.sub(r"^\s*/\*.*?\*/", "", sql, flags=re.DOTALL).lstrip().startswith("comment on")


def without_comments(statements: Iterable[str]) -> list[str]:
    """Statements but those that write descriptions as comments."""
    return [sql for sql in statements if not is_description(sql)]


def counts(statements: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The numbers of statements of the models of `A_MODEL_OF_EACH_KIND` that are among these."""
    names = [name for name in A_MODEL_OF_EACH_KIND if name in statements]
    return {name: len(without_comments(statements[name])) for name in names}


def assert_comments_are_written(built: OnRedshift, statements: Mapping[str, Sequence[str]]) -> None:
    """A mart that is a table has one comment, and each of its columns has one; other tables have none."""
    for node in Manifest.of(built.project).content["nodes"].values():
        if node["name"] in statements:
            written = [sql for sql in statements[node["name"]] if is_description(sql)]
            is_mart = node["config"]["schema"] == "marts"
            assert len(written) == (1 + len(node["columns"]) if is_mart else 0), node["name"]


def assert_views_are_left(built: OnRedshift) -> None:
    """No view got a statement, but for one query per schema: the first view asks for the comments of all."""
    views = statements_of_models(built, built.lookalike.statements, "view")
    numbers = Counter(map(len, views.values()))
    assert numbers[0] >= len(views) - 2 * len(SCHEMAS)
    assert max(numbers) <= 2


def test_a_first_build_creates_a_view_in_three_statements_and_a_table_in_eight_to_eighteen(
    built: OnRedshift,
) -> None:
    views = statements_of_models(built, built.statements, "view")
    assert len(views["stg_server_unlock_bot_started"]) == 3, "one of them is the comment"
    statements = statements_of_models(built, built.statements, "incremental")
    assert counts(statements) == {
        "int_server_unlock_events": 13,
        "int_unlock_attempt_events": 10,
        "fct_unlock_attempts": 18,
        "int_data_horizon": 8,
    }
    assert_comments_are_written(built, statements)


def unbounded_reads(built: OnRedshift, statements: Mapping[str, Sequence[str]]) -> list[str]:
    """Which inputs of which models are read otherwise than from a literal time of their sort key on."""
    found = []
    nodes = Manifest.of(built.project).content["nodes"]
    for model in nodes.values():
        for parent in model["depends_on"]["nodes"] if model["name"] in statements else ():
            columns = nodes.get(parent, {}).get("columns", {})
            time = next((name for name in ("written_at", "loaded_at") if name in columns), None)
            if time is None:
                continue
            read = " ".join(statements[model["name"]]).replace('"', "")
            read = " ".join(re.sub(r"--.*", "", read).split())
            relation = f"{nodes[parent]['schema']}.{nodes[parent]['alias']}"
            bounded = (
                rf"{relation} where( event_id is not null and \(loaded_at is null or)? {time} >=? cast\('"
            )
            reads = len(re.findall(rf"from \w+\.{relation}\b", read))
            if not 0 < reads == len(re.findall(bounded, read)):
                found.append(f"{model['name']}: {relation}")
    return found


def test_with_nothing_new_a_table_gets_five_statements_a_view_none_and_no_row_is_written(
    built: OnRedshift,
) -> None:
    before = outputs(built.project)
    tables = Manifest.of(built.project).incremental
    versions = row_versions(built.project, tables)
    built.lookalike.forget()
    built.project.dbt("run")
    statements = statements_of_models(built, built.lookalike.statements, "incremental")
    for name, sent in statements.items():
        assert [sql for sql in sent if "create temporary" in sql or "add column" in sql] == [], name
    probed = {name: sent for name, sent in statements.items() if name != "int_data_horizon"}
    assert unbounded_reads(built, probed) == []
    assert len(statements.pop(WITH_HASHES)) == 5 + 2
    assert {len(sent) for sent in statements.values()} == {5}
    assert_views_are_left(built)
    assert_same_contents(before, outputs(built.project))
    assert_same_contents(versions, row_versions(built.project, tables))


@deep
def test_a_full_refresh_replaces_a_table_in_eight_to_eighteen_statements_and_changes_nothing(
    built: OnRedshift,
) -> None:
    before = outputs(built.project)
    built.lookalike.forget()
    built.project.dbt("run", "--full-refresh")
    statements = statements_of_models(built, built.lookalike.statements, "incremental")
    assert counts(statements) == {
        "int_server_unlock_events": 15,
        "int_unlock_attempt_events": 10,
        "fct_unlock_attempts": 18,
        "int_data_horizon": 8,
    }
    assert_comments_are_written(built, statements)
    assert max(len(without_comments(sent)) for sent in statements.values()) == 18
    assert_views_are_left(built)
    assert_same_contents(before, outputs(built.project))
