"""How many statements a run with nothing new sends: the numbers of docs/scale.md."""

from __future__ import annotations

from collections import Counter, defaultdict

from properties.built import Manifest
from redshift.conftest import OnRedshift


def test_with_nothing_new_a_table_gets_five_statements_and_a_view_none(built: OnRedshift) -> None:
    built.project.dbt("run")
    built.lookalike.forget()
    built.project.dbt("run")
    sent = defaultdict(list)
    for statement in built.lookalike.statements:
        sent[statement.node].append(statement.sql)
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for node in Manifest.of(built.project).content["nodes"].values():
        if node["resource_type"] == "model":
            statements = sent[node["unique_id"]]
            assert not any("create temporary" in sql for sql in statements), node["name"]
            assert len(statements) <= 5, (node["name"], statements)
            counts[node["config"]["materialized"]][len(statements)] += 1
    assert set(counts) == {"incremental", "view"}
    assert set(counts["incremental"]) == {5}
    # One query per schema asks for the comments of all views, and is sent by the first of them.
    assert counts["view"][0] >= sum(counts["view"].values()) - 2 * len({"staging", "intermediate", "marts"})
    assert max(counts["view"]) <= 2
