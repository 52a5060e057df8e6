"""What the project builds, found through dbt's manifest, and what that holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from project import BOOKKEEPING, Project, Rows


@dataclass(frozen=True)
class Manifest:
    """The models and sources of the project."""

    content: Mapping[str, Any]

    @classmethod
    def of(cls, project: Project) -> Manifest:
        """The parsed project."""
        return cls(project.manifest)

    @cached_property
    def incremental(self) -> list[str]:
        """All incremental models, as `schema.name`."""
        return [_relation(node) for node in self._models if node["config"]["materialized"] == "incremental"]

    @cached_property
    def outputs(self) -> list[str]:
        """All that is promised to equal a full refresh: incremental models and marts, as `schema.name`."""
        return sorted({*self.marts, *self.incremental})

    @cached_property
    def marts(self) -> dict[str, set[str]]:
        """The names of the declared columns of each mart, as `schema.name`."""
        return {_relation(node): {*node["columns"]} for node in self._models if node["fqn"][1] == "marts"}

    @cached_property
    def views_on_models(self) -> list[str]:
        """All views but those of staging, as `schema.name`."""
        return [
            _relation(node)
            for node in self._models
            if node["config"]["materialized"] == "view" and node["fqn"][1] != "staging"
        ]

    @cached_property
    def event_tables(self) -> dict[str, str]:
        """The stream that takes in each raw event table, as `schema.name` by table."""
        return {
            node["name"].removeprefix("stg_"): _relation(self.content["nodes"][child])
            for node in self._models
            if node["fqn"][1] == "staging"
            for child in self.content["child_map"][node["unique_id"]]
            if child.startswith("model.")
            and self.content["nodes"][child]["config"]["materialized"] == "incremental"
        }

    @cached_property
    def plain_columns(self) -> dict[str, list[str]]:
        """The declared columns of each incremental model that no key, index or time of an increment needs."""
        found = {}
        for node in self._models:
            if node["config"]["materialized"] == "incremental":
                needed = (
                    f"{node['config']} {BOOKKEEPING} entity_key event_key loaded_at received_at occurred_at"
                )
                found[_relation(node)] = [name for name in node["columns"] if name not in needed]
        return found

    @cached_property
    def placing(self) -> list[str]:
        """The models that place the events of some streams, or say why an event has no place."""
        return [
            _relation(node)
            for node in self._models
            if node["fqn"][1] == "intermediate" and "unmatched_reason" in node["columns"]
        ]

    def depending_on(self, event_tables: Collection[str]) -> set[str]:
        """The models that depend on these raw event tables, as `schema.name`."""
        waiting = [
            source["unique_id"]
            for source in self.content["sources"].values()
            if source["identifier"] in event_tables
        ]
        found: set[str] = set()
        while waiting:
            for child in self.content["child_map"][waiting.pop()]:
                if child.startswith("model.") and child not in found:
                    found.add(child)
                    waiting.append(child)
        return {_relation(self.content["nodes"][name]) for name in found}

    def parents(self, relation: str) -> list[str]:
        """The models that a model reads, as `schema.name`."""
        node = next(node for node in self._models if _relation(node) == relation)
        names = self.content["parent_map"][node["unique_id"]]
        return [_relation(self.content["nodes"][name]) for name in names if name.startswith("model.")]

    @cached_property
    def _models(self) -> list[Mapping[str, Any]]:
        nodes = sorted(self.content["nodes"].values(), key=lambda node: node["name"])
        return [node for node in nodes if node["resource_type"] == "model"]


def _relation(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}.{node['alias']}"


def outputs(project: Project, leaving_out: Collection[str] = ()) -> dict[str, Rows]:
    """The content of all incremental models and marts, without some columns, by relation."""
    return project.contents(Manifest.of(project).outputs, leaving_out)


def row_versions(project: Project, relations: Sequence[str], where: str = "true") -> dict[str, Rows]:
    """Where each row stands and which transaction wrote it: the same again only if nobody wrote it anew."""
    found = {}
    with closing(project.database.connect(user="transformer")) as connection, connection.cursor() as cursor:
        for relation in relations:
            cursor.execute(f"select ctid::text, xmin::text from {relation} where {where}")
            found[relation] = cursor.fetchall()
    return found
