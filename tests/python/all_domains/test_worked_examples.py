"""The reference of the views over all domains against the worked examples, their dbt unit tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date
from types import SimpleNamespace
from typing import Any

from reference.activity import errors_hourly, interactions_daily
from reference.days import pilot_days, robot_days
from reference.platform import PlatformEvent
from reference.platform_facts import TROUBLES
from reference.totals import common_columns, merchant_totals, robot_totals
from reference.troubleshooting import PlacedTrouble, Session, TroubleEvent
from worked_examples import Example, Row, assert_expected, each_example, expected, given, possible, time_of

FIELDS = {field.name for field in fields(PlatformEvent)}
TIMES = ("occurred_at", "received_at", "loaded_at")


def inputs(example: Example) -> list[str]:
    """The models of events that an example gives the rows of."""
    models = [item["input"].split("'")[1] for item in example["given"]]
    return [model for model in models if model != "int_data_horizon"]


def events_of(example: Example) -> list[PlatformEvent]:
    """The events that an example gives, each stream's of its family."""
    return [
        event(row, stream.removeprefix("int_").removesuffix("_events"))
        for stream in inputs(example)
        for row in given(example, stream)
    ]


def event(row: Row, family: str = "") -> PlatformEvent:
    """Read a fixture's row as an event."""
    told: dict[str, Any] = {name: value for name, value in row.items() if name in FIELDS}
    told |= {
        "event_id": row.get("event_id") or "any",
        "is_clock_suspect": row.get("is_clock_suspect") == "true",
    }
    told |= {"family": row.get("family") or family, "app": row.get("app") or "unknown"}
    return PlatformEvent(**told | {name: time_of(row.get(name)) for name in TIMES})


def placed(number: int, row: Row) -> PlacedTrouble:
    """Read a fixture's row as a placed event of troubleshooting, with an id of its own."""
    occurred_at = time_of(row["occurred_at"])
    trouble = TroubleEvent(
        event_name=row["event_name"] or "",
        event_id=f"trouble {number}",
        order_id=row.get("order_id"),
        robot_id=row.get("robot_id"),
        pilot_id=row["pilot_id"],
        occurred_at=occurred_at,
    )
    session_id = row.get("troubleshooting_session_id")
    session = Session(session_id, occurred_at, occurred_at) if session_id and occurred_at else None
    return PlacedTrouble(trouble, session, matched_order_id=row.get("matched_order_id"))


def as_event(trouble: TroubleEvent) -> PlatformEvent:
    """The event of a placed one."""
    told = asdict(trouble)
    return PlatformEvent(**{name: value for name, value in told.items() if name in FIELDS})


def days_of(example: Example, fact: str) -> list[Any]:
    """The attempts that an example gives, as far as a day counts them."""
    return [
        SimpleNamespace(**{**row, "start_date": date.fromisoformat(row["start_date"] or "")})
        for row in given(example, fact)
    ]


def rows(items: Iterable[Any]) -> Sequence[Row]:
    """Dataclasses as rows."""
    return [asdict(item) for item in items]


@each_example("rpt_errors_hourly")
def test_reference_counts_errors_as_worked_by_hand(example: Example) -> None:
    assert_expected(example, possible(example, rows(errors_hourly(events_of(example)))))


@each_example("rpt_ui_interactions_daily")
def test_reference_counts_interactions_as_worked_by_hand(example: Example) -> None:
    assert_expected(example, possible(example, rows(interactions_daily(events_of(example)))))


@each_example("fct_events")
def test_reference_gives_what_all_events_have_as_worked_by_hand(example: Example) -> None:
    if "incident_severity" not in expected(example)[0]:  # properties that the reference does not have
        assert_expected(example, common_columns(events_of(example)))


@each_example("dim_robots")
def test_reference_counts_events_of_robots_as_worked_by_hand(example: Example) -> None:
    assert_expected(example, robot_totals(events_of(example)))


@each_example("dim_merchants")
def test_reference_counts_events_of_merchants_as_worked_by_hand(example: Example) -> None:
    assert_expected(example, merchant_totals(events_of(example)))


@each_example("fct_pilot_days")
def test_reference_counts_what_pilots_did_as_worked_by_hand(example: Example) -> None:
    troubles = [
        placed(number, row) for number, row in enumerate(given(example, "int_troubleshooting_events"))
    ]
    others = [
        event(row)
        for stream in inputs(example)
        for row in given(example, stream)
        # those of troubleshooting are given in their streams once more
        if stream != "int_troubleshooting_events" and row["event_name"] not in TROUBLES
    ]
    events = [*(as_event(item.event) for item in troubles), *others]
    assert_expected(example, possible(example, rows(pilot_days(events, troubles))))


@each_example("fct_robot_days")
def test_reference_counts_how_robots_did_as_worked_by_hand(example: Example) -> None:
    loads, unlocks = (days_of(example, f"fct_{domain}_attempts") for domain in ("load", "unlock"))
    sessions = [vars(day) for day in days_of(example, "fct_troubleshooting_sessions")]
    events = [event(row) for row in given(example, "int_troubleshooting_events")]
    assert_expected(example, possible(example, rows(robot_days(loads, unlocks, sessions, events))))
