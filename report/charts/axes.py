"""Axes of shares, with a note if they do not begin at zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

import altair as alt

from report.charts.drawing import Canvas

_STEPS = (0.002, 0.01, 0.05)
_PART_THAT_MAY_STAY_EMPTY = 1 / 3
_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
_HALF = 0.5
_TINY = 1e-9


@dataclass(frozen=True)
class ShareAxis:
    """An axis of shares from `low` to `high`."""

    low: float
    high: float

    @property
    def notes(self) -> tuple[str, ...]:
        """A note if the axis does not begin at zero."""
        return (f"The axis begins at {self.low:.0%}, not at zero.",) if self.low else ()

    @property
    def scale(self) -> alt.Scale:
        """The scale from end to end."""
        return alt.Scale(domain=[self.low, self.high], nice=False, zero=False)

    def axis(self, canvas: Canvas) -> alt.Axis:
        """Labels in percent, one at the beginning."""
        length = self.high - self.low
        step = next(step for step in _TICKS if length / step <= (4 if canvas.is_narrow else 6) + _TINY)
        values = [round(self.low + number * step, 3) for number in range(int(length / step + _TINY) + 1)]
        return alt.Axis(format=".0%" if step >= 0.01 else ".1%", values=values)


def share_axis(values: Iterable[float]) -> ShareAxis:
    """An axis for these shares: from zero, unless they are large and all are far from it."""
    values = list(values)
    low, high = min(values), max(values)
    step = next((step for step in _STEPS if high <= 5 * step), _STEPS[-1])
    top = min(1.0, max(step, ceil(high / step - _TINY) * step))
    bottom = floor(low / step + _TINY) * step if top > _HALF and low > _PART_THAT_MAY_STAY_EMPTY else 0.0
    return ShareAxis(round(min(bottom, top - step), 3), round(top, 3))
