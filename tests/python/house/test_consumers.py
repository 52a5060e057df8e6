"""Who reads the marts: the overview, exposures, groups, access, and the worked questions."""

from __future__ import annotations

import re
from typing import Any

import yaml

from house.commands import ROOT
from parsing import ParsedProject

OVERVIEW = ROOT / "models" / "overview.md"
LINK = re.compile(r"\]\(#!/(\w+)/([\w.]+)(?:\?g_v=1&g_i=([^)]*))?\)")


def marts(parsed: ParsedProject) -> dict[str, dict[str, Any]]:
    """The marts and the seed beside them, by their ids."""
    return {
        key: node
        for key, node in parsed.content["nodes"].items()
        if node["resource_type"] in ("model", "seed") and node["config"]["schema"] == "marts"
    }


def test_the_overview_names_every_mart_and_links_its_page_and_its_lineage(parsed: ParsedProject) -> None:
    links = LINK.findall(OVERVIEW.read_text(encoding="utf-8"))
    found = marts(parsed)
    assert {unique_id for _, unique_id, selection in links if not selection} == set(found)
    assert {unique_id for _, unique_id, selection in links if selection} == set(found)
    for kind, unique_id, selection in links:
        assert unique_id.startswith(f"{kind}.")
        if selection:  # a bounded number of steps, for the whole lineage cannot be read
            assert re.fullmatch(rf"[12]%2B{found[unique_id]['name']}%2B1", selection)


def test_marts_are_public_and_everything_has_an_owner(parsed: ParsedProject) -> None:
    groups = parsed.content["groups"].values()
    owned = {group["name"] for group in groups if group["owner"]["name"]}
    models = [node for node in parsed.content["nodes"].values() if node["resource_type"] == "model"]
    assert {model["name"] for model in models if model["config"]["group"] not in owned} == set()
    public = {model["unique_id"] for model in models if model["access"] == "public"}
    assert public == {key for key in marts(parsed) if key.startswith("model.")}
    assert {model["access"] for model in models if model["unique_id"] not in public} == {"protected"}
    assert owned == {model["config"]["group"] for model in models}


def test_descriptions_of_marts_name_no_model_that_analysts_may_not_read(parsed: ParsedProject) -> None:
    named = {
        f"{mart['name']}: {model}"
        for mart in marts(parsed).values()
        for each in (mart, *mart["columns"].values())
        for model in re.findall(r"`(int_\w+)`", each["description"])
    }
    assert named == set()


def test_an_exposure_reads_marts_and_each_mart_is_read(parsed: ParsedProject) -> None:
    exposures = parsed.content["exposures"]
    assert {each["name"] for each in exposures.values()} >= {
        "scheduled_job",
        "weekly_report",
        "metrics",
        "bi_tool",
    }
    read = {node for each in exposures.values() for node in each["depends_on"]["nodes"]}
    assert read == set(marts(parsed))


def test_a_worked_question_has_its_answer_and_how_to_read_it(parsed: ParsedProject) -> None:
    analyses = [node for node in parsed.content["nodes"].values() if node["resource_type"] == "analysis"]
    assert len(analyses) >= 24
    assert len({node["fqn"][-2] for node in analyses}) == 7, "a folder for each stakeholder"
    for node in analyses:
        question, answer, reading = node["description"].strip().split("**")[2::2]
        assert question.strip().endswith("?"), node["name"]
        assert "\n| " in answer, node["name"]
        assert len(reading) > 60, node["name"]
    described = {
        each["name"]
        for path in ROOT.glob("analyses/*/_*__analyses.yml")
        for each in yaml.safe_load(path.read_text(encoding="utf-8"))["analyses"]
    }
    assert described == {path.stem for path in ROOT.glob("analyses/*/*.sql")}
