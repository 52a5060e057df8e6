"""Rules about functions: which there are, where they run, what they take."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from redshift_lookalike.names import (
    COMPUTE_ONLY_FUNCTIONS,
    FUNCTIONS,
    INSTEAD_OF_FUNCTIONS,
    LEADER_ONLY_FUNCTIONS,
    LEADER_ONLY_WORDS,
)
from redshift_lookalike.rules.rule import Finder, Rule
from redshift_lookalike.statement import Call, Statement


def _calls(condition: Callable[[Statement, Call], bool]) -> Finder:
    """Finds calls for which a condition holds."""

    def find(statement: Statement) -> Iterator[int]:
        return (call.at for call in statement.calls if condition(statement, call))

    return find


def _is_undocumented(statement: Statement, call: Call) -> bool:
    if call.is_qualified:  # a function of the project's own, unless it is of PostgreSQL's catalog
        return statement.tokens[call.at - 2].identifier == "pg_catalog"
    return call.name not in FUNCTIONS and call.name not in INSTEAD_OF_FUNCTIONS


def _has_replacement(_: Statement, call: Call) -> bool:
    return not call.is_qualified and call.name in INSTEAD_OF_FUNCTIONS


def _leader_only(statement: Statement) -> Iterator[int]:
    if statement.reads_user_tables:
        yield from (call.at for call in statement.calls if call.name in LEADER_ONLY_FUNCTIONS)
        for index in statement.find_any(*LEADER_ONLY_WORDS):
            if statement.word(index - 1) not in (".", "as"):
                yield index


def _compute_only(statement: Statement) -> Iterator[int]:
    if not statement.tables:
        yield from (call.at for call in statement.calls if call.name in COMPUTE_ONLY_FUNCTIONS)


def _is_flagged_replacement(statement: Statement, call: Call) -> bool:
    return (
        call.name == "regexp_replace"
        and len(call.arguments) > 3
        and statement.tokens[call.arguments[3][0]].kind == "string"
    )


def _is_part_from_the_end(statement: Statement, call: Call) -> bool:
    return (
        call.name == "split_part" and len(call.arguments) == 3 and statement.word(call.arguments[2][0]) == "-"
    )


def _epochs(statement: Statement) -> Iterator[int]:
    for call in statement.calls:
        if call.name in ("extract", "date_part") and statement.tokens[call.at + 2].text.lower() in (
            "epoch",
            "'epoch'",
        ):
            yield call.at


def _intervals(statement: Statement) -> Iterator[int]:
    for index in statement.find("interval"):
        is_name = statement.word(index - 1) in (".", "as") and statement.word(index + 1) != ")"
        is_literal = index + 1 < len(statement.tokens) and statement.tokens[index + 1].kind == "string"
        if not is_name and not (is_literal and statement.word(index - 1) in ("+", "-")):
            yield index


def _takes(name: str, *counts: int) -> Finder:
    """Finds calls of a function with another number of arguments than it takes."""
    return _calls(lambda _, call: call.name == name and len(call.arguments) not in counts)


RULES = [
    Rule(
        "Redshift documents no such function",
        "a documented one",
        _calls(_is_undocumented),
        "select width_bucket(a, 0, 10, 5) from analytics.t",
        "select abs(a), analytics.f_of_our_own(b) from analytics.t",
    ),
    Rule(
        "Redshift has another function for this",
        "; ".join(f"{name}: {instead}" for name, instead in INSTEAD_OF_FUNCTIONS.items()),
        _calls(_has_replacement),
        "select string_agg(b, ',') from analytics.t",
        "select listagg(b, ',') within group (order by b) from analytics.t",
    ),
    Rule(
        "the function runs on the leader node only, without tables of one's own",
        "getdate(), or a time that dbt passes in",
        _leader_only,
        "select current_timestamp as asked_at, a from analytics.t",
        "select getdate() as asked_at, a from analytics.t",
    ),
    Rule(
        "the function runs on compute nodes only, on a table",
        "the same on a table",
        _compute_only,
        "select median(x) from (select 1 as x union all select 2) as numbers",
        "select median(a) from analytics.t",
    ),
    Rule(
        "concat takes two arguments",
        "the operator ||",
        _takes("concat", 2),
        "select concat(a, b, c) from analytics.t",
        "select concat(a, b), a || b || c from analytics.t",
    ),
    Rule(
        "date_trunc takes two arguments",
        "convert_timezone before it",
        _takes("date_trunc", 2),
        "select date_trunc('day', a, 'UTC') from analytics.t",
        "select date_trunc('day', a) from analytics.t",
    ),
    Rule(
        "to_timestamp takes a text and a format",
        "dateadd(second, …, '1970-01-01')",
        _takes("to_timestamp", 2, 3),
        "select to_timestamp(a) from analytics.t",
        "select to_timestamp(b, 'YYYY-MM-DD') from analytics.t",
    ),
    Rule(
        "log takes one argument",
        "ln(x) / ln(base)",
        _takes("log", 1),
        "select log(2, a) from analytics.t",
        "select ln(a) / ln(2), log(a) from analytics.t",
    ),
    Rule(
        "regexp_replace takes a position, not flags, and replaces all matches",
        "regexp_replace(text, pattern, replacement)",
        _calls(_is_flagged_replacement),
        "select regexp_replace(b, 'x', 'y', 'g') from analytics.t",
        "select regexp_replace(b, 'x', 'y'), regexp_replace(b, 'x', 'y', 1, 'i') from analytics.t",
    ),
    Rule(
        "split_part counts from the first part",
        "dbt.split_part",
        _calls(_is_part_from_the_end),
        "select split_part(b, '-', -1) from analytics.t",
        "select split_part(b, '-', 1) from analytics.t",
    ),
    Rule(
        "the epoch of a timestamp has whole seconds on Redshift, and fractions on PostgreSQL",
        "dbt.datediff",
        _epochs,
        "select extract(epoch from a) from analytics.t",
        "select extract(hour from a), datediff(second, a, c) from analytics.t",
    ),
    Rule(
        "intervals are alike as literals behind + or - only",
        "… + interval '1 day', dbt.dateadd, dbt.datediff",
        _intervals,
        "select interval '1 day' as b from analytics.t",
        "select a + interval '1 day', a - interval '2' hour, dateadd(day, 1, a) from analytics.t",
    ),
]
