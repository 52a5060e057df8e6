"""The simulated messages: always the same, complete in kind, well formed, plausible in number and time."""

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator_messages import Message, messages_of, settings

from sandbox.errors import SandboxError
from sandbox.simulator import Mess, Simulation, SimulationSettings, simulate

PROJECT = Path(__file__).parents[3]
DIGEST_OF_SEED_7 = "39d50e8665609487566930cc06c5d23366ee882eb1987f6ccd8056f8df26911a"
"""What seed 7 of these settings has given since the simulator exists. Whoever changes the story renews it."""

OTHER_NAMES = {
    *("order_id", "delivery_id", "bot_id", "robot_serial", "bot_serial", "serial", "coco_id", "device_id"),
    *("pilot_id", "operator_id", "partner_id", "store_id", "store_name"),
}
"""Accepted names of ids: an event has one of several."""

PRINT_DIGEST = """
import hashlib
from datetime import date
from sandbox.simulator import SimulationSettings, simulate
settings = SimulationSettings(seed=7, start=date(2026, 8, 31), days=2, orders_per_day=40)
print(hashlib.sha256(b"".join(messages for _, messages in simulate(settings).syncs())).hexdigest())
"""


def digest(simulation: Simulation) -> str:
    return hashlib.sha256(b"".join(messages for _, messages in simulation.syncs())).hexdigest()


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(settings(11, days=6, orders_per_day=100))


@pytest.fixture(scope="module")
def messages(simulation: Simulation) -> list[Message]:
    return messages_of(simulation)


def contract() -> Iterator[tuple[str, set[str]]]:
    """The event tables that the project declares, each with the raw names of its columns."""
    declared = yaml.safe_load((PROJECT / "models/staging/_delivery_platform__sources.yml").read_text())
    for table in declared["sources"][0]["tables"]:
        names = set()
        for column in table["columns"]:
            meta = column.get("config", {}).get("meta", {})
            names |= {column["name"], *meta.get("raw_names", [])}
        yield table["name"], names


def snake_case(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def test_same_settings_give_the_same_bytes_on_every_machine() -> None:
    same = settings(7, days=2, orders_per_day=40, mess=Mess.default())
    assert digest(simulate(same)) == digest(simulate(same)) == DIGEST_OF_SEED_7


def test_bytes_do_not_depend_on_hash_order_or_threads() -> None:
    other = {"PYTHONHASHSEED": "12345", "POLARS_MAX_THREADS": "1", "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", PRINT_DIGEST]
    run = subprocess.run(command, env={**os.environ, **other}, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == DIGEST_OF_SEED_7


def test_another_seed_gives_another_story() -> None:
    assert digest(simulate(settings(1, days=1))) != digest(simulate(settings(2, days=1)))


def test_syncs_can_be_read_again_and_truth_needs_none_of_them() -> None:
    unread, read = simulate(settings(3)), simulate(settings(3))
    assert list(read.syncs()) == list(read.syncs())
    assert unread.message_count == read.message_count == len(messages_of(read))
    for name, frame in read.truth.items():
        assert unread.truth[name].equals(frame), name


def test_every_event_of_the_contract_occurs_with_declared_properties_only(messages: list[Message]) -> None:
    declared = dict(contract())
    assert len(declared) == 50
    assert {message.event for message in messages} == set(declared)
    for message in messages:
        sent = {snake_case(name) for name in message.properties}
        assert sent <= declared[message.event], message.event


def test_all_declared_properties_are_sent_by_some_message(messages: list[Message]) -> None:
    sent: dict[str, set[str]] = defaultdict(set)
    for message in messages:
        sent[message.event] |= {snake_case(name) for name in message.properties}
    declared = dict(contract())
    of_every_event = set.intersection(*declared.values())
    for event, names in declared.items():
        own = {name for name in names - of_every_event if not name.startswith("context_")}
        assert own - OTHER_NAMES <= sent[event], event


def test_messages_have_the_form_of_their_library(messages: list[Message]) -> None:
    for message in messages:
        body = message.body
        assert body["type"] == "track"
        if message.is_from_server:
            assert body["event"] == message.event
            assert set(body["context"]) == {"library"}
            assert (body["anonymousId"], body["userId"]) == ("delivery-platform-server", None)
            assert all(name == snake_case(name) for name in message.properties)
        else:
            assert body["event"] == message.event.replace("_", " ").title()
            assert set(body["context"]) - {"actions"} == {
                *("library", "ip", "userAgent", "locale", "timezone", "page")
            }
            assert not any("_" in name for name in message.properties)


def test_ids_are_unique_and_times_agree_without_mess(messages: list[Message]) -> None:
    assert len({message.id for message in messages}) == len(messages)
    for message in messages:
        timestamp, received_at = message.time("timestamp"), message.time("receivedAt")
        original, sent_at = message.time("originalTimestamp"), message.time("sentAt")
        assert timestamp == received_at - (sent_at - original)
        assert original < timestamp <= received_at < message.loaded_at.replace(tzinfo=None)
        assert received_at - timestamp < timedelta(seconds=40)


def test_a_message_lands_in_the_first_sync_after_it_was_received(messages: list[Message]) -> None:
    for message in messages:
        waited = message.loaded_at.replace(tzinfo=None) - message.time("receivedAt")
        assert timedelta(0) < waited <= timedelta(hours=12)
    assert all(message.loaded_at.hour in (0, 12) for message in messages)


def test_servers_send_in_batches_with_one_time_of_receipt(messages: list[Message]) -> None:
    received = Counter(message.time("receivedAt") for message in messages if message.is_from_server)
    assert max(received.values()) > 2


def test_savings_are_text_at_first_and_later_also_numbers(messages: list[Message]) -> None:
    odd = {None, "free delivery", "$5 - $8"}
    banners = [message for message in messages if message.event.startswith("app_banner")]
    banners = [message for message in banners if message.properties.get("displayedSavings") not in odd]
    first_day = [message for message in banners if message.time("timestamp").date() == date(2026, 8, 31)]
    assert all(re.fullmatch(r"\$\d+\.\d\d", message.properties["displayedSavings"]) for message in first_day)
    kinds = {type(message.properties["displayedSavings"]) for message in banners}
    assert kinds == {str, int, float}


def test_a_release_renames_clicks_on_banners_for_three_days() -> None:
    simulation = simulate(settings(3, days=24, orders_per_day=60))
    days = defaultdict(set)
    clicks = 0
    for message in messages_of(simulation):
        if message.event.startswith("app_banner"):
            days[message.event].add((message.time("timestamp").date() - date(2026, 8, 31)).days)
            clicks += message.event == "app_banner_clicked"
    assert days["app_banner_tapped"] == {18, 19, 20}
    assert max(days["app_banner_clicked"]) > 20
    assert not days["app_banner_clicked"] & days["app_banner_tapped"]
    truth = simulation.truth
    assert truth["banner_impressions"]["click_count"].sum() == clicks
    assert truth["orders"]["banner_click_count"].sum() == clicks


def test_default_size_makes_about_sixty_thousand_events_in_three_weeks() -> None:
    assert 50_000 < simulate(SimulationSettings(mess=Mess.none())).message_count < 65_000


def test_events_grow_with_orders() -> None:
    small, large = (
        simulate(settings(5, days=2, orders_per_day=orders_per_day)).message_count
        for orders_per_day in (100, 1000)
    )
    assert 8 < large / small < 12


def test_orders_peak_at_lunch_and_dinner_and_before_the_weekend() -> None:
    placed = simulate(settings(5, days=28, orders_per_day=200)).truth["orders"]["ordered_at"].to_list()
    city = [at - timedelta(hours=7) for at in placed]
    hours = Counter(at.hour for at in city if at.weekday() < 5)
    assert max(range(10, 15), key=lambda hour: hours[hour]) == 12
    assert max(range(15, 23), key=lambda hour: hours[hour]) == 18
    assert hours[15] < 0.5 * min(hours[12], hours[18])
    assert not {hour for hour in range(24) if hours[hour]} - set(range(10, 22))
    weekdays = Counter(at.weekday() for at in city)
    assert weekdays[4] > 1.1 * weekdays[0]


def test_last_sync_comes_after_the_last_message(messages: list[Message]) -> None:
    end = max(message.time("receivedAt") for message in messages)
    last_sync = messages[-1].loaded_at
    assert last_sync - timedelta(hours=12) <= end.replace(tzinfo=timezone.utc) < last_sync


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"days": 0}, "days is 0: give 1 to 3660"),
        ({"orders_per_day": 0}, "orders_per_day is 0"),
        ({"sync_hours": 5}, "sync_hours is 5: give 1, 2, 3, 4, 6, 8, 12 or 24"),
        ({"seed": -1}, "seed is -1"),
        ({"start": date(1969, 7, 20)}, "start is 1969-07-20"),
        ({"is_cut_short": True, "until_all_arrived": True}, "contradict each other: give one of them"),
    ],
)
def test_settings_without_sense_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SandboxError, match=re.escape(message)):
        SimulationSettings(**changes)
