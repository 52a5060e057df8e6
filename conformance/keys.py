"""Distribution and sort keys on Redshift: what models declare, and what the warehouse shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.warehouse import Warehouse

STYLES = {"all": "ALL", "even": "EVEN"}


@dataclass(frozen=True)
class Keys:
    """A table's keys as svv_table_info has them.

    diststyle: `KEY(<column>)`, `EVEN` or `ALL`.  sortkey1: the first column that it is sorted by.
    """

    diststyle: str
    sortkey1: str

    def __str__(self) -> str:
        return f"diststyle {self.diststyle}, sortkey1 {self.sortkey1}"


def declared_keys(manifest: Mapping[str, Any]) -> dict[str, Keys]:
    """The keys that models declare in dbt's manifest, by relation, `schema.name`."""
    found = {}
    for node in manifest["nodes"].values():
        dist, sort = node["config"].get("dist"), node["config"].get("sort")
        if node["config"]["materialized"] in ("incremental", "table") and dist and sort:
            style = STYLES.get(dist, f"KEY({dist})")
            found[f"{node['schema']}.{node['alias']}"] = Keys(style, sort[0])
    return found


def shown_keys(warehouse: Warehouse) -> dict[str, Keys]:
    """The keys of all tables that svv_table_info shows, by relation. It shows no table without rows."""
    rows = warehouse.query('select "schema", "table", diststyle, sortkey1 from svv_table_info')
    return {f"{schema}.{table}": Keys(diststyle, sortkey1) for schema, table, diststyle, sortkey1 in rows}


def key_findings(manifest: Mapping[str, Any], warehouse: Warehouse) -> Iterator[tuple[str, list[str]]]:
    """Each relation that declares keys, with what is wrong with those it has; nothing if they agree."""
    shown = shown_keys(warehouse)
    for relation, declared in sorted(declared_keys(manifest).items()):
        has = shown.get(relation)
        yield (
            relation,
            [] if has == declared else [f"declared {declared}; found {has or 'no table with rows'}"],
        )
