"""The tiles at the top: the last week, and the change to the week before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from report.marts import Marts, Row
from report.period import Period
from report.statistics import Mean, Share, means_differ, shares_differ
from report.words import duration, percent

NO_VALUE = "\u2013"
NO_DATA = "no data in these days"
NO_COMPARISON = "nothing to compare with in the week before"


@dataclass(frozen=True)
class Measure:
    """A number that a tile shows. more_is_better: whether a rise is good."""

    key: str
    label: str
    mart: str
    more_is_better: bool


@dataclass(frozen=True)
class Tile:
    """label: what the number is.  value: of the last week.  change: to the week before, in words.

    direction: `better`, `worse` or empty.  period_value: of the whole period.
    """

    label: str
    value: str
    change: str
    direction: str
    period_value: str
    mart: str


MEASURES = (
    Measure("opened", "of customers' unlock attempts opened the lid", "rpt_unlock_funnel_daily", True),
    Measure(
        "seconds_to_open", "from click to open lid, median and 90th percentile", "fct_unlock_attempts", False
    ),
    Measure("loaded_first_try", "of orders were loaded at the first try", "rpt_load_success_daily", True),
    Measure("recovered", "of troubleshooting sessions recovered", "rpt_troubleshooting_outcomes_daily", True),
    Measure(
        "contacted", "of orders on the tracking page asked for support", "rpt_support_contacts_daily", False
    ),
    Measure("rating", "mean rating, 1 to 5", "fct_ratings", True),
)


def tiles(marts: Marts, period: Period) -> list[Tile]:
    """A tile for each measure."""
    now, before, whole = (
        {row["measure"]: row for row in marts.rows("headline", days)}
        for days in (period.last_week, period.week_before, period)
    )
    return [_tile(measure, now, before, whole) for measure in MEASURES]


def _tile(
    measure: Measure, now: Mapping[str, Row], before: Mapping[str, Row], whole: Mapping[str, Row]
) -> Tile:
    of = {"rating": _rating, "seconds_to_open": _wait}.get(measure.key, _share)
    value = of(now[measure.key])
    change, rise = value.change_from(of(before[measure.key]))
    direction = "" if not rise else "better" if (rise > 0) is measure.more_is_better else "worse"
    return Tile(measure.label, value.text, change, direction, of(whole[measure.key]).text, measure.mart)


@dataclass(frozen=True)
class _Value:
    """A number with its unit and text. evidence: to test whether a change is beyond chance, or none."""

    text: str
    number: float | None = None
    unit: str = ""
    decimals: int = 1
    evidence: Share | Mean | None = None

    def change_from(self, other: _Value) -> tuple[str, float]:
        """The change in words, and its size if it is beyond chance, else 0."""
        if self.number is None or other.number is None:
            return NO_DATA if self.number is None else NO_COMPARISON, 0
        difference = round(self.number - other.number, self.decimals)
        if not difference:
            return "as in the week before", 0
        sign = "+" if difference > 0 else "\u2212"
        text = f"{sign}{abs(difference):.{self.decimals}f} {self.unit}".rstrip() + " on the week before"
        if self.evidence is None:
            return text, 0
        return (text, difference) if _differ(self.evidence, other.evidence) else (f"{text}, within chance", 0)


def _differ(one: Share | Mean, other: Share | Mean | None) -> bool:
    if isinstance(one, Share) and isinstance(other, Share):
        return shares_differ(one, other)
    return isinstance(one, Mean) and isinstance(other, Mean) and means_differ(one, other)


def _share(row: Row) -> _Value:
    if not row["whole_count"]:
        return _Value(NO_VALUE)
    share = Share(row["part_count"], row["whole_count"])
    return _Value(percent(share.value), 100 * share.value, "points", evidence=share)


def _rating(row: Row) -> _Value:
    if not row["whole_count"]:
        return _Value(NO_VALUE)
    mean = Mean(row["part_count"], row["square_sum"], row["whole_count"])
    return _Value(f"{mean.value:.2f}", mean.value, decimals=2, evidence=mean)


def _wait(row: Row) -> _Value:
    """Without evidence: no simple test compares medians."""
    if not row["whole_count"]:
        return _Value(NO_VALUE)
    median = row["median_seconds"]
    return _Value(f"{duration(median)}, {duration(row['p90_seconds'])}", median, "s (median)")
