"""Numbers, dates and names as text for sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

_Item = TypeVar("_Item")

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LEAST_SHARE = 0.0005
_MOST_NAMES = 3
_LONGEST_NAME = 34


def percent(share: float) -> str:
    """A share with one decimal: `89.1%`; `under 0.1%` if it is not zero and would look like it."""
    return f"{100 * share:.1f}%" if not 0 < share < _LEAST_SHARE else "under 0.1%"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 attempt`, `2,197 attempts`, `no attempts`."""
    many = plural or f"{noun}s"
    return f"{number or 'no':{',' if number else ''}} {noun if number == 1 else many}"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: `a`, `a and b`, `a, b and c`; after three: `a, b, c and 2 more`."""
    if len(names) > _MOST_NAMES:
        names = [*names[:_MOST_NAMES], f"{len(names) - _MOST_NAMES} more"]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def highest(items: Iterable[_Item], key: Callable[[_Item], float]) -> list[_Item]:
    """All items with the highest key, in their order: more than one if they tie."""
    items = list(items)
    most = max(map(key, items), default=0.0)
    return [item for item in items if key(item) == most]


def duration(seconds: float) -> str:
    """Seconds as `8 s`, `2 min 5 s`, `3 h 10 min` or `2 days 4 h`."""
    whole = round(seconds)
    for large, small, size, limit in (
        ("days", "h", 86400, 3600),
        ("h", "min", 3600, 60),
        ("min", "s", 60, 1),
    ):
        if whole >= size:
            rest = whole % size // limit
            unit = "day" if large == "days" and whole // size == 1 else large
            return f"{whole // size} {unit}" + (f" {rest} {small}" if rest else "")
    return f"{whole} s"


def day_text(day: date) -> str:
    """A day with its year: `20 Sep 2026`."""
    return f"{day.day} {day:%b %Y}"


def short_day(day: date) -> str:
    """A day on an axis: `20 Sep`."""
    return f"{day.day} {day:%b}"


def days_text(first: date, last: date) -> str:
    """A range of days: `20 Sep 2026`, `31 Aug to 20 Sep 2026` or with both years."""
    if first == last:
        return day_text(last)
    return f"{short_day(first) if first.year == last.year else day_text(first)} to {day_text(last)}"


def shortened(name: str) -> str:
    """A name that fits beside or above a bar; the table behind a chart has all of it."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}\u2026"


def spelt(value: str | None) -> str:
    """A value of a mart in words: `field_op` is `field op`, null is `unknown`."""
    return value.replace("_", " ") if value else "unknown"
