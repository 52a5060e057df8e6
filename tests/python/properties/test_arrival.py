"""However raw rows arrive, increments end where a full refresh ends; a run with none writes nothing."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from builds.differences import assert_same_contents
from deep import IS_DEEP, deep
from project import INCREMENTS, Project
from properties.adversarial import Arrivals, hostile_arrivals
from properties.built import Manifest, outputs, row_versions
from properties.laws import broken_laws
from properties.raw_rows import load_by_load
from reference.streams import clean_id
from sandbox.server import RAW_SCHEMA
from sandbox.simulator import Mess, SimulationSettings
from streams.loads import ARCHIVE, arrive_in_cuts, land_simulation

ROUNDS = range(25 if IS_DEEP else 1)
LOADS = 5 if IS_DEEP else 4
WORLDS = 300 if IS_DEEP else 200
LAWS = ("test_type:singular", "test_name:expression_is_true", "test_name:every_event_is_placed")
RATES = {
    "duplicate_in_batch": 0.05,
    "duplicate_in_sync": 0.05,
    "duplicate_in_later_sync": 0.05,
    "duplicate_by_replay": 0.05,
    "replay_changed": 0.5,
    "late": 0.1,
    "out_of_order": 0.1,
    "table_skip": 0.2,
    "null_order_id": 0.05,
    "wrong_epoch": 0.02,
    "wrong_timestamp": 0.02,
}


def run(project: Project, rng: random.Random, *arguments: str) -> None:
    """Run all models, on some number of threads."""
    project.dbt("run", *arguments, "--threads", rng.choice("124"))


def unequal_ids(project: Project, event: str, stream: str) -> list[str]:
    """The ids that the raw table and its stream do not both have, once."""
    raw_ids = project.query(f"select id from {RAW_SCHEMA}.{event}", user="postgres")
    landed = Counter(filter(None, {clean_id(raw_id) for (raw_id,) in raw_ids}))
    streamed = Counter(
        str(event_id)
        for (event_id,) in project.query(f"select event_id from {stream} where event_name = '{event}'")
    )
    return sorted((streamed - landed) + (landed - streamed))


def not_once_in_streams(project: Project) -> dict[str, list[str]]:
    """The ids that a raw table and its stream do not both have, once, by landed event table."""
    landed = project.tables(RAW_SCHEMA)
    unequal = {
        event: unequal_ids(project, event, stream)
        for event, stream in Manifest.of(project).event_tables.items()
        if f"{RAW_SCHEMA}.{event}" in landed
    }
    return {event: ids for event, ids in unequal.items() if ids}


def assert_conserved(project: Project, arrivals: Arrivals | None = None) -> None:
    """Each distinct raw id is once in its stream, and the laws hold: each event that is to be placed, is."""
    landed = {name.removeprefix(f"{RAW_SCHEMA}.") for name in project.tables(RAW_SCHEMA)}
    assert landed <= {*Manifest.of(project).event_tables, "tracks"}
    lost = not_once_in_streams(project)
    assert not lost, f"not once in their streams: {lost}\n{arrivals.about(str(lost)) if arrivals else ''}"
    assert broken_laws(project) == []
    results = project.dbt("test", "--select", *LAWS, succeeds=False)
    broken = {
        name: str(result.message) for name, result in results.items() if result.status in ("fail", "error")
    }
    assert len(results) > 50
    assert not broken, f"laws broken: {broken}\n{arrivals.about(str(broken)) if arrivals else ''}"


@pytest.mark.parametrize("number", ROUNDS)
def test_hostile_rows_in_some_loads_end_as_in_a_full_refresh(
    project: Project, rng: random.Random, number: int
) -> None:
    arrivals = hostile_arrivals(rng, Manifest.of(project).event_tables, WORLDS, LOADS)
    load_by_load(project, map(arrivals.of_load, range(LOADS)), rng)
    incremental = Manifest.of(project).incremental
    by_increments, written = outputs(project), row_versions(project, incremental)
    assert_conserved(project, arrivals)

    run(project, rng, *INCREMENTS)
    assert row_versions(project, incremental) == written

    run(project, rng, *INCREMENTS, "--full-refresh")
    by_full_refresh = outputs(project)
    assert_same_contents(by_full_refresh, by_increments, arrivals.about)
    for domain in ("unlock", "load"):
        assert len(by_full_refresh[f"analytics_marts.fct_{domain}_attempts"]) > WORLDS // 2


@deep
@pytest.mark.parametrize("cut_count", [2, 4, 5, 9])
def test_simulated_rows_in_random_cuts_end_as_in_a_full_refresh(
    project: Project, tmp_path: Path, rng: random.Random, seed: int, cut_count: int
) -> None:
    settings = SimulationSettings(
        seed=seed,
        start=date(2026, 8, 31),
        days=4,
        orders_per_day=30,
        mess=Mess(**RATES),
        until_all_arrived=True,
    )
    land_simulation(project, settings, tmp_path, schema=ARCHIVE)
    for arrived in arrive_in_cuts(project, cut_count, rng):
        assert arrived
        run(project, rng)
    by_increments = outputs(project)
    assert_conserved(project)

    run(project, rng, *INCREMENTS, "--full-refresh")
    assert_same_contents(outputs(project), by_increments)
    assert sum(map(len, by_increments.values())) > 1000
