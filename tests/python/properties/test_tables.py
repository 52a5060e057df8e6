"""An event table that is absent, empty or late affects only what depends on it, until it comes."""

from __future__ import annotations

import random

from builds.differences import assert_same_contents
from deep import IS_DEEP
from project import INCREMENTS, Project, Rows
from properties.adversarial import UNLOCK, hostile_arrivals
from properties.built import Manifest, outputs
from properties.raw_rows import land, make_tables

PLACED = "analytics_intermediate.int_unlock_attempt_events"


def rows_of_entities_without(project: Project, event: str, entities: Rows) -> Rows:
    """The placed events of entities that never have this event."""
    rows = project.query(
        "select entity_key, event_name, event_id, unlock_attempt_id, unmatched_reason, attempt_event_number"
        f" from {PLACED} order by 1, 2, 3"
    )
    return [row for row in rows if row[:1] not in entities]


def test_a_late_table_affects_only_its_own(project: Project, rng: random.Random) -> None:
    event_tables = Manifest.of(project).event_tables
    rows = hostile_arrivals(rng, event_tables, worlds=300 if IS_DEEP else 150).rows
    absent = rng.choice(sorted(UNLOCK))
    empty = rng.choice(sorted(event for event in event_tables if event_tables[event] != event_tables[absent]))
    late = {absent, empty}
    make_tables(project, [empty])
    land(project, [row for row in rows if row.event not in late], rng)
    project.dbt("run")
    before = outputs(project)
    streamed = {
        event: project.query(f"select * from {stream} where event_name = '{event}' order by event_id")
        for event, stream in event_tables.items()
    }
    placed = rows_of_entities_without(project, absent, [])

    land(project, [row for row in rows if row.event in late], rng)
    project.dbt("run")
    after = outputs(project)
    affected = Manifest.of(project).depending_on(late)
    spared = set(after) - affected
    assert len(spared) > 8
    assert_same_contents({name: before[name] for name in spared}, {name: after[name] for name in spared})
    for event, stream in event_tables.items():
        now = project.query(f"select * from {stream} where event_name = '{event}' order by event_id")
        assert now == streamed[event] if event not in late else len(now) > len(streamed[event]) == 0, event
    with_late_ones = project.query(
        f"select distinct entity_key from {PLACED} where event_name in ('{absent}', '{empty}')"
    )
    entities_before = [row for row in placed if row[:1] not in with_late_ones]
    assert rows_of_entities_without(project, absent, with_late_ones) == entities_before
    assert len(entities_before) > 50

    project.dbt("run", *INCREMENTS, "--full-refresh")
    assert_same_contents(after, outputs(project))
