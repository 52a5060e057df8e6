"""What a relation holds, as text that is the same on every warehouse."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from builds.differences import difference

BOOKKEEPING = frozenset({"written_at"})
"""Columns that tell of the run and not of the events."""

TextRow = tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """The rows of a relation as text, in the order of its columns."""

    columns: TextRow
    rows: Sequence[TextRow]

    def with_columns(self, columns: Iterable[str]) -> Content:
        """Some of the columns, in the order given, and the rows sorted by them."""
        taken = [self.columns.index(column) for column in columns]
        rows = sorted(tuple(row[index] for index in taken) for row in self.rows)
        return Content(tuple(self.columns[index] for index in taken), rows)

    def without(self, columns: Iterable[str]) -> Content:
        """The content without some columns, its rows sorted by the others."""
        hidden = {*columns}
        return self.with_columns(column for column in self.columns if column not in hidden)

    def with_sorted_columns(self) -> Content:
        """The content with its columns in the order of their names, its rows sorted by them."""
        return self.with_columns(sorted(self.columns))


def as_text(value: object) -> str:
    """A value as text: null is empty and empty text is `''`; times have microseconds, fractions 9 digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) or "''"


def content(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Content:
    """Values as `Content`, rows sorted."""
    return Content(tuple(columns), sorted(tuple(map(as_text, row)) for row in rows))


def read(path: Path) -> Content:
    """The content of a CSV file. Raises FileNotFoundError if there is none."""
    with path.open(encoding="utf-8", newline="") as file:
        columns, *rows = csv.reader(file)
    return Content(tuple(columns), [tuple(row) for row in rows])


def write(path: Path, kept: Content) -> None:
    """Write a content as a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(kept.columns)
        writer.writerows(kept.rows)


def findings(expected: Content, found: Content) -> list[str]:
    """How the contents differ, line by line; empty where they do not. Nothing is said of order."""
    if expected.columns != found.columns:
        return [f"expected the columns {', '.join(expected.columns)}; found {', '.join(found.columns)}"]
    return difference(expected.rows, found.rows, expected.columns).lines
