"""Rows of queries of metrics, compared with rows from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Ask = Callable[[str], list[dict[str, Any]]]
"""Runs a query as an analyst; its rows by column."""


def ask_as_analyst(connection: Any) -> Ask:
    """Runs queries over a connection of either driver."""

    def ask(sql: str) -> list[dict[str, Any]]:
        cursor = connection.cursor()
        cursor.execute(sql)
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    return ask


def differences(found: Iterable[Row], expected: Iterable[Row]) -> list[str]:
    """The rows that only one of two queries gave, as text; numbers count as equal to nine digits."""
    left, right = (Counter(map(_comparable, rows)) for rows in (found, expected))
    return [f"only of metrics: {row}" for row in left - right] + [
        f"only expected: {row}" for row in right - left
    ]


def _comparable(row: Row) -> str:
    return str(sorted((name, _rounded(value)) for name, value in row.items()))


def _rounded(value: object) -> object:
    if isinstance(value, datetime):  # of an offset on PostgreSQL, midnight in the session's zone
        return value.replace(tzinfo=None)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return f"{float(value):.9g}"
    return value
