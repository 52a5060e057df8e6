"""However the raw rows arrive, increments end where a full refresh ends."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from project import Project
from sandbox.simulator import Mess, SimulationSettings
from streams.loads import ARCHIVE, arrive_in_cuts, land_simulation

SCHEMAS = ("analytics_intermediate", "analytics_marts")
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


@pytest.mark.parametrize("cut_count", [2, 5])
def test_increments_over_random_cuts_equal_a_full_refresh(
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
        project.dbt("run", "--exclude", "resource_type:seed")
    relations = project.tables(*SCHEMAS)
    by_increments = project.contents(relations)

    project.dbt("run", "--full-refresh")
    by_full_refresh = project.contents(relations)

    assert sum(len(rows) for rows in by_full_refresh.values()) > 1000
    for relation in relations:
        assert by_increments[relation] == by_full_refresh[relation], relation
