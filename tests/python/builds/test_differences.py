"""Rows are compared as multisets, and what differs can be read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from builds.differences import (
    SHOWN,
    Row,
    Values,
    assert_same_contents,
    assert_same_rows,
    difference,
    differences,
)

ONE, TWO, THREE = ({"a": number, "b": None} for number in (1, 2, 3))


def test_the_order_of_rows_makes_no_difference() -> None:
    assert not difference([(1,), (None,), (1,)], [(None,), (1,), (1,)])


def test_a_row_counts_as_often_as_it_is_there() -> None:
    differing = difference([(1,), (1,), (2,)], [(1,), (2,), (2,), (2,)], ["a"])

    assert (differing.missing.total(), differing.unexpected.total()) == (1, 2)
    assert differing.lines == [
        "1 of 3 rows missing",
        "missing: a=1",
        "2 of 3 rows unexpected",
        "unexpected: a=2",
        "unexpected: a=2",
    ]


def test_some_rows_of_many_are_shown_without_what_is_empty() -> None:
    lines = difference([(number, None, "", 0) for number in range(50)], [], ["a", "b", "c", "d"]).lines

    assert lines[:2] == ["50 of 50 rows missing", "missing: a=0, d=0"]
    assert len(lines) == 1 + SHOWN


def test_relations_that_differ_are_named_and_the_others_are_not() -> None:
    before: dict[str, list[Values]] = {"s.same": [(1,)], "s.gone": [("x",)], "s.empty": []}
    after: dict[str, list[Values]] = {"s.same": [(1,)], "s.come": [("y",)]}

    assert [str(each) for each in differences(before, after)] == [
        "s.come:\n1 of 0 rows unexpected\nunexpected: ('y',)",
        "s.gone:\n1 of 1 rows missing\nmissing: ('x',)",
    ]
    assert_same_contents(before, {**before})
    with pytest.raises(AssertionError, match=r"missing: \('x',\)\ntold: 93 letters$"):
        assert_same_contents(before, after, lambda shown: f"told: {len(shown)} letters")


def test_rows_by_column_are_the_same_whatever_the_order_of_columns() -> None:
    assert_same_rows([ONE, TWO], [{"b": None, "a": 2}, ONE])
    assert_same_rows([], [])


def test_fractions_agree_to_nine_decimals() -> None:
    assert_same_rows([{"a": 0.3}], [{"a": 0.3000000001}])
    with pytest.raises(AssertionError, match=r"missing: a=0\.3\n"):
        assert_same_rows([{"a": 0.3}], [{"a": 0.300000001}])


def test_rows_that_differ_are_told_of() -> None:
    def about(rows: Sequence[Row]) -> str:
        return f"about {[row['a'] for row in rows]}"

    with pytest.raises(AssertionError, match=r"missing: a=2\n(.|\n)*unexpected: a=3\nabout \[2, 3\]$"):
        assert_same_rows([ONE, TWO], [ONE, THREE], about)


@pytest.mark.parametrize("found", [[{"a": 1}], [ONE, {"a": 1, "c": None}]])
def test_a_column_that_only_some_rows_have_is_a_difference(found: list[Row]) -> None:
    with pytest.raises(AssertionError, match="not all rows have the same columns:\n"):
        assert_same_rows([ONE], found)
