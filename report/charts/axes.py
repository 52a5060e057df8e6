"""Axes of shares, which say it if they do not begin at zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

import altair as alt

from report.charts.drawing import Canvas

_GRID = 0.05
_PART_THAT_MAY_STAY_EMPTY = 0.5


@dataclass(frozen=True)
class ShareAxis:
    """An axis of shares from `low` to `high`."""

    low: float
    high: float

    @property
    def notes(self) -> tuple[str, ...]:
        """That the axis begins later than at zero, if it does."""
        return (f"The axis begins at {self.low:.0%}, not at zero.",) if self.low else ()

    @property
    def scale(self) -> alt.Scale:
        """The scale from end to end."""
        return alt.Scale(domain=[self.low, self.high], nice=False, zero=False)

    def axis(self, canvas: Canvas) -> alt.Axis:
        """Labels in percent."""
        return alt.Axis(format=".0%" if self.high - self.low > 0.04 else ".1%", tickCount=4 if canvas.is_narrow else 6)


def share_axis(values: Iterable[float]) -> ShareAxis:
    """An axis for these shares: from zero, unless they all lie in the upper half of it."""
    values = list(values)
    low, high = min(values), max(values)
    top = min(1.0, max(_GRID, ceil(high / _GRID - 1e-9) * _GRID))
    bottom = floor(low / _GRID + 1e-9) * _GRID if low > _PART_THAT_MAY_STAY_EMPTY * top else 0.0
    if bottom >= top:
        bottom = top - _GRID
    return ShareAxis(round(bottom, 2), round(top, 2))
