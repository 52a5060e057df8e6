"""The parts of the conformance pack: how raw rows land, values as text, differences, fixtures, types."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from conformance.checks import Outcome, write_expected
from conformance.contents import Content, as_text, content, findings, read
from conformance.dbt_project import plain_type
from conformance.errors import ConformanceError
from conformance.raw_rows import RawRow, RawTable, landing, literal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", "''"),
        ("a", "a"),
        (True, "true"),
        (0, "0"),
        (1 / 3, "0.333333333"),
        (2.0, "2"),
        (Decimal("5.50"), "5.50"),
        (date(2025, 3, 1), "2025-03-01"),
        (datetime(2025, 3, 1, 4), "2025-03-01 04:00:00.000000"),
    ],
)
def test_a_value_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_equal_contents_differ_in_nothing() -> None:
    assert findings(content(["a"], [(1,), (None,)]), content(["a"], [(None,), (1,)])) == []


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([(1, "x")], ["1 of 2 rows missing", "missing: a=2"]),
        ([(1, "x"), (2, None), (2, None)], ["1 of 2 rows unexpected", "unexpected: a=2"]),
        (
            [(1, "y"), (2, None)],
            ["1 of 2 rows missing", "missing: a=1, b=x", "1 of 2 rows unexpected", "unexpected: a=1, b=y"],
        ),
    ],
)
def test_a_row_too_few_too_many_or_another(rows: list[tuple[object, ...]], lines: list[str]) -> None:
    assert findings(content(["a", "b"], [(1, "x"), (2, None)]), content(["a", "b"], rows)) == lines


def test_rows_are_in_the_order_of_the_columns_that_are_told() -> None:
    held = content(["written_at", "id"], [(1, "b"), (2, "a")])

    assert held.without({"written_at"}) == Content(("id",), [("a",), ("b",)])


def test_other_columns() -> None:
    assert findings(Content(("a", "b"), []), Content(("b", "a"), [])) == [
        "expected the columns a, b; found b, a"
    ]


@pytest.mark.parametrize(
    ("catalogued", "plain"),
    [
        ("character varying(512)", "varchar(512)"),
        ("CHARACTER VARYING(8)", "varchar(8)"),
        ("timestamp without time zone", "timestamp"),
        ("numeric(18, 2)", "numeric(18,2)"),
        ("double precision", "double precision"),
    ],
)
def test_a_type_in_the_words_of_the_contract(catalogued: str, plain: str) -> None:
    assert plain_type(catalogued) == plain


TABLE = {"t": RawTable("t", {"id": "varchar(512)", "at": "timestamp", "price": "double precision"})}
FIRST = RawRow("t", 1, {"id": "o'clock", "at": datetime(2025, 3, 1), "price": None})
SECOND = RawRow("t", 2, {"id": "é" * 300, "price": 5.5})


def test_a_table_lands_with_its_first_row_and_a_column_with_its_first_value() -> None:
    assert list(landing("postgres", "raw", TABLE, [FIRST], [])) == [
        'create table raw.t ("id" text, "at" timestamp with time zone)',
        """insert into raw.t ("id", "at") values\n('o''clock', '2025-03-01 00:00:00.000000+00')""",
    ]
    assert list(landing("redshift", "raw", TABLE, [SECOND], [FIRST])) == [
        'alter table raw.t add column "price" double precision',
        f"""insert into raw.t ("id", "at", "price") values\n('{"é" * 256}', null, 5.5)""",
    ]


def test_a_text_that_a_driver_would_read_otherwise_is_refused() -> None:
    with pytest.raises(ValueError, match="100%"):
        literal("redshift", "100%")


def test_what_a_run_found_is_kept_once_where_the_reconciliation_changed_nothing(tmp_path: Path) -> None:
    same, before, after = (content(["a"], [(value,)]) for value in ("same", 'a "quoted", one', None))
    outcome = Outcome("sandbox", "scratch", adapter="postgres")
    outcome.expected = {
        "second_load": {"s": same, "t": before},
        "reconciliation": {"s": same, "t": after},
        "retyped_columns": {"v": before},
        "": {"column_types": same},
    }
    (tmp_path / "second_load").mkdir()
    (tmp_path / "second_load" / "gone.csv").write_text("a\n")
    write_expected(outcome, tmp_path)
    kept = {str(path.relative_to(tmp_path)): read(path) for path in tmp_path.rglob("*.csv")}
    assert kept == {
        "second_load/s.csv": same,
        "second_load/t.csv": before,
        "reconciliation/t.csv": after,
        "retyped_columns/v.csv": before,
        "column_types.csv": same,
    }


@pytest.mark.parametrize(
    ("adapter", "stages"),
    [
        ("redshift", ("second_load", "reconciliation", "retyped_columns")),
        ("postgres", ("second_load", "reconciliation")),
    ],
)
def test_only_a_whole_run_on_postgresql_tells_what_to_expect(
    tmp_path: Path, adapter: str, stages: tuple[str, ...]
) -> None:
    (tmp_path / "t.csv").write_text("a\n")
    outcome = Outcome("any", "scratch", adapter=adapter, expected={stage: {} for stage in stages})
    with pytest.raises(ConformanceError, match="Only a run on PostgreSQL"):
        write_expected(outcome, tmp_path)
    assert (tmp_path / "t.csv").exists()
