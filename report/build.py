"""The report for a range of days, from the marts."""

from __future__ import annotations

from report.marts import Marts
from report.page import Report, page
from report.period import Period
from report.sections import customers, health, loads, robots, troubleshooting, unlocks
from report.sections.headline import tiles
from sandbox.simulator.fleet import is_invented_merchant

# Each two neighbours are side by side on a wide screen, so they have similar heights.
SECTIONS = (
    unlocks.by_day,
    unlocks.by_hour,
    unlocks.step_by_step,
    customers.ratings,
    loads.merchants,
    troubleshooting.outcomes,
    troubleshooting.recovery,
    troubleshooting.transitions,
    robots.robots,
    customers.banners,
    health.quality,
    health.silence,
)


def build(marts: Marts, period: Period, database: str) -> str:
    """The HTML of a report. Raises ReportError if the marts cannot be read."""
    return page(
        Report(
            database=database,
            period=period,
            tiles=tiles(marts, period),
            sections=[section(marts, period) for section in SECTIONS],
            synthetic=synthetic_text(marts),
            time_zone=time_zone_text(marts, period),
        )
    )


def time_zone_text(marts: Marts, period: Period) -> str:
    """A sentence about the time zone of the days and hours of the marts."""
    rows = marts.rows("time_zone", period)
    # Rows of half an hour would look alike in a zone that is not whole hours from UTC.
    if len(rows) != 1 or rows[0]["first_minute"] >= 15 or rows[0]["last_minute"] < 45:
        return "Days and hours are in the reporting time zone of the marts."
    offset = int(rows[0]["offset_hours"])
    sign = "+" if offset > 0 else "\u2212"
    return f"Days and hours are UTC{f'{sign}{abs(offset)}' if offset else ''}."


def synthetic_text(marts: Marts) -> str:
    """A note if all or some merchants have invented names, so the data is synthetic; otherwise empty.

    The simulator of this project invents merchants with names of its own.
    """
    names = [
        row["merchant_name"] for row in marts.rows("merchant_names") if row["merchant_name"] != "unknown"
    ]
    invented = sum(map(is_invented_merchant, names))
    if not invented:
        return ""
    return "Synthetic data" if invented == len(names) else "Partly synthetic data"
