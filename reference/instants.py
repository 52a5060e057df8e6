"""The order of simultaneous events of one kind: by their values, and by ids only where all are equal."""

from __future__ import annotations

from typing import Any

Position = tuple[tuple[bool, Any], ...]


def by_values(event: object, *columns: str) -> Position:
    """Give what simultaneous events compare by: the values of some columns, then the id. Nulls come last.

    Texts compare by their bytes.
    """
    return tuple(nulls_last(getattr(event, column)) for column in (*columns, "event_id"))


def nulls_last(value: object) -> tuple[bool, Any]:
    """Give what a value compares by."""
    return value is None, value.encode() if isinstance(value, str) else value
