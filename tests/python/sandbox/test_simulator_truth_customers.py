"""The truth about loading, the tracking page and orders against what the definitions make of the messages."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from hashlib import md5
from typing import Any

import polars as pl
import pytest
from simulator_messages import Message, messages_of, settings

from sandbox.simulator import Simulation, simulate

ERRORS = {
    *("error_mercator_error", "merchant_asset_missing"),
    *("order_tracker_open_error", "order_tracker_optout_error"),
}
RATING = "order_tracker_rating_submit"
NAVIGATION = ("page_viewed", "button_clicked", "app_download_faq_clicked")


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(settings(8, days=14, orders_per_day=250))


@pytest.fixture(scope="module")
def messages(simulation: Simulation) -> list[Message]:
    return sorted(messages_of(simulation), key=lambda message: message.time("timestamp"))


def row_id(message: Message) -> str:
    """The id of the row that a message begins."""
    return md5(f"{message.event}|{message.id}".encode(), usedforsecurity=False).hexdigest()


def test_every_loading_event_is_in_one_attempt(simulation: Simulation, messages: list[Message]) -> None:
    loads = simulation.truth["load_attempts"]
    sent = defaultdict(list)
    for message in messages:
        if message.event.startswith("server_load_order"):
            sent[message.order_id, message.robot_id].append(message)
    anchors = {}
    for row in loads.iter_rows(named=True):
        events = [
            message
            for message in sent[row["order_id"], row["robot_id"]]
            if row["started_at"] <= message.time("timestamp") <= row["ended_at"]
        ]
        count = Counter(message.event.removeprefix("server_load_order_") for message in events)
        assert (count["started"], count["close_lid_error"]) == (row["start_count"], row["lid_error_count"])
        words = [message.event.rpartition("_")[2] for message in events]
        last = {name: word for name, word in zip(events, words, strict=True) if word != "started"}
        lids = [None, *(word for message, word in last.items() if "lid" in message.event)]
        results = [None, *(word for message, word in last.items() if "lid" not in message.event)]
        assert row["lid_outcome"] == lids[-1]
        unsaid = {"failed_inferred", "no_result", "pending"}
        assert row["outcome"] in {"success": {"loaded"}, "error": {"failed"}, None: unsaid}[results[-1]]
        failed = row["outcome"] in ("failed", "failed_inferred")
        assert row["failure_cause"] == (None if not failed else "lid" if lids[-1] == "error" else "other")
        recovered = row["outcome"] == "loaded" and row["lid_error_count"] > 0
        assert row["is_lid_error_recovered"] == recovered
        assert (row["entity_type"] == "robot") == (row["order_id"] is None)
        anchors[row["load_attempt_id"]] = row_id(events[0])
        for message in events:
            sent[row["order_id"], row["robot_id"]].remove(message)
    assert list(anchors) == list(anchors.values())
    assert not any(sent.values())
    assert set(loads["outcome"]) >= {"loaded", "failed", "failed_inferred", "no_result"}
    assert loads.filter(entity_type="robot", outcome="no_result", lid_outcome="success").height > 0


def page_messages(messages: list[Message]) -> Iterator[Message]:
    """What customers' browsers sent, apart from page views and buttons."""
    return (
        message
        for message in messages
        if "/track/" in str(message.body["context"].get("page")) and message.event not in NAVIGATION
    )


def test_tracker_sessions_are_what_the_definitions_make_of_the_events(
    simulation: Simulation, messages: list[Message]
) -> None:
    found: dict[Any, list[Message]] = {}
    last: dict[str, Any] = {}
    for message in page_messages(messages):
        browser = message.body["anonymousId"]
        session = message.body["context"].get("actions", {}).get("amplitude_session_id", -1)
        if session <= 0:
            at, (began_at, ended_at) = message.time("timestamp"), last.get(browser, (None, None))
            is_new = began_at is None or at - ended_at > timedelta(minutes=30)
            session = at if is_new else began_at
            last[browser] = session, at
        found.setdefault((browser, session), []).append(message)
    assert last
    rows = {row["tracker_session_id"]: row for row in simulation.truth["tracker_sessions"].rows(named=True)}
    assert len(rows) == len(found)
    for events in found.values():
        row = rows[row_id(events[0])]
        count = Counter(message.event for message in events)
        valid = [message.properties["rating"] for message in events if message.event == RATING]
        valid = [rating for rating in valid if 1 <= rating <= 5]
        assert row == {
            "tracker_session_id": row_id(events[0]),
            "anchor_event_id": events[0].id,
            "anonymous_id": events[0].body["anonymousId"],
            "user_id": events[0].body["userId"],
            "started_at": events[0].time("timestamp"),
            "ended_at": events[-1].time("timestamp"),
            "open_count": count["order_tracker_open"],
            "faq_count": count["order_tracker_faq_open"],
            "support_click_count": count["order_tracker_text_support_click"],
            "unlock_click_count": count["order_unlock_coco"],
            "banner_view_count": count["app_banner_viewed"],
            "error_count": sum(count[event] for event in ERRORS),
            "rating": valid[-1] if valid else None,
            "order_count": len({message.order_id for message in events}),
        }


def test_ratings_are_the_last_and_first_valid_ones(simulation: Simulation, messages: list[Message]) -> None:
    given = defaultdict(list)
    for message in messages:
        if message.event == RATING:
            given[message.order_id].append((message.properties["rating"], message.time("timestamp")))
    assert set(given) == set(simulation.truth["ratings"]["order_id"])
    varieties = set()
    for row in simulation.truth["ratings"].iter_rows(named=True):
        all_of_them = given[row["order_id"]]
        valid = [(rating, at) for rating, at in all_of_them if 1 <= rating <= 5]
        none = (None, None)
        assert row["submit_count"] == len(all_of_them)
        assert row["is_valid"] == bool(valid)
        assert (row["rating"], row["rated_at"]) == (valid[-1] if valid else none)
        assert row["first_rating"] == (valid[0] if valid else none)[0]
        varieties.add((row["is_valid"], len(all_of_them), len(valid)))
    assert varieties >= {(True, 1, 1), (True, 2, 2), (True, 2, 1), (False, 1, 0)}


def test_every_banner_event_is_in_one_impression(simulation: Simulation, messages: list[Message]) -> None:
    seen = defaultdict(list)
    for message in messages:
        if message.event.startswith("app_banner"):
            properties = message.properties
            seen[message.order_id, properties["merchantName"], properties["position"]].append(message)
    impressions = simulation.truth["banner_impressions"]
    assert set(impressions.select("order_id", "merchant_name", "position").rows()) == set(seen)
    for row in impressions.iter_rows(named=True):
        events = seen[row["order_id"], row["merchant_name"], row["position"]]
        count = Counter(message.event.removeprefix("app_banner_") for message in events)
        assert (count["viewed"], count["clicked"], count["dismissed"]) == (
            *(row["view_count"], row["click_count"], row["dismiss_count"]),
        )
        views = [message for message in events if message.event == "app_banner_viewed"]
        first = views[0] if views else None
        assert row["banner_impression_id"] == row_id(events[0])
        assert row["first_viewed_at"] == (first.time("timestamp") if first else None)
        assert row["delivery_status"] == (first.properties["deliveryStatus"] if first else None)
        savings = first.properties.get("displayedSavings") if first else None
        assert row["displayed_savings"] == dollars(savings)
        assert row["is_orphan_click"] == (first is None)
    unparsable = {"free delivery", "$5 - $8", None}
    shown = {message.properties.get("displayedSavings") for events in seen.values() for message in events}
    assert unparsable <= shown
    assert impressions["is_orphan_click"].any()


def dollars(text: str | float | None) -> Decimal | None:
    """The amount of a text such as `$5.00`, or of a number."""
    try:
        return None if text is None else Decimal(str(text).removeprefix("$"))
    except ArithmeticError:
        return None


def test_orders_know_what_their_customers_did(simulation: Simulation, messages: list[Message]) -> None:
    of_order: dict[Any, Counter[str]] = defaultdict(Counter)
    opened_at: dict[Any, Any] = {}
    for message in page_messages(messages):
        of_order[message.order_id][message.event] += 1
        if message.event == "order_tracker_open":
            opened_at.setdefault(message.order_id, message.time("timestamp"))
    names = {
        "order_tracker_open": "open_count",
        "order_tracker_faq_open": "faq_count",
        "order_tracker_text_support_click": "support_click_count",
        "app_banner_viewed": "banner_view_count",
        "app_banner_clicked": "banner_click_count",
    }
    for row in simulation.truth["orders"].iter_rows(named=True):
        count = of_order[row["order_id"]]
        assert {name: row[name] for name in names.values()} == {names[event]: count[event] for event in names}
        assert row["error_count"] == sum(count[event] for event in ERRORS)
        assert row["first_tracker_opened_at"] == opened_at.get(row["order_id"])


def test_orders_know_their_ratings_and_their_first_load(simulation: Simulation) -> None:
    truth = simulation.truth
    rated = truth["orders"].drop_nulls("rating").select("order_id", "rating", "first_rating", "rated_at")
    valid = truth["ratings"].filter("is_valid").select("order_id", "rating", "first_rating", "rated_at")
    assert rated.equals(valid)
    first = truth["load_attempts"].filter(attempt_number=1).select("order_id", "started_at").sort("order_id")
    assert truth["orders"].select("order_id", started_at="first_load_started_at").equals(first)
    assert truth["orders"].select(pl.col("^.*_count$").is_null().any()).row(0) == (False,) * 11
