"""From a chart of Altair to SVG that a page can hold, readable in light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import altair as alt
import vl_convert

Records = Sequence[Mapping[str, Any]]

GOOD, BAD, NEUTRAL, FAINT = "var(--good)", "var(--bad)", "var(--neutral)", "var(--faint)"
INK, MUTED, GRID = "var(--ink)", "var(--muted)", "var(--grid)"


@dataclass(frozen=True)
class Classes:
    """Colours of five classes, and of the texts on them, from the lowest to the highest."""

    name: str

    @property
    def fills(self) -> tuple[str, ...]:
        """The colours."""
        return tuple(f"var(--{self.name}-{number})" for number in range(1, 6))

    @property
    def texts(self) -> tuple[str, ...]:
        """The colours of texts."""
        return tuple(f"var(--on-{self.name}-{number})" for number in range(1, 6))


FROM_BAD_TO_GOOD = Classes("scale")
FROM_LOW_TO_HIGH = Classes("depth")

FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"


@dataclass(frozen=True)
class Canvas:
    """A size of a chart: its name in the page's CSS, its width and its text size in pixels."""

    name: str
    width: int
    font_size: int

    @property
    def is_narrow(self) -> bool:
        """Whether there is no room for names beside a chart."""
        return self.name == "narrow"


CANVASES = (Canvas("wide", 560, 12), Canvas("narrow", 330, 12))

Chart = alt.LayerChart | alt.FacetChart
Draw = Callable[[Canvas], Chart]


@dataclass(frozen=True)
class Drawing:
    """A chart. title, description: what a screen reader says instead of it.

    notes: what its reader has to know, such as an axis that does not begin at zero.
    """

    title: str
    description: str
    draw: Draw
    notes: tuple[str, ...] = ()

    def svgs(self, key: str, canvases: Sequence[Canvas] = CANVASES) -> dict[str, str]:
        """The chart as SVG by the name of the canvas; ids begin with `key`, which is unique in the page."""
        return {canvas.name: self._svg(f"{key}-{canvas.name}", canvas) for canvas in canvases}

    def _svg(self, key: str, canvas: Canvas) -> str:
        spec = self.draw(canvas).to_dict()
        spec["config"] = _config(canvas)
        spec["width"] = canvas.width
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
        svg = vl_convert.vegalite_to_svg(spec)
        start, _, rest = _tidy(svg).partition(">")
        size = re.search(r'width="([\d.]+)" height="([\d.]+)"', start)
        if size is None:
            raise ValueError(f"Vega gave no size: {start}")
        width, height = size.groups()
        return (
            f'<svg class="{canvas.name}" role="img" aria-labelledby="{key}-title {key}-desc"'
            f' viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
            f'<title id="{key}-title">{escape(self.title)}</title>'
            f'<desc id="{key}-desc">{escape(self.description)}</desc>{rest}'
        )


def data(records: Records) -> alt.InlineData:
    """Rows for a chart."""
    return alt.InlineData(values=[dict(record) for record in records])


def across(field: str, scale: alt.Scale, axis: alt.Axis | None = None) -> alt.X:
    """The horizontal place of a number."""
    return alt.X(f"{field}:Q", scale=scale, axis=axis, title=None)


def upright(field: str, scale: alt.Scale, axis: alt.Axis | None = None) -> alt.Y:
    """The vertical place of a number."""
    return alt.Y(f"{field}:Q", scale=scale, axis=axis, title=None)


def _config(canvas: Canvas) -> dict[str, Any]:
    text = {"labelFontSize": canvas.font_size, "titleFontSize": canvas.font_size}
    return {
        "aria": False,
        "background": None,
        "font": FONT,
        "padding": 2,
        "view": {"stroke": None},
        "text": {"fontSize": canvas.font_size, "fill": INK},
        "axis": text
        | {
            "labelColor": MUTED,
            "titleColor": MUTED,
            "titleFontWeight": "normal",
            "gridColor": GRID,
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
            "labelLimit": 400,
        },
        "legend": text
        | {
            "labelColor": INK,
            "title": None,
            "orient": "top",
            "direction": "horizontal",
            "columns": 2 if canvas.is_narrow else 0,
            "labelLimit": 200,
            "symbolType": "square",
            "symbolStrokeWidth": 0,
            "offset": 8,
        },
    }


def _tidy(svg: str) -> str:
    """Remove labels that Vega has hidden because they overlap, and digits too small to see."""
    svg = re.sub(r'<text [^>]*opacity="0"[^>]*>[^<]*</text>', "", svg)
    svg = re.sub(r'<path class="(?:background|foreground)"[^>]*d="(?:M0,0h0v0h0Z)?"[^>]*/>', "", svg)
    svg = re.sub(r' (?:pointer-events="none"|opacity="1"|font-family="[^"]*"|class="[^"]*")', "", svg)
    return re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\d+\.\d)\d+", r"\1", tag[0]), svg)
