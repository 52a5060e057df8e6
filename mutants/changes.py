"""The changes that make mutants of SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"|[a-z_]\w*|\d[\w.]*|<=|>=|<>|!=|\|\||::|\S",
    re.DOTALL | re.IGNORECASE,
)
_FIXTURE = "__dbt__cte__"
_DATES = re.compile(r"\bdate_part\(|\binterval '|::date\b", re.IGNORECASE)

_REPLACED: list[tuple[Sequence[str], Sequence[str]]] = [
    (["<="], ["<"]),
    (["<"], ["<="]),
    ([">="], [">"]),
    ([">"], [">="]),
    (["="], ["!="]),
    (["!="], ["="]),
    (["min", "("], ["max", "("]),
    (["max", "("], ["min", "("]),
    (["and"], ["or"]),
    (["or"], ["and"]),
    (["is", "not", "null"], ["is", "null"]),
    (["is", "null"], ["is", "not", "null"]),
    (["not", "coalesce"], ["coalesce"]),
    (["not", "exists"], ["exists"]),
    (["left", "join"], ["inner", "join"]),
    (["1", "preceding"], ["current", "row"]),
    (["then", "1", "else", "0"], ["then", "0", "else", "1"]),
    (["then", "true", "else", "false"], ["then", "false", "else", "true"]),
    (["desc"], ["asc"]),
    (["count", "(", "distinct"], ["count", "("]),
    (["+"], ["-"]),
    (["-"], ["+"]),
]
"""Tokens, and those that take their place."""


@dataclass(frozen=True)
class Change:
    """One change of a SQL text: characters from `start` to `end` are replaced by `after`."""

    start: int
    end: int
    before: str
    after: str
    line: str
    """The line of the text in which it is, without blanks at its ends."""

    def apply(self, sql: str) -> str:
        """The text with the change."""
        return sql[: self.start] + self.after + sql[self.end :]

    def __str__(self) -> str:
        return f"{self.line}  |  {self.before} -> {self.after}"


def changes(sql: str, start: int, end: int) -> Iterator[Change]:
    """All changes of a text between two of its characters, in their order.

    Left alone are comments, texts in quotes, the rows of unit tests, the `and` of `between`, what dbt writes
    for `dateadd` and `datediff`, and the `1 = 1` in place of a condition that a full refresh has not.
    """
    tokens = [match for match in _TOKEN.finditer(sql, start, end) if not match[0].startswith(("--", "/*"))]
    hidden = _fixtures(tokens) | _not_of_models(sql, tokens)
    betweens = 0
    for number, token in enumerate(tokens):
        word = token[0].lower()
        if word == "between":
            betweens += 1
        elif word == "and" and betweens:
            betweens -= 1
        elif number not in hidden:
            yield from _changes_at(sql, tokens, number)


def _changes_at(sql: str, tokens: list[re.Match[str]], number: int) -> Iterator[Change]:
    for before, after in [*_REPLACED, *_zero_for_null(tokens, number)]:
        found = tokens[number : number + len(before)]
        if [token[0].lower() for token in found] == [*before]:
            start, end = found[0].start(), found[-1].end()
            line = " ".join(_line(sql, start, end).split())
            yield Change(start, end, " ".join(before), " ".join(after), line)


def _zero_for_null(tokens: list[re.Match[str]], number: int) -> Iterator[tuple[list[str], list[str]]]:
    """`coalesce(…, 0)` of a column becomes the column."""
    if tokens[number][0].lower() == "coalesce":
        words = [token[0].lower() for token in tokens[number : number + 9]]
        if ")" in words and words[: words.index(")")][-2:] == [",", "0"] and words.count("(") == 1:
            words = words[: words.index(")") + 1]
            yield words, words[2:-3]


def _fixtures(tokens: list[re.Match[str]]) -> set[int]:
    """The numbers of the tokens in the rows of unit tests: in the parentheses after their names and `as`."""
    hidden: set[int] = set()
    for number, token in enumerate(tokens):
        if token[0].startswith(_FIXTURE) and [each[0] for each in tokens[number + 1 : number + 3]] == [
            "as",
            "(",
        ]:
            depth = 0
            for inner in range(number + 2, len(tokens)):
                hidden.add(inner)
                depth += {"(": 1, ")": -1}.get(tokens[inner][0], 0)
                if depth == 0:
                    break
    return hidden


def _not_of_models(sql: str, tokens: list[re.Match[str]]) -> set[int]:
    """The numbers of the tokens of lines with `1 = 1`, and of `+` and `-` in lines of dbt's date macros."""
    hidden = set()
    for number, token in enumerate(tokens):
        line = _line(sql, token.start(), token.end())
        if "1 = 1" in line or (token[0] in ("+", "-") and _DATES.search(line)):
            hidden.add(number)
    return hidden


def _line(sql: str, start: int, end: int) -> str:
    """The line with these characters."""
    return sql[sql.rfind("\n", 0, start) + 1 : (sql.find("\n", end) + 1 or len(sql) + 1) - 1]
