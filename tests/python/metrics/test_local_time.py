"""The local hours of metrics on the days on which clocks change."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

import pytest

from metrics.comparing import ask_as_analyst
from metrics.engine import metric_sql
from warehouse import Database

ZONE = "Europe/Berlin"
CHANGES = {
    # clocks skip the hour from two to three, and repeat it
    "2026-03-29": (23, {2: 0}),
    "2026-10-25": (25, {2: 2}),
}


@pytest.mark.parametrize("day", CHANGES)
def test_a_day_has_its_own_hours_and_no_other(database: Database, day: str) -> None:
    """One attempt in each hour of UTC around the day."""
    with closing(database.connect()) as connection:
        connection.cursor().execute(
            f"""
            create table analytics_marts.fct_unlock_attempts as
            select
                started_at::text as unlock_attempt_id,
                cast(local_time as date) as start_date,
                cast(extract(hour from local_time) as bigint) as start_hour
            from generate_series(
                timestamp '{day}' - interval '1 day', timestamp '{day} 23:00', interval '1 hour'
            ) as hours (started_at)
            cross join lateral (
                select started_at at time zone 'UTC' at time zone '{ZONE}' as local_time
            ) as local
            """
        )
        ask = ask_as_analyst(connection)
        by_day = ask(metric_sql("postgres", ["unlock_attempts"], ["metric_time__day"]))
        by_hour = ask(
            metric_sql("postgres", ["unlock_attempts"], ["metric_time__day", "unlock_attempt__start_hour"])
        )

    length, unlike = CHANGES[day]
    midnight = datetime.fromisoformat(day)
    counts = {row["metric_time__day"]: row["unlock_attempts"] for row in by_day}
    # the last hours of UTC are those of the next day
    assert counts[midnight] == length

    assert {hour: unlike.get(hour, 1) for hour in range(24) if unlike.get(hour, 1)} == {
        row["unlock_attempt__start_hour"]: row["unlock_attempts"]
        for row in by_hour
        if row["metric_time__day"] == midnight
    }
