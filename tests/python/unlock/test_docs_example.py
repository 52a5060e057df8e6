"""The worked example in the documentation of unlock attempts is what the reference makes of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from reference.streams import Event
from reference.unlock_attempts import find_attempts
from unlock.worked_examples import MODELS, as_text

DOCS = MODELS / "marts" / "unlock" / "_unlock__docs.md"
AFTERWARDS = datetime(2026, 9, 2)


def table(first_heading: str) -> list[dict[str, str | None]]:
    """Read the first table of the documentation that has this first heading, without its marks of code."""
    lines = iter(DOCS.read_text(encoding="utf-8").replace("`", "").splitlines())
    heading = next(line for line in lines if line.startswith(f"| {first_heading} |"))
    next(lines)
    rows = []
    while (line := next(lines)).startswith("|"):
        rows.append(dict(zip(cells(heading), (cell or None for cell in cells(line)), strict=True)))
    return rows


def cells(line: str) -> list[str]:
    """Split a line of a table."""
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def test_worked_example_is_right() -> None:
    events = [
        Event(
            event_name=str(row["Event"]),
            event_id=f"event_{number}",
            order_id="o1",
            occurred_at=datetime.fromisoformat(f"2026-09-01 {row['Time']}"),
        )
        for number, row in enumerate(table("Time"))
    ]
    attempts = [asdict(attempt) for attempt in find_attempts(events, horizon=AFTERWARDS)]
    told = table("Column")
    assert len(told) == 9
    assert [
        {"Column": row["Column"]}
        | {
            f"Attempt {number}": as_text(attempt[str(row["Column"])])
            for number, attempt in enumerate(attempts, start=1)
        }
        for row in told
    ] == told
