"""Raw tables whose columns land with other types than declared, as retyped.csv has them."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from conformance.fixtures import NOON
from conformance.raw_rows import RawRow, RawTable, Value

RETYPED = Path(__file__).parent / "retyped.csv"
ENVELOPE = {"id": "varchar", "received_at": "timestamp"}
READ: Mapping[str, Callable[[str], Value]] = {
    "varchar": str,
    "bigint": int,
    "double precision": float,
    "boolean": lambda text: text == "true",
}
"""How a value of the file is read, by the type in which its column lands."""


def retyped() -> tuple[dict[str, RawTable], list[RawRow]]:
    """The tables, by name, with the types in which their columns land, and their rows.

    A line of the file is a column of a table. Each event of that table, named by a letter, has its value in a
    column of the file; no text is null. Id and time of receipt are added where the file has none.
    """
    types: dict[str, dict[str, str]] = defaultdict(lambda: dict(ENVELOPE))
    values: dict[tuple[str, str], dict[str, Value]] = {}
    with RETYPED.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            table, column, kind = line.pop("event"), line.pop("column"), line.pop("landed_type")
            types[table][column] = kind
            for number, (event, text) in enumerate(line.items()):
                envelope: dict[str, Value] = {
                    "id": event,
                    "received_at": NOON + timedelta(hours=1, seconds=number),
                }
                row = values.setdefault((table, event), envelope)
                row[column] = READ[kind](text) if text else None
    tables = {table: RawTable(table, columns) for table, columns in types.items()}
    return tables, [RawRow(table, 1, row) for (table, _), row in values.items()]


def staging_views(manifest: Mapping[str, Any], tables: Iterable[str]) -> dict[str, str]:
    """The staging views of raw tables in dbt's manifest: relation, `schema.name`, by node name."""
    wanted = {f"stg_{table}" for table in tables}
    return {
        node["name"]: f"{node['schema']}.{node['alias']}"
        for node in manifest["nodes"].values()
        if node["name"] in wanted
    }
