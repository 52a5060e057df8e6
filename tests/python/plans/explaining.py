"""Plans of the statements that dbt runs, taken at the moment when it runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest
import sqlparse
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from project import Project

_NODE = re.compile(r'"node_id": "model\.\w+\.(\w+)"')
_PLANNED = re.compile(
    r"\s*(with|select|insert|delete|update|merge|create\s+(temporary\s+|temp\s+)?table)\b", re.I
)
_INDEX_SCANS = ("Index Scan", "Index Only Scan", "Bitmap Index Scan")


@dataclass(frozen=True)
class Scan:
    """A place in a plan where a stored relation is read."""

    model: str
    kind: str
    relation: str
    """`schema.name`; empty for a bitmap of an index, whose heap has a scan of its own."""
    index: str
    is_whole: bool
    """Whether all of it is read: in sequence, or by an index without a condition or limit."""
    statement: str


class PlanLog:
    """All scans of the statements of models that ran while it was in use."""

    def __init__(self) -> None:
        self.scans: list[Scan] = []
        self.models: set[str] = set()
        """Models of which a statement was planned."""

    def note(self, model: str, statement: str, plan: Mapping[str, Any]) -> None:
        """Add the scans of a plan as `explain (verbose, format json)` gives it."""
        self.models.add(model)
        self.scans += (_scan(model, statement, node, parent) for node, parent in _nodes(plan, None))


def run_explained(project: Project, patch: pytest.MonkeyPatch, *arguments: str) -> PlanLog:
    """`dbt run`, explaining each statement of a model on the same connection just before it is executed."""
    log = PlanLog()
    connect = psycopg2.connect

    def connect_explained(*positional: Any, **named: Any) -> Connection:
        connection: Connection = connect(*positional, cursor_factory=_cursor_class(log), **named)
        return connection

    with patch.context() as during_the_run:
        during_the_run.setattr(psycopg2, "connect", connect_explained)
        project.dbt("run", *arguments)
    return log


def _cursor_class(log: PlanLog) -> type[Cursor]:
    class ExplainingCursor(Cursor):
        def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 (the name that psycopg2 gives it)
            found = _NODE.search(query) if isinstance(query, str) else None
            if found is None:
                super().execute(query, vars)
                return
            # One by one: what a statement makes, the next one reads.
            for statement in sqlparse.split(sqlparse.format(query, strip_comments=True)):
                if _PLANNED.match(statement) and _can_be_planned(statement):
                    super().execute(f"explain (verbose, format json) {statement}", vars)
                    log.note(found[1], statement, self.fetchall()[0][0][0]["Plan"])
                super().execute(statement, vars)

    return ExplainingCursor


def _can_be_planned(statement: str) -> bool:
    """Not a `create table` with bare columns."""
    is_create = statement.lstrip().lower().startswith("create")
    return not is_create or re.search(r"\bas\b", statement, re.I) is not None


def _nodes(
    plan: Mapping[str, Any], parent: Mapping[str, Any] | None
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    if plan["Node Type"].endswith("Scan") and ("Relation Name" in plan or "Index Name" in plan):
        yield plan, parent
    for child in plan.get("Plans", ()):
        yield from _nodes(child, plan)


def _scan(model: str, statement: str, node: Mapping[str, Any], parent: Mapping[str, Any] | None) -> Scan:
    kind = node["Node Type"]
    is_limited = parent is not None and parent["Node Type"] == "Limit"
    return Scan(
        model=model,
        kind=kind,
        relation=f"{node['Schema']}.{node['Relation Name']}" if "Relation Name" in node else "",
        index=node.get("Index Name", ""),
        is_whole=kind == "Seq Scan" or (kind in _INDEX_SCANS and "Index Cond" not in node and not is_limited),
        statement=statement,
    )
