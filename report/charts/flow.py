"""Counts that flow from things on the left to things on the right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from report.charts.drawing import INK, MUTED, NEUTRAL, Canvas, Chart, Draw, across, data, upright

_HEIGHT = 240
_SLOT = 34
_GAP = 6
_POINTS = 12
_NODE = 8
_RAW = alt.Fill("fill:N", scale=None)
"""Colours as the records have them."""


@dataclass(frozen=True)
class Node:
    """A thing at an end of the flow, with the colour of what flows to it."""

    name: str
    fill: str = NEUTRAL


@dataclass(frozen=True)
class _Side:
    """The nodes of one side: their counts, and where their blocks begin, in pixels."""

    nodes: Sequence[Node]
    counts: Mapping[str, int]
    tops: Mapping[str, float]
    height: float


def flow(left: Sequence[Node], right: Sequence[Node], counts: Mapping[tuple[str, str], int]) -> Draw:
    """Ribbons from left to right; `counts` by the names of both ends, all of them positive."""
    scale = _HEIGHT / sum(counts.values())
    begin_side, end_side = _side(left, counts, 0, scale), _side(right, counts, 1, scale)
    height = max(begin_side.height, end_side.height)

    def draw(canvas: Canvas) -> Chart:
        begin, end = (104, canvas.width - 132) if canvas.is_narrow else (130, canvas.width - 150)
        xs = alt.Scale(domain=[0, canvas.width], nice=False)
        ys = alt.Scale(domain=[0, height], reverse=True, nice=False)
        points = [
            {**point, "link": number, "fill": fill}
            for number, (fill, start, stop, thickness) in enumerate(
                _links(begin_side, end_side, counts, scale)
            )
            for point in _ribbon(begin + _NODE, end, start, stop, thickness)
        ]
        ribbons = (
            alt.Chart(data(points))
            .mark_area(opacity=0.45)
            .encode(x=across("x", xs), y=upright("top", ys), y2="bottom:Q", detail="link:N", fill=_RAW)
        )
        blocks, labels = [], []
        for side, place, label_place in ((begin_side, begin, begin - 6), (end_side, end, end + _NODE + 6)):
            for node in side.nodes:
                top, size = side.tops[node.name], side.counts[node.name] * scale
                blocks.append(
                    {"x": place, "x2": place + _NODE, "top": top, "bottom": top + size, "fill": node.fill}
                )
                labels.append(
                    {"x": label_place, "y": top + size / 2, "is_left": side is begin_side}
                    | _texts(node.name, side.counts)
                )
        rectangles = (
            alt.Chart(data(blocks))
            .mark_rect()
            .encode(x=across("x", xs), x2="x2:Q", y=upright("top", ys), y2="bottom:Q", fill=_RAW)
        )
        texts = [
            alt.Chart(data([label for label in labels if label["is_left"] is is_left]))
            .mark_text(align="right" if is_left else "left", dy=dy, fill=fill)
            .encode(x=across("x", xs), y=upright("y", ys), text=f"{field}:N")
            for is_left in (True, False)
            for field, fill, dy in (("name", INK, -7), ("number", MUTED, 8))
        ]
        return alt.layer(ribbons, rectangles, *texts, height=height)

    return draw


def _texts(name: str, counts: Mapping[str, int]) -> dict[str, object]:
    """Two lines of text: the name; the count and its share."""
    return {"name": name, "number": f"{counts[name]:,} \u00b7 {counts[name] / sum(counts.values()):.1%}"}


def _links(
    left: _Side, right: _Side, counts: Mapping[tuple[str, str], int], scale: float
) -> Iterator[tuple[str, float, float, float]]:
    """Colour, top on the left, top on the right and thickness of each ribbon."""
    starts, stops = dict(left.tops), dict(right.tops)
    for a in left.nodes:
        for b in right.nodes:
            thickness = counts.get((a.name, b.name), 0) * scale
            if thickness:
                yield b.fill, starts[a.name], stops[b.name], thickness
            starts[a.name] += thickness
            stops[b.name] += thickness


def _ribbon(begin: float, end: float, start: float, stop: float, thickness: float) -> list[dict[str, float]]:
    points = []
    for number in range(_POINTS + 1):
        part = number / _POINTS
        top = start + (stop - start) * part * part * (3 - 2 * part)
        points.append({"x": begin + (end - begin) * part, "top": top, "bottom": top + thickness})
    return points


def _side(nodes: Sequence[Node], counts: Mapping[tuple[str, str], int], end: int, scale: float) -> _Side:
    """The blocks of one side from the top, each with room for its label."""
    sums = {
        node.name: sum(count for ends, count in counts.items() if ends[end] == node.name) for node in nodes
    }
    tops, at = {}, 0.0
    for name, count in sums.items():
        size = count * scale
        slot = max(size, _SLOT)
        tops[name] = at + (slot - size) / 2
        at += slot + _GAP
    return _Side(nodes, sums, tops, at - _GAP)
