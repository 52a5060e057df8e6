"""However events of the tracker arrive, whatever newer copies say: increments end as a full refresh."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from builds.differences import assert_same_contents
from contract.raw import land_rows
from deep import deep
from project import Project
from properties.built import row_versions
from reference.tracker import KINDS
from tracker.arrivals import LOADS, TYPES, Arrival, hostile_arrivals, rows_about

WORLDS = 600
TABLES = [
    *("analytics_intermediate.int_tracker_session_events", "analytics_intermediate.int_tracker_sessions"),
    *("analytics_intermediate.int_rating_events", "analytics_marts.fct_ratings"),
    *("analytics_intermediate.int_banner_events", "analytics_marts.fct_banner_impressions"),
]
VIEWS = [
    *("analytics_marts.fct_tracker_sessions", "analytics_marts.fct_tracked_orders"),
    "analytics_marts.rpt_support_contacts_daily",
    "analytics_marts.rpt_banner_performance_daily",
]
SELECTED = [f"+{relation.split('.')[1]}" for relation in (*TABLES, *VIEWS)]


def land(project: Project, rows: Sequence[Arrival], rng: random.Random) -> None:
    """Land rows in random order."""
    by_event: dict[str, list[Arrival]] = defaultdict(list)
    for row in rows:
        by_event[row.event].append(row)
    for event, news in by_event.items():
        rng.shuffle(news)
        land_rows(project, event, TYPES, *(row.values for row in news))


@deep
def test_hostile_rows_in_four_loads_end_as_in_a_full_refresh(project: Project, rng: random.Random) -> None:
    arrivals = hostile_arrivals(rng, WORLDS)
    for event in KINDS:
        land_rows(project, event, TYPES)
    for number in range(len(LOADS)):
        land(project, [row for row in arrivals if row.load == number], rng)
        again = ("--exclude", "path:models/staging") if number else ()
        project.dbt("run", "--select", *SELECTED, *again)
    by_increments, written = project.contents([*TABLES, *VIEWS]), row_versions(project, TABLES)

    project.dbt("run", "--select", *SELECTED, "--exclude", "path:models/staging")
    assert row_versions(project, TABLES) == written

    project.dbt("run", "--full-refresh", "--select", *SELECTED, "--exclude", "path:models/staging")
    by_full_refresh = project.contents([*TABLES, *VIEWS])
    assert_same_contents(by_full_refresh, by_increments, lambda shown: rows_about(arrivals, shown))
    assert min(len(by_full_refresh[relation]) for relation in TABLES) > WORLDS // 8
