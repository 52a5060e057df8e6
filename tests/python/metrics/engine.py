"""MetricFlow in this process: the SQL of a query of metrics, for either adapter, without a warehouse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from dbt_metricflow.cli.dbt_connectors.adapter_backed_client import AdapterBackedSqlClient
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from parsing import parsed_for

TARGETS = {"postgres": "sandbox", "redshift": "redshift"}
"""Adapters with a target of the example profile for each."""


def semantic_manifest(adapter: str, database: str | None = None) -> dict[str, Any]:
    """The semantic manifest that dbt wrote for an adapter, of the marts in a database, else in any."""
    path = parsed_for(TARGETS[adapter]).folder / "target" / "semantic_manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    spines = manifest["project_configuration"]["time_spines"]
    for relation in (part["node_relation"] for part in (*manifest["semantic_models"], *spines)):
        name = f'"{relation["schema_name"]}"."{relation["alias"]}"'
        relation["relation_name"] = f'"{database}".{name}' if database else name
        relation["database"] = database
    return manifest


@cache
def engine(adapter: str) -> MetricFlowEngine:
    """MetricFlow for an adapter. It renders SQL and is connected to nothing."""
    text = json.dumps(semantic_manifest(adapter))
    lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest_json_string=text))
    client = AdapterBackedSqlClient(SimpleNamespace(type=lambda: adapter))  # type: ignore[arg-type]
    return MetricFlowEngine(semantic_manifest_lookup=lookup, sql_client=client)


def metric_sql(
    adapter: str,
    metrics: Sequence[str] = (),
    group_by: Sequence[str] = (),
    where: Sequence[str] = (),
    saved_query: str | None = None,
) -> str:
    """The SQL of a query of metrics, or of a saved query."""
    request = MetricFlowQueryRequest.create(
        saved_query_name=saved_query,
        metric_names=list(metrics) or None,
        group_by_names=list(group_by) or None,
        where_constraints=list(where) or None,
    )
    return str(engine(adapter).explain(request).sql_statement.without_descriptions.sql)
