"""The parts of a report, before they become a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.charts.drawing import Drawing
from report.period import Period
from report.words import days_text

Cells = Sequence[str]


@dataclass(frozen=True)
class Table:
    """The numbers behind a chart. The first cell of a row names it."""

    headings: Cells
    rows: Sequence[Cells]


@dataclass(frozen=True)
class Section:
    """A question, one sentence that answers it, the charts and the numbers behind them.

    key: its id in the page.  marts: where the numbers come from.  notes: how to read the charts.
    """

    key: str
    title: str
    sentence: str
    marts: Sequence[str]
    drawings: Sequence[Drawing] = ()
    table: Table | None = None
    notes: Sequence[str] = ()


def without_data(key: str, title: str, marts: Sequence[str], what: str, period: Period) -> Section:
    """A section without a chart, for a period without data."""
    return Section(key, title, f"No {what} in the marts {span(period)}.", marts)


def span(period: Period) -> str:
    """The days of a period with their preposition."""
    if period.first == period.last:
        return f"on {days_text(period.first, period.last)}"
    return f"from {days_text(period.first, period.last)}"
