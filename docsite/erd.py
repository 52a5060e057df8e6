"""Draws how the marts are joined: one SVG in one HTML page, without a library and without a network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from docsite.keys import Join, Mart

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d1f", "#56b4e9", "#7f3c8d", "#666666")
"""Colours of the lines, one for each target, distinguishable with colour blindness."""
BOX_WIDTH, ROW, HEAD, GAP, LANE = 300, 18, 24, 22, 12
LEFT, TOP = 90, 20

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>How the marts are joined</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 1.5rem auto; max-width: 62rem; padding: 0 1rem; }
  svg { display: block; width: 100%; height: auto; font: 12px ui-monospace, Menlo, Consolas, monospace; }
  a { color: #0b5cad; }
  .box { fill: #fff; stroke: #8a97a6; } .head { fill: #eef2f6; } .key { font-weight: bold; }
  .more { fill: #667; font-style: italic; } svg a text { font-weight: bold; fill: #0b3d70; }
  .line { fill: none; stroke-width: 1.4; opacity: .75; }
  .line:hover, .to:hover .line { stroke-width: 3; opacity: 1; }
</style>
<h1>How the marts are joined</h1>
<p>Keys are bold. A coloured line leads from a column to the mart whose key it has; each colour is one mart.
On the left are the marts that others refer to, then reports; on the right the other facts.
Only columns of keys are shown. The column may be null.
<a href="static_index.html">All columns are in the documentation.</a></p>
{svg}
</html>
"""


def page(marts: Sequence[Mart], joins: Sequence[Join]) -> str:
    """The HTML page of the diagram."""
    return _PAGE.replace("{svg}", _svg(marts, joins))


def _svg(marts: Sequence[Mart], joins: Sequence[Join]) -> str:
    targets = sorted(
        {join.to_mart for join in joins}, key=lambda name: -sum(join.to_mart == name for join in joins)
    )
    colour = {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(targets)}
    by_name = {mart.name: mart for mart in marts}
    others = [mart.name for mart in marts if mart.name not in colour and _rows(mart, joins)]
    left = targets + [name for name in others if name.startswith("rpt_")]
    gutter = LANE * (len(targets) + 2)
    right = LEFT + BOX_WIDTH + gutter
    y_of: dict[tuple[str, str], int] = {}
    parts: list[str] = []
    heights = []
    for names, x in ((left, LEFT), ([name for name in others if name not in left], right)):
        y = TOP
        for name in names:
            parts.append(_box(by_name[name], joins, x, y, y_of, colour))
            y += HEAD + ROW * (len(_rows(by_name[name], joins)) + 1) + GAP
        heights.append(y)
    lines = []
    for name in targets:
        ends = [join for join in joins if join.to_mart == name]
        drawn = [_line(join, y_of, targets.index(name), join.mart in left, right) for join in ends]
        lines.append(f'<g class="to" stroke="{colour[name]}">{"".join(drawn)}</g>')
    size = f"0 0 {right + BOX_WIDTH + 20} {max(heights)}"
    label = "Marts and the columns that join them"
    return f'<svg viewBox="{size}" role="img" aria-label="{label}">{"".join(lines)}{"".join(parts)}</svg>'


def _rows(mart: Mart, joins: Sequence[Join]) -> list[str]:
    """The columns that are shown: keys, and those that join."""
    joining = {join.column for join in joins if join.mart == mart.name}
    return [column for column in mart.columns if column in mart.key or column in joining]


def _box(
    mart: Mart,
    joins: Sequence[Join],
    x: int,
    y: int,
    y_of: dict[tuple[str, str], int],
    colour: dict[str, str],
) -> str:
    rows = _rows(mart, joins)
    height = HEAD + ROW * (len(rows) + 1)
    kind = mart.unique_id.split(".")[0]
    stroke = colour.get(mart.name, "#8a97a6")
    texts = [
        f'<rect class="box" x="{x}" y="{y}" width="{BOX_WIDTH}" height="{height}" style="stroke:{stroke}"/>',
        f'<rect class="head" x="{x + 1}" y="{y + 1}" width="{BOX_WIDTH - 2}" height="{HEAD - 2}"/>',
        f'<a id="{mart.name}" href="static_index.html#!/{kind}/{mart.unique_id}">'
        f'<text x="{x + 10}" y="{y + 16}">{escape(mart.name)}</text></a>',
    ]
    for index, column in enumerate(rows):
        middle = y + HEAD + ROW * index + ROW // 2
        y_of[mart.name, column] = middle
        weight = ' class="key"' if column in mart.key else ""
        texts.append(f'<text{weight} x="{x + 10}" y="{middle + 4}">{escape(column)}</text>')
        for join in joins:
            if (join.mart, join.column) == (mart.name, column):
                dot = f'<circle cx="{x + BOX_WIDTH - 12}" cy="{middle}" r="4" fill="{colour[join.to_mart]}">'
                texts.append(f"{dot}<title>{escape(join.to_mart)}</title></circle>")
    more = len(mart.columns) - len(rows)
    if more:
        texts.append(f'<text class="more" x="{x + 10}" y="{y + height - 6}">and {more} more columns</text>')
    return "".join(texts)


def _line(join: Join, y_of: dict[tuple[str, str], int], lane: int, is_within_left: bool, right: int) -> str:
    """From the column to the lane of its target, along it, and to the target's key."""
    start, end = y_of[join.mart, join.column], y_of[join.to_mart, join.to_column]
    if is_within_left:
        x, edge = LEFT - LANE * (lane + 1) + 2, LEFT
        path = f"M{edge} {start} H{x} V{end} H{edge}"
    else:
        x = LEFT + BOX_WIDTH + LANE * (lane + 1)
        path = f"M{right} {start} H{x} V{end} H{LEFT + BOX_WIDTH}"
    title = f"{join.mart}.{join.column} to {join.to_mart}.{join.to_column}"
    return f'<path class="line" d="{path}"><title>{escape(title)}</title></path>'
