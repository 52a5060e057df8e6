"""The whole project on a simulation with all that goes wrong with events: build, again, joins, docs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from dbt.contracts.graph.nodes import AnalysisNode

from all_domains.views import VIEWS, assert_views, event_tables
from builds.differences import assert_same_contents
from chromium import chromium
from deep import IS_DEEP, deep
from docsite import column_lineage, site
from docsite.keys import joins, marts
from metrics.checks import (
    assert_cases,
    assert_columns_are_metrics,
    assert_demo_shows_metrics,
    assert_everything_can_be_asked,
    assert_program,
)
from metrics.comparing import Ask, ask_as_analyst
from metrics.program import Mf
from metrics.shown import assert_analyses_are_metrics, assert_marts_are_metrics, assert_report_is_metrics
from project import ROOT, Project, project_on
from properties.built import Manifest
from reference.horizon import received_through
from reference.platform import read_platform_events
from report.marts import Marts
from report.period import Period
from sandbox.server import RAW_SCHEMA
from simulated.browser import Browser
from simulated.built import DAYS, FIRST_DAY, NodeResult, Simulated

PAGES = ("static_index.html", "erd.html", "column_lineage.html")
NEED_MORE_DAYS = {"sessions_by_pilot"}
"""Analyses without a row here. All analyses of the demonstration have rows, see `test_demo`."""
PERIOD = Period(FIRST_DAY, FIRST_DAY + timedelta(days=DAYS - 1))
BUILT = ("analytics_intermediate", "analytics_marts")


@dataclass(frozen=True)
class Build:
    """A project after `dbt build`: the results by node name, and the warnings."""

    project: Project
    results: Mapping[str, NodeResult]
    warnings: list[str]


@pytest.fixture(scope="module")
def build(simulated: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """The project on what `simulated` has built."""
    with project_on(simulated.database, tmp_path_factory) as project:
        yield Build(project, simulated.results, simulated.warnings)


def drifting_tables(project: Project) -> set[str]:
    """The raw tables that lack a column of their contract, or have one that it does not know."""
    landed = project.query(
        "select table_name, array_agg(column_name::text) from information_schema.columns"
        f" where table_schema = '{RAW_SCHEMA}' group by 1"
    )
    columns = {table: set(names) for table, names in landed}
    drifting = set()
    declared = yaml.safe_load((ROOT / "models/staging/_delivery_platform__sources.yml").read_text())
    for table in declared["sources"][0]["tables"]:
        accepted = [
            set(column.get("config", {}).get("meta", {}).get("raw_names", [column["name"]]))
            for column in table["columns"]
        ]
        own = {name for name in columns[table["name"]] if not name.startswith("context_")}
        lacks_one = any(not names & columns[table["name"]] for names in accepted)
        if lacks_one or not own <= set().union(*accepted, {"uuid"}):
            drifting.add(table["name"])
    return drifting


def test_every_model_builds_and_every_test_passes(build: Build) -> None:
    counts = Counter((result.resource_type, result.status) for result in build.results.values())
    assert counts["test", "pass"] + counts["test", "warn"] > 130
    assert counts["model", "success"] > 65
    assert counts["seed", "success"] == 1
    assert {status for _, status in counts} <= {"pass", "warn", "success"}


def test_only_tables_that_drift_are_warned_of(build: Build) -> None:
    warned = {name for name, result in build.results.items() if result.status == "warn"}
    expected = {f"source_matches_contract_delivery_platform_{t}_" for t in drifting_tables(build.project)}
    expected.add("raw_tables_are_as_declared")
    assert warned == expected
    assert len(expected) < 10
    of_tests = "|".join([*expected, "Got .* configured to warn"])
    assert [warning for warning in build.warnings if not re.search(of_tests, warning)] == []


def test_views_over_all_domains_are_those_of_the_reference(build: Build) -> None:
    project = build.project
    tables = event_tables(Manifest.of(project))
    raw_rows = ((name, row) for name in tables for row in project.rows(f"{RAW_SCHEMA}.{name}"))
    events = read_platform_events(raw_rows, tables)
    built = {view: project.rows(f"analytics_marts.{view}") for view in VIEWS}
    derived = assert_views(built, events, received_through(events))
    assert min(map(len, derived.values())) > 5


def test_every_unit_test_passes(build: Build) -> None:
    results = build.project.dbt("test", "--select", "test_type:unit", succeeds=False)
    names = {test["name"] for test in build.project.manifest["unit_tests"].values()}
    assert len(names) > 200
    assert names <= results.keys()
    failed = {name: str(results[name].message) for name in names if str(results[name].status) != "pass"}
    assert failed == {}


@deep
def test_building_again_changes_nothing(build: Build) -> None:
    relations = build.project.tables(*BUILT)
    assert len(relations) > 15
    before = build.project.contents(relations)
    assert len(before["analytics_marts.fct_unlock_attempts"]) > 1000
    build.project.dbt("run")
    assert_same_contents(before, build.project.contents(relations))


def test_every_join_of_the_diagram_finds_its_row(build: Build) -> None:
    """A key of a mart has a row in the mart that the diagram leads to, but for dates that cannot be."""
    found = joins(marts(build.project.manifest))
    assert {
        ("fct_unlock_attempts", "fct_orders"),
        ("fct_tracked_orders", "fct_orders"),
        ("fct_recovery_actions", "dim_pilots"),
    } <= {(join.mart, join.to_mart) for join in found}
    flagged = {mart.name for mart in marts(build.project.manifest) if "is_clock_suspect" in mart.columns}
    lonely = build.project.query(
        " union ".join(
            f"select '{join.mart}', '{join.column}', {join.column}::text,"
            f" {'is_clock_suspect' if join.mart in flagged else 'false'} from analytics_marts.{join.mart}"
            f" where {join.column}::text <> 'unknown' and {join.column} not in"
            f" (select {join.to_column} from analytics_marts.{join.to_mart}"
            f" where {join.to_column} is not null)"
            for join in found
        ),
        user="analyst",
    )
    dates = [(mart, day) for mart, column, day, is_suspect in lonely if column == "start_date" and is_suspect]
    assert len(dates) == len(lonely)
    assert {"fct_events", "fct_orders"} <= {mart for mart, _ in dates}
    end = f"{FIRST_DAY + timedelta(days=DAYS + 1)}"
    assert [row for row in dates if "2015-01-01" <= str(row[1]) <= end] == []


@pytest.fixture(scope="module")
def analyses(build: Build) -> dict[str, str]:
    """The compiled SQL of the analyses, by name."""
    compiled = build.project.dbt("compile", "--select", "path:analyses")
    nodes = [result.node for result in compiled.values() if isinstance(result.node, AnalysisNode)]
    assert len(nodes) == len(compiled)
    return {node.name: str(node.compiled_code) for node in nodes}


@pytest.fixture
def ask(build: Build) -> Iterator[Ask]:
    """Runs queries as an analyst."""
    with closing(build.project.database.connect(user="analyst")) as connection:
        yield ask_as_analyst(connection)


def test_every_analysis_gives_an_analyst_rows(analyses: dict[str, str], ask: Ask) -> None:
    assert set(analyses) == {file.stem for file in ROOT.glob("analyses/*/*.sql")}
    for name, sql in analyses.items():
        assert ask(sql) or name in NEED_MORE_DAYS, name


def test_metrics_are_what_sql_written_by_hand_gives(ask: Ask) -> None:
    assert_cases("postgres", ask, ask)


def test_an_analyst_can_ask_for_every_metric_and_saved_query(ask: Ask) -> None:
    assert_everything_can_be_asked("postgres", ask)


def test_a_number_is_the_same_as_metric_and_wherever_it_is_shown(
    build: Build, analyses: dict[str, str], ask: Ask
) -> None:
    assert_columns_are_metrics(ask)
    assert_marts_are_metrics({mart.name: mart.columns for mart in marts(build.project.manifest)}, ask)
    assert_analyses_are_metrics(analyses, ask)
    with closing(build.project.database.connect(user="analyst", autocommit=True)) as connection:
        assert_demo_shows_metrics(connection, ask)
        assert_report_is_metrics(Marts(connection, "analytics_marts"), PERIOD, ask)


@deep
def test_metricflow_validates_the_metrics_on_the_warehouse(build: Build, tmp_path: Path) -> None:
    with Mf(build.project, tmp_path) as mf:
        printed = mf.run("validate-configs")
    assert (
        re.findall(r"\(ERRORS: (\d+), FUTURE_ERRORS: (\d+), WARNINGS: (\d+)\)", printed) == [("0",) * 3] * 6
    )
    assert mf.asked == ["CONNECT pypi.org:443"], "for its newest version, and nothing else"


@deep
def test_the_program_of_metricflow_gives_the_same_rows(build: Build, tmp_path: Path, ask: Ask) -> None:
    with Mf(build.project, tmp_path) as mf:
        assert_program(mf, ask)


def test_the_documentation_site_works_when_it_is_moved_and_without_a_network(
    build: Build, tmp_path: Path
) -> None:
    build.project.dbt("docs generate")
    target = build.project.work / "target"
    catalog = json.loads((target / "catalog.json").read_text())
    nodes = build.project.manifest["nodes"].values()
    relations = {node["unique_id"] for node in nodes if node["resource_type"] in ("model", "seed")}
    assert len(relations) > 65
    assert set(catalog["nodes"]) == relations
    assert catalog["sources"] == {}, "raw tables may have columns whose names nobody has declared"

    site.write(target)
    if IS_DEEP:  # 20 seconds
        without_lines = {"int_event_tables", "int_landed_tracks", "rpt_contract_drift"}
        assert column_lineage.write(target) == without_lines
    for page in PAGES[: 3 if IS_DEEP else 2]:
        (tmp_path / page).write_bytes((target / page).read_bytes())
    with chromium() as launched:
        browser = Browser(launched, tmp_path)
        overview = browser.opened("static_index.html#!/overview", "The marts")
        picture = overview.locator('img[alt^="Raw event tables"]')
        assert picture.evaluate("image => image.naturalWidth") > 0
        assert str(picture.get_attribute("src")).startswith("data:image/svg+xml;base64,")
        orders = browser.opened("static_index.html#!/model/model.delivery_platform.fct_orders", "Lineage:")
        assert orders.get_by_text("who_rates").locator("visible=true").count(), (
            "the analyses that read the mart"
        )
        lineage = browser.opened(
            "static_index.html#!/model/model.delivery_platform.fct_orders?g_v=1&g_i=2%2Bfct_orders%2B1",
            "Lineage Graph",
        )
        assert lineage.get_by_text("10 selected").count(), "all types of nodes but the two of tests"
        analysis = "static_index.html#!/analysis/analysis.delivery_platform.second_tries"
        table = browser.opened(analysis, "How to read it.").locator(".model-markdown table").first
        assert table.evaluate("table => getComputedStyle(table).overflowX") == "auto", "wide ones scroll"
        assert browser.opened("erd.html", "How the marts are joined").locator("path.line").count() > 30
        if IS_DEEP:
            tags = "column_lineage.html?model=model.delivery_platform.fct_rating_tags&column=rating&parents=1"
            browser.opened(tags, "fct_ratings")
        assert (browser.errors, browser.requests) == ([], [])
