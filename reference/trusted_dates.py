"""Rows of a daily report: those on dates on which some clock can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

T = TypeVar("T")


def on_trusted_dates(
    rows: Iterable[T], date_of: Callable[[T], Any], is_suspect: Callable[[T], object]
) -> list[T]:
    """Give the rows between the first and the last date of a row whose clock is trusted, both included."""
    listed = list(rows)
    trusted: list[date] = [date_of(row) for row in listed if not is_suspect(row)]
    return [row for row in listed if trusted and min(trusted) <= date_of(row) <= max(trusted)]


def of_facts(rows: Iterable[T]) -> list[T]:
    """Give the rows of a fact on trusted dates; each has a `start_date` and `is_clock_suspect`."""
    return on_trusted_dates(
        rows, lambda row: _of(row, "start_date"), lambda row: _of(row, "is_clock_suspect")
    )


def _of(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, dict) else getattr(row, name)
