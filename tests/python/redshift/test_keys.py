"""Every table gets the distribution and sort keys that its model declares."""

from __future__ import annotations

import re
from typing import Any

from properties.built import Manifest
from redshift.conftest import OnRedshift

STYLES = {"all": "ALL", "even": "EVEN"}


def tables(built: OnRedshift) -> dict[str, dict[str, Any]]:
    """The models that are tables, by `schema.name`."""
    nodes = Manifest.of(built.project).content["nodes"].values()
    return {
        f"{node['schema']}.{node['alias']}": node
        for node in nodes
        if node["resource_type"] == "model" and node["config"]["materialized"] in ("incremental", "table")
    }


def declared(node: dict[str, Any]) -> tuple[str, str]:
    """The clauses of distribution and sorting that a model's `create table` must have."""
    dist, sort = node["config"]["dist"], node["config"]["sort"]
    style = f"diststyle {dist}" if dist in STYLES else f"diststyle key distkey ({dist})"
    return style, f"compound sortkey({','.join(sort)})"


def sent_keys(built: OnRedshift, node: dict[str, Any]) -> set[tuple[str, str]]:
    """The clauses of distribution and sorting that were sent when the model's table was created."""
    found = set()
    for sent in built.statements:
        sql = re.sub(r"\s+", " ", sent.sql.strip())
        created = re.search(r'create table "\w+"\."(\w+)"\."(\w+)"', sql)
        if sent.node == node["unique_id"] and created and created[2].startswith(node["alias"]):
            style = re.search(r"diststyle \w+( distkey \(\w+\))?", sql)
            sort = re.search(r"compound sortkey\( ?[\w, ]+\)", sql)
            found.add((style[0] if style else "", re.sub(r"(?<=[(,]) ", "", sort[0]) if sort else ""))
    return found


def test_every_table_is_created_with_its_declared_keys(built: OnRedshift) -> None:
    models = tables(built)
    assert models
    assert {name: sent_keys(built, node) for name, node in models.items()} == {
        name: {declared(node)} for name, node in models.items()
    }


def test_the_catalog_shows_the_declared_keys(built: OnRedshift) -> None:
    rows = built.project.query(
        'select "schema" || \'.\' || "table", diststyle, sortkey1, sortkey_num from lookalike.svv_table_info'
    )
    shown = {name: tuple(keys) for name, *keys in rows}
    expected = {
        name: (
            STYLES.get(node["config"]["dist"], f"KEY({node['config']['dist']})"),
            node["config"]["sort"][0],
            len(node["config"]["sort"]),
        )
        for name, node in tables(built).items()
    }
    assert expected
    assert {name: shown[name] for name in expected} == expected
