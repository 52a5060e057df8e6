"""The worked example in the documentation of load attempts is what the reference makes of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from reference.load import place_events
from reference.load_attempts import describe_attempts
from reference.streams import Event
from worked_examples import MODELS, as_text, documented_table

DOCS = MODELS / "marts" / "load" / "_load__docs.md"
AFTERWARDS = datetime(2026, 9, 2)


def test_worked_example_is_right() -> None:
    events = [
        Event(
            event_name=str(row["Event"]),
            event_id=f"event_{number}",
            order_id="o1",
            occurred_at=datetime.fromisoformat(f"2026-09-01 {row['Time']}"),
        )
        for number, row in enumerate(documented_table(DOCS, "Time"))
    ]
    attempts = [asdict(attempt) for attempt in describe_attempts(place_events(events), horizon=AFTERWARDS)]
    told = documented_table(DOCS, "Column")
    assert len(told) == 8
    assert [
        {"Column": row["Column"]}
        | {
            f"Attempt {number}": as_text(attempt[str(row["Column"])])
            for number, attempt in enumerate(attempts, start=1)
        }
        for row in told
    ] == told
