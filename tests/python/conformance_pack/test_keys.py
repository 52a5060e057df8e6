"""A table without the keys that its model declares is found."""

from __future__ import annotations

from typing import Any

from conformance.dbt_project import ROOT
from conformance.keys import declared_keys, key_findings
from conformance.warehouse import opened
from conformance_pack.conftest import Target


def model(name: str, dist: str | None, *sort: str, materialized: str = "incremental") -> dict[str, Any]:
    """A model as dbt's manifest has it."""
    config = {"materialized": materialized, "dist": dist, "sort": list(sort)}
    return {"schema": "marts", "alias": name, "config": config}


def manifest(*models: dict[str, Any]) -> dict[str, Any]:
    """A manifest of these models."""
    return {"nodes": {node["alias"]: node for node in models}}


def test_only_tables_that_declare_keys_are_looked_at() -> None:
    view = model("v", "even", "at", materialized="view")
    seed = model("s", None, materialized="seed")
    assert {*declared_keys(manifest(view, seed, model("t", "even", "at")))} == {"marts.t"}


def test_a_table_without_its_keys_or_without_rows_is_a_finding(redshift: Target) -> None:
    names = ("by_key", "even", "everywhere", "without_keys", "of_others", "missing")
    styles = ("order_id", "even", "all", "order_id", "order_id", "even")
    declared = manifest(*(model(name, dist, "at") for name, dist in zip(names, styles, strict=True)))
    with opened(ROOT, redshift.profiles, redshift.name) as warehouse:
        warehouse.execute("create schema marts")
        for name, keys in {
            "by_key": "diststyle key distkey (order_id) compound sortkey (at, order_id)",
            "even": "diststyle even compound sortkey (at)",
            "everywhere": "diststyle all compound sortkey (at)",
            "without_keys": "",
            "of_others": "diststyle key distkey (at) compound sortkey (order_id)",
        }.items():
            warehouse.execute(f"create table marts.{name} (order_id varchar(8), at timestamp) {keys}")
        found = dict(key_findings(declared, warehouse))
    wanted = "declared diststyle KEY(order_id), sortkey1 at; found diststyle"
    assert found == {
        "marts.by_key": [],
        "marts.even": [],
        "marts.everywhere": [],
        "marts.without_keys": [f"{wanted} AUTO(ALL), sortkey1 AUTO(SORTKEY)"],
        "marts.of_others": [f"{wanted} KEY(at), sortkey1 order_id"],
        "marts.missing": ["declared diststyle EVEN, sortkey1 at; found no table with rows"],
    }
