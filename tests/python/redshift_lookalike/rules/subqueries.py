"""Rules about subqueries that read columns of the queries around them."""

from __future__ import annotations

from collections.abc import Iterator

from redshift_lookalike.blocks import correlations, join_conditions
from redshift_lookalike.rules.rule import Rule
from redshift_lookalike.statement import Statement


def _skipping(statement: Statement) -> Iterator[int]:
    return (found.at for found in correlations(statement) if found.skipped)


def _in_join_conditions(statement: Statement) -> Iterator[int]:
    conditions = list(join_conditions(statement))
    for found in correlations(statement):
        outer = found.outer.at if found.outer else -1
        if any(outer < first <= found.inner.at < end for first, end in conditions):
            yield found.at


def _with_window(statement: Statement) -> Iterator[int]:
    windowed = {statement.select_around(call.at) for call in statement.calls if call.over}
    return (found.at for found in correlations(statement) if found.inner in windowed)


RULES = [
    Rule(
        "a subquery cannot read a column of a query that is not directly around it",
        "a join in the query between them",
        _skipping,
        "select t.a from analytics.t as t where not exists (select 1 from analytics.u as u"
        " where not exists (select 1 from analytics.x as x where x.a = t.a))",
        "select t.a from analytics.t as t where not exists (select 1 from analytics.u as u"
        " where u.b = t.b and not exists (select 1 from analytics.x as x where x.a = u.a))",
    ),
    Rule(
        "a subquery in the condition of a join cannot read columns of the joined tables",
        "a common table expression with one row per key, joined before",
        _in_join_conditions,
        "select t.a from analytics.t as t left join analytics.u as u"
        " on t.a = u.a and u.b = (select max(x.b) from analytics.x as x where x.a = u.a)",
        "select t.a from analytics.t as t left join analytics.u as u"
        " on t.a = u.a and u.b = (select max(x.b) from analytics.x as x)"
        " where t.b = (select max(x.b) from analytics.x as x where x.a = t.a)",
    ),
    Rule(
        "a subquery with a window function cannot read columns of the query around it",
        "a common table expression, joined",
        _with_window,
        "select t.a from analytics.t as t where t.b not in"
        " (select sum(u.b) over (partition by u.c) from analytics.u as u where u.a = t.a)",
        "select t.a from analytics.t as t where t.b not in"
        " (select sum(u.b) over (partition by u.c) from analytics.u as u)",
    ),
]
