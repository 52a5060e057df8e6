"""The worked examples in the documentation of quality are what the reference makes of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from reference.event_quality import LandedRow, daily_quality, silence_of
from worked_examples import MODELS, as_text, documented_table

DOCS = MODELS / "marts" / "platform" / "_quality__docs.md"
HORIZON = datetime(2026, 9, 29, 13)
MARGIN = timedelta(hours=2)


def test_example_of_daily_quality_is_right() -> None:
    rows = [
        LandedRow(
            event_name="order_unlock_coco",
            event_id=row["Id"],
            keys={"order": row["Order"], "browser": None},
            occurred_at=datetime.fromisoformat(str(row["Occurred"])),
            received_at=datetime.fromisoformat(str(row["Loaded"])),
            loaded_at=datetime.fromisoformat(str(row["Loaded"])),
        )
        for row in documented_table(DOCS, "Loaded")
    ]
    report = daily_quality(rows, {"order_unlock_coco": "unlock"}, unmatched=())
    told = documented_table(DOCS, "Column")
    assert len(told) == 8
    assert [
        {"Column": row["Column"]}
        | {str(day["loaded_date"]): as_text(day[str(row["Column"])]) for day in report}
        for row in told
    ] == told


@pytest.mark.parametrize(("fewest", "is_silent"), [(5, True), (4, False)])
def test_example_of_a_silence_is_right(fewest: int, is_silent: bool) -> None:
    last = HORIZON - timedelta(hours=1)
    receipts = [last]
    for week, count in enumerate([30, 28, 31, fewest], start=1):
        receipts += [last - timedelta(weeks=week) + timedelta(minutes=1)] * count
    silence = silence_of(receipts, HORIZON + MARGIN, MARGIN, weeks=4, least=5)
    assert silence is not None
    assert (silence.is_silent, silence.seconds_silent) == (is_silent, 3600)
