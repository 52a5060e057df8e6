"""Rules about data types and casts."""

from __future__ import annotations

from collections.abc import Iterator

from redshift_lookalike.names import words
from redshift_lookalike.rules.rule import Rule
from redshift_lookalike.statement import Span, Statement

_UNKNOWN = words(
    """
    json jsonb uuid hstore money serial bigserial smallserial serial4 serial8 inet cidr macaddr xml bit bytea
    tsvector tsquery point int4range int8range numrange tsrange tstzrange daterange
    """
)
_OF_THE_CATALOG = frozenset({"name", "regclass", "oid"})
_UNSIZED_TEXT = frozenset({"varchar", "text", "nvarchar", "bpchar", "char", "nchar", "character"})
_COMPARISONS = frozenset(
    {"=", "<", ">", "<=", ">=", "<>", "!=", "and", "or", "not", "true", "false", "like", "in"}
)


def _types(statement: Statement) -> Iterator[Span]:
    """All types that a statement names in casts and column definitions."""
    yield from (span for _, span in statement.casts)
    yield from (span for _, span, _ in statement.column_definitions)


def _unknown_types(statement: Statement) -> Iterator[int]:
    unknown = _UNKNOWN | _OF_THE_CATALOG if statement.reads_user_tables else _UNKNOWN
    yield from (first for _, (first, _) in statement.casts if statement.word(first) in unknown)
    for _, (first, _), _ in statement.column_definitions:
        if statement.word(first) in _UNKNOWN | _OF_THE_CATALOG:
            yield first


def _array_types(statement: Statement) -> Iterator[int]:
    yield from (first for first, end in _types(statement) if statement.word(end - 1) == "]")
    yield from statement.find("array", "[")


def _unsized_text(statement: Statement) -> Iterator[int]:
    for first, end in _types(statement):
        if statement.word(first) in _UNSIZED_TEXT and statement.word(end - 1) != ")":
            yield first


def _unsized_numbers(statement: Statement) -> Iterator[int]:
    for first, end in _types(statement):
        if statement.word(first) in ("numeric", "decimal") and end == first + 1:
            yield first


def _sized_times(statement: Statement) -> Iterator[int]:
    for first, _ in _types(statement):
        is_time = statement.word(first) in ("time", "timestamp", "timetz", "timestamptz")
        if is_time and statement.word(first + 1) == "(":
            yield first


def _conditions_as_text(statement: Statement) -> Iterator[int]:
    for (first, end), (type_first, _) in statement.casts:
        words = {statement.word(index) for index in statement.within((first, end), first)}
        if statement.word(first) == "(" and statement.closing[first] == end - 1:
            words = {statement.word(index) for index in statement.within((first + 1, end - 1), first + 1)}
        if statement.word(type_first) in _UNSIZED_TEXT and words & _COMPARISONS and "case" not in words:
            yield type_first


def _extremes_of_conditions(statement: Statement) -> Iterator[int]:
    for call in statement.calls:
        if call.name in ("max", "min") and len(call.arguments) == 1:
            first, end = call.arguments[0]
            words = {statement.word(index) for index in statement.within((first, end), first)}
            if words & _COMPARISONS and "case" not in words:
                yield call.at


RULES = [
    Rule(
        "the type does not exist",
        "varchar(n), super or a child table",
        _unknown_types,
        "select cast(b as jsonb) from analytics.t",
        "select cast(b as varchar(64)) from analytics.t",
    ),
    Rule(
        "there are no arrays",
        "a child table, or dbt.listagg",
        _array_types,
        "select array[a, c] from analytics.t",
        "create table analytics.u (a bigint, position bigint)",
    ),
    Rule(
        "text without a length has 256 bytes, char without one has 1",
        "varchar(n)",
        _unsized_text,
        "select b::varchar from analytics.t",
        "select b::varchar(512), cast(a as character varying(20)) from analytics.t",
        is_translated=True,
    ),
    Rule(
        "numeric without a precision is numeric(18, 0)",
        "numeric(p, s), or double precision",
        _unsized_numbers,
        "select cast(a as numeric) / 2 as half from analytics.t",
        "select cast(a as numeric(18, 4)) / 2 as half, cast(a as double precision) from analytics.t",
        is_translated=True,
    ),
    Rule(
        "times have no precision",
        "timestamp",
        _sized_times,
        "select cast(a as timestamp(3)) from analytics.t",
        "select cast(a as timestamp), cast(b as timestamp with time zone) from analytics.t",
    ),
    Rule(
        "a boolean cannot be cast to text",
        "case when … then 'true' else 'false' end",
        _conditions_as_text,
        "select cast(a > 1 as varchar(5)) from analytics.t",
        "select cast(case when a > 1 then 'true' else 'false' end as varchar(5)) from analytics.t",
    ),
    Rule(
        "max and min take no boolean",
        "bool_or, bool_and, or max(case when … then 1 else 0 end)",
        _extremes_of_conditions,
        "select max(a > 1) from analytics.t group by b",
        "select max(case when a > 1 then 1 else 0 end), bool_or(a > 1) from analytics.t group by b",
    ),
]
