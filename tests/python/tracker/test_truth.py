"""The ratings against what customers of the simulation really submitted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from project import Project
from reference.tracker import TrackerRules
from sandbox.simulator import Mess, SimulationSettings
from streams.loads import land_simulation


def test_every_order_has_the_ratings_that_were_submitted(project: Project, tmp_path: Path, seed: int) -> None:
    harmless = Mess(
        late=0.1, out_of_order=0.1, duplicate_in_batch=0.1, duplicate_in_later_sync=0.1, table_skip=0.1
    )
    settings = SimulationSettings(
        seed=seed, start=date(2026, 8, 31), days=7, orders_per_day=100, mess=harmless, until_all_arrived=True
    )
    land_simulation(project, settings, tmp_path)
    project.dbt("run", "--select", "+fct_ratings")
    truth = pl.read_parquet(tmp_path / "truth" / "orders.parquet").drop_nulls("first_rating")
    submitted = truth.select("order_id", "first_rating", "last_rating").iter_rows()
    expected = {}
    for order_id, *ratings in submitted:
        valid = [rating for rating in ratings if TrackerRules().is_valid(rating)]
        expected[order_id] = (valid[0], valid[-1]) if valid else (None, None)

    built = project.query("select order_id, first_rating, rating from analytics_marts.fct_ratings")
    assert {order_id: tuple(ratings) for order_id, *ratings in built} == expected
    assert any(first != last for first, last in expected.values())
    assert len(expected) > 100
