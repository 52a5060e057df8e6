"""Words, periods, intervals and axes."""

from __future__ import annotations

from datetime import date

import pytest

from report.charts.axes import share_axis
from report.charts.grid import bands
from report.errors import ReportError
from report.period import Period, chosen
from report.statistics import Share
from report.words import counted, days_text, duration, listed, percent, shortened

FIRST, LAST = date(2026, 8, 31), date(2026, 9, 20)


def test_numbers_in_words() -> None:
    assert [counted(number, "attempt") for number in (0, 1, 2197)] == [
        "no attempts",
        "1 attempt",
        "2,197 attempts",
    ]
    assert [percent(share) for share in (0, 0.0001, 0.0005, 0.891, 1)] == [
        *("0.0%", "under 0.1%", "0.1%", "89.1%", "100.0%")
    ]
    assert [duration(seconds) for seconds in (0, 59.4, 60, 125, 3600, 11400, 86400, 200000)] == [
        *("0 s", "59 s", "1 min", "2 min 5 s", "1 h", "3 h 10 min", "1 day", "2 days 7 h")
    ]
    names = ["a", "b", "c", "d", "e"]
    assert [listed(names[:number]) for number in range(6)] == [
        *("", "a", "a and b", "a, b and c", "a, b, c and 1 more", "a, b, c and 2 more")
    ]
    assert days_text(LAST, LAST) == "20 Sep 2026"
    assert days_text(FIRST, LAST) == "31 Aug to 20 Sep 2026"
    assert days_text(date(2025, 12, 31), date(2026, 1, 1)) == "31 Dec 2025 to 1 Jan 2026"
    assert (shortened("x" * 34), len(shortened("x" * 35))) == ("x" * 34, 34)


def test_the_interval_is_wilsons() -> None:
    """Compared with the values that Newcombe gives for method 3 (Statistics in Medicine 17, 1998)."""
    for (part, whole), low, high in (
        ((81, 263), 0.2553, 0.3662),
        ((15, 148), 0.0624, 0.1605),
        ((0, 20), 0.0, 0.1611),
        ((1, 29), 0.0061, 0.1718),
        ((29, 29), 0.8830, 1.0),
    ):
        share = Share(part, whole)
        assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_the_chosen_period() -> None:
    known = (FIRST, LAST)
    assert chosen(None, None, known) == Period(FIRST, LAST)
    assert chosen(None, None, (date(2026, 1, 1), LAST)) == Period(date(2026, 8, 24), LAST)
    assert chosen(date(2026, 9, 1), None, known) == Period(date(2026, 9, 1), LAST)
    assert chosen(None, date(2020, 1, 28), known) == Period(date(2020, 1, 1), date(2020, 1, 28))
    assert chosen(date(2026, 9, 1), date(2026, 9, 1), None).day_count == 1
    assert chosen(None, None, None).day_count == 28
    with pytest.raises(ReportError, match=r"after --to 2026-08-31\. Exchange"):
        chosen(LAST, FIRST, known)
    with pytest.raises(ReportError, match="The marts end on 2026-09-20, before --from 2027-01-01"):
        chosen(date(2027, 1, 1), None, known)
    with pytest.raises(ReportError, match="at most 366"):
        chosen(date(2020, 1, 1), None, known)


def test_weeks_have_the_same_weekdays() -> None:
    period = Period(FIRST, LAST)
    assert period.last_week == Period(date(2026, 9, 14), LAST)
    assert period.week_before == Period(date(2026, 9, 7), date(2026, 9, 13))
    short = Period(date(2026, 9, 19), LAST)
    assert (short.last_week, short.week_before) == (short, Period(date(2026, 9, 12), date(2026, 9, 13)))


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([0.0], 0.0, 0.002),
        ([0.004, 0.009], 0.0, 0.01),
        ([0.02, 0.043], 0.0, 0.05),
        ([0.2, 0.9], 0.0, 0.9),
        ([0.71, 0.97], 0.7, 1.0),
        ([1.0], 0.95, 1.0),
    ],
)
def test_an_axis_says_where_it_begins(values: list[float], low: float, high: float) -> None:
    axis = share_axis(values)
    assert (axis.low, axis.high) == (low, high)
    assert axis.notes == ((f"The axis begins at {low:.0%}, not at zero.",) if low else ())


def test_classes_cover_all_shares() -> None:
    for shares in ([0.0, 1.0], [0.5], [0.999, 1.0], [0.331, 0.702], [0.0]):
        classes = bands(shares)
        for share in shares:
            number = classes.number(share)
            assert classes.low + number * classes.step <= 100 * share + 1e-9
            assert 100 * share <= classes.low + (number + 1) * classes.step + 1e-9
        assert 0 <= classes.low <= 100 - 5 * classes.step
