"""How marts compare with what really happened in the simulation, and why they differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
from psycopg2.extensions import connection as Connection

from sandbox.truth_marts import COMPARISONS, Comparison

UNRECOVERABLE = {
    "lost": "an event was lost",
    "not_arrived": "an event had not arrived when the data ends",
    "null_order_id": "an event lost its order id",
    "blank_order_id": "an event lost its order id",
    "null_robot_id": "an event lost its robot id",
    "blank_robot_id": "an event lost its robot id",
    "null_message_id": "an event lost its message id",
    "wrong_timestamp": "a device clock jumped",
    "wrong_epoch": "a device clock stood in another decade",
}
"""Mess that takes away what no model can put back, by its name in the mess log."""

LOST_PROPERTIES = {
    "missing_property": "an event lost a property",
    "replay_changed": "an event lost a property",
}
"""The same for marts with further columns of an event than its entity and time."""

_REACH = timedelta(hours=3)
"""A loss makes no difference to what a robot does longer before it or after it."""

Row = tuple[object, ...]
Entity = tuple[object, ...]
"""A key, or a key and a day."""


@dataclass(frozen=True)
class TruthReport:
    """Entities (orders, browsers, robots by day) with rows in truth or mart, and how many are the same."""

    entity_count: int
    exact_count: int
    causes: dict[str, int] = field(default_factory=dict)
    """Entities that differ by what the data lost; one with several losses counts under its first."""
    unexplained: list[str] = field(default_factory=list)
    """Entities that differ although nothing of them was lost. Must be empty."""
    without_key: tuple[int, int] = (0, 0)
    """Rows without a key, such as attempts known by their robot only: how many there really were, and how
    many the mart has. Events that lost their key come in there.
    """


def compare(
    connection: Connection, truth_folder: Path, comparison: Comparison, schema: str = "analytics_marts"
) -> TruthReport:
    """Compare a mart in `schema` with the truth that the simulator wrote into `truth_folder`."""
    truth = pl.read_parquet(truth_folder / f"{comparison.truth}.parquet").select(comparison.read)
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(comparison.read)} from {schema}.{comparison.mart}")
        mart = cursor.fetchall()
    mess_log = pl.read_parquet(truth_folder / "mess_log.parquet")
    return compare_rows(comparison, truth.rows(), mart, mess_log)


def compare_built(
    connection: Connection, truth_folder: Path, schema: str = "analytics_marts"
) -> dict[str, TruthReport]:
    """Compare every mart that is there, by its name."""
    with connection.cursor() as cursor:
        query = "select table_name from information_schema.tables where table_schema = %s"
        cursor.execute(query, (schema,))
        built = {name for (name,) in cursor.fetchall()}
    return {
        comparison.mart: compare(connection, truth_folder, comparison, schema)
        for comparison in COMPARISONS
        if comparison.mart in built
    }


def compare_rows(
    comparison: Comparison, truth: Iterable[Row], mart: Iterable[Row], mess_log: pl.DataFrame
) -> TruthReport:
    """Compare rows of the columns that `comparison.read` names."""
    real, built = _by_entity(comparison, truth), _by_entity(comparison, mart)
    without_key = (len(real.pop(None, [])), len(built.pop(None, [])))
    lost = _losses(comparison, mess_log)
    entities = real.keys() | built.keys()
    differing = sorted((e for e in entities if e and real.get(e) != built.get(e)), key=repr)
    causes = Counter(lost[entity] for entity in differing if entity in lost)
    return TruthReport(
        entity_count=len(entities),
        exact_count=len(entities) - len(differing),
        causes=dict(causes.most_common()),
        unexplained=[" ".join(map(str, entity)) for entity in differing if entity not in lost],
        without_key=without_key,
    )


def _by_entity(comparison: Comparison, rows: Iterable[Sequence[Any]]) -> dict[Entity | None, list[Row]]:
    """The rows of each entity; of those without a key under None."""
    times = [comparison.read.index(name) for name in comparison.at]
    compared = 1 + len(comparison.columns)
    found: defaultdict[Entity | None, list[Row]] = defaultdict(list)
    for row in rows:
        known = [row[number].date() for number in times if row[number] is not None]
        found[None if row[0] is None else (row[0], *known[:1])].append(tuple(row[1:compared]))
    return {entity: sorted(of_entity, key=repr) for entity, of_entity in found.items()}


def _losses(comparison: Comparison, mess_log: pl.DataFrame) -> dict[Entity, str]:
    """What was lost of each entity's events, the first by the order of the kinds."""
    kinds = {**UNRECOVERABLE, **(LOST_PROPERTIES if comparison.needs_properties else {})}
    order = list(kinds)
    of_mart = mess_log.filter(
        pl.col("mess").is_in(order)
        & pl.col("event_name").str.contains(comparison.events)
        & pl.col(comparison.key).is_not_null()
    )
    losses: dict[Entity, str] = {}
    rows = of_mart.select(comparison.key, "mess", "happened_at", "stamped_at").iter_rows()
    for key, mess, *times in sorted(rows, key=lambda row: order.index(row[1])):
        around = {(time + shift).date() for time in times for shift in (-_REACH, _REACH)}
        entities: set[Entity] = {(key, day) for day in around} if comparison.at else {(key,)}
        for entity in entities:
            losses.setdefault(entity, kinds[mess])
    return losses
