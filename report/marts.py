"""The marts as the report reads them: each query is a file in `queries`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from report.errors import ReportError
from report.period import Period

QUERIES = Path(__file__).parent / "queries"

Row = Mapping[str, Any]

_SCHEMA = re.compile(r"\w+")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Characters that end a line, reverse a text, or may not be in SVG."""


class Marts:
    """The schema of the marts over a connection of the DB API. Only selects are sent."""

    def __init__(self, connection: Any, schema: str) -> None:
        if not _SCHEMA.fullmatch(schema):
            raise ReportError(f"The schema {schema!r} needs a name of letters, digits and underscores.")
        self._connection = connection
        self._schema = schema

    def rows(self, query: str, period: Period | None = None) -> list[Row]:
        """The rows of a query, by column, for a period if the query has one. Numbers are int or float, and
        unprintable characters of texts are blanks.

        Raises ReportError if the warehouse refuses the query.
        """
        sql = statement(query, self._schema, period)
        try:
            with closing(self._connection.cursor()) as cursor:
                cursor.execute(sql)
                names = [str(column[0]) for column in cursor.description]
                found = cursor.fetchall()
        except Exception as error:  # each driver has errors of its own
            raise ReportError(
                f"The query {query} of the schema {self._schema} failed: {str(error).strip()}\n"
                "Run `dbt build` on this database first, and see that the user may read the marts."
            ) from error
        return [dict(zip(names, map(_plain, row), strict=True)) for row in found]

    def known_days(self) -> tuple[date, date] | None:
        """The first and the last local day with an attempt or a session, if there is any.

        The last is fully loaded, if any day is. Rows with a suspect clock are left out, because their
        day may be wrong by years.
        """
        (row,) = self.rows("known_days")
        return (row["first_day"], row["last_day"]) if row["last_day"] else None


def statement(query: str, schema: str, period: Period | None = None) -> str:
    """The SQL of a query on the marts of a schema."""
    days = {"first_day": _literal(period.first), "last_day": _literal(period.last)} if period else {}
    return _text(query).format(marts=schema, **days)


@cache
def _text(query: str) -> str:
    return (QUERIES / f"{query}.sql").read_text(encoding="utf-8")


def _literal(day: date) -> str:
    return f"cast('{day.isoformat()}' as date)"


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _UNPRINTABLE.sub(" ", value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
