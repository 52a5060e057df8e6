"""That metrics are right, on marts that are built."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from psycopg2.extensions import connection as Connection

from metrics.cases import CASES
from metrics.comparing import Ask, differences
from metrics.engine import metric_sql, semantic_manifest
from metrics.headlines import COLUMNS, SHARES
from metrics.more_cases import MORE_CASES
from metrics.program import Mf
from sandbox.demo_report import tables


def assert_cases(adapter: str, ask: Ask, ask_postgres: Ask) -> None:
    """The SQL of each query of metrics gives the rows that SQL written by hand does.

    ask: runs what MetricFlow rendered for `adapter`.  ask_postgres: runs what was written by hand.
    """
    wrong = {}
    for case in (*CASES, *MORE_CASES):
        found = ask(metric_sql(adapter, case.metrics, case.group_by, case.where))
        assert found, case.name
        if unlike := differences(found, ask_postgres(case.sql)):
            wrong[case.name] = unlike
    assert wrong == {}


def assert_everything_can_be_asked(adapter: str, ask: Ask) -> None:
    """The metrics of each type by week give rows, and so does each saved query."""
    manifest = semantic_manifest(adapter)
    measured = defaultdict(list)
    for metric in manifest["metrics"]:
        measured[metric["type"]].append(metric["name"])
    assert len(measured) > 2
    for names in measured.values():
        rows = ask(metric_sql(adapter, names, ["metric_time__week"]))
        assert [name for name in names if all(row[name] is None for row in rows)] == []
    for saved in manifest["saved_queries"]:
        assert ask(metric_sql(adapter, saved_query=saved["name"])), saved["name"]


def assert_columns_are_metrics(ask: Ask) -> None:
    """Each column of a daily report that is also a metric has its value in each row."""
    wrong = {}
    for column in COLUMNS:
        keys = ", ".join(f"{expression} as {name}" for name, expression in column.group_by.items())
        report = ask(
            f"select {keys}, {column.column} as {column.metric} from analytics_marts.{column.mart}"
            f" where {column.column} is not null and {column.where}"
        )
        assert report, column
        metric = ask(metric_sql("postgres", [column.metric], list(column.group_by)))
        # A report has no row where nothing was counted, and none of a date that only suspect clocks have.
        days = [row["metric_time__day"] for row in report]
        metric = [
            row
            for row in metric
            if row[column.metric] is not None
            and (row[column.metric] or column.where == "true")
            and row["metric_time__day"] is not None
            and min(days) <= row["metric_time__day"] <= max(days)
        ]
        unlike = differences(metric, report)
        if unlike:
            wrong[f"{column.mart}.{column.column}"] = unlike
    assert wrong == {}


def assert_demo_shows_metrics(connection: Connection, ask: Ask) -> None:
    """The demonstration's summary has the values of the metrics."""
    funnel, outcomes, sessions, shares = (_cells(table) for table in tables(connection))
    shown = {row[1]: _number(row[2]) / _number(row[3]) for row in shares if _number(row[3])}
    assert shown == {text: _value(ask, metric) for text, metric in SHARES.items()}

    steps = [f"{step}_unlock_attempts" for step in ("clicked", "confirmed", "requested", "completed")]
    [counts] = ask(
        metric_sql("postgres", steps, where=["{{ Dimension('unlock_attempt__origin') }} = 'customer'"])
    )
    assert [_number(row[1]) for row in funnel] == [counts[step] for step in steps]

    names = ["unlock_attempts", "unlock_success_rate", "unlock_seconds_to_open_p50"]
    by_origin = {
        row["unlock_attempt__origin"]: [row[name] for name in names]
        for row in ask(metric_sql("postgres", names, ["unlock_attempt__origin"]))
    }
    expected = [by_origin[origin] for origin in ("customer", "server_only")]
    attempts, rates, waits = outcomes[-3:]
    assert attempts[1:] == [f"{number:,}" for number, _, _ in expected]
    assert rates[1:] == [f"{rate:.1%}" for _, rate, _ in expected]
    assert waits[1:] == [f"{wait:.0f} s" for _, _, wait in expected]

    by_outcome = ask(
        metric_sql(
            "postgres",
            ["troubleshooting_sessions", "session_seconds_to_last_step_p50"],
            ["troubleshooting_session__outcome"],
        )
    )
    assert {row[0]: (row[1], row[3]) for row in sessions} == {
        row["troubleshooting_session__outcome"].replace("_", " "): (
            f"{row['troubleshooting_sessions']:,}",
            f"{row['session_seconds_to_last_step_p50']:.0f} s",
        )
        for row in by_outcome
    }


def assert_program(mf: Mf, ask: Ask) -> None:
    """The program `mf` gives the rows that SQL written by hand does, for one query of each domain."""
    for case in MORE_CASES[::4]:
        if case.group_by:
            found = [
                {name: _read(text) for name, text in row.items()}
                for row in mf.query(case.metrics, case.group_by)
            ]
            assert differences(found, ask(case.sql)) == [], case.name


def _read(text: str) -> object:
    """A value that the program wrote as text."""
    for kind in (float, datetime.fromisoformat):
        with suppress(ValueError):
            return kind(text)
    return text or None


def _cells(table: Any) -> list[list[str]]:
    columns: list[Iterator[str]] = [column.cells for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _value(ask: Ask, metric: str) -> float:
    [row] = ask(metric_sql("postgres", [metric]))
    return float(row[metric])
