"""Which query a qualified column belongs to."""

from __future__ import annotations

import pytest

from redshift_lookalike.blocks import correlations, join_conditions
from redshift_lookalike.statement import read

CORRELATIONS = [
    ("select t.a from s.t where exists (select 1 from s.u where u.a = t.a)", [("t.a", 0)]),
    ("select t.a from s.t where exists (select 1 from s.u as t where t.a = 1)", []),
    ("select s.t.a from s.t where exists (select s.f(1) from s.u where u.a = s.t.a)", [("s.t.a", 0)]),
    ("select x.a from (select t.a from s.t) as x", []),
    ("with x as (select 1 as a) select a from s.t where a in (select x.a from x)", []),
    (
        "select 1 from s.t as t where exists (select 1 from s.u union all select 1 from s.v where v.a = t.a)",
        [("t.a", 0)],
    ),
    (
        "delete from s.t where exists (select 1 from s.u where exists (select 1 from s.v where v.a = t.a))",
        [("t.a", 1)],
    ),
    (
        "select 1 from s.t where exists (select 1 from (select v.a from s.v where v.a = t.a) as x)",
        [("t.a", 1)],
    ),
]

CONDITIONS = [
    ("select 1 from t join u on t.a = u.a where (t.b)", ["t.a = u.a"]),
    ("select 1 from t join u on left(t.a, 1) = u.a left join v on (t.a = v.a)",
     ["left(t.a, 1) = u.a", "(t.a = v.a)"]),
    ("select 1 from (t join u on t.a = u.a) where 1 = 1", ["t.a = u.a"]),
    ("update t set a = 1 from u join v on u.a = v.a where t.a = u.a", ["u.a = v.a"]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), CORRELATIONS, ids=[sql for sql, _ in CORRELATIONS])
def test_columns_of_outer_queries_are_found(sql: str, expected: list[tuple[str, int]]) -> None:
    found = [(sql[read(sql).tokens[each.at].start :], each.skipped) for each in correlations(read(sql))]
    assert [(text.split()[0].rstrip(")"), skipped) for text, skipped in found] == expected


@pytest.mark.parametrize(("sql", "expected"), CONDITIONS, ids=[sql for sql, _ in CONDITIONS])
def test_a_join_condition_ends_where_the_next_clause_begins(sql: str, expected: list[str]) -> None:
    assert [read(sql).text(span) for span in join_conditions(read(sql))] == expected
