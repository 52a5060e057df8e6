"""Shares in cells of rows and columns, in five classes of colour, with a number in each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import altair as alt

from report.charts.drawing import INK, Canvas, Chart, Classes, Draw, Records, data

_ROW_PIXELS = 24
_CLASSES = 5
_LETTER = 6


@dataclass(frozen=True)
class Bands:
    """Five classes of equal width between two whole percents."""

    low: int
    step: int

    @property
    def names(self) -> list[str]:
        """`75-80%` and so on, from the lowest."""
        starts = [self.low + number * self.step for number in range(_CLASSES)]
        return [f"{start}\u2013{start + self.step}%" for start in starts]

    def number(self, share: float) -> int:
        """The class of a share, from 0. A share between two classes is in the upper one."""
        return max(0, min(_CLASSES - 1, floor((100 * share - self.low) / self.step + 1e-9)))


def bands(shares: Sequence[float]) -> Bands:
    """The narrowest classes for these shares."""
    low, high = floor(100 * min(shares) + 1e-9), ceil(100 * max(shares) - 1e-9)
    step = max(1, -(-(high - low) // _CLASSES))
    return Bands(max(0, min(low, 100 - step * _CLASSES)), step)


@dataclass(frozen=True)
class Cells:
    """Rows and columns by name. Records have `row`, `column`, `share` and `text`."""

    rows: Sequence[str]
    columns: Sequence[str]
    records: Records
    classes: Classes

    @property
    def bands(self) -> Bands:
        """The classes of the shares."""
        return bands([record["share"] for record in self.records])

    def turned(self) -> Cells:
        """With rows for columns."""
        records = [{**each, "row": each["column"], "column": each["row"]} for each in self.records]
        return Cells(self.columns, self.rows, records, self.classes)


def grid(cells: Cells, *, turn_if_narrow: bool) -> Draw:
    """A cell for each record."""

    def draw(canvas: Canvas) -> Chart:
        shown = cells.turned() if turn_if_narrow and canvas.is_narrow else cells
        names = shown.bands.names
        records = [{**each, "band": names[shown.bands.number(each["share"])]} for each in shown.records]
        is_dense = len(shown.columns) > 7
        room = (canvas.width - _LETTER * max(map(len, shown.rows))) / len(shown.columns)
        upright = _LETTER * max(map(len, shown.columns)) > room
        x = alt.X(
            "column:N",
            sort=list(shown.columns),
            title=None,
            scale=alt.Scale(domain=list(shown.columns), padding=0.06),
            axis=alt.Axis(orient="top", labelAngle=-90 if upright else 0, labelColor=INK, grid=False),
        )
        y = alt.Y(
            "row:N",
            sort=list(shown.rows),
            title=None,
            scale=alt.Scale(domain=list(shown.rows), padding=0.06),
            axis=alt.Axis(labelColor=INK, grid=False),
        )
        base = alt.Chart(data(records)).encode(x=x, y=y)
        colours = alt.Scale(domain=names, range=list(cells.classes.fills))
        legend = alt.Legend(columns=3 if canvas.is_narrow else 5, orient="bottom")
        squares = base.mark_rect(cornerRadius=2).encode(
            color=alt.Color("band:N", scale=colours, legend=legend)
        )
        texts = [
            alt.Chart(data([each for each in records if each["band"] == name]))
            .mark_text(fontSize=canvas.font_size - (2 if is_dense else 1), fill=fill)
            .encode(x=x, y=y, text="text:N")
            for name, fill in zip(names, cells.classes.texts, strict=True)
            if any(each["band"] == name for each in records)
        ]
        return alt.layer(squares, *texts, height=alt.Step(_ROW_PIXELS))

    return draw
