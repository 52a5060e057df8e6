"""That analyses and the report show the numbers of metrics, and give no other number a metric's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from metrics.comparing import Ask, Row, differences
from metrics.engine import metric_sql, semantic_manifest
from metrics.headlines import COLUMNS
from metrics.shown_columns import ANALYSES, CUSTOMERS, REPORT, TILES, Shown
from report.marts import Marts
from report.period import Period
from report.sections.headline import MEASURES, tiles

NO_VALUE = "not given"
"""What analyses show where a metric's group is null."""


def assert_analyses_are_metrics(compiled: Mapping[str, str], ask: Ask) -> None:
    """The columns of analyses that are metrics have their values. No other column has a metric's name.

    compiled: the SQL of the analyses by name.
    """
    rows = {name: ask(sql) for name, sql in compiled.items()}
    assert_shown(ANALYSES, rows, ask)
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


def assert_marts_are_metrics(columns: Mapping[str, Iterable[str]]) -> None:
    """Each column of a mart that has the name of a metric is compared with it.

    columns: of marts, by name.
    """
    compared = {(column.mart, column.column) for column in COLUMNS if column.column == column.metric}
    named = {(mart, name) for mart, names in columns.items() for name in names if name in names_of_metrics()}
    assert named - compared == set()


def assert_shown(
    declared: Iterable[Shown], rows: Mapping[str, Sequence[Row]], ask: Ask, period: Period | None = None
) -> None:
    """Columns that are declared as metrics have their values, and no other column has a metric's name."""
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
        group_column = (shown.groups[0],) if shown.groups else ()
        keys = (*shown.keys, *group_column)
        expected = {tuple(row[key] for key in keys): row for row in _of_metrics(shown, ask, period)}
        as_metrics = [{**_keys(row, keys), **{name: row[name] for name in shown.columns}} for row in found]
        of_metrics = [
            {
                **_keys(row, keys),
                **{name: expected[tuple(_keys(row, keys).values())][name] for name in shown.columns},
            }
            for row in found
        ]
        if unlike := differences(of_metrics, as_metrics):
            wrong[shown.name] = unlike
    assert wrong == {}
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


def _keys(row: Row, keys: Iterable[str]) -> dict[str, Any]:
    return {key: None if row[key] == NO_VALUE else row[key] for key in keys}


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
