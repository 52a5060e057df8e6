"""Which changes make mutants of a text of SQL, and what is left alone."""

from __future__ import annotations

import pytest

from mutants.accepted import needless, survivors
from mutants.changes import Change, changes
from mutants.verdicts import Mutant, Verdict


def changed(sql: str) -> list[str]:
    """The text with each change in turn."""
    return [change.apply(sql) for change in changes(sql, 0, len(sql))]


@pytest.mark.parametrize(
    ("sql", "mutants"),
    [
        ("a <= b", ["a < b"]),
        ("a < b", ["a <= b"]),
        ("a = 'x and y'", ["a != 'x and y'"]),
        ("a between 1 and 2", []),
        ("a between 1 and 2 and b", ["a between 1 and 2 or b"]),
        ("min(a)", ["max (a)"]),
        ("is_min", []),
        ("a is not null", ["a is null"]),
        ("coalesce(a.n, 0)", ["a . n"]),
        ("coalesce(a, b)", []),
        ("coalesce(count(a), 0)", []),
        ("a left join b", ["a inner join b"]),
        ("rows between 1 preceding and current row", ["rows between current row and current row"]),
        ("case when a then 1 else 0 end", ["case when a then 0 else 1 end"]),
        ("a -- and b < c\n/* or */", []),
        ("where a\nand 1 = 1", []),
        ("floor(date_part('day', b) - c) * 24", []),
        ("b + (interval '1 day' * -1) < c", ["b + (interval '1 day' * -1) <= c"]),
        ("order by a desc, b", ["order by a asc, b"]),
    ],
)
def test_each_operator_is_changed_alone(sql: str, mutants: list[str]) -> None:
    assert changed(sql) == mutants


def test_rows_of_unit_tests_are_left_alone() -> None:
    sql = "with __dbt__cte__a as (select 1 < (2) as b), c as (select b > 1 from __dbt__cte__a) select *"
    assert changed(sql) == [sql.replace("b > 1", "b >= 1")]


def test_a_change_is_named_by_its_line() -> None:
    (change,) = changes("select\n  a,\n  b  <= 1\nfrom c", 0, 29)
    assert str(change) == "b <= 1  |  <= -> <"


def test_an_entry_without_a_survivor_is_needless() -> None:
    change = Change(0, 1, "<", "<=", "a < b")
    found = [Mutant("m", change, Verdict.SURVIVED), Mutant("n", change, Verdict.KILLED)]
    entries = [f"{model}: {change}" for model in ("m", "n", "other")] + ["m: gone"]
    assert needless(entries, found) == [f"n: {change}", "m: gone"]


def test_an_ellipsis_in_an_entry_stands_for_any_text() -> None:
    found = [Mutant("m", Change(0, 1, "<", "<=", line), Verdict.SURVIVED) for line in ("a.b < c", "a.b < cd")]
    entries = ["m: a.… < c  |  < -> <="]
    assert survivors(found, entries) == found[1:]
    assert not needless(entries, found)
