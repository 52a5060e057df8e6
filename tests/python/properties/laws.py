"""What the columns of any mart obey by their names."""

from __future__ import annotations

import re
from itertools import pairwise

from project import Project
from properties.built import Manifest

LAWS = {
    r"_rate$": "{} between 0 and 1",
    r"_(count|number)$": "{} >= 0",
    r"(^|_)seconds_(to|from|silent)": "{} >= 0",
}
"""By a pattern of names: what is true of a column's values, unless they are null."""


def broken_laws(project: Project) -> list[str]:
    """Each law that a row of a mart breaks, with its mart: shares, numbers, durations and percentiles."""
    return [
        f"{mart}: {law}"
        for mart, laws in laws_of_marts(project).items()
        if laws
        for broken in project.query(
            f"select {', '.join(f'bool_or(not ({law}))' for law in laws)} from {mart}"
        )
        for law, is_broken in zip(laws, broken, strict=True)
        if is_broken
    ]


def laws_of_marts(project: Project) -> dict[str, list[str]]:
    """The laws of each mart, as `schema.name`. What the raw tables have under these names obeys none."""
    manifest = Manifest.of(project)
    raw = {name for source in manifest.content["sources"].values() for name in source["columns"]}
    return {mart: _laws([*columns - raw]) for mart, columns in manifest.marts.items()}


def _laws(columns: list[str]) -> list[str]:
    laws = [
        law.format(name)
        for name in sorted(columns)
        for pattern, law in LAWS.items()
        if re.search(pattern, name)
    ]
    percentiles: dict[str, list[str]] = {}
    for name in sorted(columns):
        if re.match(r"p\d\d_", name):
            percentiles.setdefault(name[4:], []).append(name)
    return laws + [f"{low} <= {high}" for names in percentiles.values() for low, high in pairwise(names)]
