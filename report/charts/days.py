"""A share on each day, and how many there were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import altair as alt

from report.charts.axes import ShareAxis
from report.charts.drawing import FAINT, GOOD, Canvas, Chart, Draw, Records, data, upright
from report.words import short_day

_LABEL_PIXELS = 58
_HEIGHTS = {"share": 150, "count": 60}


def shares_by_day(records: Records, days: Sequence[date], axis: ShareAxis) -> Draw:
    """A line of shares with its interval. Records have `day` (ISO), `share`, `low` and `high`.

    A day without a record breaks the line.
    """

    def draw(canvas: Canvas) -> Chart:
        all_days: dict[str, Mapping[str, object]] = {
            day.isoformat(): {"day": day.isoformat(), "share": None} for day in days
        }
        all_days |= {record["day"]: record for record in records}
        base = alt.Chart(data(list(all_days.values()))).encode(x=_x(days, canvas))
        scale, labels = axis.scale, _fixed(axis.axis(canvas))
        interval = base.mark_rule(stroke=FAINT, strokeWidth=4).encode(
            y=upright("low", scale, labels), y2="high:Q"
        )
        line = base.mark_line(stroke=GOOD).encode(y=upright("share", scale, labels))
        points = base.mark_point(filled=True, fill=GOOD, size=36, opacity=1).encode(
            y=upright("share", scale, labels)
        )
        return alt.layer(interval, line, points, height=_HEIGHTS["share"])

    return draw


def counts_by_day(records: Records, days: Sequence[date]) -> Draw:
    """Bars of counts. Records have `day` (ISO) and `count`."""

    def draw(canvas: Canvas) -> Chart:
        y = alt.Y("count:Q", title=None, axis=_fixed(alt.Axis(tickCount=2, tickMinStep=1, format=",d")))
        bars = alt.Chart(data(records)).mark_bar(fill=FAINT).encode(x=_x(days, canvas), y=y)
        return alt.layer(bars, height=_HEIGHTS["count"])

    return draw


def _x(days: Sequence[date], canvas: Canvas) -> alt.X:
    texts = [day.isoformat() for day in days]
    every = -(-len(texts) * _LABEL_PIXELS // (canvas.width - 50))
    shown = texts[::-1][::every][::-1]
    labels = ", ".join(f"'{text}': '{short_day(date.fromisoformat(text))}'" for text in shown)
    axis = alt.Axis(values=shown, labelExpr=f"{{{labels}}}[datum.value]", labelAngle=0, grid=False)
    return alt.X(
        "day:O", scale=alt.Scale(domain=texts, paddingInner=0.3, paddingOuter=0.5), title=None, axis=axis
    )


def _fixed(axis: alt.Axis) -> alt.Axis:
    """The axis with the same room for labels in each chart, so that days stand above each other."""
    axis["minExtent"] = axis["maxExtent"] = 40
    return axis
