"""Rules about window functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from redshift_lookalike.names import words
from redshift_lookalike.rules.rule import Rule, any_word
from redshift_lookalike.statement import Call, Statement

_NEEDS_FRAME = words(
    """
    sum avg count min max stddev stddev_samp stddev_pop variance var_samp var_pop bool_and bool_or
    first_value last_value nth_value
    """
)


def _windows(
    condition: Callable[[Statement, Call, set[str]], bool],
) -> Callable[[Statement], Iterator[int]]:
    """Finds window functions for which a condition holds, given the words directly in their window."""

    def find(statement: Statement) -> Iterator[int]:
        for call in statement.calls:
            if call.over:
                words = {statement.word(index) for index in statement.within(call.over, call.over[0])}
                if condition(statement, call, words):
                    yield call.at

    return find


def _lacks_frame(_: Statement, call: Call, words: set[str]) -> bool:
    return call.name in _NEEDS_FRAME and "order" in words and not words & {"rows", "range", "groups"}


def _has_default(_: Statement, call: Call, __: set[str]) -> bool:
    return call.name in ("lag", "lead") and len(call.arguments) > 2


def _counts_distinct(_: Statement, call: Call, __: set[str]) -> bool:
    return call.is_distinct and call.name != "listagg"


def _has_constant_key(statement: Statement, call: Call, _: set[str]) -> bool:
    assert call.over
    keys: list[int] = []
    for index in statement.within(call.over, call.over[0]):
        if statement.word(index) == "by" or statement.word(index) == ",":
            keys.append(index + 1)
    ends = {*_ENDS_OF_KEY, ""}
    return any(
        statement.tokens[key].kind in ("string", "number") and statement.word(key + 1) in ends for key in keys
    )


_ENDS_OF_KEY = (",", ")", "order", "rows", "asc", "desc", "nulls")


RULES = [
    Rule(
        "an aggregate, first_value or last_value over (… order by …) needs a frame",
        "rows between unbounded preceding and current row, or as meant",
        _windows(_lacks_frame),
        "select sum(a) over (partition by b order by c) from analytics.t",
        "select sum(a) over (partition by b order by c rows between unbounded preceding and current row),"
        " row_number() over (order by c), max(a) over (partition by b) from analytics.t",
    ),
    Rule(
        "a frame is made of rows",
        "rows between …",
        _windows(lambda _, __, words: bool(words & {"range", "groups"})),
        "select sum(a) over (order by c range between unbounded preceding and current row) from analytics.t",
        "select sum(a) over (order by c rows between 1 preceding and 1 following) from analytics.t",
    ),
    Rule(
        "a frame cannot exclude rows",
        "a condition in a case",
        _windows(lambda _, __, words: "exclude" in words),
        "select sum(a) over (order by c rows between 1 preceding and current row exclude current row)"
        " from analytics.t",
        "select sum(a) over (order by c rows between 1 preceding and 1 preceding) from analytics.t",
    ),
    Rule(
        "lag and lead take no default",
        "coalesce(lag(…) over (…), …)",
        _windows(_has_default),
        "select lag(a, 1, 0) over (order by c) from analytics.t",
        "select coalesce(lag(a, 1) over (order by c), 0) from analytics.t",
    ),
    Rule(
        "a window function cannot count distinct values",
        "dense_rank in both directions, or a join with the counts",
        _windows(_counts_distinct),
        "select count(distinct a) over (partition by b) from analytics.t",
        "select count(distinct a) from analytics.t group by b",
    ),
    Rule(
        "a window cannot be partitioned or ordered by a constant",
        "leave it out, or name a column",
        _windows(_has_constant_key),
        "select row_number() over (partition by 'x' order by c) from analytics.t",
        "select row_number() over (partition by b, 'x' || c order by c desc) from analytics.t",
    ),
    Rule(
        "ignore nulls stands elsewhere on PostgreSQL, if at all",
        "max(…) over (… rows …) on a numbered column",
        lambda statement: (
            index for index in any_word("ignore")(statement) if statement.word(index + 1) == "nulls"
        ),
        "select last_value(a ignore nulls) over (order by c rows between unbounded preceding and current row)"
        " from analytics.t",
        "select last_value(a) over (order by c rows between unbounded preceding and current row)"
        " from analytics.t",
    ),
]
