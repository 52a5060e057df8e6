"""What `create table` says of distribution, sorting and encoding, and how PostgreSQL is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from redshift_lookalike.edits import Edits
from redshift_lookalike.statement import CONSTRAINTS, Span, Statement


@dataclass
class _Attributes:
    """What was found: style as the catalog shows it, and columns in the warehouse's spelling."""

    style: str | None = None
    distribution: list[str] = field(default_factory=list)
    sort: list[str] = field(default_factory=list)


def take_attributes(statement: Statement, edits: Edits) -> None:
    """Take what PostgreSQL does not know out of a `create table`, and leave a note of it.

    Raises ValueError for an attribute that it does not know.
    """
    after = statement.after_table_name
    assert after is not None
    found = _Attributes()
    if statement.column_list is not None:
        _take_constraints(statement, edits)
        for name, _, (start, end) in statement.column_definitions:
            _take_column_attributes(statement, edits, name, (start + 1, end), found)
        after = statement.closing[statement.column_list] + 1
    _take_table_attributes(statement, edits, after, found)
    if found.style or found.sort or found.distribution:
        note = {
            "distribution": found.style or "EVEN",
            "distribution_columns": found.distribution,
            "sort": found.sort,
        }
        edits.after(after - 1, f" /*lookalike:table {json.dumps(note)}*/")


def _take_constraints(statement: Statement, edits: Edits) -> None:
    """Take table constraints away: Redshift does not enforce them."""
    assert statement.column_list is not None
    opened = statement.column_list
    for number, (start, end) in enumerate(statement.split((opened + 1, statement.closing[opened]))):
        if statement.word(start) in CONSTRAINTS and statement.word(start) != "like":
            if number == 0:
                raise ValueError("a table whose first item is a constraint")
            edits.cut((start - 1, end))


def _take_column_attributes(
    statement: Statement, edits: Edits, name: int, span: Span, found: _Attributes
) -> None:
    column = statement.tokens[name].identifier
    for index in statement.within(span, span[0]):
        if statement.says(index, "primary", "key"):
            edits.cut((index, index + 2))
        elif statement.word(index) == "unique":
            edits.cut((index, index + 1))
        elif statement.word(index) == "encode":
            edits.cut((index, index + 2))
        elif statement.word(index) == "distkey":
            found.style, found.distribution = f"KEY({column})", [column]
            edits.cut((index, index + 1))
        elif statement.word(index) == "sortkey":
            found.sort.append(column)
            edits.cut((index, index + 1))
        elif statement.word(index) in ("references", "identity"):
            raise ValueError(f"a column with {statement.word(index)}")


def _take_table_attributes(statement: Statement, edits: Edits, index: int, found: _Attributes) -> None:
    while index < len(statement.tokens) and statement.word(index) != "as":
        word = statement.word(index)
        if word in ("backup", "encode"):
            end = index + 2
        elif word == "diststyle":
            found.style = found.style or statement.word(index + 1).upper()
            end = index + 2
        elif word == "distkey":
            found.distribution = list(_names(statement, index + 1))
            found.style = f"KEY({found.distribution[0]})"
            end = statement.closing[index + 1] + 1
        elif word in ("compound", "interleaved"):
            end = index + 1
        elif statement.says(index, "sortkey", "auto"):
            end = index + 2
        elif word == "sortkey":
            found.sort = list(_names(statement, index + 1))
            end = statement.closing[index + 1] + 1
        else:
            raise ValueError(f"the table attribute {statement.text((index, index + 1))}")
        edits.cut((index, end))
        index = end


def _names(statement: Statement, opened: int) -> Iterator[str]:
    if statement.word(opened) != "(":
        raise ValueError("a key without its columns in parentheses")
    for first, _ in statement.split((opened + 1, statement.closing[opened])):
        yield statement.tokens[first].identifier
