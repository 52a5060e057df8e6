"""Lengths of time in milliseconds, and the calendar of the simulated city.

All times in the simulator are UTC milliseconds since 1970 as 64-bit integers; `NEVER` stands for
"did not happen".
"""

from datetime import date

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

NEVER = -1

CITY_TIME_ZONE = "America/Los_Angeles"
CITY_UTC_OFFSET = -7 * HOUR
"""The city's summer clock against UTC. It keeps no daylight saving, so that a year has one profile."""

_EPOCH = date(1970, 1, 1).toordinal()


def day_start(day: date) -> int:
    """The midnight (UTC) that begins a day, in milliseconds."""
    return (day.toordinal() - _EPOCH) * DAY
