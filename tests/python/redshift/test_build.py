"""The whole project on Redshift's look-alike, through the real adapter."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.contracts.graph.nodes import AnalysisNode
from dbt.contracts.results import RunResult
from redshift_connector.error import ProgrammingError

from builds.differences import assert_same_contents
from deep import deep, some_of
from metrics.checks import assert_cases
from metrics.comparing import ask_as_analyst
from project import ROOT, open_project
from properties.built import Manifest, outputs
from redshift.column_types import column_types
from redshift.conftest import OnRedshift
from redshift_lookalike.conftest import connect
from redshift_lookalike.gate import findings
from redshift_lookalike.session import Sent
from report.__main__ import main
from report.build import SECTIONS
from report.marts import QUERIES
from sandbox.server import Server
from sandbox.simulator import SimulationSettings
from streams.loads import land_simulation

SOME_DATA_TESTS = [
    *("--select", "test_type:singular", "test_name:every_event_is_placed", "test_name:relationships"),
    *("fct_unlock_attempts", "rpt_unlock_funnel_daily", "source:delivery_platform.order_unlock_coco"),
]
KINDS_OF_TESTS = {
    *("singular", "every_event_is_placed", "expression_is_true", "matches_contract", "unique_combination"),
    *("accepted_values", "not_null", "relationships", "unique"),
}


def test_every_model_builds_through_the_lookalike(built: OnRedshift) -> None:
    assert statuses(built.results) == {"model": {"success"}, "seed": {"success"}}
    assert_sent(built.results, built.statements)


@pytest.mark.parametrize(
    "selected", some_of([SOME_DATA_TESTS, []], [SOME_DATA_TESTS]), ids=["of_each_kind", "all"]
)
def test_data_tests_pass_through_the_lookalike(built: OnRedshift, selected: list[str]) -> None:
    built.lookalike.forget()
    results = built.project.dbt("test", "--exclude-resource-type", "unit_test", *selected)
    found = statuses(results)
    assert found.keys() == {"test"}
    assert found["test"] <= {"pass", "warn"}
    assert {kind_of_test(result.node) for result in results.values()} >= KINDS_OF_TESTS
    assert_sent(results, built.lookalike.statements)


def kind_of_test(node: Any) -> str:
    """The name of a generic test, `singular` of another, and nothing of an operation."""
    if str(node.resource_type) != "test":
        return ""
    return str(node.test_metadata.name) if hasattr(node, "test_metadata") else "singular"


def statuses(results: Mapping[str, RunResult]) -> dict[str, set[str]]:
    """The different statuses of nodes, by type of node. Operations at the start of a run are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for result in results.values():
        found[str(result.node.resource_type)].add(str(result.status))
    found.pop("operation", None)
    return dict(found)


def assert_sent(results: Mapping[str, RunResult], statements: Sequence[Sent]) -> None:
    """Each node sent something, and nothing that Redshift refuses."""
    nodes = {result.node.unique_id for result in results.values()}
    senders = {sent.node for sent in statements}
    assert [node for node in nodes - senders if not node.startswith("operation.")] == []
    assert_accepted(statements)


def assert_accepted(statements: Sequence[Sent]) -> None:
    """Redshift refuses none of these, and reads none otherwise than PostgreSQL, as far as is known."""
    for sent in statements:
        assert sent.refused == ""
        assert [str(finding) for finding in findings(sent.sql)] == [], sent.sql


@deep
def test_every_unit_test_passes_whatever_the_vars(built: OnRedshift) -> None:
    built.lookalike.forget()
    numbers = {name: 3 * value + 1 for name, value in declared_vars().items() if type(value) is int}
    changed = json.dumps(numbers | {"newest_load_max_hours": None})
    results = built.project.dbt("test", "--select", "test_type:unit", "--vars", changed)
    assert statuses(results) == {"unit_test": {"pass"}}
    assert_accepted(built.lookalike.statements)


def declared_vars() -> dict[str, Any]:
    """The vars of the project with their defaults."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    return found


@deep
def test_a_reconciliation_changes_nothing(built: OnRedshift) -> None:
    before = outputs(built.project)
    built.project.dbt("run", "--vars", "{reconcile: true}", "--select", "config.materialized:incremental")
    assert_same_contents(before, outputs(built.project))


@deep
def test_rows_and_columns_are_those_on_postgresql(
    built: OnRedshift,
    server: Server,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    settings: SimulationSettings,
) -> None:
    with open_project(server, worker_id, tmp_path_factory) as project:
        land_simulation(project, settings, tmp_path_factory.mktemp("events"))
        project.dbt("seed")
        project.dbt("run")
        on_postgresql, columns = outputs(project), column_types(project)
    assert any(on_postgresql.values())
    assert_same_contents(on_postgresql, outputs(built.project))
    assert column_types(built.project) == columns


def test_the_documentation_has_every_relation(built: OnRedshift) -> None:
    built.project.dbt("docs generate", "--no-compile")
    catalog = json.loads((built.project.work / "target" / "catalog.json").read_text())
    manifest = built.project.manifest
    nodes = manifest["nodes"].values()
    assert set(catalog["nodes"]) == {
        node["unique_id"] for node in nodes if node["resource_type"] in ("model", "seed")
    }
    assert catalog["sources"] == {}, "raw tables may have columns whose names nobody has declared"
    kinds = {
        (node["config"]["materialized"], catalog["nodes"][node["unique_id"]]["metadata"]["type"])
        for node in nodes
        if node["resource_type"] == "model"
    }
    assert kinds == {("view", "LATE BINDING VIEW"), ("incremental", "BASE TABLE")}


@pytest.mark.parametrize("folder", some_of(["analyses/pilots", "analyses"], ["analyses/pilots"]))
def test_an_analyst_can_run_the_analyses(built: OnRedshift, folder: str) -> None:
    compiled = built.project.dbt("compile", "--select", f"path:{folder}")
    assert compiled
    with closing(connect(built.lookalike, user="analyst")) as connection:
        for result in compiled.values():
            assert isinstance(result.node, AnalysisNode)
            assert [str(finding) for finding in findings(str(result.node.compiled_code))] == []
            cursor = connection.cursor()
            cursor.execute(str(result.node.compiled_code))
            assert cursor.description


def test_the_report_is_written_from_redshift(
    built: OnRedshift, settings: SimulationSettings, tmp_path: Path
) -> None:
    output = tmp_path / "report.html"
    last = settings.start + timedelta(days=settings.days - 1)
    built.lookalike.forget()
    arguments = ["--target", "redshift", "--profiles-dir", str(built.project.work), "--output", str(output)]
    assert main([*arguments, "--from", str(settings.start), "--to", str(last)]) == 0
    assert len(built.lookalike.statements) >= len([*QUERIES.glob("*.sql")])
    assert_accepted(built.lookalike.statements)
    page = output.read_text(encoding="utf-8")
    assert page.count('<p class="sentence">No ') < page.count('<p class="sentence">') == len(SECTIONS)
    assert "Synthetic data" in page


def test_an_analyst_reads_marts_and_nothing_else(built: OnRedshift) -> None:
    built_relations = Manifest.of(built.project).outputs
    marts = [relation for relation in built_relations if "_marts." in relation]
    others = [relation for relation in built_relations if relation not in marts]
    assert marts
    assert others
    with closing(connect(built.lookalike, user="analyst")) as connection:
        for mart in marts:
            connection.cursor().execute(f"select count(*) from {mart}")
        for other in others:
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.cursor().execute(f"select count(*) from {other}")


def test_an_analyst_can_ask_for_metrics(built: OnRedshift) -> None:
    with (
        closing(connect(built.lookalike, user="analyst")) as connection,
        closing(built.project.database.connect(user="analyst")) as behind,
    ):
        built.lookalike.forget()
        assert_cases("redshift", ask_as_analyst(connection), ask_as_analyst(behind))
    assert_accepted(built.lookalike.statements)
