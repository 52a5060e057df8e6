"""What every metric promises, read from what dbt parsed."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from house.commands import ROOT
from metrics.cases import CASES
from metrics.engine import metric_sql
from metrics.more_cases import MORE_CASES
from parsing import ParsedProject
from redshift_lookalike.gate import findings

DOMAINS = ("unlock", "load", "orders", "troubleshooting", "operations", "tracker", "banner", "platform")
BEGINNINGS = re.compile(
    r"Number|Share \(0 to 1\)|Difference \(-1 to 1\)|Seconds|Stars|Per thousand|[A-Z][a-z ]+ per [a-z]"
)
"""A description begins with the unit."""
BASES = re.compile(r"(of the|of all|median of|percentile of|mean of|maximum of|orders that started|raw rows)")
"""Words by which the description of a metric that is not a count names its base."""


@pytest.fixture(scope="module")
def metrics(parsed: ParsedProject) -> dict[str, Any]:
    """All metrics by name."""
    return {metric["name"]: metric for metric in parsed.content["metrics"].values()}


@pytest.fixture(scope="module")
def semantic_models(parsed: ParsedProject) -> dict[str, Any]:
    """All semantic models by name."""
    return {model["name"]: model for model in parsed.content["semantic_models"].values()}


def test_dbt_reads_every_metric_that_a_file_has(
    metrics: dict[str, Any], semantic_models: dict[str, Any], parsed: ParsedProject
) -> None:
    """dbt ignores an unknown spec without an error."""
    written = {
        kind: Counter(
            name
            for file in (ROOT / "models").rglob("*.yml")
            for name in re.findall(r"^  - name: (\w+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            if file.stem.endswith(f"__{kind}")
        )
        for kind in ("metrics", "semantic_models", "saved_queries")
    }
    assert written["metrics"] == Counter(metrics.keys())
    assert len(metrics) > 100
    assert written["semantic_models"] == Counter(semantic_models.keys())
    assert written["saved_queries"] == Counter(
        saved["name"] for saved in parsed.content["saved_queries"].values()
    )
    assert {metric["original_file_path"].split("/")[2] for metric in metrics.values()} == set(DOMAINS)


def test_each_fact_has_metrics_that_are_compared_with_sql(
    metrics: dict[str, Any], semantic_models: dict[str, Any], parsed: ParsedProject
) -> None:
    read = {name: model["depends_on"]["nodes"][0] for name, model in semantic_models.items()}
    facts = {key for key in parsed.content["nodes"] if key.split(".")[-1].startswith("fct_")}
    assert facts - set(read.values()) == set()
    exposure = parsed.content["exposures"]["exposure.delivery_platform.metrics"]
    assert set(exposure["depends_on"]["nodes"]) == set(read.values())

    asked = {name for case in (*CASES, *MORE_CASES) for name in case.metrics}
    compared = {node for name in asked for node in metrics[name]["depends_on"]["nodes"]}
    compared |= {
        node
        for metric in compared & parsed.content["metrics"].keys()
        for node in parsed.content["metrics"][metric]["depends_on"]["nodes"]
    }
    measured = {model["unique_id"] for model in semantic_models.values() if model["measures"]}
    assert measured - compared == set()


def test_a_metric_has_a_label_a_unit_and_a_base(metrics: dict[str, Any]) -> None:
    labels = Counter(metric["label"] for metric in metrics.values())
    assert [label for label, count in labels.items() if count > 1] == []
    unlike = [
        name
        for name, metric in metrics.items()
        if not BEGINNINGS.match(metric["description"])
        or not (metric["description"].startswith("Number") or BASES.search(metric["description"]))
    ]
    assert unlike == []


def test_a_dimension_is_described_and_a_measure_has_a_metric(
    metrics: dict[str, Any], semantic_models: dict[str, Any]
) -> None:
    dimensions = [
        f"{name}: {dimension['name']}"
        for name, model in semantic_models.items()
        for dimension in model["dimensions"]
        if not dimension["description"]
    ]
    assert dimensions == []
    measured = Counter(
        (metric["type_params"]["measure"]["name"], str(metric["filter"]))
        for metric in metrics.values()
        if metric["type_params"]["measure"]
    )
    assert [measure for measure, count in measured.items() if count > 1] == []
    assert {measure for measure, _ in measured} == {
        measure["name"] for model in semantic_models.values() for measure in model["measures"]
    }


def test_the_time_of_metrics_is_local_and_the_same_everywhere(semantic_models: dict[str, Any]) -> None:
    times = {
        dimension["expr"] or dimension["name"]
        for model in semantic_models.values()
        for dimension in model["dimensions"]
        if model["defaults"] and dimension["name"] == model["defaults"]["agg_time_dimension"]
    }
    assert times == {"cast(start_date as timestamp)", "cast(loaded_date as timestamp)"}


def test_redshift_accepts_the_metrics_of_a_domain_in_one_query(metrics: dict[str, Any]) -> None:
    for domain in DOMAINS:
        names = [name for name, metric in metrics.items() if metric["fqn"][2] == domain]
        assert [
            str(finding) for finding in findings(metric_sql("redshift", names, ["metric_time__week"]))
        ] == []
