"""The project builds on a raw schema with one table and names the missing ones. Without a table it stops."""

from __future__ import annotations

import hashlib

from contract.raw import land_empty_table, land_rows
from project import ROOT, Project

MARTS = {f"analytics_marts.{model.stem}" for model in ROOT.glob("models/marts/*/*.sql")}
ID_AND_TIME = {"id": "varchar(1024)", "received_at": "timestamptz"}


def test_a_build_without_event_tables_stops_and_one_on_an_empty_table_makes_every_mart(
    project: Project,
) -> None:
    for command in (("build",), ("run",), ("source freshness",)):
        project.dbt(*command, succeeds=False)
        assert "None of the 50 event tables can be read in schema delivery_platform_prod" in project.exception
        assert "Is the var raw_schema right" in project.exception
    assert project.tables("analytics_staging", "analytics_intermediate", "analytics_marts") == []

    land_empty_table(project)
    project.dbt("build", "--exclude-resource-type", "unit_test")

    assert len(MARTS) > 3
    assert set(project.tables("analytics_marts")) >= {"analytics_marts.event_catalogue", *MARTS}
    # These have a row per event table of the contract, landed or not.
    by_table = {"analytics_marts.rpt_event_silence", "analytics_marts.rpt_contract_drift"}
    for mart in MARTS - by_table:
        assert project.content(mart) == [], mart
    assert len(project.tables("analytics_staging")) == 50
    told = [warning for warning in project.warnings if "event tables" in warning]
    assert len(told) == 1
    assert told[0].startswith("49 of 50 event tables have not landed in schema delivery_platform_prod yet")


def test_build_on_three_tables_of_fifty_names_the_missing_ones(project: Project) -> None:
    received = "2026-09-01 12:00:00+00"
    land_rows(project, "order_unlock_coco", ID_AND_TIME, {"id": "a", "received_at": received})
    land_rows(project, "page_viewed", ID_AND_TIME, {"id": "b", "received_at": received})
    land_rows(
        project,
        "server_unlock_bot_started",
        ID_AND_TIME | {"order_id": "text"},
        {"id": "c", "received_at": received, "order_id": "o1"},
    )
    project.dbt("run")

    assert project.query(
        "select unlock_attempt_id, order_id, outcome from analytics_marts.fct_unlock_attempts"
    ) == [(hashlib.md5(b"server_unlock_bot_started|c").hexdigest(), "o1", "pending")]
    told = [warning for warning in project.warnings if "event tables have not landed" in warning]
    assert len(told) == 1
    assert told[0].startswith("47 of 50 event tables have not landed in schema delivery_platform_prod yet")
    assert "deliveries_unlock_coco_fail" in told[0]
    assert "page_viewed" not in told[0]


def test_a_table_that_appears_later_is_taken_in(project: Project) -> None:
    select = ("run", "--select", "+int_app_banner_events")
    land_empty_table(project)
    project.dbt(*select)
    land_rows(
        project, "app_banner_clicked", ID_AND_TIME, {"id": "a", "received_at": "2026-09-01 12:00:00+00"}
    )
    project.dbt(*select)
    assert project.query(
        "select event_name, event_id, order_id from analytics_intermediate.int_app_banner_events"
    ) == [("app_banner_clicked", "a", None)]
