"""The worked example in the documentation of troubleshooting sessions is what the reference makes of it."""

from __future__ import annotations

from datetime import datetime

from reference.troubleshooting import LOADED, TroubleEvent, place_events
from reference.troubleshooting_facts import Troubles
from worked_examples import MODELS, as_text, documented_table

DOCS = MODELS / "marts" / "troubleshooting" / "_troubleshooting__docs.md"
AFTERWARDS = datetime(2026, 9, 2)


def test_worked_example_is_right() -> None:
    events = [
        TroubleEvent(
            event_name=str(row["Event"]),
            event_id=f"event_{number}",
            robot_id="r1",
            order_id="o1" if row["Event"] == LOADED else None,
            occurred_at=datetime.fromisoformat(f"2026-09-01 {row['Time']}"),
        )
        for number, row in enumerate(documented_table(DOCS, "Time"))
    ]
    sessions = Troubles(place_events(events), horizon=AFTERWARDS).sessions()
    told = documented_table(DOCS, "Column")
    assert len(told) == 10
    assert [
        {"Column": row["Column"]}
        | {
            f"Session {number}": as_text(session[str(row["Column"])])
            for number, session in enumerate(sessions, start=1)
        }
        for row in told
    ] == told
