"""How tables lie on Redshift is chosen for each of them, and explained."""

from __future__ import annotations

from typing import Any

from house.commands import ROOT
from house.parsing import ParsedProject

SCALE = ROOT / "docs" / "scale.md"
STYLES = {"all", "even"}


def stored_models(parsed: ParsedProject) -> list[dict[str, Any]]:
    """The models that are tables."""
    nodes = parsed.manifest["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model"]
    return [model for model in models if model["config"]["materialized"] in ("incremental", "table")]


def test_every_table_has_a_distribution_and_a_sort_key_of_its_own_columns(parsed: ParsedProject) -> None:
    wrong = []
    for model in stored_models(parsed):
        distribution, sort = model["config"].get("dist"), model["config"].get("sort")
        if distribution not in STYLES | set(model["columns"]):
            wrong.append(f"{model['name']}: dist is {distribution}")
        if not sort or not set(sort) <= set(model["columns"]):
            wrong.append(f"{model['name']}: sort is {sort}")
    assert wrong == []


def test_the_choice_is_explained_for_every_table(parsed: ParsedProject) -> None:
    text = SCALE.read_text(encoding="utf-8")
    names = [model["name"] for model in stored_models(parsed)]
    assert names
    assert [name for name in names if f"`{name}`" not in text] == []
