"""Rules about names."""

from __future__ import annotations

from collections.abc import Iterator

from redshift_lookalike.names import NAMES_ONLY, RESERVED_WORDS
from redshift_lookalike.rules.rule import Rule
from redshift_lookalike.statement import Statement

FOLDED = "quoted names are folded to lower case"
"""The name of the rule that does not hold where names are case sensitive."""

_AFTER_AS = frozenset({"select", "with", "not", "table", "of"})
_SYSTEM_COLUMNS = frozenset({"oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})


def _reserved(statement: Statement) -> Iterator[int]:
    types = {first for _, (first, _) in statement.casts}
    for index, token in enumerate(statement.tokens):
        word = token.word
        is_alias = statement.word(index - 1) == "as" and word not in _AFTER_AS and index not in types
        is_qualified = statement.word(index - 1) == "." and token.kind == "word"
        if (word in RESERVED_WORDS and (is_alias or is_qualified)) or word in NAMES_ONLY:
            yield index
    for index, _, _ in statement.column_definitions:
        if statement.word(index) in RESERVED_WORDS - NAMES_ONLY:
            yield index


def _folded(statement: Statement) -> Iterator[int]:
    for index, token in enumerate(statement.tokens):
        if token.kind == "name" and token.text != token.text.lower():
            yield index


def _system_columns(statement: Statement) -> Iterator[int]:
    if statement.reads_user_tables:
        for index, token in enumerate(statement.tokens):
            is_name = token.kind in ("word", "name") and statement.word(index + 1) not in ("(", ".")
            if is_name and token.identifier in _SYSTEM_COLUMNS:
                yield index


RULES = [
    Rule(
        "a reserved word is no name",
        "another name; where it comes from outside, quotes once and a new name",
        _reserved,
        "select tag, a as raw from analytics.t",
        'select "tag" as label, a as unprocessed, cast(b as timestamp) from analytics.t',
    ),
    Rule(
        FOLDED,
        "lower case",
        _folded,
        'select a as "TotalCount" from analytics.t',
        'select a as "total_count" from analytics.t',
    ),
    Rule(
        "there are no system columns",
        "a key of one's own",
        _system_columns,
        "select ctid, a from analytics.t",
        "select a from analytics.t",
    ),
]
