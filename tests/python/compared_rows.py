"""Compares rows of a model with those of a reference, and shows what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

Row = Mapping[str, object]


def assert_same_rows(built: Iterable[Row], derived: Iterable[Row], about: Callable[[list[Row]], str]) -> None:
    """Assert that a model and its reference give the same rows; else show the others, and `about` them."""
    by_model, by_reference = Counter(map(_frozen, built)), Counter(map(_frozen, derived))
    if by_model == by_reference:
        return
    only_model, only_reference = by_model - by_reference, by_reference - by_model
    lines = [
        *(f"only by the model:     {dict(row)}" for row in only_model),
        *(f"only by the reference: {dict(row)}" for row in only_reference),
        about([dict(row) for row in (*only_model, *only_reference)]),
    ]
    raise AssertionError("\n".join(lines))


def _frozen(row: Row) -> tuple[tuple[str, object], ...]:
    """Give a row as something that can be counted: columns in one order, fractions to nine decimals."""
    return tuple(
        (name, round(value, 9) if isinstance(value, float) else value) for name, value in sorted(row.items())
    )
