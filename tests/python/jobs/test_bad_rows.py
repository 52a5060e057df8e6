"""Bad rows of a stream: which models they skip, where dbt stores them, and how they are repaired."""

from __future__ import annotations

from contract.raw import land_rows
from project import Project

TYPES = {"id": "text", "order_id": "text", "robot_id": "text", "received_at": "timestamptz"}
STREAM = "analytics_intermediate.int_unlock_events"
MODELS = (
    "int_unlock_events",
    "int_data_horizon_inputs",
    "int_data_horizon",
    "fct_load_attempts",
    "fct_events",
    "rpt_errors_hourly",
)
# `cautious` selects only the tests that read none but these models.
SELECTED = ("--select", *MODELS, "--indirect-selection", "cautious")
BUILD = ("build", *SELECTED, "--exclude-resource-type", "unit_test")


def test_a_few_repeated_rows_skip_only_what_reads_them_until_a_reconciliation(project: Project) -> None:
    noon = "2026-09-01 12:00:00+00"
    rows = [{"id": name, "order_id": "o1", "robot_id": "r1", "received_at": noon} for name in "abcd"]
    land_rows(project, "order_unlock_coco", TYPES, *rows)
    land_rows(project, "server_load_order_started", TYPES, *rows)
    project.dbt("run", "--select", "+fct_events", "+fct_load_attempts", "+rpt_errors_hourly")
    before = project.content(STREAM)
    project.execute(f"insert into {STREAM} select * from {STREAM} where event_id in ('a', 'b', 'c')")

    results = project.dbt(*BUILD, "--store-failures", succeeds=False)
    statuses = {name: str(result.status) for name, result in results.items()}
    assert {name: statuses[name] for name in MODELS} == {
        **dict.fromkeys(MODELS, "success"),
        "rpt_errors_hourly": "skipped",
    }
    found = {name: status for name, status in statuses.items() if status in ("fail", "warn")}
    assert found == {
        "unique_combination_int_unlock_events_event_name__event_id": "warn",
        "unique_combination_fct_events_event_name__event_id": "fail",
    }
    for name in found:
        stored = project.query(
            f"select event_name, event_id, row_count from {results[name].node.relation_name} order by 2"
        )
        assert stored == [("order_unlock_coco", event_id, 2) for event_id in "abc"]

    project.dbt(*BUILD, "--vars", "{reconcile: {order_id: O1}}", succeeds=False)
    assert unknown_ids(project) == [
        'reconcile: no stream of this run has an event with the order_id "O1". Unless the raw tables have '
        "lost its events, the id is misspelt, and nothing was reconciled."
    ]
    project.dbt(*BUILD, "--vars", "{reconcile: {order_id: o1}}")
    assert unknown_ids(project) == []
    assert project.content(STREAM) == before


def unknown_ids(project: Project) -> list[str]:
    """The warnings of the last command that no event has the id to reconcile."""
    return [warning for warning in project.warnings if "no stream of this run has" in warning]
