"""Each property has its tests, and each model what these tests need of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from house.commands import ROOT
from parsing import ParsedProject
from properties.breaks import BREAKS
from properties.test_breaks import CASES

DOCUMENT = ROOT / "docs" / "increments.md"
ROW = re.compile(r"^\| \*\*(.+?)\*\* \| (\[.+?) \| (\[.+?) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"\[(test_\w+)\]\((\.\./tests/python/\w+/test_\w+\.py)\)")


def data_tests(parsed: ParsedProject, *names: str) -> Iterator[dict[str, Any]]:
    """The data tests of these kinds; a singular one has the kind ``."""
    for node in parsed.content["nodes"].values():
        if node["resource_type"] == "test":
            kind = node["test_metadata"]["name"] if node.get("test_metadata") else ""
            if kind in names:
                yield node


def test_the_document_has_the_tests_of_each_property() -> None:
    """Each test exists. Those that test_breaks expects to fail are among them, with its change."""
    rows = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    assert [(name, change) for name, _, _, change in rows] == [(name, BREAKS[name].change) for name in BREAKS]
    for name, *columns, _ in rows:
        for column in columns:
            assert ", ".join(f"[{test}]({path})" for test, path in TEST.findall(column)) == column
            missing = [
                test
                for test, path in TEST.findall(column)
                if f"\ndef {test}(" not in (DOCUMENT.parent / path).read_text(encoding="utf-8")
            ]
            assert missing == [], name
        listed = {test for test, _ in TEST.findall(" ".join(columns))}
        failed = {test.__name__ for property_, test, *_ in CASES if property_ == name}
        assert {test for test in failed if test.startswith("test_")} <= listed, name


def test_each_model_that_places_events_is_tested_with_all_its_streams(parsed: ParsedProject) -> None:
    nodes = parsed.content["nodes"]
    expected = {}
    for node in nodes.values():
        is_table = node["resource_type"] == "model" and node["config"]["materialized"] == "incremental"
        if is_table and node["fqn"][1] == "intermediate" and "unmatched_reason" in node["columns"]:
            parents = [nodes[parent] for parent in node["depends_on"]["nodes"]]
            (view,) = [parent for parent in parents if "input_name" in parent["columns"]]
            expected[node["unique_id"]] = {nodes[stream]["name"] for stream in view["depends_on"]["nodes"]}
    assert len(expected) > 5
    assert {
        test["attached_node"]: set(test["test_metadata"]["kwargs"]["streams"])
        for test in data_tests(parsed, "every_event_is_placed")
    } == expected


def test_each_mart_has_a_law_of_its_own(parsed: ParsedProject) -> None:
    """A data test of other kinds than keys, values and relationships."""
    marts = {
        name: node["name"]
        for name, node in parsed.content["nodes"].items()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    }
    laws = data_tests(parsed, "", "expression_is_true")
    lawful = {marts[name] for law in laws for name in law["depends_on"]["nodes"] if name in marts}
    assert {*marts.values()} - lawful == set()


def test_each_event_table_is_compared_with_its_contract(parsed: ParsedProject) -> None:
    compared = {
        source
        for test in data_tests(parsed, "matches_contract")
        for source in test["depends_on"]["nodes"]
        if source in parsed.content["sources"]
    }
    assert compared == {*parsed.content["sources"]}
