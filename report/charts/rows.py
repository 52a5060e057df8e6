"""Charts with named rows: the name beside the row, or above it on a narrow canvas."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from report.charts.drawing import INK, Canvas, Chart, data
from report.words import shortened

_STEP = 24
_STEP_WITH_NAME = 40


class NamedRows:
    """The rows of a chart, from the top. Names are unique, but may be the same once they are cut."""

    def __init__(self, canvas: Canvas, names: Sequence[str], labels: Sequence[str] | None = None) -> None:
        self._canvas = canvas
        self._numbers = [str(number) for number in range(len(names))]
        self._labels = [shortened(label) for label in labels or names]

    def y(self) -> alt.Y:
        """The vertical place of a record by its field `row`, the number of its row as text."""
        axis = None
        if not self._canvas.is_narrow:
            texts = ", ".join(_quoted(label) for label in self._labels)
            axis = alt.Axis(labelExpr=f"[{texts}][toNumber(datum.value)]", labelColor=INK, grid=False)
        return alt.Y(
            "row:N", sort=self._numbers, title=None, axis=axis, scale=alt.Scale(domain=self._numbers)
        )

    def finished(self, *layers: alt.Chart) -> Chart:
        """The layers as a chart of all rows."""
        step = _STEP
        if self._canvas.is_narrow:
            step = _STEP_WITH_NAME
            named = [
                {"row": row, "label": label} for row, label in zip(self._numbers, self._labels, strict=True)
            ]
            names = (
                alt.Chart(data(named))
                .mark_text(align="left", dy=-16, baseline="middle")
                .encode(x=alt.value(0), y=self.y(), text="label:N")
            )
            layers = (*layers, names)
        return alt.layer(*layers, height=alt.Step(step))


def _quoted(text: str) -> str:
    """A text in Vega's expression language."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
