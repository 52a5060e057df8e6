"""A reconciliation takes away what the raw tables lost and finds what came behind the mark."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta

import pytest

from builds.differences import assert_same_contents
from contract.raw import Value
from deep import IS_DEEP, first_of
from project import INCREMENTS, Project
from properties.adversarial import START, UNLOCK, Values, hostile_arrivals
from properties.built import Manifest, outputs, row_versions
from properties.raw_rows import RawRow, land, load_by_load
from reference.entities import key_of
from reference.streams import Event
from reference.unlock import CLICK
from sandbox.server import RAW_SCHEMA

LOADS, WORLDS = (3, 400) if IS_DEEP else (2, 250)
FACT = "analytics_marts.fct_unlock_attempts"
BEHIND = Event(CLICK, "behind")
"""Comes behind the mark."""


def erase(project: Project, event: str, condition: str) -> None:
    """Delete rows of a raw table, as a privacy request or a retention rule does."""
    project.execute(f"delete from {RAW_SCHEMA}.{event} where {condition}", user="loader")


def reconcile(project: Project, scope: str) -> None:
    """Run all models with this value of the var `reconcile`."""
    variables = f"{{reconcile: {scope}, allow_lost_events: true}}"
    project.dbt("run", *INCREMENTS, "--vars", variables)


def double_rows(project: Project, relation: str) -> None:
    """Insert a fifth of a table's rows a second time, and another fifth with another text."""
    columns: dict[str, str] = dict(
        project.query(
            "select attname::text, format_type(atttypid, null) from pg_attribute"
            f" where attrelid = '{relation}'::regclass and attnum > 0 and not attisdropped"
        )
    )
    texts = [
        name
        for name, kind in columns.items()
        if kind == "character varying" and not name.endswith(("_key", "_id", "_name"))
    ]
    altered = [f"'x' as {name}" if name in texts[:1] else name for name in columns]
    for number, selected in enumerate((columns, altered)):
        project.execute(
            f"insert into {relation} ({', '.join(columns)}) select {', '.join(selected)} from {relation}"
            f" as rows where abs(hashtext(rows::text)) % 5 = {number}"
        )


def test_a_reconciliation_of_everything_equals_a_full_refresh(project: Project, rng: random.Random) -> None:
    event_tables = Manifest.of(project).event_tables
    arrivals = hostile_arrivals(rng, event_tables, worlds=WORLDS, loads=LOADS, behind_the_mark=True)
    load_by_load(project, map(arrivals.of_load, range(LOADS)), rng)
    landed = sorted({row.event for row in arrivals.rows})
    for event in landed:
        erase(project, event, "left(md5(id), 1) in ('0', '1')")  # events with all their copies
        erase(project, event, "left(md5(id || order_id || uuid_ts), 1) = '2'")  # some copies
    erase(project, rng.choice(landed), "true")
    by_increments = outputs(project)
    for relation in Manifest.of(project).incremental:
        double_rows(project, relation)

    reconcile(project, "true")
    incremental = Manifest.of(project).incremental
    reconciled, written = outputs(project), row_versions(project, incremental)
    project.dbt("run", *INCREMENTS)
    assert row_versions(project, incremental) == written
    project.dbt("run", *INCREMENTS, "--full-refresh", "--vars", "{allow_lost_events: true}")
    by_full_refresh = outputs(project)
    assert_same_contents(by_full_refresh, reconciled, arrivals.about)

    lost = set(by_increments[FACT]) - set(by_full_refresh[FACT])
    come = set(by_full_refresh[FACT]) - set(by_increments[FACT])
    assert min(len(lost), len(come)) > 20


class Keyhole:
    """What is inside the scope of a reconciliation, before anything happens to it."""

    def __init__(self, project: Project, scope: str, condition: str, entity: str) -> None:
        """The var's value, the same as a condition on events, and an entity that may have none yet."""
        self.project = project
        self.scope = scope
        self.condition = condition
        self.manifest = Manifest.of(project)
        self.streams = set(self.manifest.event_tables.values())
        self.insides: dict[str, str] = {}
        self.reach: dict[str, str] = {}
        by_any_key = {entity, f"none:{key_of(BEHIND)}", *self._keys_in_streams()}
        by_any_key |= {*self._keys_in_facts(by_any_key)}
        for relation in self.manifest.incremental:
            columns = self._columns(relation)
            if relation in self.streams:
                inside = condition if condition.split()[0] in columns else "false"
                self.insides[relation] = self.reach[relation] = inside
            elif "entity_key" in columns:
                self.insides[relation] = _is_of({entity, *self._entities(relation)})
                self.reach[relation] = _is_of(by_any_key)

    def _keys_in_streams(self) -> Iterator[str]:
        """What the events inside are about, by any key of their streams: what facts may compute anew."""
        for stream in self.streams:
            columns = self._columns(stream)
            for key in (name for name in columns if name.endswith("_key")):
                if self.condition.split()[0] in columns:
                    yield from self._found(key, stream)

    def _keys_in_facts(self, entities: Collection[str]) -> Iterator[str]:
        """What facts say that the events of entities are about, beside their own entities."""
        for relation in self.manifest.incremental:
            columns = self._columns(relation)
            if relation not in self.streams and "event_id" in columns:
                for key in (name for name in columns if name.endswith("_key") and name != "entity_key"):
                    rows = self.project.query(
                        f"select distinct {key} from {relation} where {_is_of(entities)}"
                    )
                    yield from (found for (found,) in rows)

    def _entities(self, relation: str) -> Iterator[str]:
        """The entities of the events inside, as the fact or the fact that it is made of has them."""
        columns = self._columns(relation)
        if "event_id" in columns:
            yield from self._found("entity_key", relation)
        else:
            for parent in self.manifest.parents(relation):
                if parent in self.manifest.incremental and "entity_key" in self._columns(parent):
                    yield from self._entities(parent)

    def _found(self, key: str, relation: str) -> Iterator[str]:
        if self.condition.split()[0] not in self._columns(relation):
            return
        rows = self.project.query(f"select distinct {key} from {relation} where {self.condition}")
        yield from (found for (found,) in rows)

    def _columns(self, relation: str) -> dict[str, str]:
        schema, name = relation.split(".")
        return dict(
            self.project.query(
                "select column_name::text, data_type::text from information_schema.columns"
                f" where table_schema = '{schema}' and table_name = '{name}'"
            )
        )

    def damage(self) -> None:
        """Delete half of the rows inside, and falsify the numbers of the others."""
        for relation, inside in self.insides.items():
            self.project.execute(
                f"delete from {relation} where ctid in (select ctid from (select ctid, row_number() over"
                f" (order by ctid) as number from {relation} where {inside}) as rows where number % 2 = 0)"
            )
            numbers = [name for name, kind in self._columns(relation).items() if kind == "bigint"]
            falsified = ", ".join(f"{name} = coalesce({name}, 0) + 7" for name in numbers)
            if falsified:
                self.project.execute(f"update {relation} set {falsified} where {inside}")

    def heal(self) -> None:
        """Reconcile the inside; no row outside is written."""
        outside = self._outside()
        reconcile(self.project, self.scope)
        assert self._outside() == outside

    def _outside(self) -> Sequence[object]:
        return [
            row_versions(self.project, [relation], f"({inside}) is not true")
            for relation, inside in self.reach.items()
        ]


def _is_of(entities: Collection[str]) -> str:
    quoted = ", ".join("'" + key.replace("'", "''") + "'" for key in sorted(entities))
    return f"entity_key in ({quoted})"


def change_raw(project: Project, rng: random.Random, condition: str, **told: Value) -> None:
    """Erase an event that a stream still has, and land one behind the mark; both meet the condition."""
    streams = sorted({Manifest.of(project).event_tables[event] for event in UNLOCK})
    selects = [f"select event_name, event_id from {stream} where {condition}" for stream in streams]
    ((event, event_id),) = project.query(" union all ".join(selects) + " order by 2, 1 limit 1")
    erase(project, event, f"rtrim(id) = '{event_id}'")
    long_ago = START - timedelta(days=30)
    values: Values = {"id": BEHIND.event_id, "uuid_ts": long_ago, "received_at": long_ago, "timestamp": START}
    land(project, [RawRow(BEHIND.event_name, 0, values | told)], rng)


@pytest.mark.parametrize("kind", first_of("days", "order", "robot"))
def test_a_keyhole_heals_what_is_inside_and_writes_nothing_outside(
    project: Project, rng: random.Random, kind: str
) -> None:
    event_tables = Manifest.of(project).event_tables
    rows = hostile_arrivals(rng, event_tables, worlds=100, loads=3).rows
    land(project, rows, rng)
    project.dbt("run")
    ((order_id, robot_id),) = project.query(
        f"select order_id, robot_id from {FACT} where order_id is not null"
        " and robot_id is not null order by click_count + server_start_count desc, 1 limit 1"
    )
    scope, condition, values = {
        "order": (f"{{order_id: {order_id}}}", f"order_id = '{order_id}'", {"order_id": order_id}),
        "robot": (f"{{robot_id: {robot_id}}}", f"robot_id = '{robot_id}'", {"robot_id": robot_id}),
        "days": (
            "{from: 2025-03-01, to: 2025-03-02}",
            "occurred_at >= '2025-03-01' and occurred_at < '2025-03-02'",
            {"order_id": order_id},
        ),
    }[kind]
    entity = f"robot:{robot_id}" if kind == "robot" else f"order:{order_id}"
    keyhole = Keyhole(project, scope, condition, entity)
    keyhole.damage()
    change_raw(project, rng, condition, **values)
    keyhole.heal()
    healed = outputs(project)
    project.dbt("run", *INCREMENTS, "--full-refresh")
    assert_same_contents(outputs(project), healed)
