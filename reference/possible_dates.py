"""Local dates on which events can have happened. Reports by date leave out other dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from reference.local_time import local_date

HISTORY_STARTS_ON = date(2015, 1, 1)


def on_possible_dates(
    rows: Iterable[Mapping[str, object]],
    newest_receipt: datetime | None,
    history_starts_on: date = HISTORY_STARTS_ON,
) -> list[Mapping[str, object]]:
    """Give the rows whose `start_date` is in the history and at most a day after the newest receipt.

    newest_receipt: naive UTC; without one no date is too late.
    """
    latest = local_date(newest_receipt) + timedelta(days=1) if newest_receipt else date.max
    return [
        row
        for row in rows
        if isinstance(day := row["start_date"], date) and history_starts_on <= day <= latest
    ]
