"""Which of the project's models are streams and which are facts, and the least work that theirs could be."""

from __future__ import annotations

from dataclasses import dataclass

from dbt.contracts.graph.nodes import ModelNode

from benchmarks.project import Project


@dataclass(frozen=True)
class Domain:
    """The facts of one folder of marts and what they rest on, by name."""

    name: str
    inputs: list[str]
    """The models of events that its own are made of: streams, and what other domains make of them."""
    facts: list[str]
    """Its own incremental models, in the order of their dependencies."""
    reports: list[str]
    """The views on the facts."""


def streams(project: Project) -> list[ModelNode]:
    """The incremental models that read nothing but staging views."""
    return [model for model in project.models.values() if _is_stream(project, model)]


def domains(project: Project) -> list[Domain]:
    """The folders of marts that have incremental models."""
    names = {
        model.fqn[2]
        for model in project.models.values()
        if model.fqn[1] == "marts" and _is_incremental(model)
    }
    return [_domain(project, name) for name in sorted(names)]


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


def sort_line(project: Project, domain: Domain, table: str, *, columns: list[str] | None = None) -> str:
    """`create table as select` of the events of a domain, sorted by entity and time.

    columns: those of the inputs that are taken along, or all that the inputs have in common.
    """
    nodes = [project.models[name] for name in domain.inputs]
    common = [name for name in nodes[0].columns if all(name in node.columns for node in nodes)]
    taken = [name for name in common if name not in _keys(nodes[0]) and (columns is None or name in columns)]
    selects = [
        f"select {_keys(node)[0]} as entity_key, {', '.join(taken)} from {node.relation_name}"
        for node in nodes
    ]
    return (
        f"create table {table} as select * from ({' union all '.join(selects)}) as events"
        " order by entity_key, occurred_at"
    )


def _keys(model: ModelNode) -> list[str]:
    return [name for name in model.columns if name.endswith("_key")]


def _is_incremental(model: ModelNode) -> bool:
    return model.config.materialized == "incremental"


def _is_stream(project: Project, model: ModelNode) -> bool:
    parents = project.parents(model)
    return (
        _is_incremental(model)
        and bool(parents)
        and all(parent.config.materialized == "view" and parent.fqn[1] == "staging" for parent in parents)
    )


def _domain(project: Project, name: str) -> Domain:
    marts = [model for model in project.models.values() if model.fqn[1:3] == ["marts", name]]
    inputs: list[str] = []
    own: list[str] = []

    def visit(model: ModelNode) -> None:
        for parent in filter(_is_incremental, project.parents(model)):
            if _owner(project, parent) == name:
                visit(parent)
            elif _is_incremental(model) and parent.fqn[1] != "marts" and _keys(parent):
                inputs.extend({parent.name} - {*inputs})
        if _is_incremental(model):
            own.extend({model.name} - {*own})

    for mart in marts:
        visit(mart)
    return Domain(
        name=name,
        inputs=inputs,
        facts=own,
        reports=[model.name for model in marts if not _is_incremental(model)],
    )


def _owner(project: Project, model: ModelNode) -> str | None:
    """The folder of the fact that a model is made for: the one that reads least else."""
    if model.fqn[1] == "marts":
        return str(model.fqn[2])
    if _is_stream(project, model) or not _keys(model):
        return None
    readers = [
        reader
        for reader in project.models.values()
        if (_is_incremental(reader) or reader.name.startswith("fct_")) and model in project.parents(reader)
    ]
    return _owner(project, min(readers, key=lambda reader: len(reader.depends_on.nodes))) if readers else None


def _bare_value(column: object, staging: ModelNode) -> str:
    name, meta = column.name, column.config.meta  # type: ignore[attr-defined]
    entity = [key for key in meta.get("entity", []) if key in staging.columns]
    if entity:
        return f"coalesce({', '.join(entity)})"
    bare = meta.get("keyed_hash_of", name)
    if bare in staging.columns:
        return str(bare)
    return f"cast(null as {column.data_type})"  # type: ignore[attr-defined]
