"""Each kind of mess does what it says to the messages that it logs, and nothing to the others."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta

import polars as pl
import pytest
from simulator_messages import Message, by_id, messages_of, settings

from sandbox.errors import SandboxError
from sandbox.simulator import Mess, Simulation, simulate

SEED = 5
SHARE = 0.2
KINDS = [kind.name for kind in fields(Mess)]
DUPLICATES = [kind for kind in KINDS if kind.startswith("duplicate_")]


def simulated(**shares: float) -> Simulation:
    return simulate(settings(SEED, mess=Mess(**shares), until_all_arrived=True))


@pytest.fixture(scope="module")
def clean() -> dict[str, Message]:
    return by_id(messages_of(simulated()))


def logged(simulation: Simulation, kind: str) -> list[str]:
    """The ids of the messages hit; also checks that nothing else was."""
    log = simulation.mess_log
    assert set(log["mess"]) == {kind}
    return log["message_id"].to_list()


def delay(message: Message, than: Message) -> timedelta:
    return message.time("receivedAt") - than.time("receivedAt")


def check_late(was: Message, now: Message) -> None:
    least, most = (5, 6 * 60) if was.is_from_server else (5, 21 * 24 * 60)
    assert timedelta(minutes=least) <= delay(now, was) <= timedelta(minutes=most)
    assert now.time("timestamp") == was.time("timestamp")


def check_out_of_order(was: Message, now: Message) -> None:
    assert timedelta(seconds=5) <= delay(now, was) <= timedelta(minutes=21)
    assert now.time("timestamp") == was.time("timestamp")


def check_wrong_clock(was: Message, now: Message) -> None:
    offset = now.time("sentAt") - was.time("sentAt")
    assert timedelta(seconds=10) <= abs(offset) <= timedelta(days=400)
    assert now.time("originalTimestamp") - was.time("originalTimestamp") == offset
    assert now.time("timestamp") == was.time("timestamp")


def check_wrong_timestamp(was: Message, now: Message) -> None:
    assert timedelta(minutes=1) <= abs(now.time("timestamp") - was.time("timestamp")) <= timedelta(days=3)
    assert now.time("sentAt") == was.time("sentAt")


def check_wrong_epoch(was: Message, now: Message) -> None:
    assert now.time("timestamp").year in (1970, 2038)
    assert now.time("receivedAt") == was.time("receivedAt")


def check_missing_property(was: Message, now: Message) -> None:
    assert len(now.properties) == len(was.properties) - 1
    assert was.properties.items() > now.properties.items()
    assert (now.order_id, now.robot_id) == (was.order_id, was.robot_id)


def check_null_order_id(was: Message, now: Message) -> None:
    assert was.order_id
    assert now.order_id is None
    assert len(now.properties) == len(was.properties) - 1


def check_blank_order_id(was: Message, now: Message) -> None:
    assert was.order_id
    assert now.order_id in ("", "   ")


def check_null_robot_id(was: Message, now: Message) -> None:
    assert was.robot_id
    assert now.robot_id is None
    assert now.order_id == was.order_id


def check_blank_robot_id(was: Message, now: Message) -> None:
    assert was.robot_id
    assert now.robot_id in ("", "   ")


def check_trailing_blanks(was: Message, now: Message) -> None:
    changed = {name for name, value in now.properties.items() if was.properties[name] != value}
    assert changed
    assert all(now.properties[name] == f"{was.properties[name]}  " for name in changed)
    assert changed == {"orderId", "order_id", "deliveryId", "robotId", "robot_id"} & set(was.properties)


def check_table_skip(was: Message, now: Message) -> None:
    assert now.loaded_at > was.loaded_at
    assert now.line == was.line


CHANGES: dict[str, Callable[[Message, Message], None]] = {
    "late": check_late,
    "out_of_order": check_out_of_order,
    "wrong_clock": check_wrong_clock,
    "wrong_timestamp": check_wrong_timestamp,
    "wrong_epoch": check_wrong_epoch,
    "missing_property": check_missing_property,
    "null_order_id": check_null_order_id,
    "blank_order_id": check_blank_order_id,
    "null_robot_id": check_null_robot_id,
    "blank_robot_id": check_blank_robot_id,
    "trailing_blanks": check_trailing_blanks,
    "table_skip": check_table_skip,
}


def can_be_hit(kind: str, message: Message) -> bool:
    """Whether a kind of mess applies to a message."""
    if kind in ("wrong_clock", "wrong_timestamp", "wrong_epoch"):
        return not message.is_from_server
    if kind.endswith("order_id"):
        return message.order_id is not None
    if kind.endswith("robot_id"):
        return message.robot_id is not None
    return kind != "trailing_blanks" or message.order_id is not None or message.robot_id is not None


@pytest.mark.parametrize("kind", CHANGES)
def test_changes_what_it_logs_and_nothing_else(kind: str, clean: dict[str, Message]) -> None:
    simulation = simulated(**{kind: SHARE})
    arrived = messages_of(simulation)
    hit = logged(simulation, kind)
    now = by_id(arrived)
    assert len(arrived) == len(clean) == len(now)
    assert len(set(hit)) == len(hit)
    for message_id in hit:
        CHANGES[kind](clean[message_id], now[message_id])
    for message_id in clean.keys() - set(hit):
        assert now[message_id] == clean[message_id]
    # Clocks go by browser and gaps by table: there the share of messages varies more.
    expected, width = {"wrong_clock": (SHARE, 0.15), "table_skip": (2 * SHARE, 0.15)}.get(kind, (SHARE, 0.04))
    candidates = [message for message in clean.values() if can_be_hit(kind, message)]
    assert len(hit) / len(candidates) == pytest.approx(expected, abs=width)


def test_lost_messages_never_arrive(clean: dict[str, Message]) -> None:
    simulation = simulated(lost=SHARE)
    now = by_id(messages_of(simulation))
    lost = logged(simulation, "lost")
    assert now.keys() == clean.keys() - set(lost)
    assert len(lost) / len(clean) == pytest.approx(SHARE, abs=0.03)


def test_messages_without_an_id_are_otherwise_whole(clean: dict[str, Message]) -> None:
    simulation = simulated(null_message_id=SHARE)
    arrived = messages_of(simulation)
    nameless = [message for message in arrived if message.id is None]
    hit = logged(simulation, "null_message_id")
    assert len(arrived) == len(clean)
    assert by_id(arrived).keys() == clean.keys() - set(hit)
    without_id = {clean[message_id].line.replace(f'"{message_id}"'.encode(), b"null") for message_id in hit}
    assert {message.line for message in nameless} == without_id


@pytest.mark.parametrize("kind", DUPLICATES)
def test_duplicates_come_when_they_should(kind: str, clean: dict[str, Message]) -> None:
    simulation = simulated(**{kind: SHARE})
    copies = defaultdict(list)
    for message in messages_of(simulation):
        copies[message.id].append(message)
    hit = logged(simulation, kind)
    assert {message_id for message_id, several in copies.items() if len(several) == 2} == set(hit)
    assert sum(len(several) for several in copies.values()) == len(clean) + len(hit)
    assert len(hit) / len(clean) == pytest.approx(SHARE, abs=0.03)
    for message_id in hit:
        first, second = copies[message_id]
        waited = second.loaded_at - first.loaded_at
        assert first == clean[message_id]
        assert second.time("timestamp") == first.time("timestamp")
        if kind == "duplicate_in_batch":
            assert second == first
        elif kind == "duplicate_in_sync":
            assert waited == timedelta(0)
            assert delay(second, first) <= timedelta(seconds=31)
        elif kind == "duplicate_in_later_sync":
            assert timedelta(hours=12) <= waited <= timedelta(days=3)
            assert delay(second, first) >= timedelta(hours=12)
        else:
            assert timedelta(days=13) <= waited <= timedelta(days=43)
            assert second.line == first.line


def test_some_replayed_copies_lack_a_property(clean: dict[str, Message]) -> None:
    simulation = simulated(duplicate_by_replay=SHARE, replay_changed=0.5)
    last = by_id(messages_of(simulation))
    log = simulation.mess_log
    changed = set(log.filter(pl.col("mess") == "replay_changed")["message_id"])
    replayed = set(log.filter(pl.col("mess") == "duplicate_by_replay")["message_id"])
    assert changed < replayed
    assert 0.15 < len(changed) / len(replayed) < 0.5
    for message_id in replayed:
        if message_id in changed:
            check_missing_property(clean[message_id], last[message_id])
        else:
            assert last[message_id].line == clean[message_id].line


def test_a_table_skips_a_sync_as_a_whole(clean: dict[str, Message]) -> None:
    simulation = simulated(table_skip=SHARE)
    late = set(logged(simulation, "table_skip"))
    whole = defaultdict(set)
    for message in clean.values():
        whole[message.event, message.loaded_at].add(message.id in late)
    assert all(len(is_late) == 1 for is_late in whole.values())
    landed = by_id(messages_of(simulation))
    waits = Counter((landed[name].loaded_at - clean[name].loaded_at) // timedelta(hours=12) for name in late)
    assert set(waits) >= {1, 2, 3}


def test_receipt_is_not_chronological_in_a_file() -> None:
    for shares, is_sorted in (({}, True), ({"out_of_order": SHARE}, False)):
        _, lines = next(simulated(**shares).syncs())
        received = [Message(_, line).time("receivedAt") for line in lines.splitlines()]
        assert (received == sorted(received)) is is_sorted


def test_one_share_never_changes_what_another_hits() -> None:
    alone = {
        kind: set(logged(simulated(**{kind: 0.1}), kind)) for kind in ("late", "null_order_id", "wrong_epoch")
    }
    together = simulated(**dict.fromkeys(alone, 0.1), duplicate_in_batch=0.1, missing_property=0.1).mess_log
    for kind, hit in alone.items():
        assert set(together.filter(pl.col("mess") == kind)["message_id"]) == hit


def test_log_names_the_true_event_its_ids_and_its_times(clean: dict[str, Message]) -> None:
    names = ("null_order_id", "blank_order_id", "null_robot_id", "blank_robot_id", "lost", "wrong_timestamp")
    simulation = simulated(**dict.fromkeys(names, 0.1))
    arrived = by_id(messages_of(simulation))
    for row in simulation.mess_log.iter_rows(named=True):
        was = clean[row["message_id"]]
        assert (row["event_name"], row["order_id"], row["robot_id"], row["anonymous_id"]) == (
            *(was.event, was.order_id, was.robot_id, was.body["anonymousId"]),
        )
        assert row["happened_at"] == was.time("timestamp")
        if row["mess"] == "wrong_timestamp":
            assert row["stamped_at"] == arrived[row["message_id"]].time("timestamp") != row["happened_at"]


def test_no_mess_logs_nothing_and_default_has_every_kind() -> None:
    assert Mess() == Mess.none()
    assert simulated().mess_log.is_empty()
    assert all(0 < getattr(Mess.default(), kind) < 0.2 for kind in KINDS)
    simulation = simulate(settings(SEED, orders_per_day=2000, days=2, mess=Mess.default()))
    assert set(simulation.mess_log["mess"]) == {*KINDS, "not_arrived"}


def test_what_comes_after_the_last_punctual_sync_is_logged(clean: dict[str, Message]) -> None:
    punctual = max(message.loaded_at for message in clean.values())
    cut = simulate(settings(SEED, mess=Mess(late=SHARE)))
    landed = by_id(messages_of(cut))
    missing = set(cut.mess_log.filter(pl.col("mess") == "not_arrived")["message_id"])
    assert max(message.loaded_at for message in landed.values()) == punctual
    assert missing
    assert landed.keys() == clean.keys() - missing
    whole = by_id(messages_of(simulated(late=SHARE)))
    assert {name for name, message in whole.items() if message.loaded_at > punctual} == missing


def test_a_story_that_is_cut_short_lands_what_was_received_on_its_days(clean: dict[str, Message]) -> None:
    end = datetime(2026, 9, 3)
    cut = simulate(settings(SEED, is_cut_short=True))
    landed = by_id(messages_of(cut))
    assert landed == {name: message for name, message in clean.items() if message.time("receivedAt") < end}
    assert 0 < len(landed) < len(clean)
    assert set(logged(cut, "not_arrived")) == clean.keys() - landed.keys()
    is_recent = pl.col("started_at") > end - timedelta(minutes=135)
    assert "abandoned" not in set(cut.truth["unlock_attempts"].filter(is_recent)["outcome"])


def test_truth_is_what_happened_whatever_the_mess() -> None:
    true = simulated().truth["unlock_attempts"]
    messy = simulated(lost=SHARE, wrong_timestamp=SHARE, null_order_id=SHARE, late=SHARE)
    told = messy.truth["unlock_attempts"]
    assert told.drop("outcome").equals(true.drop("outcome"))
    changed = set(zip(true["outcome"], told["outcome"], strict=True))
    assert {(was, now) for was, now in changed if was != now} <= {("pending", "abandoned")}


def test_everything_may_be_lost() -> None:
    simulation = simulated(lost=1.0)
    assert list(simulation.syncs()) == []
    assert simulation.message_count == 0
    assert "abandoned" not in set(simulation.truth["unlock_attempts"]["outcome"])


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_outside_of_zero_to_one_is_refused(share: float) -> None:
    with pytest.raises(SandboxError, match=r"Mess\.late is .*: give a share from 0 to 1"):
        Mess(late=share)
