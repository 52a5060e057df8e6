"""How the marts are joined: their keys, and the columns that have the key of another mart.

A name has one meaning in the whole project. So a column with the name of another mart's key has values of
that key, also with one of the prefixes of `_WHICH`, as in `from_robot_id`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PARTNERS = {"start_date": "date_day"}
"""Columns whose key has another name."""

_WHICH = re.compile("^(from|to|first|last)_")

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Mart:
    """A mart or seed: its name and id, key columns, and the names of all columns in their order."""

    name: str
    unique_id: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Join:
    """A column of a mart with values of the single key column of another."""

    mart: str
    column: str
    to_mart: str
    to_column: str


def marts(manifest: Manifest) -> list[Mart]:
    """All marts and seeds, by name."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    found = (node for node in nodes if node["fqn"][1] == "marts" or node["resource_type"] == "seed")
    return sorted(
        (
            Mart(node["name"], node["unique_id"], _key(manifest, node), tuple(node["columns"]))
            for node in found
        ),
        key=lambda mart: mart.name,
    )


def joins(marts: list[Mart]) -> list[Join]:
    """All columns of marts that have the key of another mart."""
    # Reports have keys, too, but nobody looks up a row in them.
    single = [mart for mart in marts if len(mart.key) == 1 and not mart.name.startswith("rpt_")]
    # Of several marts with one key, the one that has its name: order_id leads to fct_orders.
    single.sort(key=lambda mart: mart.name.split("_", 1)[1] == f"{mart.key[0].removesuffix('_id')}s")
    keyed = {mart.key[0]: mart for mart in single}
    found = []
    for mart in marts:
        for column in mart.columns:
            target = keyed.get(PARTNERS.get(column, _WHICH.sub("", column)), mart)
            if target.name != mart.name:
                found.append(Join(mart.name, column, target.name, target.key[0]))
    return found


def _key(manifest: Manifest, node: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of the first test that asserts uniqueness: one column before several."""
    tests = [
        test["test_metadata"]
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test"
        and test.get("attached_node") == node["unique_id"]
        and test.get("test_metadata")
        and not test["config"].get("where")
    ]
    single = {test["kwargs"]["column_name"] for test in tests if test["name"] == "unique"}
    first = [column for column in node["columns"] if column in single]
    several = [test["kwargs"]["columns"] for test in tests if test["name"] == "unique_combination"]
    return tuple(first[:1]) or tuple(several[0] if several else ())
