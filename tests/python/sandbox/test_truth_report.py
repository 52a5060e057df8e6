"""Marts against the truth: what counts as the same, and what explains a difference."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from simulator_messages import settings

from sandbox.simulator import Mess, Simulation, simulate
from sandbox.truth_marts import COMPARISONS, Comparison
from sandbox.truth_report import TruthReport, compare_rows

LOST = {"event_name": "", "order_id": None, "robot_id": None, "anonymous_id": None, "mess": "lost"}

COMPARED = pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda comparison: comparison.mart)

EVENTS = {
    "fct_unlock_attempts": "order_unlock_coco",
    "fct_load_attempts": "server_load_order_started",
    "fct_troubleshooting_sessions": "pilot_troubleshooting_step",
    "fct_recovery_actions": "pilot_reset_gps_hot",
    "fct_reassignments": "pilot_submitted_reassignment",
    "fct_pilot_reports": "pilot_route_issue",
    "fct_trip_cancellations": "pilot_unable_to_cancel_trip",
    "fct_node_launches": "node_initialization",
    "fct_tracker_sessions": "page_viewed",
    "fct_ratings": "order_tracker_rating_submit",
    "fct_banner_impressions": "app_banner_dismissed",
    "fct_orders": "order_tracker_faq_open",
}
"""An event of each mart."""


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(settings(2, days=10, orders_per_day=150))


def log(*entries: dict[str, object]) -> pl.DataFrame:
    """A mess log with these rows."""
    schema = simulate(settings(1, days=1, mess=Mess(lost=1.0))).mess_log.schema
    return pl.DataFrame([{**dict.fromkeys(schema), **LOST, **entry} for entry in entries], schema=schema)


def compared(
    simulation: Simulation,
    comparison: Comparison,
    change: Callable[[list[Any]], list[Any]] = lambda rows: rows,
    mess_log: pl.DataFrame | None = None,
) -> TruthReport:
    """A mart that is the truth but for some change."""
    rows = simulation.truth[comparison.truth].select(comparison.read).sort(comparison.key).rows()
    return compare_rows(comparison, rows, change(rows), simulation.mess_log if mess_log is None else mess_log)


def keyed(simulation: Simulation, comparison: Comparison) -> dict[str, Any]:
    """The first row that has a key: what a test changes."""
    frame = simulation.truth[comparison.truth].select(comparison.read).sort(comparison.key)
    return next(row for row in frame.iter_rows(named=True) if row[comparison.key] is not None)


def without(row: dict[str, Any]) -> Callable[[list[Any]], list[Any]]:
    """A mart that lacks a row."""
    return lambda rows: [other for other in rows if other != tuple(row.values())]


def replaced(row: dict[str, Any], other: dict[str, Any]) -> Callable[[list[Any]], list[Any]]:
    """A mart that has another row instead of one."""
    return lambda rows: [*without(row)(rows), tuple(other.values())]


def loss(comparison: Comparison, row: dict[str, Any], **changes: object) -> dict[str, object]:
    """A lost event of a row."""
    day = next((row[name] for name in comparison.at if row[name] is not None), datetime(2026, 9, 1))
    event = {comparison.key: row[comparison.key], "event_name": EVENTS[comparison.mart]}
    return {**event, "happened_at": day, "stamped_at": day, **changes}


@COMPARED
def test_the_truth_itself_is_exact(simulation: Simulation, comparison: Comparison) -> None:
    report = compared(simulation, comparison, lambda rows: rows[::-1])
    assert report.exact_count == report.entity_count > 0
    assert (report.causes, report.unexplained) == ({}, [])
    keys = simulation.truth[comparison.truth][comparison.key]
    assert report.without_key == (keys.null_count(), keys.null_count())


@COMPARED
def test_a_row_too_few_is_unexplained(simulation: Simulation, comparison: Comparison) -> None:
    row = keyed(simulation, comparison)
    report = compared(simulation, comparison, without(row))
    assert report.exact_count == report.entity_count - 1
    assert (report.causes, len(report.unexplained)) == ({}, 1)
    assert report.unexplained[0].startswith(row[comparison.key])


@COMPARED
def test_any_compared_value_makes_a_difference(simulation: Simulation, comparison: Comparison) -> None:
    row = keyed(simulation, comparison)
    for name in set(comparison.columns) - set(comparison.at):
        report = compared(simulation, comparison, replaced(row, {**row, name: "something else"}))
        assert len(report.unexplained) == 1, name


@COMPARED
def test_a_lost_event_explains_the_rows_of_its_key(simulation: Simulation, comparison: Comparison) -> None:
    row = keyed(simulation, comparison)
    report = compared(simulation, comparison, without(row), log(loss(comparison, row)))
    assert (report.causes, report.unexplained) == ({"an event was lost": 1}, [])


@COMPARED
def test_a_loss_of_another_key_or_family_explains_nothing(
    simulation: Simulation, comparison: Comparison
) -> None:
    row = keyed(simulation, comparison)
    other_key = loss(comparison, row, **{comparison.key: "another"})
    other_family = loss(comparison, row, event_name="no event of ours")
    harmless = loss(comparison, row, mess="late")
    losses = [other_key, harmless] if comparison.events == "." else [other_key, harmless, other_family]
    report = compared(simulation, comparison, without(row), log(*losses))
    assert (report.causes, len(report.unexplained)) == ({}, 1)


@COMPARED
def test_a_lost_property_explains_only_where_properties_are_compared(
    simulation: Simulation, comparison: Comparison
) -> None:
    row = keyed(simulation, comparison)
    report = compared(
        simulation, comparison, without(row), log(loss(comparison, row, mess="missing_property"))
    )
    explained = {"an event lost a property": 1} if comparison.needs_properties else {}
    assert report.causes == explained
    assert len(report.unexplained) == 1 - len(explained)


def test_a_robot_is_explained_by_what_was_lost_on_the_day_or_near_it(simulation: Simulation) -> None:
    sessions = next(entry for entry in COMPARISONS if entry.truth == "troubleshooting_sessions")
    row = keyed(simulation, sessions)
    day = row["started_at"].replace(hour=0, minute=0, second=0, microsecond=0)
    far = day + timedelta(days=3)

    def is_explained(happened_at: datetime, stamped_at: datetime) -> bool:
        lost = loss(sessions, row, happened_at=happened_at, stamped_at=stamped_at)
        return not compared(simulation, sessions, without(row), log(lost)).unexplained

    assert is_explained(day, day)
    assert is_explained(day - timedelta(hours=2), far)
    assert is_explained(far, day + timedelta(hours=26))
    assert not is_explained(day - timedelta(hours=4), day + timedelta(hours=28))
    assert not is_explained(far, far)


def test_the_first_of_several_losses_counts(simulation: Simulation) -> None:
    row = keyed(simulation, COMPARISONS[0])
    losses = [
        loss(COMPARISONS[0], row, mess=mess) for mess in ("wrong_epoch", "blank_robot_id", "not_arrived")
    ]
    report = compared(simulation, COMPARISONS[0], without(row), log(*losses))
    assert report.causes == {"an event had not arrived when the data ends": 1}
