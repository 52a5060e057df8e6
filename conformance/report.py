"""The result of a run as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby

from conformance.checks import Outcome

MOST_FINDINGS = 12
"""Lines that the page shows of one check that failed."""


def page(outcome: Outcome, at: datetime) -> str:
    """The page. `at` is the time of the run, in UTC."""
    return "\n".join(_lines(outcome, at)) + "\n"


def summary(outcome: Outcome) -> str:
    """One line: what a run came to."""
    failed = sum(not check.passed for check in outcome.checks)
    verdict = "passed" if outcome.passed else f"FAILED: {failed} of"
    return f"{verdict} {len(outcome.checks)} checks on target {outcome.target}"


def _lines(outcome: Outcome, at: datetime) -> Iterator[str]:
    yield f"# Conformance: {'passed' if outcome.passed else 'failed'}"
    yield ""
    yield f"- Date: {at:%Y-%m-%d %H:%M} UTC"
    yield f"- Target: {outcome.target}"
    yield f"- Warehouse: {outcome.version}"
    yield f"- dbt-core {_version('dbt-core')}, dbt-{outcome.adapter} {_version(f'dbt-{outcome.adapter}')}"
    if outcome.adapter == "redshift":
        yield f"- redshift-connector {_version('redshift-connector')}"
    yield f"- Scratch schemas: {outcome.scratch}_…"
    yield f"- Checks: {sum(check.passed for check in outcome.checks)} of {len(outcome.checks)} passed"
    for stage, checks in groupby(outcome.checks, key=lambda check: check.stage):
        yield ""
        yield f"## {stage.capitalize()}"
        yield ""
        yield "| Check | Compared | Result |"
        yield "|---|---:|---|"
        failed = []
        for check in checks:
            yield f"| {check.about} | {check.count:,} | {'passed' if check.passed else '**failed**'} |"
            failed += [] if check.passed else [check]
        for check in failed:
            yield ""
            yield f"{check.about}:"
            yield ""
            yield "```text"
            yield from (line.rstrip() for line in check.findings[:MOST_FINDINGS])
            yield "```"
    if outcome.readings:
        yield from _readings(outcome)
    if outcome.slowest:
        yield from _slowest(outcome)


def _readings(outcome: Outcome) -> Iterator[str]:
    yield ""
    yield "## Somebody who read while dbt built"
    yield ""
    yield "| Read | Queries | Errors | Longest wait, seconds |"
    yield "|---|---:|---:|---:|"
    for reading in outcome.readings:
        errors = sum(reading.errors.values())
        yield f"| {reading.about} | {reading.count:,} | {errors:,} | {reading.longest_wait:.3f} |"


def _slowest(outcome: Outcome) -> Iterator[str]:
    yield ""
    yield "## Slowest statements of dbt"
    yield ""
    yield "| Seconds | Node | SQL |"
    yield "|---:|---|---|"
    for statement in outcome.slowest:
        sql = statement.sql.replace("|", "\\|")
        yield f"| {statement.seconds:.3f} | {statement.node or 'none'} | `{sql}` |"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"
