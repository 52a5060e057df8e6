"""The days of a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from report.errors import ReportError

DEFAULT_DAYS = 28
MOST_DAYS = 366
WEEK = 7


@dataclass(frozen=True)
class Period:
    """Local days from `first` to `last`, both included.

    Raises ReportError if there is none, or if there are more than a chart of days can show.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ReportError(f"--from {self.first} is after --to {self.last}. Exchange the two.")
        if self.day_count > MOST_DAYS:
            raise ReportError(
                f"{self.first} to {self.last} are {self.day_count:,} days. A report has at most {MOST_DAYS}: "
                "give a later --from or an earlier --to."
            )

    @property
    def day_count(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    @property
    def days(self) -> list[date]:
        """All days, in order."""
        return [self.first + timedelta(days=number) for number in range(self.day_count)]

    @property
    def last_week(self) -> Period:
        """The last seven days, or all days of a shorter period."""
        return Period(max(self.first, self.last - timedelta(days=WEEK - 1)), self.last)

    @property
    def week_before(self) -> Period:
        """The same days as `last_week`, one week earlier: they may lie before the period."""
        week = self.last_week
        return Period(week.first - timedelta(days=WEEK), week.last - timedelta(days=WEEK))


def chosen(first: date | None, last: date | None, known: tuple[date, date] | None) -> Period:
    """The period for the dates that were given, if any.

    known: the first and the last day of the marts, None if they have no row. Without `last` the period ends
    with the last day of the marts, without `first` it has 28 days or begins with the first day of the marts.
    Raises ReportError if the dates make no period.
    """
    if last is None:
        last = known[1] if known else date.today()
        if first is not None and first > last:
            raise ReportError(f"The marts end on {last}, before --from {first}. Give an earlier --from.")
    if first is None:
        first = last - timedelta(days=DEFAULT_DAYS - 1)
        if known and known[0] <= last:
            first = max(first, known[0])
    return Period(first, last)
