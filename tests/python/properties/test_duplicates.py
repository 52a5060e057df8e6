"""Copies of an event change nothing, however many there are and however late they come."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from builds.differences import assert_same_contents
from deep import IS_DEEP
from project import INCREMENTS, Project
from properties.adversarial import FUTURE, LOADS, PAST, hostile_arrivals
from properties.built import Manifest, outputs, row_versions
from properties.raw_rows import RawRow, land
from reference.streams import clean_id

REPLAYED_AT = LOADS[5] + timedelta(days=30)
ABOUT_COPIES = "analytics_marts.rpt_event_quality_daily"
"""Counts them: the only mart that copies may change."""


def key(row: RawRow) -> tuple[str, str | None]:
    """What tells the row's event from others."""
    return row.event, clean_id(row.values["id"])


def is_credible(row: RawRow) -> bool:
    """Whether the row was received before it was loaded, by its own word."""
    received_at, loaded_at = row.values.get("received_at"), row.values.get("uuid_ts")
    return (
        isinstance(received_at, datetime)
        and isinstance(loaded_at, datetime)
        and PAST < received_at <= loaded_at < FUTURE
    )


def test_exact_copies_are_not_even_written(project: Project, rng: random.Random) -> None:
    arrivals = hostile_arrivals(rng, Manifest.of(project).event_tables, worlds=300 if IS_DEEP else 150)
    land(project, arrivals.rows, rng)
    project.dbt("run")
    incremental = Manifest.of(project).incremental
    hidden = {"loaded_at", "last_loaded_at"}
    without_copies, written = outputs(project, leaving_out=hidden), row_versions(project, incremental)

    copied = [row for row in arrivals.rows for _ in range(rng.choice([0, 0, 1, 3]))]
    assert len(copied) > 500
    land(project, copied, rng)
    project.dbt("run", *INCREMENTS)
    assert row_versions(project, incremental) == written

    counts = Counter(map(key, arrivals.rows))
    replayed = [
        replace(row, values={**row.values, "uuid_ts": REPLAYED_AT + number * timedelta(days=1)})
        for row in arrivals.rows
        if counts[key(row)] == 1 and is_credible(row)
        for number in range(rng.choice([0, 1, 2]))
    ]
    assert len(replayed) > 150
    shares = 2 if IS_DEEP else 1
    for share in range(shares):
        land(project, replayed[share::shares], rng)
        project.dbt("run", *INCREMENTS)
    with_copies = outputs(project, leaving_out=hidden)
    project.dbt("run", *INCREMENTS, "--full-refresh")
    assert_same_contents(with_copies, outputs(project, leaving_out=hidden))
    marts = {name for name in without_copies if name.startswith("analytics_marts.")} - {ABOUT_COPIES}
    assert_same_contents(
        {name: without_copies[name] for name in marts}, {name: with_copies[name] for name in marts}
    )
