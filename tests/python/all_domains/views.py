"""The views over all domains as the reference has them, and how two tests hold the SQL against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from builds.differences import Row, assert_same_rows
from properties.built import Manifest
from reference.activity import errors_hourly, interactions_daily
from reference.days import pilot_days, robot_days
from reference.horizon import data_horizon
from reference.platform import EventTable, PlatformEvent
from reference.platform_facts import PlatformFacts
from reference.possible_dates import on_possible_dates
from reference.totals import common_columns, merchant_totals, pilot_totals, robot_totals

VIEWS = (
    *("fct_pilot_days", "fct_robot_days", "rpt_errors_hourly", "rpt_ui_interactions_daily"),
    *("rpt_unmatched_events", "fct_events", "dim_robots", "dim_pilots", "dim_merchants"),
)

MOST_TOLD = 50


def views_of(events: Sequence[PlatformEvent], newest: datetime | None) -> dict[str, list[Row]]:
    """The rows of each view, by its name, up to the newest receipt. Each event once."""
    facts = PlatformFacts(events, data_horizon([newest]))
    robots = robot_days(facts.load_attempts(), facts.unlock_attempts(), facts.troubles.sessions(), events)
    by_date: dict[str, Iterable[Any]] = {
        "fct_pilot_days": pilot_days(events, facts.placed_troubles),
        "fct_robot_days": robots,
        "rpt_errors_hourly": errors_hourly(events),
        "rpt_ui_interactions_daily": interactions_daily(events),
    }
    views: dict[str, Iterable[Row]] = {
        name: on_possible_dates(map(asdict, rows), newest) for name, rows in by_date.items()
    } | {
        "rpt_unmatched_events": facts.unmatched(),
        "fct_events": common_columns(events),
        "dim_robots": robot_totals(events),
        "dim_pilots": pilot_totals(events),
        "dim_merchants": merchant_totals(events),
    }
    return {name: [*rows] for name, rows in views.items()}


def event_tables(manifest: Manifest) -> dict[str, EventTable]:
    """What the contract says of each event table, by its name."""
    tables = {}
    for source in manifest.content["sources"].values():
        meta = source["config"]["meta"]
        raw_names = {
            name: column["config"]["meta"].get("raw_names", [name])
            for name, column in source["columns"].items()
        }
        tables[source["identifier"]] = EventTable(meta["family"], meta["app"], raw_names)
    return tables


def assert_views(
    built: Mapping[str, Iterable[Row]], events: Sequence[PlatformEvent], newest: datetime | None
) -> dict[str, list[Row]]:
    """Assert that each view holds what the reference makes of events; give that.

    Of `fct_events` the columns that all events have are compared.
    """
    derived = views_of(events, newest)
    for name, rows in derived.items():
        known = rows[0].keys() if name == "fct_events" and rows else None
        found = [{column: row[column] for column in known or row} for row in built[name]]
        assert_same_rows(rows, found, about(name, events))
    return derived


def about(view: str, events: Sequence[PlatformEvent]) -> Callable[[list[Row]], str]:
    """Tell the view, and some events that name what the first row that differs is about, a line each."""

    def tell(rows: list[Row]) -> str:
        names = {value for name, value in rows[0].items() if name.endswith(("_id", "_name"))} - {None}
        told = [event for event in events if names & {*asdict(event).values()}]
        told.sort(key=lambda event: str(event.occurred_at))
        return "\n".join([view, *(f"event: {event}" for event in told[:MOST_TOLD])])

    return tell
