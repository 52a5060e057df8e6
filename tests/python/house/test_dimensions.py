"""By what metrics can be grouped: each column of a mart that describes its rows is a dimension."""

from __future__ import annotations

import re
from typing import Any

import pytest
from metricflow_semantics.errors.error_classes import InvalidQueryException

from metrics.engine import metric_sql
from parsing import ParsedProject

DESCRIBES = re.compile(r"varchar|boolean|bigint")
"""Data types of columns that rows can be grouped by."""
MEASURES = re.compile(r".*_(count|seconds|milliseconds|number)|seconds_.*|.*_seconds_.*|satellite_count")
"""Names of numbers that are added up or averaged."""

ONE_ROW = "almost each row has another value"
SPELLING = "another spelling of a column that is a dimension"
FREE = "free text or a list of values"
PERSON = "identifies a person or a browser"
INTERNAL = "of increments, not of analysts"

OF_ALL = {"entity_key": INTERNAL, "trip_id": ONE_ROW}
EXCEPTIONS: dict[str, dict[str, str]] = {
    "banner_impressions": {},
    "events": {
        "event_id": ONE_ROW,
        "event_key": ONE_ROW,
        "delivery_attempt_id": ONE_ROW,
        "reported_troubleshooting_session_id": ONE_ROW,
        "field_op_request_id": ONE_ROW,
        "reported_reassignment_id": ONE_ROW,
        "reported_load_attempt_id": ONE_ROW,
        "unlock_request_id": ONE_ROW,
        "new_trip_id": ONE_ROW,
        "anonymous_id": PERSON,
        "workstation_id": PERSON,
        "error_code": SPELLING,
        "rating_tags": FREE,
        "faq_id": "faq_title names the item",
        "merchant_id": "few events have it, all have the name",
        "banner_id": "in banner_impressions",
        "from_robot_id": "in reassignments",
        "to_robot_id": "in reassignments",
        "parking_location_id": "no metric is about places",
        **dict.fromkeys(
            (
                "has_error_message",
                "has_rating_comment",
                "has_cancellation_note",
                "has_incident_description",
            ),
            "says that a text was dropped",
        ),
    },
    "load_attempts": {"failure_reason": SPELLING},
    "node_launches": {},
    "orders": {"least_event_key": INTERNAL},
    "ratings": {"rating_tags": FREE},
    "reassignments": {"new_trip_id": ONE_ROW, "reported_reassignment_id": ONE_ROW},
    "tracker_session_events": {"event_id": ONE_ROW},
    "tracker_sessions": {"anonymous_id": PERSON, "user_id": PERSON, "amplitude_session_id": ONE_ROW},
    "unlock_attempts": {"failure_reason": SPELLING},
}
"""Columns that describe rows and are no dimension, by semantic model, with the reason."""

COMMON = {
    "weekday": ("local_date__day_of_week",),
    "merchant": ("merchant_name", "order_id__merchant_name"),
    "robot": ("robot_id", "order_id__robot_id"),
}
"""What the metrics of each fact can be grouped by, with the names by which it is asked for."""
WITHOUT = {
    "weekday": {"event_quality"},  # rows of raw tables, by the day of loading
    "merchant": {"event_quality", "pilot_days", "robot_days"},  # a day has many orders
    "robot": {"event_quality", "pilot_days"},
}


@pytest.fixture(scope="module")
def semantic_models(parsed: ParsedProject) -> dict[str, dict[str, Any]]:
    """The semantic models that have measures, by name."""
    models = parsed.content["semantic_models"].values()
    return {model["name"]: model for model in models if model["measures"]}


def described_by(model: dict[str, Any]) -> set[str]:
    """The columns that a semantic model's entities and dimensions read."""
    parts = (*model["entities"], *model["dimensions"])
    return {word for part in parts for word in re.findall(r"\w+", part["expr"] or part["name"])}


def test_each_column_that_describes_rows_is_a_dimension(
    semantic_models: dict[str, dict[str, Any]], parsed: ParsedProject
) -> None:
    missing = {}
    for name, model in semantic_models.items():
        columns = parsed.content["nodes"][model["depends_on"]["nodes"][0]]["columns"].values()
        describe = {
            column["name"]
            for column in columns
            if DESCRIBES.match(column["data_type"]) and not MEASURES.fullmatch(column["name"])
        }
        own = EXCEPTIONS.get(name, {})
        assert own.keys() <= describe, f"{name} has an exception that names no such column"
        assert not own.keys() & described_by(model), f"{name} has an exception that is a dimension"
        missing[name] = describe - described_by(model) - own.keys() - OF_ALL.keys()
    assert {name: columns for name, columns in missing.items() if columns} == {}


@pytest.mark.parametrize("dimension", COMMON)
def test_metrics_of_each_fact_can_be_grouped_by_what_all_have(
    dimension: str, semantic_models: dict[str, dict[str, Any]], parsed: ParsedProject
) -> None:
    measured = {
        metric["type_params"]["measure"]["name"]: metric["name"]
        for metric in parsed.content["metrics"].values()
        if metric["type_params"]["measure"]
    }
    lack = {
        name
        for name, model in semantic_models.items()
        if not any(
            can_be_grouped(measured[model["measures"][0]["name"]], group) for group in COMMON[dimension]
        )
    }
    assert lack == WITHOUT[dimension]


def can_be_grouped(metric: str, group: str) -> bool:
    """Whether MetricFlow makes SQL of a metric by a group."""
    try:
        metric_sql("postgres", [metric], [group])
    except InvalidQueryException:
        return False
    return True
