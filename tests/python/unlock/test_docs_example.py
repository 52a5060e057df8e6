"""The worked example in the documentation of unlock attempts is what the reference makes of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from reference.streams import Event
from reference.unlock_attempts import find_attempts
from worked_examples import MODELS, as_text, documented_table

DOCS = MODELS / "marts" / "unlock" / "_unlock__docs.md"
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
    attempts = [asdict(attempt) for attempt in find_attempts(events, horizon=AFTERWARDS)]
    told = documented_table(DOCS, "Column")
    assert len(told) == 9
    assert [
        {"Column": row["Column"]}
        | {
            f"Attempt {number}": as_text(attempt[str(row["Column"])])
            for number, attempt in enumerate(attempts, start=1)
        }
        for row in told
    ] == told
