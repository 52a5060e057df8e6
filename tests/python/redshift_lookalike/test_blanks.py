"""Trailing blanks do not count where text is compared, and count everywhere else."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from redshift_lookalike.conftest import Query, connect
from redshift_lookalike.lookalike import Lookalike

EXPRESSIONS: list[tuple[str, Any]] = [
    ("'a' = 'a  '", True),
    ("'a ' <> 'a' or 'a ' < 'a' or 'a ' > 'a'", False),
    ("'a ' <= 'a' and 'a' >= 'a '", True),
    ("'a' = ' a'", False),
    ("'a' = 'a' || chr(9)", False),
    ("'' = '  '", True),
    ("cast('a  ' as varchar(3)) = cast('a' as varchar(9))", True),
    ("cast('a' as char(3)) = cast('a ' as varchar(9))", True),
    ("'a ' in ('b', 'a') and 'a ' not in ('b', 'c')", True),
    ("'a ' between 'a' and 'a'", True),
    ("case 'a ' when 'a' then 1 else 0 end", 1),
    ("nullif('a ', 'a')", None),
    ("'é' = 'é '", True),
    # not compared
    ("'a' like 'a '", False),
    ("len('a  ')", 3),
    ("md5('a') = md5('a ')", False),
    ("replace('a ', 'a ', 'b')", "b"),
]

QUERIES: list[tuple[str, list[list[Any]]]] = [
    ("select n from work.text where a = 'x' order by n", [[1], [2]]),
    ("select a, count(*), min(n) from work.text group by a having a <> 'x' order by a",
     [[" x", 1, 4], ["x y", 1, 5], ["y", 1, 3]]),
    ("select len(trim(a)), count(*) from (select distinct a from work.text) as t group by 1 order by 1",
     [[1, 3], [3, 1]]),
    ("select count(distinct a) from work.text", [[4]]),
    ("select count(*) from (select a from work.text union select 'y  ') as t", [[4]]),
    ("select a from work.text except select 'y  ' except select ' x' except select 'x y' except select 'x '",
     []),
    ("select count(*) from work.text as t inner join work.text as u on t.a = u.a", [[7]]),
    ("select count(*) from work.text as t inner join work.text as u using (a)", [[7]]),
    ("select n from work.text where a in (select cast('x   ' as varchar(9)) as a) order by n", [[1], [2]]),
    ("select n, row_number() over (partition by a order by n) from work.text order by a, n desc",
     [[4, 1], [2, 2], [1, 1], [5, 1], [3, 1]]),
]  # fmt: skip


@pytest.fixture(scope="module")
def text(lookalike: Lookalike) -> None:
    """A table of text with and without blanks."""
    with closing(connect(lookalike)) as connection:
        cursor = connection.cursor()
        cursor.execute("create schema work")
        cursor.execute("create table work.text (a varchar(10), n int)")
        cursor.execute("insert into work.text values ('x', 1), ('x  ', 2), ('y', 3), (' x', 4), ('x y', 5)")


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS, ids=[text for text, _ in EXPRESSIONS])
def test_trailing_blanks_do_not_count_in_comparisons(query: Query, expression: str, expected: Any) -> None:
    assert query(f"select {expression} as value")[0][0] == expected


@pytest.mark.usefixtures("text")
@pytest.mark.parametrize(("sql", "expected"), QUERIES, ids=[sql for sql, _ in QUERIES])
@pytest.mark.parametrize("without", ["", "hashjoin", "hashagg"])
def test_trailing_blanks_do_not_count_between_rows(
    query: Query, sql: str, expected: list[list[Any]], without: str
) -> None:
    if without:
        query(f"set enable_{without} to off")
    assert [list(row) for row in query(sql)] == expected
