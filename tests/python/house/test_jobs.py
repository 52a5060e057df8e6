"""Scheduled jobs: what the selectors select, and that unit tests do not depend on vars of the project."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
import yaml
from dbt.cli.main import dbtRunner

from builds.collector import garbage_collector_paused
from builds.runner import NO_FILES, Dbt
from house.commands import ROOT
from parsing import ParsedProject

NUMBERS = {
    name
    for name, value in yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"].items()
    if type(value) is int
}
FIXTURES_ARE_IN_SHAPE = "macro.delivery_platform.conform"
"""In a unit test this macro reads no var."""


def numbers_of(parsed: ParsedProject, model: dict[str, Any]) -> set[str]:
    """The numeric vars that a model's SQL names, or a macro that it calls directly or indirectly."""
    macros = parsed.content["macros"]
    code, seen, waiting = [model["raw_code"]], {FIXTURES_ARE_IN_SHAPE}, [*model["depends_on"]["macros"]]
    while waiting:
        name = waiting.pop()
        if name not in seen and name.startswith("macro.delivery_platform."):
            seen.add(name)
            code.append(macros[name]["macro_sql"])
            waiting += macros[name]["depends_on"]["macros"]
    return {name for text in code for name in re.findall(r"var\('(\w+)'\)", text)} & NUMBERS


def test_unit_tests_pin_the_vars_of_their_models(parsed: ParsedProject) -> None:
    models = {
        node["name"]: node for node in parsed.content["nodes"].values() if node["resource_type"] == "model"
    }
    lacking = {}
    pinned: set[str] = set()
    for test in parsed.content["unit_tests"].values():
        vars_ = set(((test["overrides"] or {}).get("vars") or {}).keys())
        pinned |= vars_
        if missing := numbers_of(parsed, models[test["model"]]) - vars_:
            lacking[test["name"]] = sorted(missing)
    assert lacking == {}
    assert len(pinned) > 15


def test_the_first_row_of_each_input_of_a_unit_test_has_no_null(parsed: ParsedProject) -> None:
    """dbt-redshift takes the types of an input from its first row, and refuses a null there."""
    first_rows = [
        (test["name"], given["input"], row)
        for test in parsed.content["unit_tests"].values()
        for given in test["given"]
        if isinstance(given["rows"], list)
        for row in given["rows"][:1]
    ]
    assert len(first_rows) > 200
    assert [
        (test, given, column)
        for test, given, row in first_rows
        for column, value in row.items()
        if value in (None, "")
    ] == []


RUN_NOTHING = ("--exclude-resource-type", "metric", "semantic_model", "saved_query", "exposure")
"""Leaves out what only describes the marts."""


def selected(parsed: ParsedProject, *options: str) -> Counter[str]:
    """The number of nodes of each type in a selection, without those that run nothing."""
    dbt = Dbt(ROOT, parsed.folder, "sandbox", work=parsed.folder, logging=NO_FILES)
    arguments = dbt.arguments(
        "ls", *options, *RUN_NOTHING, "--output", "json", "--output-keys", "resource_type"
    )
    with garbage_collector_paused():
        listed = dbtRunner(parsed.manifest("unset")).invoke(arguments)
    assert isinstance(listed.result, list)
    return Counter(json.loads(line)["resource_type"] for line in listed.result)


def test_scheduled_jobs_run_no_unit_test(parsed: ParsedProject) -> None:
    everything = Counter(node["resource_type"] for node in parsed.content["nodes"].values())
    unit_tests = len(parsed.content["unit_tests"])
    scheduled = {kind: everything[kind] for kind in ("model", "seed", "test")}
    assert selected(parsed, "--selector", "daily") == scheduled
    assert selected(parsed, "--selector", "full") == scheduled
    assert selected(parsed, "--selector", "ci") == scheduled | {"unit_test": unit_tests}
    hourly = selected(parsed, "--selector", "hourly", "--resource-type", "model")
    tables = selected(parsed, "--select", "+config.materialized:incremental", "--resource-type", "model")
    assert hourly == tables
    assert 90 < hourly["model"] < everything["model"]


@pytest.mark.parametrize("document", ["README.md", "docs/runbook.md"])
def test_the_documents_name_the_commands(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for selector in yaml.safe_load((ROOT / "selectors.yml").read_text(encoding="utf-8"))["selectors"]:
        assert f"--selector {selector['name']}" in text


@pytest.mark.parametrize(
    "selection", ["--select nothing_of_this_name", "--select int_unlock_events --resource-type seed"]
)
def test_a_selection_of_nothing_is_an_error(parsed: ParsedProject, selection: str) -> None:
    dbt = Dbt(ROOT, parsed.folder, "sandbox", work=parsed.folder, logging=NO_FILES)
    outcome = dbt.run("ls", *selection.split(), manifest=parsed.manifest("unset"))
    assert not outcome.success
    assert re.search("does not match any enabled nodes|No nodes selected", outcome.exception)
