"""How the rows of relations differ from those expected: as multisets.

A row that is there too seldom or too often makes a difference, the order of rows makes none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Values = tuple[Any, ...]
"""A row as the values of its columns, in their order."""
Row = Mapping[str, object]
"""A row as values by column."""

SHOWN = 4
"""Rows of each kind that are shown of a difference."""
DECIMALS = 9
"""To so many decimals fractions agree where two models add in another order."""


@dataclass(frozen=True)
class Difference:
    """Rows that a relation lacks, and rows that it has beyond those expected, with how often.

    relation: its name, unless it has none.  columns: the names of the values, unless they are not known.
    expected_count: how many rows were expected.
    """

    relation: str
    columns: Sequence[str]
    expected_count: int
    missing: Counter[Values]
    unexpected: Counter[Values]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.missing or self.unexpected)

    @property
    def lines(self) -> list[str]:
        """How many rows are missing and unexpected, and some of each, a line each."""
        lines = []
        for what, rows in (("missing", self.missing), ("unexpected", self.unexpected)):
            if rows:
                shown = sorted(rows.elements(), key=repr)[:SHOWN]
                lines.append(f"{rows.total()} of {self.expected_count} rows {what}")
                lines += [f"{what}: {self._shown(values)}" for values in shown]
        return lines

    def __str__(self) -> str:
        return "\n".join([f"{self.relation}:", *self.lines])

    def _shown(self, values: Values) -> str:
        if not self.columns:
            return str(values)
        named = zip(self.columns, values, strict=True)
        return ", ".join(f"{column}={value}" for column, value in named if value not in (None, ""))


def difference(
    expected: Iterable[Values], found: Iterable[Values], columns: Sequence[str] = (), relation: str = ""
) -> Difference:
    """How the rows that were found in a relation differ from those expected."""
    wanted, there = Counter(expected), Counter(found)
    return Difference(relation, columns, wanted.total(), wanted - there, there - wanted)


def differences(
    expected: Mapping[str, Iterable[Values]], found: Mapping[str, Iterable[Values]]
) -> list[Difference]:
    """How relations differ, of those that do. One that only one side has is empty on the other."""
    compared = (
        difference(expected.get(relation, ()), found.get(relation, ()), relation=relation)
        for relation in sorted({*expected, *found})
    )
    return [each for each in compared if each]


def assert_same_contents(
    expected: Mapping[str, Iterable[Values]],
    found: Mapping[str, Iterable[Values]],
    about: Callable[[str], str] = lambda _: "",
) -> None:
    """Assert that relations do not differ; else show how, and what `about` tells of what is shown."""
    shown = "\n".join(map(str, differences(expected, found)))
    if shown:
        raise AssertionError(f"{shown}\n{about(shown)}")


def assert_same_rows(
    expected: Iterable[Row], found: Iterable[Row], about: Callable[[list[Row]], str] = lambda _: ""
) -> None:
    """Assert that the rows of two models do not differ; else show how, and what `about` tells of the rows.

    All rows have the same columns, in any order. Fractions are compared to `DECIMALS`.
    """
    wanted, there = list(expected), list(found)
    columns = {tuple(sorted(row)) for row in (*wanted, *there)}
    if len(columns) > 1:
        raise AssertionError(
            "\n".join(["not all rows have the same columns:", *sorted(map(", ".join, columns))])
        )
    (names,) = columns or {()}
    found_difference = difference(_values(wanted, names), _values(there, names), names)
    if found_difference:
        differing = [*found_difference.missing, *found_difference.unexpected]
        rows: list[Row] = [dict(zip(names, values, strict=True)) for values in differing]
        raise AssertionError("\n".join([*found_difference.lines, about(rows)]))


def _values(rows: Iterable[Row], columns: Sequence[str]) -> Iterable[Values]:
    for row in rows:
        values = (row[column] for column in columns)
        yield tuple(round(value, DECIMALS) if isinstance(value, float) else value for value in values)
