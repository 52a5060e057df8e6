"""That analyses and the report show the numbers of metrics, and give no other number a metric's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import isclose
from typing import Any

from metrics.comparing import Ask, Row
from metrics.engine import metric_sql, semantic_manifest
from metrics.headlines import COLUMNS
from metrics.shown_columns import ANALYSES, COUNTS, CUSTOMERS, REPORT, TILES, Shown
from report.marts import Marts
from report.period import Period
from report.sections.headline import MEASURES, tiles

NOT_GIVEN = "not given"
"""What analyses show where a metric's group is null."""


def assert_analyses_are_metrics(compiled: Mapping[str, str], ask: Ask) -> None:
    """The columns of analyses that are metrics have their values. No other column has a metric's name.

    compiled: the SQL of the analyses by name.
    """
    rows = {name: ask(sql) for name, sql in compiled.items()}
    assert_shown([shown for shown in ANALYSES if rows[shown.name]], rows, ask)
    assert names_of_metrics() & rows.keys() == set(), "an analysis has a metric's name"


def assert_report_is_metrics(marts: Marts, period: Period, ask: Ask) -> None:
    """The rows of the report's queries have the values of metrics, and so have its tiles."""
    for days in (period, period.last_week):
        assert_shown(REPORT, {shown.name: marts.rows(shown.name, days) for shown in REPORT}, ask, days)
    last, before, whole = (
        {key: [_value(ask, metric, days) for metric in metrics] for key, metrics in TILES.items()}
        for days in (period.last_week, period.week_before, period)
    )
    for measure, tile in zip(MEASURES, tiles(marts, period), strict=True):
        key = measure.key
        assert (tile.value, tile.period_value) == (_text(key, last[key]), _text(key, whole[key])), key
        scale, decimals, unit = {"rating": (1, 2, ""), "seconds_to_open": (1, 1, " s (median)")}.get(
            key, (100, 1, " points")
        )
        change = round(scale * (last[key][0] - before[key][0]), decimals)
        sign = "+" if change > 0 else "\u2212"
        expected = (
            f"{sign}{abs(change):.{decimals}f}{unit} on the week before"
            if change
            else "as in the week before"
        )
        assert tile.change.removesuffix(", within chance") == expected, key


def assert_marts_are_metrics(columns: Mapping[str, Iterable[str]], ask: Ask) -> None:
    """Counts of daily reports have the values of metrics, and no other column has a metric's name.

    columns: of marts, by name.
    """
    for shown in COUNTS:
        selected = ", ".join((*shown.keys, *shown.columns))
        rows = ask(f"select {selected} from analytics_marts.{shown.name}")
        assert_shown([shown], {shown.name: rows}, ask, nothing=0)
    compared = {(column.mart, column.column) for column in COLUMNS if column.column == column.metric}
    named = {(mart, name) for mart, names in columns.items() for name in names if name in names_of_metrics()}
    assert named - compared == set()


def assert_shown(
    declared: Iterable[Shown],
    rows: Mapping[str, Sequence[Row]],
    ask: Ask,
    period: Period | None = None,
    nothing: int | None = None,
) -> None:
    """Columns that are declared as metrics have their values, and no other column has a metric's name.

    nothing: what is shown where a metric is null or has no row.
    """
    metrics = names_of_metrics()
    undeclared = {
        (name, column)
        for name, found in rows.items()
        for column in (found[0] if found else ())
        if column in metrics
    }
    wrong = {}
    for shown in declared:
        found = rows[shown.name]
        assert found, shown.name
        undeclared -= {(shown.name, column) for column, metric in shown.columns.items() if column == metric}
        expected = {_key(shown, row): row for row in _of_metrics(shown, ask, period)}
        wrong[shown.name] = [
            (key, column, row[column], value)
            for row in found
            for key in [_key(shown, row)]
            for column in shown.columns
            for value in [expected.get(key, {}).get(column, nothing)]
            if not _are_equal(row[column], nothing if value is None else value)
        ]
    assert {name: unlike for name, unlike in wrong.items() if unlike} == {}
    assert undeclared == set(), "these columns have the name of a metric and are not compared with it"


def names_of_metrics() -> set[str]:
    """The names of all metrics."""
    return {metric["name"] for metric in semantic_manifest("postgres")["metrics"]}


def _of_metrics(shown: Shown, ask: Ask, period: Period | None) -> list[dict[str, Any]]:
    """What queries of metrics give, in the columns of what is shown."""
    column, groups = shown.groups or ("", {"": ()})
    names = {metric: name for name, metric in shown.columns.items()}
    names |= {group: key for key, group in shown.keys.items()}
    return [
        {names[name]: value for name, value in row.items()} | ({column: group} if column else {})
        for group, conditions in groups.items()
        for row in ask(
            metric_sql(
                "postgres",
                sorted(shown.columns.values()),
                list(shown.keys.values()),
                (*shown.where, *conditions, *_days(period)),
            )
        )
    ]


def _key(shown: Shown, row: Row) -> tuple[object, ...]:
    """What names the group of a row; its days are dates, and what is not given is null."""
    columns = (*shown.keys, shown.groups[0]) if shown.groups else shown.keys
    values = (row[column] for column in columns)
    days = (value.date() if isinstance(value, datetime) else value for value in values)
    return tuple(None if value == NOT_GIVEN else value for value in days)


def _are_equal(one: Any, other: Any) -> bool:
    """Whether two numbers are equal to nine digits, or both null."""
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=1e-9)


def _days(period: Period | None) -> tuple[str, ...]:
    if period is None:
        return ()
    return (f"{{{{ TimeDimension('metric_time', 'day') }}}} between '{period.first}' and '{period.last}'",)


def _value(ask: Ask, metric: str, period: Period) -> float:
    where = _days(period)
    if metric.startswith("unlock_"):
        where = (*where, *CUSTOMERS)
    [row] = ask(metric_sql("postgres", [metric], where=where))
    return float(row[metric])


def _text(key: str, values: Sequence[float]) -> str:
    if key == "seconds_to_open":
        return ", ".join(f"{value:.0f} s" for value in values)
    return f"{values[0]:.2f}" if key == "rating" else f"{100 * values[0]:.1f}%"
