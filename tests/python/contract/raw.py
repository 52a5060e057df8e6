"""Raw event tables for tests, from rows of plain values, and what the contract declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import yaml
from psycopg2.extras import execute_values
from psycopg2.sql import SQL, Identifier

from project import ROOT, Project
from sandbox.server import RAW_SCHEMA

Value = str | int | float | bool | datetime | None
TYPES = {"varchar(512)": "text", "timestamp": "timestamptz"}
"""The types in which the lander lands some declared types. It lands the others as they are."""


def declared_tables() -> Iterator[dict[str, Any]]:
    """The tables of the contract."""
    declared = yaml.safe_load((ROOT / "models/staging/_delivery_platform__sources.yml").read_text())
    yield from declared["sources"][0]["tables"]


def land_empty_table(project: Project) -> None:
    """Make one event table without rows. dbt refuses to run on a raw schema that has none."""
    land_rows(project, "merchant_asset_missing", {"id": "text", "received_at": "timestamptz"})


def land_rows(project: Project, event: str, types: Mapping[str, str], *rows: Mapping[str, Value]) -> None:
    """Make the raw table of `event` with columns of these types, unless it is there, and add rows to it."""
    table = SQL("{}.{}").format(Identifier(RAW_SCHEMA), Identifier(event))
    columns = SQL(", ").join(SQL("{} {}").format(Identifier(name), SQL(kind)) for name, kind in types.items())
    names = SQL(", ").join(map(Identifier, types))
    connection = project.database.connect(user="loader")
    with connection, connection.cursor() as cursor:
        cursor.execute(SQL("create table if not exists {} ({})").format(table, columns))
        values = [tuple(row.get(name) for name in types) for row in rows]
        insert = SQL("insert into {} ({}) values ").format(table, names).as_string(cursor)
        execute_values(cursor, insert.replace("%", "%%") + "%s", values)
    connection.close()
