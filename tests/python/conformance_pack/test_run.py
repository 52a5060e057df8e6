"""The conformance pack passes on both targets, says what is wrong, and takes away what it made."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance import __main__, checks
from conformance.checks import EXPECTED, SLOWEST
from conformance.dbt_project import ROOT, DbtProject, own_profile
from conformance.errors import ConformanceError
from conformance.fixtures import Fixtures
from conformance.warehouse import opened
from conformance_pack.conftest import Target
from deep import deep

Row = list[str]


def tamper(path: Path, change: Callable[[list[Row]], None]) -> None:
    """Change the rows of a CSV file; the first one has the names of the columns."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def test_on_postgresql_fails_what_is_not_as_expected_and_nothing_else(
    sandbox: Target, tmp_path: Path
) -> None:
    expected = tmp_path / "expected"
    shutil.copytree(EXPECTED, expected)

    def another_value(rows: list[Row]) -> None:
        rows[1][rows[0].index("received_at")] = "2025-03-03 08:00:00.000001"

    def another_row(rows: list[Row]) -> None:
        rows.append(["more" if name == "event_id" else value for name, value in zip(*rows[:2], strict=True)])

    def another_type(rows: list[Row]) -> None:
        rows[1][rows[0].index("type")] = "varchar(511)"

    def another_fit(rows: list[Row]) -> None:
        rows[6][rows[0].index("is_blocking")] = "true"

    tamper(expected / "second_load" / "int_pilot_trip_events.csv", another_value)
    tamper(expected / "reconciliation" / "int_unlock_events.csv", another_row)
    tamper(expected / "column_types.csv", another_type)
    tamper(expected / "retyped_columns" / "stg_pilot_route_issue.csv", another_fit)
    before = sandbox.schemas()
    outcome = checks.run(sandbox.name, sandbox.profiles, "scratch", expected, own_tests=False)
    failed = {
        (check.stage, check.about): list(check.findings) for check in outcome.checks if not check.passed
    }
    trips = ["1 of 20 rows missing", "missing:", "1 of 20 rows unexpected", "unexpected:"]
    issues = ["1 of 6 rows missing", "missing:", "1 of 6 rows unexpected", "unexpected:"]
    types = [f"1 of {outcome_types(outcome)} rows {what}" for what in ("missing", "unexpected")]
    assert {key: [without_row(finding) for finding in lines] for key, lines in failed.items()} == {
        ("second load", "rows of int_pilot_trip_events"): trips,
        ("reconciliation", "rows of int_pilot_trip_events"): trips,
        ("reconciliation", "rows of int_unlock_events"): ["1 of 42 rows missing", "missing:"],
        ("retyped columns", "rows of stg_pilot_route_issue"): issues,
        ("second load", "names, order and types of columns"): [
            types[0],
            "missing: relation=dim_date, position=1, column=day_name, type=varchar(511)",
            types[1],
            "unexpected: relation=dim_date, position=1, column=day_name, type=varchar(16)",
        ],
    }
    assert not outcome.passed
    assert "PostgreSQL" in outcome.version
    assert sandbox.schemas() == before


def without_row(finding: str) -> str:
    """A finding without the row of events that it shows."""
    return re.sub(r"^(missing|unexpected): (event_id|loaded_at)=.*", r"\1:", finding)


def outcome_types(outcome: checks.Outcome) -> int:
    """The number of columns whose types were compared."""
    return next(check.count for check in outcome.checks if "types of columns" in check.about)


@deep
def test_passes_on_the_lookalike_and_writes_a_dated_page(
    redshift: Target, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, results = redshift.schemas(), tmp_path / "results"
    arguments = [
        "--target",
        redshift.name,
        "--profiles-dir",
        str(redshift.profiles),
        "--results",
        str(results),
    ]
    status = __main__.main([*arguments, "--without-tests"])
    (result,) = results.iterdir()
    text = result.read_text(encoding="utf-8")
    assert (status, "**failed**" in text) == (0, False), text
    assert result.name.endswith("_redshift.md")
    assert "- Warehouse: " in text
    assert "dbt-redshift 1." in text
    assert "| rows of fct_unlock_attempts | 20 | passed |" in text
    assert "| keys of fct_orders | 2 | passed |" in text
    assert re.search(r"\| a view, rpt_unlock_funnel_daily \| [\d,]+ \| 0 \| \d+\.\d{3} \|", text)
    assert len(re.findall(r"\| \d+\.\d{3} \| [\w.-]+ \| `.+` \|", text)) == SLOWEST
    assert "passed 275 checks on target redshift" in capsys.readouterr().out
    assert redshift.schemas() == before


class NothingToRun(DbtProject):
    """The project as it would be if it had nothing but a raw schema."""

    def __init__(self, work: Path, profiles: Path, target: str, scratch: str) -> None:
        self.raw_schema = f"{scratch}_raw"
        self.privacy_schema = f"{scratch}_privacy"
        self.manifest = {"sources": {}, "nodes": {}}
        self.scratch = scratch
        (work / "profiles.yml").write_text(own_profile(profiles, target, scratch), encoding="utf-8")


def test_what_fails_on_the_way_is_a_finding_and_leaves_nothing(
    sandbox: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> list[str]:
        return ["create table scratch_raw.t (a bigint)", "insert into scratch_raw.t values ('no number')"]

    monkeypatch.setattr(checks, "DbtProject", NothingToRun)
    monkeypatch.setattr(checks, "landing", breaks)
    monkeypatch.setattr(checks, "fixtures", lambda _: Fixtures({}, []))
    before = sandbox.schemas()
    outcome = checks.run(sandbox.name, sandbox.profiles, scratch="scratch")
    first, last = outcome.checks
    assert (first.stage, first.passed) == ("first load", False)
    assert "InvalidTextRepresentation" in first.findings[0]
    assert last.passed
    assert sandbox.schemas() == before


def test_schemas_of_somebody_else_are_not_touched(sandbox: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(ROOT, sandbox.profiles, sandbox.name) as other:
        other.execute("create schema scratch_raw")
        other.execute("create table scratch_raw.t as select 1 as a")
        monkeypatch.setattr(checks, "DbtProject", NothingToRun)
        with pytest.raises(ConformanceError, match=r"made by somebody else: scratch_raw\."):
            checks.run(sandbox.name, sandbox.profiles, scratch="scratch")
        assert other.query("select a from scratch_raw.t") == [(1,)]


def test_a_project_that_would_write_elsewhere_is_refused(sandbox: Target, tmp_path: Path) -> None:
    project = NothingToRun(tmp_path, sandbox.profiles, sandbox.name, "scratch")
    node = {
        "resource_type": "model",
        "name": "m",
        "alias": "m",
        "schema": "production",
        "fqn": ["p", "marts", "m"],
    }
    project.manifest = {"sources": {}, "nodes": {"model.p.m": node}}
    with pytest.raises(ConformanceError, match="would write to production"):
        _ = project.schemas


def test_a_target_that_is_not_there_is_said_to_be_missing(
    sandbox: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    status = __main__.main(["--target", "nowhere", "--profiles-dir", str(sandbox.profiles)])
    assert status == 2
    assert "has no target nowhere" in capsys.readouterr().err
