"""The columns of all that the project builds, from the catalog of the adapter that built it."""

from __future__ import annotations

from conformance.dbt_project import catalogued_types
from project import Project
from properties.built import Manifest


def models(project: Project) -> dict[str, str]:
    """The relation, `schema.name`, of every model and seed by its name."""
    nodes = Manifest.of(project).content["nodes"].values()
    return {
        node["name"]: f"{node['schema']}.{node['alias']}"
        for node in nodes
        if node["resource_type"] in ("model", "seed")
    }


def column_types(project: Project) -> dict[str, list[tuple[str, str]]]:
    """Name and type of the columns of every model and seed, in order, in the words of the contract."""
    project.dbt("docs generate", "--no-compile", "--exclude", "source:*")
    return catalogued_types(project.work / "target", models(project))
