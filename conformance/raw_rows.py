"""Raw event rows, and the SQL that lands them as Segment's connector would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import groupby

Value = str | int | float | bool | datetime | None

MOST_BYTES = 512
"""Bytes of a raw text on Redshift. Segment cuts what is longer, without a word."""

RAW_TYPES = {
    "postgres": {
        "varchar": "text",
        "bigint": "bigint",
        "double precision": "numeric",
        "boolean": "boolean",
        "timestamp": "timestamp with time zone",
    },
    "redshift": {
        "varchar": f"varchar({MOST_BYTES})",
        "bigint": "bigint",
        "double precision": "double precision",
        "boolean": "boolean",
        "timestamp": "timestamp without time zone",
    },
}
"""By adapter: the type in which Segment lands a column, by its declared type without the length."""


@dataclass(frozen=True)
class RawRow:
    """A row of the raw table `table`, which lands with the load of this number, from 1. Times are UTC.

    A name that the values lack is a column that this row knows nothing of.
    """

    table: str
    load: int
    values: Mapping[str, Value]


@dataclass(frozen=True)
class RawTable:
    """A raw table with the declared type of each raw column."""

    name: str
    columns: Mapping[str, str]


def landing(
    adapter: str,
    schema: str,
    tables: Mapping[str, RawTable],
    rows: Iterable[RawRow],
    landed: Sequence[RawRow],
) -> Iterator[str]:
    """The statements that land rows after those that have landed: one table after another.

    As in Segment's warehouses a table appears with its first row and a column with its first value.
    adapter: `postgres` or `redshift`.
    """
    by_table = sorted(rows, key=lambda row: row.table)
    for name, group in groupby(by_table, key=lambda row: row.table):
        news = list(group)
        known = _columns(row for row in landed if row.table == name)
        columns = [column for column in tables[name].columns if column in _columns(news) | known]
        typed = {column: _raw_type(adapter, tables[name].columns[column]) for column in columns}
        if not known:
            definitions = ", ".join(f'"{column}" {typed[column]}' for column in columns)
            yield f"create table {schema}.{name} ({definitions})"
        for column in columns:
            if known and column not in known:
                yield f'alter table {schema}.{name} add column "{column}" {typed[column]}'
        quoted = ", ".join(f'"{column}"' for column in columns)
        values = ",\n".join(
            "(" + ", ".join(literal(adapter, row.values.get(column)) for column in columns) + ")"
            for row in news
        )
        yield f"insert into {schema}.{name} ({quoted}) values\n{values}"


def _columns(rows: Iterable[RawRow]) -> set[str]:
    return {column for row in rows for column, value in row.values.items() if value is not None}


def _raw_type(adapter: str, declared_type: str) -> str:
    return RAW_TYPES[adapter][declared_type.partition("(")[0]]


def literal(adapter: str, value: Value) -> str:
    """A value in SQL. Raises ValueError for a text that one of the drivers would take for a parameter."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, datetime):
        utc = value if value.tzinfo is None else value.astimezone(timezone.utc).replace(tzinfo=None)
        text = utc.isoformat(" ", "microseconds")
        return f"'{text}+00'" if adapter == "postgres" else f"'{text}'"
    if set(value) & {"%", "\\"}:
        raise ValueError(f"a fixture may not have the text {value!r}")
    if adapter == "redshift":
        value = value.encode()[:MOST_BYTES].decode(errors="ignore")
    return "'" + value.replace("'", "''") + "'"
