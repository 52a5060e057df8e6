"""What is measured on one size of history."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from dbt.contracts.graph.nodes import ModelNode

from benchmarks.history import DAYS, History, count_raw_rows, empty_raw_tables, fill_raw_tables, settle
from benchmarks.models import limit_line, made_of_events, steps, streams
from benchmarks.project import INPUTS, Project, RunCost
from benchmarks.usage import Usage, usage

INCREMENT_DAYS = 21
"""The last days of a history come as increments, one by one."""
FIRST_DAYS = 7
"""Of these, the days that find indexes on disk, where a full refresh leaves them. Their memory is watched."""
LEAST_DAYS = 30
"""The least history, with these days."""

_COPY = "benchmark_copy"


@dataclass
class Against:
    """Our seconds against those of a line, measured alternately."""

    ours: list[float] = field(default_factory=list)
    line: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median of ours over the median of the line."""
        return median(self.ours) / median(self.line)


@dataclass
class SizeReport:
    """All figures of one size of history."""

    days: float
    raw_rows: int = 0
    """With those of the increments."""
    streams: dict[str, Against] = field(default_factory=dict)
    """Full refreshes with indexes against the limit line."""
    made_of_events: dict[str, Against] = field(default_factory=dict)
    """Full refreshes of models of events and facts, with indexes, against their windows and groups alone."""
    full_refresh: RunCost | None = None
    full_refresh_on_all_cores: RunCost | None = None
    """With as many threads as cores."""
    increments: list[RunCost] = field(default_factory=list)
    increment_rows: list[int] = field(default_factory=list)
    idle: RunCost | None = None
    """A run of all models with nothing new."""
    idle_tables: RunCost | None = None
    """The same of the incremental models alone."""
    refresh_usage: Usage = field(default_factory=Usage)
    increment_usage: Usage = field(default_factory=Usage)
    work_memory: str = ""
    incremental: list[str] = field(default_factory=list)
    """Names of the incremental models."""

    def full_refresh_seconds(self, names: Sequence[str]) -> float:
        """Statement seconds of these models in the full refresh."""
        assert self.full_refresh
        return sum(self.full_refresh.models[name].statement_seconds for name in names)

    def increment_seconds(self, names: Sequence[str]) -> float:
        """Statement seconds of these models in a day's increment, the median of the later days."""
        return _median_day(self.later_increments, names)

    def first_increment_seconds(self, names: Sequence[str]) -> float:
        """The same of the first days."""
        return _median_day(self.increments[:FIRST_DAYS], names)

    @property
    def later_increments(self) -> list[RunCost]:
        """The increments of the days after the first ones."""
        return self.increments[FIRST_DAYS:]

    @property
    def later_increment_rows(self) -> list[int]:
        """How many raw rows these days brought."""
        return self.increment_rows[FIRST_DAYS:]


def smallest_size(largest: int) -> int:
    """The least number of events whose days, beside a year of `largest`, are history and then increments."""
    return math.ceil(largest * LEAST_DAYS / DAYS)


def measure(
    project: Project, history: History, days: float, rounds: int, tell: Callable[[str], None]
) -> SizeReport:
    """Fill the raw tables with the archive's last `days` and take all figures on them."""
    tell("fill the raw tables")
    empty_raw_tables(project)
    fill_raw_tables(project, history, history.load_at(days), history.load_at(INCREMENT_DAYS))
    settle(project)
    report = SizeReport(days=days)
    report.incremental = [
        name for name, model in project.models.items() if model.config.materialized == "incremental"
    ]
    report.work_memory = str(project.query("show work_mem")[0][0])
    tell("full refresh of all models")
    project.run()
    with usage(project) as report.refresh_usage:
        report.full_refresh = project.run(full_refresh=True)
    tell("full refresh of all models, a thread for each core")
    report.full_refresh_on_all_cores = project.run(full_refresh=True, threads=os.cpu_count() or 1)
    for number in range(rounds):
        tell(f"streams against the limit line, round {number + 1}")
        _streams_round(project, report)
        tell(f"events and facts against their steps, round {number + 1}")
        _steps_round(project, report)
    settle(project)
    project.run()
    with usage(project) as report.increment_usage:
        for day in range(FIRST_DAYS):
            _increment(project, history, report, day, tell)
    for day in range(FIRST_DAYS, INCREMENT_DAYS):
        _increment(project, history, report, day, tell)
    report.raw_rows = count_raw_rows(project)
    tell("run with nothing new")
    report.idle = project.run()
    report.idle_tables = project.run(*report.incremental)
    return report


def _increment(
    project: Project, history: History, report: SizeReport, day: int, tell: Callable[[str], None]
) -> None:
    tell(f"increment of day {day + 1}")
    days_left = INCREMENT_DAYS - day
    since, until = history.load_at(days_left), history.load_at(days_left - 1)
    report.increment_rows.append(fill_raw_tables(project, history, since, until))
    report.increments.append(project.run())


def _median_day(days: Sequence[RunCost], names: Sequence[str]) -> float:
    return median(sum(run.models[name].statement_seconds for name in names) for run in days)


def _streams_round(project: Project, report: SizeReport) -> None:
    for stream in streams(project):
        line = _seconds_of_copy(project, stream)
        cost = project.run(stream.name, full_refresh=True).models[stream.name]
        against = report.streams.setdefault(stream.name, Against())
        against.ours.append(cost.statement_seconds)
        against.line += [line, _seconds_of_copy(project, stream)]
    project.run(INPUTS)


def _steps_round(project: Project, report: SizeReport) -> None:
    for model in made_of_events(project):
        cost = project.run(model.name, full_refresh=True).models[model.name]
        against = report.made_of_events.setdefault(model.name, Against())
        against.ours.append(cost.statement_seconds)
        against.line.append(project.seconds_of_steps(steps(cost.compiled)))


def _seconds_of_copy(project: Project, stream: ModelNode) -> float:
    copy = f"{stream.schema}.{_COPY}"
    seconds = project.seconds_of(limit_line(project, stream, copy))
    with project.cursor() as cursor:
        cursor.execute(f"drop table {copy}")
    return seconds
