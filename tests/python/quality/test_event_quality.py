"""Daily quality against its reference, row for row, on raw rows as hostile as they may come."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from builds.differences import assert_same_rows
from deep import IS_DEEP
from project import Project
from properties.adversarial import Arrivals, Values, hostile_arrivals
from properties.built import Manifest
from properties.raw_rows import RawRow, land, load_by_load
from reference.event_quality import EventKey, LandedRow, daily_quality, read_landed_row

MART = "analytics_marts.rpt_event_quality_daily"
UNMATCHED = "analytics_marts.rpt_unmatched_events"


def declared_names(manifest: Manifest) -> dict[str, dict[str, list[str]]]:
    """By event and column of the contract, the names under which the column may land."""
    return {
        source["identifier"]: {
            name: column["config"]["meta"].get("raw_names", [name])
            for name, column in source["columns"].items()
        }
        for source in manifest.content["sources"].values()
    }


def families(manifest: Manifest) -> dict[str, str]:
    """The family of each event."""
    return {
        source["identifier"]: source["config"]["meta"]["family"]
        for source in manifest.content["sources"].values()
    }


def landed_rows(rows: Sequence[RawRow], names: Mapping[str, Mapping[str, Sequence[str]]]) -> list[LandedRow]:
    """The rows as the reference reads them."""
    return [read_landed_row(row.event, row.values, names[row.event]) for row in rows]


def with_keys_lost(rng: random.Random, rows: Sequence[RawRow]) -> list[RawRow]:
    """The rows, some without a trip, a pilot or a browser."""
    lost: list[Values] = [{"trip_id": None}, {"pilot_id": None, "user_id": None}, {"anonymous_id": " "}]
    return [
        replace(row, values={**row.values, **rng.choice(lost)}) if rng.random() < 0.3 else row for row in rows
    ]


def unmatched_events(project: Project) -> set[EventKey]:
    """The events of all domains without a place; which they are is tested there."""
    return {
        (event_name, event_id)
        for placing in Manifest.of(project).placing
        for event_name, event_id in project.query(
            f"select event_name, event_id from {placing} where unmatched_reason != 'other_app'"
        )
    }


def assert_quality(project: Project, rows: Sequence[RawRow], arrivals: Arrivals) -> list[dict[str, object]]:
    """Assert that the report is what the reference makes of the rows; give it."""
    manifest = Manifest.of(project)
    unmatched = unmatched_events(project)
    assert {(row["event_name"], row["event_id"]) for row in project.rows(UNMATCHED)} == unmatched
    expected = daily_quality(landed_rows(rows, declared_names(manifest)), families(manifest), unmatched)
    assert_same_rows(expected, project.rows(MART), lambda wrong: arrivals.about(str(wrong)))
    return expected


def total(report: Sequence[Mapping[str, Any]], column: str) -> int:
    """The sum of a column."""
    return sum(row[column] or 0 for row in report)


def test_quality_of_hostile_rows_is_that_of_the_reference(project: Project, rng: random.Random) -> None:
    loads = 3 if IS_DEEP else 2
    arrivals = hostile_arrivals(rng, Manifest.of(project).event_tables, worlds=200, loads=loads)
    rows: list[RawRow] = []
    for load_number in range(loads):
        landing = with_keys_lost(rng, arrivals.of_load(load_number))
        load_by_load(project, [landing], rng)
        rows += landing
        report = assert_quality(project, rows, arrivals)

    ids = {(row.event_name, row.event_id) for row in landed_rows(rows, declared_names(Manifest.of(project)))}
    distinct = len({key for key in ids if key[1] is not None})
    assert total(report, "row_count") == len(rows)
    assert total(report, "event_count") == distinct
    assert total(report, "row_count") - total(report, "duplicate_count") == distinct + total(
        report, "without_id_count"
    )
    for column in (
        *("duplicate_count", "without_id_count", "without_order_count", "without_robot_count"),
        *("without_trip_count", "without_pilot_count", "without_browser_count"),
        *("clock_suspect_count", "unmatched_count"),
    ):
        assert total(report, column) > 10, column
    assert any(row["loaded_date"] is None for row in report)


def test_rows_that_land_after_the_run_are_told_of_at_once(project: Project, rng: random.Random) -> None:
    values = {"id": "a", "received_at": "2026-09-01 12:00:00+00", "uuid_ts": "2026-09-01 13:00:00+00"}
    land(project, [RawRow("page_viewed", 0, values)], rng)
    project.dbt("run")
    land(project, [RawRow("page_viewed", 1, values | {"id": name}) for name in ("a", "b")], rng)
    counted = f"select row_count, id_count, duplicate_count, event_count from {MART}"
    assert project.query(counted) == [(3, 2, 1, 1)]
