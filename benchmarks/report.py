"""The figures as text."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.measures import SizeReport
from benchmarks.project import RunCost

_MEGABYTE = 1024**2


def machine() -> str:
    """The machine in a few words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    model = "unknown processor"
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":")[1].strip() if lines else model
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB of memory"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def summary(reports: Sequence[SizeReport]) -> str:
    """The figures that have a bound, one column per size."""
    rows = [[name, *(value(report) for report in reports)] for name, value in _FIGURES.items()]
    first, last = reports[0], reports[-1]
    text = table(["", *(f"{report.days:.0f} days" for report in reports)], rows)
    if len(reports) > 1:
        growth = _increment(last) / _increment(first)
        growth_at_first = _first_increment(last) / _first_increment(first)
        history = last.raw_rows / first.raw_rows
        text += f"\n\nWith {history:.1f} x the history the increment of one day takes {growth:.2f} x"
        text += f", those of the first days {growth_at_first:.2f} x."
    return text


def by_model(report: SizeReport) -> str:
    """Seconds of each incremental model: full refresh, increment, nothing new."""
    assert report.full_refresh
    assert report.idle
    rows = []
    for name in report.incremental:
        cost = report.full_refresh.models[name]
        against = report.streams.get(name) or report.made_of_events.get(name)
        increments = [run.models[name] for run in report.later_increments]
        idle = report.idle.models[name]
        seconds = median(cost.statement_seconds for cost in increments)
        rows.append(
            [
                f"`{name}`",
                f"{against.ratio:.2f}" if against else "",
                f"{cost.statement_seconds:.2f}",
                f"{seconds:.3f}",
                f"{seconds / cost.statement_seconds:.1%}",
                f"{idle.statement_seconds:.3f}",
                f"{median(cost.statement_count for cost in increments):.0f}",
            ]
        )
    headings = [
        "model",
        "refresh / line",
        "refresh s",
        "day s",
        "day / refresh",
        "nothing new s",
        "statements",
    ]
    return table(headings, rows)


def _increment(report: SizeReport) -> float:
    return report.increment_seconds(report.incremental)


def _first_increment(report: SizeReport) -> float:
    return report.first_increment_seconds(report.incremental)


def _millions(report: SizeReport) -> str:
    return f"{report.raw_rows / 1e6:.2f} M"


def _streams_ratio(report: SizeReport) -> str:
    ours = sum(median(against.ours) for against in report.streams.values())
    return f"{ours / _limit_seconds(report):.2f}"


def _whole_ratio(report: SizeReport) -> str:
    return f"{report.full_refresh_seconds(report.incremental) / _limit_seconds(report):.2f}"


def _parallel_ratio(report: SizeReport) -> str:
    assert report.full_refresh_on_all_cores
    return f"{report.full_refresh_on_all_cores.model_seconds / _limit_seconds(report):.2f}"


def _limit_seconds(report: SizeReport) -> float:
    return sum(median(against.line) for against in report.streams.values())


def _facts_ratio(report: SizeReport) -> str:
    """The highest ratio of a fact, which is named; then that of all models of events and facts together."""
    facts = {name: each.ratio for name, each in report.made_of_events.items() if name.startswith("fct_")}
    worst = max(facts, key=lambda name: facts[name])
    both = report.made_of_events.values()
    total = sum(median(each.ours) for each in both) / sum(median(each.line) for each in both)
    return f"{facts[worst]:.2f} {worst}; {total:.2f} events and facts together"


def _share(seconds: float, report: SizeReport) -> str:
    return f"{seconds:.2f} s, {seconds / report.full_refresh_seconds(report.incremental):.1%}"


def _idle(run: RunCost | None) -> str:
    assert run
    return f"{run.statement_count} in {run.statement_seconds:.2f} s of {run.seconds:.1f} s"


def _dbt_seconds(report: SizeReport) -> str:
    assert report.idle
    idle = report.idle
    per_model = (idle.seconds - idle.startup_seconds - idle.statement_seconds) / len(idle.models)
    return f"{idle.startup_seconds:.1f} s, then {per_model * 1000:.0f} ms"


_FIGURES: dict[str, Callable[[SizeReport], str]] = {
    "raw rows": _millions,
    "full refresh of all streams / limit line": _streams_ratio,
    "full refresh of all tables / limit line": _whole_ratio,
    "the same with a thread for each core, by the wall clock": _parallel_ratio,
    "full refresh of a fact / its windows and groups one by one, at most": _facts_ratio,
    "raw rows of one day": lambda report: f"{median(report.later_increment_rows):,.0f}",
    "increment of one day, of the full refresh": lambda report: _share(_increment(report), report),
    "the same of the first days after it": lambda report: _share(_first_increment(report), report),
    "run of all models with nothing new, statements": lambda report: _idle(report.idle),
    "run of the incremental models with nothing new, statements": lambda report: _idle(report.idle_tables),
    "dbt's own: start, then per model": _dbt_seconds,
    "peak memory of a full refresh": lambda report: f"{report.refresh_usage.peak_memory / _MEGABYTE:.0f} MB",
    "peak memory of increments": lambda report: f"{report.increment_usage.peak_memory / _MEGABYTE:.0f} MB",
    "temporary files of a full refresh": lambda report: (
        f"{report.refresh_usage.temporary / _MEGABYTE:.0f} MB"
    ),
    "temporary files of increments": lambda report: f"{report.increment_usage.temporary / _MEGABYTE:.0f} MB",
    "`work_mem`": lambda report: report.work_memory,
}
