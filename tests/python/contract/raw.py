"""Raw event tables for tests, from rows of plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from psycopg2.extras import execute_values
from psycopg2.sql import SQL, Identifier

from project import Project
from sandbox.server import RAW_SCHEMA

Value = str | int | float | bool | datetime | None


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
        execute_values(cursor, SQL("insert into {} ({}) values %s").format(table, names), values)
    connection.close()
