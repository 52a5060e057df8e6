"""Which events a full refresh and a reconciliation of one stream drop, and which they refuse to lose."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from contract.raw import Value, land_rows
from project import Project, Rows
from sandbox.server import RAW_SCHEMA
from streams.test_exactly_once import TYPES

STREAM = "analytics_intermediate.int_unlock_events"
CLICK, SUCCESS = "order_unlock_coco", "deliveries_unlock_coco_success"
NOW = datetime.now(timezone.utc)
FULL_REFRESH = ["--full-refresh"]
RECONCILE = ["--vars", "reconcile: true"]


def land_days_old(project: Project, event: str, **days_old: float) -> None:
    """Land events by id, loaded so many days ago."""
    rows: list[dict[str, Value]] = [
        {"id": event_id, "order_id": "o1", "received_at": loaded, "uuid_ts": loaded}
        for event_id, loaded in ((name, NOW - timedelta(days=days)) for name, days in days_old.items())
    ]
    land_rows(project, event, TYPES, *rows)


def delete(project: Project, event: str, *event_ids: str) -> None:
    """Delete raw rows."""
    names = ", ".join(f"'{event_id}'" for event_id in event_ids)
    project.execute(f"delete from {RAW_SCHEMA}.{event} where id in ({names})", user="loader")


def run(project: Project, *arguments: str) -> str:
    """Run the stream; what its failure says, or nothing."""
    results = project.dbt("run", "--select", "+int_unlock_events", *arguments, succeeds=False)
    result = results["int_unlock_events"]
    return "" if result.status == "success" else str(result.message)


def events(project: Project) -> list[str]:
    """The ids of the stream's events, sorted."""
    rows: Rows = project.query(f"select event_id from {STREAM} order by 1")
    return [event_id for (event_id,) in rows]


@pytest.fixture
def stream(project: Project) -> Project:
    """The stream with events that are up to 40 days old."""
    land_days_old(project, CLICK, a=40, b=30, c=5, d=4, e=1)
    land_days_old(project, SUCCESS, s=40, t=2)
    assert run(project) == ""
    return project


@pytest.mark.parametrize("option", [FULL_REFRESH, RECONCILE], ids=["full_refresh", "reconcile"])
def test_single_deletions_are_followed(stream: Project, option: list[str]) -> None:
    delete(stream, CLICK, "b", "d")
    assert run(stream, *option) == ""
    assert events(stream) == ["a", "c", "e", "s", "t"]


@pytest.mark.parametrize("option", [FULL_REFRESH, RECONCILE], ids=["full_refresh", "reconcile"])
def test_pruned_events_stop_the_run(stream: Project, option: list[str]) -> None:
    delete(stream, CLICK, "a", "b")
    message = run(stream, *option)
    oldest = (NOW - timedelta(days=40)).strftime("%Y-%m-%d %H:%M")
    assert (
        f"would lose events that the raw tables no longer have: 2 of {CLICK}, loaded since {oldest}"
        in message
    )
    assert "raw_retention_days" in message
    assert "allow_lost_events: true" in message
    assert events(stream) == ["a", "b", "c", "d", "e", "s", "t"]

    allowed = "{allow_lost_events: true, reconcile: true}"
    assert run(stream, *option, "--vars", allowed) == ""
    assert events(stream) == ["c", "d", "e", "s", "t"]


@pytest.mark.parametrize("option", [FULL_REFRESH, RECONCILE], ids=["full_refresh", "reconcile"])
def test_a_declared_retention_protects_older_events_only(stream: Project, option: list[str]) -> None:
    delete(stream, CLICK, "a", "b", "d")
    delete(stream, SUCCESS, "s")
    declared = "{raw_retention_days: 20, reconcile: " + str(option == RECONCILE) + "}"
    assert run(stream, *option, "--vars", declared) == ""
    assert events(stream) == ["a", "b", "c", "e", "s", "t"]


def test_a_retention_that_is_shorter_than_declared_stops_the_run(stream: Project) -> None:
    delete(stream, CLICK, "a", "b", "c")
    message = run(stream, "--full-refresh", "--vars", "raw_retention_days: 35")
    assert f"2 of {CLICK}" in message
    assert events(stream) == ["a", "b", "c", "d", "e", "s", "t"]


def test_a_table_that_is_gone_stops_a_full_refresh(stream: Project) -> None:
    stream.execute(f"drop table {RAW_SCHEMA}.{SUCCESS} cascade", user="postgres")
    assert f"2 of {SUCCESS}" in run(stream, "--full-refresh")
    assert run(stream, *RECONCILE) == ""
    assert events(stream) == ["a", "b", "c", "d", "e", "s", "t"]


def test_an_empty_table_has_lost_what_is_older_than_the_others(stream: Project) -> None:
    delete(stream, SUCCESS, "s", "t")
    assert run(stream, "--full-refresh") == ""  # as old as the oldest click: deleted, and not pruned
    assert events(stream) == ["a", "b", "c", "d", "e"]
    land_days_old(stream, SUCCESS, s=45)
    assert run(stream, *RECONCILE) == ""
    delete(stream, SUCCESS, "s")
    assert f"1 of {SUCCESS}" in run(stream, "--full-refresh")


def test_a_load_time_before_the_receipt_is_ignored(stream: Project) -> None:
    wrong_row: dict[str, Value] = {
        "id": "z",
        "received_at": NOW,
        "uuid_ts": datetime(1970, 1, 1, tzinfo=timezone.utc),
    }
    land_rows(stream, CLICK, TYPES, wrong_row)
    assert run(stream, *RECONCILE) == ""
    delete(stream, CLICK, "a", "b")
    assert f"2 of {CLICK}" in run(stream, "--full-refresh")
