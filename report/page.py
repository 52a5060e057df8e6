"""The page: one HTML file with its style and its charts, without a script and without a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from report.period import Period
from report.section import Section
from report.sections.headline import Tile
from report.words import days_text

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Report:
    """What the page shows. time_zone: a sentence.  synthetic: a note that the data is synthetic, or empty."""

    database: str
    period: Period
    tiles: Sequence[Tile]
    sections: Sequence[Section]
    synthetic: str
    time_zone: str


def page(report: Report) -> str:
    """The HTML of a report."""
    week = report.period.last_week
    return _template().render(
        report=report,
        style=Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8")),
        period=days_text(report.period.first, report.period.last),
        week=days_text(week.first, week.last),
        charts={
            section.key: [
                Markup("".join(drawing.svgs(f"{section.key}-{number}").values()))
                for number, drawing in enumerate(section.drawings, start=1)
            ]
            for section in report.sections
        },
        notes={
            section.key: [*section.notes, *(note for drawing in section.drawings for note in drawing.notes)]
            for section in report.sections
        },
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["broken"] = lambda name: Markup("_<wbr>").join(name.split("_"))
    return environment.get_template("page.html")
