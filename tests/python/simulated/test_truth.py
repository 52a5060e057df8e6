"""The unlock mart against what really happened in the simulation."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

from project import Project
from sandbox.simulator import Mess, SimulationSettings
from sandbox.truth_report import TruthReport, compare
from streams.loads import land_simulation

UPSTREAM = ("run", "--select", "+fct_unlock_attempts")


def built_on(project: Project, settings: SimulationSettings, folder: Path) -> TruthReport:
    """Simulate, land, build, compare."""
    land_simulation(project, settings, folder)
    project.dbt(*UPSTREAM)
    with closing(project.database.connect(user="transformer")) as connection:
        return compare(connection, folder / "truth")


def test_on_clean_data_every_attempt_is_as_it_was(project: Project, tmp_path: Path, seed: int) -> None:
    settings = SimulationSettings(
        seed=seed, start=date(2026, 8, 31), days=14, orders_per_day=100, mess=Mess.none()
    )
    report = built_on(project, settings, tmp_path)
    assert report.order_count > 1200
    assert (report.exact_count, report.unexplained) == (report.order_count, [])
    assert report.without_order[0] == report.without_order[1]
    outcomes = project.query(
        "select outcome, count(*) from analytics_marts.fct_unlock_attempts group by outcome"
    )
    assert {outcome for outcome, _ in outcomes} >= {"opened", "opened_unverified", "failed", "abandoned"}


def test_on_messy_data_only_what_was_lost_makes_a_difference(
    project: Project, tmp_path: Path, seed: int
) -> None:
    settings = SimulationSettings(
        seed=seed, start=date(2026, 8, 31), days=14, orders_per_day=100, mess=Mess.default()
    )
    report = built_on(project, settings, tmp_path)
    assert report.unexplained == []
    assert "an event was lost" in report.causes
    assert sum(report.causes.values()) == report.order_count - report.exact_count
    assert 0.9 < report.exact_count / report.order_count < 1


def test_mess_that_loses_nothing_makes_no_difference(project: Project, tmp_path: Path, seed: int) -> None:
    harmless = Mess(
        late=0.1,
        out_of_order=0.1,
        wrong_clock=0.1,
        trailing_blanks=0.1,
        duplicate_in_batch=0.1,
        duplicate_in_sync=0.1,
        duplicate_in_later_sync=0.1,
        duplicate_by_replay=0.1,
        table_skip=0.1,
    )
    settings = SimulationSettings(
        seed=seed, start=date(2026, 8, 31), days=7, orders_per_day=100, mess=harmless, until_all_arrived=True
    )
    report = built_on(project, settings, tmp_path)
    assert report.order_count > 600
    assert (report.exact_count, report.unexplained) == (report.order_count, [])
    assert report.without_order[0] == report.without_order[1]
