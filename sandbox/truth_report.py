"""How the unlock mart compares with what really happened in the simulation, and why it differs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from psycopg2.extensions import connection as Connection

COMPARED = (
    "attempt_number",
    "robot_id",
    "origin",
    "started_at",
    "click_count",
    "server_start_count",
    "confirmed_at",
    "request_succeeded_at",
    "opened_at",
    "customer_outcome",
    "server_outcome",
    "outcome",
)
"""Columns of an attempt that the mart must have as they were, beside its order."""

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

Attempt = tuple[object, ...]


@dataclass(frozen=True)
class TruthReport:
    """Orders with an unlock attempt, in truth or in the mart, and how many of them the mart has exactly."""

    order_count: int
    exact_count: int
    causes: dict[str, int] = field(default_factory=dict)
    """Orders that differ by what the data lost; an order with several losses counts under its first."""
    unexplained: list[str] = field(default_factory=list)
    """Orders that differ although nothing of them was lost. Must be empty."""
    without_order: tuple[int, int] = (0, 0)
    """Attempts known by their robot only: how many there really were, and how many the mart has.

    Events that lost their order id come in there.
    """


def compare(connection: Connection, truth_folder: Path, schema: str = "analytics_marts") -> TruthReport:
    """Compare the attempts of every order in `schema`.fct_unlock_attempts with the simulation's truth.

    `truth_folder` holds unlock_attempts.parquet and mess_log.parquet, as the simulator writes them.
    """
    truth = pl.read_parquet(truth_folder / "unlock_attempts.parquet").select("order_id", *COMPARED)
    with connection.cursor() as cursor:
        cursor.execute(f"select order_id, {', '.join(COMPARED)} from {schema}.fct_unlock_attempts")
        mart = cursor.fetchall()
    real, built = _by_order(truth.iter_rows()), _by_order(mart)
    without_order = (len(real.pop(None, [])), len(built.pop(None, [])))
    lost = _losses(pl.read_parquet(truth_folder / "mess_log.parquet"))
    orders = real.keys() | built.keys()
    differing = sorted(str(order) for order in orders if real.get(order) != built.get(order))
    causes = Counter(lost[order] for order in differing if order in lost)
    return TruthReport(
        order_count=len(orders),
        exact_count=len(orders) - len(differing),
        causes=dict(causes.most_common()),
        unexplained=[order for order in differing if order not in lost],
        without_order=without_order,
    )


def _by_order(rows: Iterable[Sequence[Any]]) -> dict[str | None, list[Attempt]]:
    """The attempts of each order; of none under None."""
    attempts: defaultdict[str | None, list[Attempt]] = defaultdict(list)
    for order, *attempt in rows:
        attempts[order].append(tuple(attempt))
    return {order: sorted(of_order, key=repr) for order, of_order in attempts.items()}


def _losses(mess_log: pl.DataFrame) -> dict[str, str]:
    """What was lost of each order's unlock events, the first by the order of UNRECOVERABLE."""
    unlock = mess_log.filter(
        pl.col("mess").is_in(list(UNRECOVERABLE))
        & pl.col("event_name").str.contains("unlock")
        & pl.col("order_id").is_not_null()
    )
    kinds = list(UNRECOVERABLE)
    losses: dict[str, str] = {}
    for order, mess in sorted(
        unlock.select("order_id", "mess").iter_rows(), key=lambda row: kinds.index(row[1])
    ):
        losses.setdefault(order, UNRECOVERABLE[mess])
    return losses
