"""The simulation's truth: what the events say by the definitions, and a story that makes sense."""

import gzip
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from simulator_messages import Message, messages_of, settings

from reference.horizon import data_horizon
from reference.streams import read_stream
from reference.unlock import KINDS
from reference.unlock_attempts import UnlockAttempt, find_attempts
from sandbox.simulator import Mess, Simulation, chunk, simulate, write

UNLOCK_COLUMNS = (
    "order_id",
    "robot_id",
    "attempt_number",
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


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(settings(12, days=6, orders_per_day=100))


@pytest.fixture(scope="module")
def messages(simulation: Simulation) -> list[Message]:
    return messages_of(simulation)


def attempts_in(messages: Iterable[Message]) -> list[UnlockAttempt]:
    """The unlock attempts by the definitions, from the messages alone."""
    tables = defaultdict(list)
    received = []
    for message in messages:
        received.append(message.time("receivedAt"))
        if message.event in KINDS:
            row = {
                "id": message.id,
                "order_id": message.order_id,
                "robot_id": message.robot_id,
                "timestamp": message.time("timestamp"),
                "received_at": message.time("receivedAt"),
                "uuid_ts": message.loaded_at,
            }
            tables[message.event].append(row)
    return find_attempts(read_stream(tables), data_horizon([max(received)]))


def in_order(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=repr)


@pytest.mark.parametrize(("seed", "days", "orders_per_day"), [(1, 2, 150), (2, 1, 400), (3, 20, 5)])
def test_unlock_attempts_are_what_the_definitions_make_of_the_events(
    monkeypatch: pytest.MonkeyPatch, seed: int, days: int, orders_per_day: int
) -> None:
    monkeypatch.setattr(chunk, "_EVENTS_PER_CHUNK", 4_000)
    simulation = simulate(settings(seed, days=days, orders_per_day=orders_per_day))
    found = attempts_in(messages_of(simulation))
    truth = simulation.truth["unlock_attempts"]
    seen = in_order(tuple(getattr(attempt, name) for name in UNLOCK_COLUMNS) for attempt in found)
    assert seen == in_order(truth.select(UNLOCK_COLUMNS).rows())
    assert len(seen) > 80

    assert {attempt.unlock_attempt_id for attempt in found} == set(truth["unlock_attempt_id"])


def test_unlock_attempts_come_in_every_variety() -> None:
    truth = simulate(settings(1, days=8, orders_per_day=2000)).truth["unlock_attempts"]
    assert set(truth["outcome"]) == {"opened", "opened_unverified", "failed", "abandoned", "pending"}
    pairs = set(truth.select("customer_outcome", "server_outcome").rows())
    assert pairs == set(product((None, "success", "fail"), repeat=2))
    assert set(truth["click_count"]) == {0, 1, 2, 3}
    assert set(truth["server_start_count"]) == {0, 1, 2, 3}
    assert set(truth["attempt_number"]) == {None, 1, 2, 3, 4}
    assert truth.filter(pl.col("order_id").is_null()).height > 100
    is_early = truth.filter(pl.col("click_count") > 0, ~pl.col("anchor_event_id").str.starts_with("ajs-"))
    assert is_early.height > 100


def test_rates_are_plausible() -> None:
    truth = simulate(settings(5, days=7, orders_per_day=600)).truth
    unlocks, loads, orders = truth["unlock_attempts"], truth["load_attempts"], truth["orders"]

    def share(frame: pl.DataFrame, condition: pl.Expr) -> float:
        return frame.filter(condition).height / frame.height

    customers = unlocks.filter(pl.col("origin") == "customer")
    assert 0.85 < share(customers, pl.col("outcome") == "opened") < 0.93
    assert 0.05 < share(customers, pl.col("outcome") == "failed") < 0.12
    assert 0.15 < share(unlocks, pl.col("origin") == "server_only") < 0.3
    assert 0.85 < share(loads, pl.col("outcome") == "loaded") < 0.95
    assert 0.93 < share(orders, pl.col("unlock_outcome") == "opened") < 0.98
    assert 0.005 < share(orders, pl.col("is_cancelled")) < 0.02
    assert 0.05 < share(orders, pl.col("troubleshooting_session_count") > 0) < 0.12
    assert 0.2 < share(orders, pl.col("rating").is_not_null()) < 0.3
    assert 3.8 < orders["rating"].mean() < 4.6  # type: ignore[operator]


def test_an_order_goes_from_hand_to_hand(simulation: Simulation) -> None:
    orders = simulation.truth["orders"]
    milestones = ("ordered_at", "order_loaded_at", "departed_at", "arrived_at", "opened_at", "parked_at")
    for row in orders.select(milestones).iter_rows():
        reached = [at for at in row if at is not None]
        assert reached == sorted(reached)
    for earlier, later in pairwise(milestones[1:5]):
        assert orders.filter(pl.col(earlier).is_null() & pl.col(later).is_not_null()).is_empty()
    assert orders.filter(pl.col("is_cancelled") & pl.col("arrived_at").is_not_null()).is_empty()
    swapped = orders.filter(pl.col("robot_id") != pl.col("last_robot_id"))
    assert set(swapped["is_reassigned"]) == {True}
    unlocked = orders.filter(pl.col("unlock_attempt_count") > 0)
    assert unlocked.filter(pl.col("arrived_at").is_null()).is_empty()
    assert orders["order_id"].is_unique().all()


def test_orders_count_what_the_other_tables_hold(simulation: Simulation) -> None:
    truth = simulation.truth
    for name, count in (
        ("unlock_attempts", "unlock_attempt_count"),
        ("load_attempts", "load_attempt_count"),
        ("troubleshooting_sessions", "troubleshooting_session_count"),
    ):
        held = truth[name].drop_nulls("order_id").group_by("order_id").len().sort("order_id")
        counted = truth["orders"].filter(pl.col(count) > 0).select("order_id", pl.col(count).cast(pl.UInt32))
        assert held.rows() == counted.sort("order_id").rows()


def test_messages_tell_the_story_of_their_order(simulation: Simulation, messages: list[Message]) -> None:
    told: dict[str, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    robots = defaultdict(set)
    for message in messages:
        if message.order_id is not None:
            told[message.order_id][message.event].append(message.time("timestamp"))
            robots[message.order_id].add(message.robot_id)
    for row in simulation.truth["orders"].iter_rows(named=True):
        events = told[row["order_id"]]
        assert len(events["server_load_order_started"]) >= row["load_attempt_count"]
        assert bool(events["server_load_order_success"]) == (row["order_loaded_at"] is not None)
        assert bool(events["pilot_cancel_trip"]) == row["is_cancelled"]
        assert bool(events["pilot_submitted_reassignment"]) == row["is_reassigned"]
        assert min(events["server_unlock_bot_open_lid_success"], default=None) == row["opened_at"]
        if events["order_unlock_coco"]:
            assert min(events["page_viewed"]) < min(events["order_unlock_coco"])
        assert robots[row["order_id"]] - {None} <= {row["robot_id"], row["last_robot_id"]}


def test_truth_has_documented_columns_and_types(simulation: Simulation) -> None:
    attempts = simulation.truth["unlock_attempts"]
    assert attempts.columns == ["unlock_attempt_id", "anchor_event_id", *UNLOCK_COLUMNS]
    for table, frame in simulation.truth.items():
        for name, data_type in frame.schema.items():
            assert (data_type == pl.Datetime("us")) == name.endswith("_at"), (table, name)
            assert (data_type == pl.Boolean) == name.startswith("is_"), (table, name)
            assert (data_type == pl.Int64) == name.endswith(("_count", "_number", "rating")), (table, name)
    names = set(simulation.truth["orders"]["merchant_name"])
    assert "Once-Upon Caf\u00e9" in names


def test_writing_gives_one_file_per_sync_and_the_truth(tmp_path: Path) -> None:
    first = write(simulate(settings(9, days=2, mess=Mess.default())), tmp_path)
    simulation = simulate(settings(8, days=1, mess=Mess.default()))
    second = write(simulation, tmp_path)
    assert set(first) - set(second)
    assert sorted(tmp_path.rglob("*.*")) == sorted(second)
    syncs = list(simulation.syncs())
    packed = sorted(tmp_path.glob("sync_*.ndjson.gz"))
    assert [path.name for path in packed] == [f"sync_{at:%Y%m%dT%H%M%SZ}.ndjson.gz" for at, _ in syncs]
    assert packed[0].name == "sync_20260831T120000Z.ndjson.gz"
    for path, (_, lines) in zip(packed, syncs, strict=True):
        assert gzip.decompress(path.read_bytes()) == lines
        assert path.read_bytes()[4:8] == bytes(4)
    for name, frame in {**simulation.truth, "mess_log": simulation.mess_log}.items():
        assert pl.read_parquet(tmp_path / "truth" / f"{name}.parquet").equals(frame)
