"""Query blocks, which are selects within one another, and which of them a qualified column belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from redshift_lookalike.names import words
from redshift_lookalike.statement import Select, Span, Statement

_ENDS_OF_CONDITION = words(
    """
    join inner left right full cross natural where group having qualify order limit offset window
    union except intersect minus
    """
)


@dataclass(frozen=True)
class Correlation:
    """A column of an outer block: where it stands, its own block, the block it is of, and the blocks between.

    outer: None if the column is of the statement itself, as of the target of a delete.
    skipped: how many blocks lie between the two.
    """

    at: int
    inner: Select
    outer: Select | None
    skipped: int


@lru_cache(maxsize=64)
def correlations(statement: Statement) -> list[Correlation]:
    """All correlations of a statement that are made by a qualified column.

    A column without a qualifier tells its table to those alone who know the tables' columns.
    """
    found = []
    names: dict[Select | None, set[str]] = {}
    for source in statement.sources:
        names.setdefault(statement.select_around(source.at), set()).add(source.alias)
    parents = {select: statement.select_around(select.at) for select in statement.selects}
    for at, name in _qualified_columns(statement):
        inner = statement.select_around(at)
        if inner is None:
            continue
        block: Select | None = inner
        skipped = -1
        while name not in names.get(block, ()) and block is not None:
            block = parents[block]
            skipped += 1
        if block is not inner and name in names.get(block, ()):
            found.append(Correlation(at, inner, block, skipped))
    return found


def _qualified_columns(statement: Statement) -> Iterator[tuple[int, str]]:
    """The index and the last qualifier of each qualified column."""
    of_tables = {source.at for source in statement.sources}
    for index in statement.find("."):
        start = index - 1
        if statement.word(start - 1) == "." or start in of_tables:
            continue
        while statement.word(index + 2) == ".":
            index += 2
        if statement.word(index + 2) != "(" and statement.tokens[index - 1].kind in ("word", "name"):
            yield start, statement.tokens[index - 1].identifier


def join_conditions(statement: Statement) -> Iterator[Span]:
    """The spans of what stands behind each `on`: where that holds selects, it is the condition of a join."""
    for index in statement.find("on"):
        select = statement.select_around(index)
        around = statement.around[index]
        if select is None:
            end = len(statement.tokens)
        else:
            end = statement.closing[around] if around > select.at else select.end
        for at in statement.within((index + 1, end), index):
            if statement.word(at) in _ENDS_OF_CONDITION and not _is_call_of_side(statement, at):
                end = at
                break
        yield index + 1, end


def _is_call_of_side(statement: Statement, index: int) -> bool:
    """Whether it is the function `left(…)` or `right(…)`, and no side of a join."""
    return statement.word(index) in ("left", "right") and statement.word(index + 1) == "("
