"""The report's numbers are those of the marts, by queries of the test's own."""

from __future__ import annotations

import re
from datetime import date

from report_fixtures import PERIOD, query
from report_fixtures import marts as marts

from report.build import SECTIONS, synthetic_text, time_zone_text
from report.marts import QUERIES, Marts
from report.period import Period
from report.section import Section
from report.sections.headline import tiles
from simulated.built import Simulated

OPENED = "outcome in ('opened', 'opened_unverified')"
CUSTOMERS = "analytics_marts.fct_unlock_attempts where origin = 'customer' and outcome <> 'pending'"


def between(period: Period, column: str = "start_date") -> str:
    """A condition for the days of a period."""
    return f"{column} between '{period.first}' and '{period.last}'"


def sections(marts: Marts, period: Period = PERIOD) -> dict[str, Section]:
    """All sections by key."""
    made = [section(marts, period) for section in SECTIONS]
    return {section.key: section for section in made}


def test_tiles_are_the_marts_of_the_last_week(marts: Marts, simulated: Simulated) -> None:
    shown = tiles(marts, PERIOD)
    for period, values in (
        (PERIOD.last_week, [tile.value for tile in shown]),
        (PERIOD, [tile.period_value for tile in shown]),
    ):
        days = between(period)
        ((opened, median, p90),) = query(
            simulated.database,
            f"select avg(({OPENED})::int), percentile_cont(0.5) within group (order by seconds_to_open),"
            f" percentile_cont(0.9) within group (order by seconds_to_open) from {CUSTOMERS} and {days}",
        )
        ((loaded,),) = query(
            simulated.database,
            "select avg((outcome = 'loaded')::int) from analytics_marts.fct_load_attempts"
            f" where is_first_try and outcome <> 'pending' and {days}",
        )
        ((recovered,),) = query(
            simulated.database,
            "select avg((outcome = 'recovered')::int) from analytics_marts.fct_troubleshooting_sessions"
            f" where outcome <> 'pending' and {days}",
        )
        ((rating,),) = query(
            simulated.database,
            f"select avg(rating) from analytics_marts.fct_ratings where {between(period)}",
        )
        expected = [f"{100 * opened:.1f}%", f"{median:.0f} s, {p90:.0f} s", f"{100 * loaded:.1f}%"]
        assert values[:3] == expected
        assert values[3] == f"{100 * recovered:.1f}%"
        assert values[5] == f"{rating:.2f}"
    assert all("week before" in tile.change for tile in shown)


def test_tables_add_up_to_the_marts(marts: Marts, simulated: Simulated) -> None:
    of = sections(marts)
    days = between(PERIOD)
    for key, column, sql in (
        ("unlocks-by-day", 1, f"select count(*) from {CUSTOMERS} and {days}"),
        ("unlocks-by-day", 2, f"select count(*) from {CUSTOMERS} and {days} and {OPENED}"),
        ("unlocks-by-hour", 1, f"select count(*) from {CUSTOMERS} and {days}"),
        (
            "merchants",
            1,
            "select count(*) from analytics_marts.fct_load_attempts"
            f" where is_first_try and outcome <> 'pending' and {days}",
        ),
        (
            "troubleshooting",
            -1,
            "select count(*) from analytics_marts.fct_troubleshooting_sessions"
            f" where outcome <> 'pending' and {days}",
        ),
        (
            "recovery",
            5,
            "select count(*) from analytics_marts.fct_recovery_actions"
            f" where outcome <> 'pending' and {between(PERIOD)}",
        ),
        (
            "transitions",
            -1,
            "select count(*) from analytics_marts.fct_recovery_actions"
            f" where coalesce(next_action, outcome) <> 'pending' and {between(PERIOD)}",
        ),
        (
            "banners",
            1,
            f"select count(*) from analytics_marts.fct_banner_impressions where view_count > 0 and {days}",
        ),
        ("ratings", 6, f"select count(rating) from analytics_marts.fct_orders where {days}"),
        (
            "data-health",
            1,
            "select sum(row_count) from analytics_marts.rpt_event_quality_daily"
            f" where {between(PERIOD, 'loaded_date')}",
        ),
    ):
        table = of[key].table
        assert table is not None, key
        ((expected,),) = query(simulated.database, sql)
        assert sum(int(row[column].replace(",", "")) for row in table.rows) == expected > 0, (key, sql)


def test_the_funnel_has_the_attempts_of_each_step(marts: Marts, simulated: Simulated) -> None:
    table = sections(marts)["funnel"].table
    assert table is not None
    steps = [
        query(
            simulated.database,
            f"select count(*), percentile_cont(0.5) within group (order by seconds_to_open) from {CUSTOMERS}"
            f" and {between(PERIOD)} and funnel_step >= {step} and not is_clock_suspect",
        )[0]
        for step in range(1, 5)
    ]
    everyone = [
        query(
            simulated.database,
            f"select count(*) from {CUSTOMERS} and {between(PERIOD)} and funnel_step >= {step}",
        )
        for step in range(1, 5)
    ]
    assert [row[1] for row in table.rows] == [f"{count:,}" for ((count,),) in everyone]
    assert table.rows[0][3] == "\u2013"
    assert abs(float(table.rows[3][3].removesuffix(" s")) - steps[3][1]) <= 1


def test_robots_are_those_of_the_last_week(marts: Marts, simulated: Simulated) -> None:
    table = sections(marts)["robots"].table
    assert table is not None
    name, loads, unlocks, attempts = table.rows[0][:4]
    days = between(PERIOD.last_week)
    counts = [
        query(
            simulated.database,
            f"select count(*) from analytics_marts.{mart} where robot_id = '{name}' and {rest}",
        )
        for mart, rest in (
            ("fct_load_attempts", f"outcome in ('failed', 'failed_inferred', 'no_result') and {days}"),
            ("fct_unlock_attempts", f"outcome in ('failed', 'abandoned') and {days}"),
        )
    ]
    assert [int(loads), int(unlocks)] == [count for ((count,),) in counts]
    assert int(loads) + int(unlocks) <= int(attempts)


def test_a_period_outside_the_data_has_no_number(marts: Marts) -> None:
    period = Period(date(2020, 1, 1), date(2020, 1, 31))
    assert [tile.value for tile in tiles(marts, period)] == ["\u2013"] * 6
    for key, section in sections(marts, period).items():
        if key != "silence":
            assert section.sentence.startswith("No "), key
            assert section.sentence.endswith("1 Jan to 31 Jan 2020.") or key == "robots"
            assert not section.drawings


def test_the_marts_of_the_simulator_are_called_synthetic(marts: Marts) -> None:
    assert synthetic_text(marts) == "Synthetic data"


def test_days_are_those_of_the_marts_time_zone(marts: Marts) -> None:
    assert time_zone_text(marts, PERIOD) == "Days and hours are UTC."


def test_queries_read_marts_only() -> None:
    for file in QUERIES.glob("*.sql"):
        text = file.read_text(encoding="utf-8")
        of_the_query = {*re.findall(r"^(\w+) as \($", text, re.MULTILINE)}
        sources = {*re.findall(r"^\s*(?:from|(?:inner|left) join) (\S+)", text, re.MULTILINE)}
        assert any(source.startswith("{marts}.") for source in sources), file
        assert {source for source in sources if not source.startswith("{marts}.")} <= of_the_query, file


def test_the_known_days_are_fully_loaded(marts: Marts, simulated: Simulated) -> None:
    known = marts.known_days()
    assert known is not None
    ((last,),) = query(
        simulated.database, "select max(date_day) from analytics_marts.dim_date where is_fully_loaded"
    )
    assert known == (PERIOD.first, last)
    assert last in PERIOD.days[-2:]
