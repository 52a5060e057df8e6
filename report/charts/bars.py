"""Rows with intervals, with parts of a whole, or with counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from report.charts.axes import ShareAxis
from report.charts.drawing import BAD, GOOD, INK, MUTED, Canvas, Chart, Draw, Records, across, data
from report.charts.rows import NamedRows

_BAR = 14
_LETTER = 7
_SYMBOL = 26


def intervals(records: Records, shares: ShareAxis, mean: float | None = None) -> Draw:
    """A point and its interval in each row; a square where it `is_bad`; a dashed line at the mean.

    Records have `name`, `share`, `low`, `high`, `is_bad`, from the top.
    """

    def draw(canvas: Canvas) -> Chart:
        rows = NamedRows(canvas, [record["name"] for record in records])
        placed = [{**record, "row": str(number)} for number, record in enumerate(records)]
        scale, labels = shares.scale, shares.axis(canvas)
        layers = []
        if mean is not None:
            line = alt.Chart(data([{"mean": mean}])).mark_rule(stroke=MUTED, strokeDash=[4, 3])
            layers.append(line.encode(x=across("mean", scale, labels)))
        for is_bad, colour, shape in ((False, GOOD, "circle"), (True, BAD, "square")):
            base = alt.Chart(data([row for row in placed if row["is_bad"] is is_bad])).encode(y=rows.y())
            layers += [
                base.mark_rule(stroke=colour, strokeWidth=2).encode(
                    x=across("low", scale, labels), x2="high:Q"
                ),
                base.mark_point(filled=True, fill=colour, size=70, opacity=1, shape=shape).encode(
                    x=across("share", scale, labels)
                ),
            ]
        return rows.finished(*layers)

    return draw


@dataclass(frozen=True)
class Part:
    """A part of a bar: its name, its colour and that of text on it."""

    name: str
    fill: str
    text: str


def parts_of_whole(
    rows: Sequence[tuple[str, Mapping[str, int]]], parts: Sequence[Part], is_share: bool = True
) -> Draw:
    """A bar for each row, from the top, with its name and its counts by the name of the part.

    is_share: bars are as long as each other, and have shares in percent; otherwise they have counts.
    """
    most = max(sum(counts.values()) for _, counts in rows)
    form = alt.Axis(format=".0%", tickCount=5)
    if not is_share:
        form = alt.Axis(tickMinStep=1, tickCount=5, format=",d")
    scale = alt.Scale(domain=[0, 1 if is_share else most], nice=False)
    colours = alt.Scale(domain=[part.name for part in parts], range=[part.fill for part in parts])

    def draw(canvas: Canvas) -> Chart:
        named = NamedRows(canvas, [name for name, _ in rows])
        room = canvas.width * (0.9 if canvas.is_narrow else 0.65)
        records = [
            record
            for number, (_, counts) in enumerate(rows)
            for record in _pieces(number, counts, parts, None if is_share else most, room)
        ]
        bars = (
            alt.Chart(data(records))
            .mark_bar(height=_BAR, stroke="var(--card)", strokeWidth=1)
            .encode(
                y=named.y(),
                x=across("begin", scale, form),
                x2="end:Q",
                color=alt.Color("part:N", scale=colours, legend=_legend(parts, canvas)),
            )
        )
        texts = [
            alt.Chart(data([each for each in records if each["part"] == part.name and each["text"]]))
            .mark_text(fontSize=canvas.font_size - 1, fill=part.text)
            .encode(y=named.y(), x=across("middle", scale, form), text="text:N")
            for part in parts
        ]
        return named.finished(bars, *texts)

    return draw


def _legend(parts: Sequence[Part], canvas: Canvas) -> alt.Legend:
    """The names of all parts in one line, where they fit into it."""
    width = sum(_LETTER * len(part.name) + _SYMBOL for part in parts)
    return alt.Legend(columns=0) if width <= canvas.width else alt.Legend()


def _pieces(
    row: int, counts: Mapping[str, int], parts: Sequence[Part], most: int | None, room: float
) -> Iterator[dict[str, object]]:
    """The parts of a bar one after another, with a text where it fits.

    most: the count of the longest bar, whose length is `room` pixels; None if all bars are as long as it.
    """
    whole = sum(counts.values())
    unit = 1 if most else whole
    begin = 0
    for part in parts:
        count = counts.get(part.name, 0)
        text = f"{count:,}" if most else f"{count / whole:.0%}"
        fits = count / (most or whole) * room >= _LETTER * (len(text) + 1)
        if count:
            yield {
                "row": str(row),
                "part": part.name,
                "begin": begin / unit,
                "end": (begin + count) / unit,
                "middle": (begin + count / 2) / unit,
                "text": text if fits else "",
            }
        begin += count


def plain_bars(records: Records, fill: str = GOOD) -> Draw:
    """A bar with a text at its end in each row. Records have `name`, `value`, `text` and `is_bad`."""

    def draw(canvas: Canvas) -> Chart:
        rows = NamedRows(canvas, [record["name"] for record in records])
        placed = [{**record, "row": str(number), "begin": 0} for number, record in enumerate(records)]
        most = max((record["value"] for record in records), default=0) or 1
        longest = max(len(str(record["text"])) for record in records)
        names = 0 if canvas.is_narrow else 0.3
        room = canvas.width * (1 - names)
        stretch = room / max(80.0, room - _LETTER * longest)
        scale = alt.Scale(domain=[0, most * stretch], nice=False)
        layers = [
            alt.Chart(data([row for row in placed if row["is_bad"] is is_bad]))
            .mark_bar(height=_BAR, fill=colour)
            .encode(y=rows.y(), x=across("begin", scale), x2="value:Q")
            for is_bad, colour in ((False, fill), (True, BAD))
        ]
        texts = (
            alt.Chart(data(placed))
            .mark_text(align="left", dx=5, fill=INK, fontSize=canvas.font_size - 1)
            .encode(y=rows.y(), x=across("value", scale), text="text:N")
        )
        return rows.finished(*layers, texts)

    return draw
