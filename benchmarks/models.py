"""Which of the project's models are streams, and the least work that a model could be."""

from __future__ import annotations

import re

from dbt.contracts.graph.nodes import ModelNode

from benchmarks.project import Project

_CTE = re.compile(r"^(?P<name>\w+) as \(\n(?P<query>.*?)^\),?$", re.DOTALL | re.MULTILINE)
_WORK = re.compile(r"\bover\s*\(|\bgroup by\b|\bdistinct\b", re.IGNORECASE)


def streams(project: Project) -> list[ModelNode]:
    """The incremental models that read nothing but staging views."""
    return [model for model in project.models.values() if _is_stream(project, model)]


def made_of_events(project: Project) -> list[ModelNode]:
    """The other incremental models of rows with an entity: of events and facts."""
    return [
        model
        for model in project.models.values()
        if _is_incremental(model) and not _is_stream(project, model) and "entity_key" in model.columns
    ]


def limit_line(project: Project, stream: ModelNode, table: str) -> str:
    """`create table as select`: the rows of the stream's staging views, in the columns of the stream.

    No row is left out, and what a stream works out is as wide and costs nothing: an entity's key is the bare
    id, a hash the bare value.
    """
    selects = []
    for staging in project.parents(stream):
        columns = [f"{_bare_value(column, staging)} as {name}" for name, column in stream.columns.items()]
        selects.append(f"select {', '.join(columns)} from {staging.relation_name}")
    return f"create table {table} as {' union all '.join(selects)}"


def steps(compiled: str) -> list[str]:
    """The statements of a compiled model whose CTEs are made one by one, in one session.

    A CTE with windows or groups becomes a temporary table, and so does the last query. Any other becomes a
    view.
    """
    statements, end = [], 0
    for match in _CTE.finditer(compiled):
        kind = "table" if _WORK.search(match["query"]) else "view"
        statements.append(f"create temporary {kind} {match['name']} as {match['query']}")
        end = match.end()
    return [*statements, f"create temporary table last_query as {compiled[end:]}"]


def _is_incremental(model: ModelNode) -> bool:
    return model.config.materialized == "incremental"


def _is_stream(project: Project, model: ModelNode) -> bool:
    parents = project.parents(model)
    return (
        _is_incremental(model)
        and bool(parents)
        and all(parent.config.materialized == "view" and parent.fqn[1] == "staging" for parent in parents)
    )


def _bare_value(column: object, staging: ModelNode) -> str:
    name, meta = column.name, column.config.meta  # type: ignore[attr-defined]
    entity = [key for key in meta.get("entity", []) if key in staging.columns]
    if entity:
        return f"coalesce({', '.join(entity)})"
    bare = meta.get("keyed_hash_of", name)
    if bare in staging.columns:
        return str(bare)
    return f"cast(null as {column.data_type})"  # type: ignore[attr-defined]
