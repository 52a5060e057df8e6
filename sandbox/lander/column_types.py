"""Types of raw columns, and what a JSON value becomes in each."""

import re
from collections.abc import Callable
from datetime import date
from enum import Enum

_BIGINT_LIMIT = 1 << 63
_MAX_NUMBER_LENGTH = 100

_is_time_shaped = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?:[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?)?",
    re.ASCII,
).fullmatch
_is_integer = re.compile(r"[+-]?\d{1,19}", re.ASCII).fullmatch
_is_number = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII).fullmatch


class ColumnType(Enum):
    """A type that a raw column can have; the value is its name in PostgreSQL."""

    TEXT = "text"
    BIGINT = "bigint"
    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp with time zone"


def is_time(text: str) -> bool:
    """Whether the text is an ISO 8601 date, or date and time, that the calendar has."""
    if not _is_time_shaped(text):
        return False
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def type_of(value: object) -> ColumnType:
    """The type of a column whose first value is this one (a JSON scalar, not null)."""
    if isinstance(value, str):
        return ColumnType.TIMESTAMP if is_time(value) else ColumnType.TEXT
    if isinstance(value, bool):
        return ColumnType.BOOLEAN
    if isinstance(value, int) and -_BIGINT_LIMIT <= value < _BIGINT_LIMIT:
        return ColumnType.BIGINT
    return ColumnType.NUMERIC


def as_text(value: object) -> str | None:
    """A scalar as text, booleans as `true` and `false`; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else None


def as_bigint(value: object) -> str | None:
    """A number of 64 bits without its decimals, or an integer written as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if not _is_integer(value):
            return None
        value = int(value)
    elif isinstance(value, float):
        value = int(value)
    return str(value) if isinstance(value, int) and -_BIGINT_LIMIT <= value < _BIGINT_LIMIT else None


def as_numeric(value: object) -> str | None:
    """A number, or one written as text; None for anything else."""
    if isinstance(value, str):
        return value if len(value) <= _MAX_NUMBER_LENGTH and _is_number(value) else None
    if isinstance(value, bool):
        return None
    return str(value) if isinstance(value, (int, float)) else None


def as_boolean(value: object) -> str | None:
    """A boolean, or `true` or `false` written as text in any case; None for anything else."""
    if isinstance(value, str):
        lower = value.lower()
        return lower if lower in ("true", "false") else None
    return as_text(value) if isinstance(value, bool) else None


def as_timestamp(value: object) -> str | None:
    """An ISO 8601 time; None for anything else."""
    return value if isinstance(value, str) and is_time(value) else None


CONVERTERS: dict[ColumnType, Callable[[object], str | None]] = {
    ColumnType.TEXT: as_text,
    ColumnType.BIGINT: as_bigint,
    ColumnType.NUMERIC: as_numeric,
    ColumnType.BOOLEAN: as_boolean,
    ColumnType.TIMESTAMP: as_timestamp,
}
"""By column type: a JSON value to PostgreSQL's text of it, None if the type cannot hold it."""
