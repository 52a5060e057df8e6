"""Worked examples: the dbt unit tests of models, and the tables of the documentation."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, wraps
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from builds.differences import assert_same_rows
from reference.horizon import newest_receipt
from reference.local_time import reporting_in
from reference.possible_dates import on_possible_dates

MODELS = Path(__file__).parents[2] / "models"
Example = Mapping[str, Any]
Row = dict[str, str | None]


def worked_examples(model: str) -> list[Example]:
    """Give the unit tests of a model's rules, as they stand in the YAML. Raises LookupError without one.

    One that replaces a macro other than `is_incremental` is about increments, not about rules.
    """
    examples = [
        example
        for example in _unit_tests()
        if example["model"] == model
        if {*example.get("overrides", {}).get("macros", {})} <= {"is_incremental"}
    ]
    if not examples:
        raise LookupError(f"no unit test of {model} under {MODELS}")
    return examples


@cache
def _unit_tests() -> list[Example]:
    """All unit tests, as they stand in the YAML."""
    return [
        test
        for path in sorted(MODELS.glob("*/*/*__unit_tests*.yml"))
        for test in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["unit_tests"]
    ]


def each_example(model: str, without: str | None = None) -> Callable[[Callable[..., None]], Any]:
    """Run a test once for each worked example of a model, in the zone that the example pins, else UTC.

    without: the name of an example that is not about rules.
    """
    examples = [example for example in worked_examples(model) if example["name"] != without]

    def decorated(test: Callable[..., None]) -> Any:
        @wraps(test)
        def run(example: Example, **fixtures: Any) -> None:
            with reporting_in(example.get("overrides", {}).get("vars", {}).get("reporting_time_zone", "UTC")):
                test(example, **fixtures)

        names = [example["name"] for example in examples]
        return pytest.mark.parametrize("example", examples, ids=names)(run)

    return decorated


def given(example: Example, model: str) -> list[Row]:
    """Read the rows that an example gives for an input."""
    return next(_rows(item) for item in example["given"] if item["input"] == f"ref('{model}')")


def expected(example: Example) -> list[Row]:
    """Read the rows that an example expects."""
    return _rows(example["expect"])


def assert_expected(example: Example, results: Sequence[Mapping[str, object]]) -> None:
    """Compare results with an example's expectation in the columns that it names, in any order of rows."""
    rows = expected(example)
    found = [{column: as_text(result[column]) for column in rows[0]} for result in results]
    assert_same_rows(rows, found)


def possible(example: Example, rows: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Leave out the rows of dates that cannot be, by the receipts and the var of an example."""
    newest = newest_receipt(time_of(row["received_through"]) for row in given(example, "int_data_horizon"))
    first = date.fromisoformat(example["overrides"]["vars"]["history_starts_on"])
    return on_possible_dates(rows, newest, first)


def as_text(value: object) -> str | None:
    """Write a value as the examples do, fractions of seconds with three decimals if that is enough."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, datetime):
        decimals = "microseconds" if value.microsecond % 1000 else "milliseconds"
        return value.isoformat(sep=" ", timespec=decimals if value.microsecond else "seconds")
    return str(value)


def time_of(text: str | None) -> datetime | None:
    """Read a time with any number of decimals, which Python 3.10 does not."""
    if text is None:
        return None
    seconds, _, decimals = text.partition(".")
    return datetime.fromisoformat(seconds).replace(microsecond=int(f"{decimals:0<6}"))


def _rows(fixture: Mapping[str, Any]) -> list[Row]:
    rows: Sequence[Mapping[str, object]] = fixture["rows"]
    if fixture.get("format") == "csv":
        rows = list(csv.DictReader(StringIO(fixture["rows"])))
    return [{name: as_text(value) for name, value in row.items()} for row in rows]


def documented_table(docs: Path, first_heading: str, block: str | None = None) -> list[Row]:
    """Read the first table of a documentation that has this first heading, without its marks of code.

    block: the docs block in which to look, unless in all.
    """
    text = docs.read_text(encoding="utf-8")
    if block is not None:
        text = text.split(f"{{% docs {block} %}}")[1]
    lines = iter(text.replace("`", "").splitlines())
    heading = next(line for line in lines if line.startswith(f"| {first_heading} |"))
    next(lines)
    rows = []
    while (line := next(lines)).startswith("|"):
        rows.append(dict(zip(_cells(heading), (cell or None for cell in _cells(line)), strict=True)))
    return rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
