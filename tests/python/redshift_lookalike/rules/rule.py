"""A rule of the gate: what Redshift refuses, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from redshift_lookalike.statement import Statement

Finder = Callable[[Statement], Iterable[int]]
"""Gives the indexes of the tokens at which a statement breaks a rule."""


@dataclass(frozen=True)
class Rule:
    """One thing that Redshift refuses, or that means something else there than on PostgreSQL.

    name: says what is refused, as a message does.  instead: what to write.
    refuses, accepts: a statement that breaks this rule and no other, and one that breaks none.
    is_translated: Redshift takes it, and the look-alike gives it that meaning, for dbt itself writes it.
    """

    name: str
    instead: str
    find: Finder
    refuses: str
    accepts: str
    is_translated: bool = False


@dataclass(frozen=True)
class Finding:
    """A place in a statement that breaks a rule."""

    rule: Rule
    excerpt: str

    def __str__(self) -> str:
        return f"{self.rule.name} ({self.excerpt}). Instead: {self.rule.instead}"


def phrase(*words: str) -> Finder:
    """Finds words that stand one after the other, outside strings, comments and quotes."""
    return lambda statement: statement.find(*words)


def any_word(*words: str) -> Finder:
    """Finds each of these words."""
    return lambda statement: statement.find_any(*words)


def opening(*beginnings: str) -> Finder:
    """Finds statements that begin with one of these phrases."""

    def find(statement: Statement) -> Iterable[int]:
        return [0] if any(statement.says(0, *beginning.split()) for beginning in beginnings) else []

    return find
