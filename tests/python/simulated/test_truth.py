"""The marts against what really happened in the simulation."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from deep import IS_DEEP
from project import open_project
from sandbox.server import Server
from sandbox.simulator import Mess, SimulationSettings
from sandbox.truth_marts import COMPARISONS
from sandbox.truth_report import TruthReport, compare_built
from streams.loads import land_simulation

COMPARED = tuple(comparison.mart for comparison in COMPARISONS)

DAYS = 14 if IS_DEEP else 8

HARMLESS = Mess(
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
"""Nothing is lost."""


@dataclass(frozen=True)
class Compared:
    """How the marts compare, and the folder of the truth."""

    truth: Path
    reports: dict[str, TruthReport]


@pytest.fixture(scope="module")
def clean(server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory, seed: int) -> Compared:
    """Some days in which every event arrives."""
    return _compared(server, worker_id, tmp_path_factory, _settings(seed, DAYS, Mess.none()))


@pytest.fixture(scope="module")
def messy(server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory, seed: int) -> Compared:
    """Some days as they come."""
    return _compared(server, worker_id, tmp_path_factory, _settings(seed, DAYS, Mess.default()))


@pytest.fixture(scope="module")
def harmless(server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory, seed: int) -> Compared:
    """A week in which much goes wrong and all arrives in the end."""
    settings = _settings(seed, 7, HARMLESS, until_all_arrived=True)
    return _compared(server, worker_id, tmp_path_factory, settings)


def _settings(seed: int, days: int, mess: Mess, *, until_all_arrived: bool = False) -> SimulationSettings:
    return SimulationSettings(
        seed=seed,
        start=date(2026, 8, 31),
        days=days,
        orders_per_day=100,
        mess=mess,
        until_all_arrived=until_all_arrived,
    )


def _compared(
    server: Server, worker_id: str, folders: pytest.TempPathFactory, settings: SimulationSettings
) -> Compared:
    """Simulate, land, build, compare."""
    folder: Path = folders.mktemp("events")
    with open_project(server, worker_id, folders) as project:
        land_simulation(project, settings, folder)
        project.dbt("run", "--select", *(f"+{mart}" for mart in COMPARED))
        with closing(project.database.connect(user="transformer")) as connection:
            return Compared(folder / "truth", compare_built(connection, folder / "truth"))


def assert_all_as_it_was(report: TruthReport) -> None:
    assert report.unexplained == []
    assert report.exact_count == report.entity_count > 0
    assert report.without_key[0] == report.without_key[1]


def test_marts_that_are_not_built_are_left_out(clean: Compared) -> None:
    assert set(clean.reports) == set(COMPARED)
    assert set(COMPARED) <= {comparison.mart for comparison in COMPARISONS}


@pytest.mark.parametrize("mart", COMPARED)
def test_on_clean_data_every_row_is_as_it_was(clean: Compared, mart: str) -> None:
    assert_all_as_it_was(clean.reports[mart])


@pytest.mark.parametrize("mart", COMPARED)
def test_on_messy_data_only_what_was_lost_makes_a_difference(messy: Compared, mart: str) -> None:
    report = messy.reports[mart]
    assert report.unexplained == []
    assert sum(report.causes.values()) == report.entity_count - report.exact_count


@pytest.mark.parametrize("mart", COMPARED)
def test_mess_that_loses_nothing_makes_no_difference(harmless: Compared, mart: str) -> None:
    assert_all_as_it_was(harmless.reports[mart])


def test_orders_with_unlock_attempts_are_nearly_all_exact_on_messy_data(messy: Compared) -> None:
    report = messy.reports["fct_unlock_attempts"]
    assert "an event was lost" in report.causes
    assert 0.9 < report.exact_count / report.entity_count < 1


def test_unlock_attempts_of_every_outcome_are_compared(clean: Compared) -> None:
    assert clean.reports["fct_unlock_attempts"].entity_count > 700
    outcomes = pl.read_parquet(clean.truth / "unlock_attempts.parquet")["outcome"]
    assert set(outcomes) >= {"opened", "opened_unverified", "failed", "abandoned"}
