"""How tables lie on Redshift is chosen for each of them, and explained."""

from __future__ import annotations

import re
from typing import Any

from house.commands import ROOT
from parsing import ParsedProject

SCALE = ROOT / "docs" / "scale.md"
STYLES = {"evenly": "even", "to all nodes": "all"}
CODE = re.compile(r"`(\w+)`")


def stored_models(parsed: ParsedProject) -> list[dict[str, Any]]:
    """The models that are tables."""
    nodes = parsed.content["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model"]
    return [model for model in models if model["config"]["materialized"] in ("incremental", "table")]


def test_every_table_has_a_distribution_and_a_sort_key_of_its_own_columns(parsed: ParsedProject) -> None:
    wrong = []
    for model in stored_models(parsed):
        distribution, sort = model["config"].get("dist"), model["config"].get("sort")
        if distribution not in {*STYLES.values(), *model["columns"]}:
            wrong.append(f"{model['name']}: dist is {distribution}")
        if not sort or not set(sort) <= set(model["columns"]):
            wrong.append(f"{model['name']}: sort is {sort}")
    assert wrong == []


def test_tables_of_events_begin_with_the_times_that_are_indexed(parsed: ParsedProject) -> None:
    """PostgreSQL unpacks a row from its beginning; hashed texts are in all places."""
    wrong = []
    tables = [model for model in stored_models(parsed) if model["fqn"][1] == "intermediate"]
    for model in tables:
        times = {
            "replace_events": ["written_at", "loaded_at"],
            "replace_entities": ["written_at"],
            "replace_differences": [],
        }[model["config"]["incremental_strategy"]]
        if list(model["columns"])[: len(times)] != times:
            wrong.append(f"{model['name']} does not begin with {times}")
    assert len(tables) > 1
    assert wrong == []


def test_the_document_has_the_keys_that_the_models_declare(parsed: ParsedProject) -> None:
    declared = [
        (model["name"], model["config"]["dist"], tuple(model["config"]["sort"]))
        for model in stored_models(parsed)
    ]
    assert declared
    assert sorted(documented_keys()) == sorted(declared)


def documented_keys() -> list[tuple[str, str, tuple[str, ...]]]:
    """Model, distribution and sort keys, by the rows of the table, which may name several models."""
    rows = re.findall(r"^\| (`.*?) \| (.*?) \| (.*?) \|", SCALE.read_text(encoding="utf-8"), re.MULTILINE)
    return [
        (model, STYLES.get(distributed) or CODE.findall(distributed)[0], tuple(CODE.findall(by)))
        for models, distributed, by in rows
        for model in CODE.findall(models)
    ]
