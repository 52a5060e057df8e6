"""Segment's own library, through a collector, into raw tables."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from collector import Collector, collecting
from landing import Landing
from landing import landing as landing
from segment.analytics import Client  # type: ignore[import-untyped]

NOW = datetime(2026, 8, 31, 12, tzinfo=timezone.utc)
STATED = datetime(2026, 8, 31, 11, 59, 30, 250_000, tzinfo=timezone.utc)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with collecting("key", lambda: NOW) as running:
        yield running


@pytest.fixture
def client(collector: Collector) -> Iterator[Client]:
    """The library as a service would use it: its own queue and thread, batches of 7, gzip."""
    failures: list[object] = []
    client = Client(
        "key",
        host=collector.host,
        gzip=True,
        upload_size=7,
        upload_interval=0.05,
        max_retries=0,
        on_error=lambda error, batch: failures.append(error),
    )
    yield client
    client.shutdown()
    assert not failures


def test_what_the_library_sends_lands(collector: Collector, client: Client, landing: Landing) -> None:
    for number in range(30):
        client.track(
            anonymous_id="server",
            event="server_load_order_started" if number % 3 else "Order Unlock Coco",
            properties={
                "order_id": f"ord_{number}",
                "robotId": "R0042",
                "attempt": number,
                "battery": {"charge": 0.5},
                "tags": ["a", 1],
                "note": None,
                "planned_at": STATED,
            },
            context={"ip": "203.0.113.7"},
            message_id=f"m{number:02d}",
        )
    client.identify("pilot_17", {"fullName": "Pat", "shift": {"start": 8}})
    client.page("pilot_17", None, "Console", {"path": "/console"}, timestamp=STATED)
    client.flush()

    messages = list(collector.archive())
    assert len(messages) == 32
    assert len(collector.batches) >= 5
    assert collector.encodings == {"gzip"}
    report = landing.land_files(landing.file(*messages, gzipped=True))
    assert not report.bad_line_count
    assert not report.unfit_values
    assert report.rows == {
        "order_unlock_coco": 10,
        "server_load_order_started": 20,
        "tracks": 30,
        "identifies": 1,
        "users": 1,
        "pages": 1,
    }
    assert landing.rows(
        "select id, order_id, robot_id, attempt, battery_charge::text, tags, planned_at, context_ip, "
        "context_library_name, event_text, user_id, anonymous_id from order_unlock_coco order by id limit 2"
    ) == [
        (
            *(f"m{number:02d}", f"ord_{number}", "R0042", number, "0.5", '["a",1]', STATED, "203.0.113.7"),
            *("analytics-python", "Order Unlock Coco", None, "server"),
        )
        for number in (0, 3)
    ]
    assert landing.types("server_load_order_started")["planned_at"] == "timestamp with time zone"
    assert "note" not in landing.types("server_load_order_started")
    assert landing.rows("select id, full_name, shift_start from users") == [("pilot_17", "Pat", 8)]
    assert landing.rows("select user_id, name, path, original_timestamp from pages") == [
        ("pilot_17", "Console", "/console", STATED)
    ]


def test_timestamps_are_mended_by_the_clock_of_the_collector(
    collector: Collector, client: Client, landing: Landing
) -> None:
    client.track("u", "Late", timestamp=datetime.now(timezone.utc) - timedelta(hours=3))
    client.flush()
    landing.land(*collector.archive())
    ((received_at, timestamp, waited),) = landing.rows(
        "select received_at, timestamp, sent_at - original_timestamp from late"
    )
    assert received_at == NOW
    assert timestamp == NOW - waited
    assert timedelta(hours=3) <= waited < timedelta(hours=3, minutes=5)


def test_the_collector_wants_the_write_key(collector: Collector) -> None:
    refused: list[object] = []
    client = Client(
        "other", host=collector.host, max_retries=0, on_error=lambda error, batch: refused.append(error)
    )
    client.track("u", "Refused")
    client.shutdown()
    assert [getattr(error, "status", None) for error in refused] == [401]
    assert collector.batches == []
