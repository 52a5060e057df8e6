"""The report of drift tells of all in which the raw schema differs from the contract, and of nothing else."""

from __future__ import annotations

from contract.raw import TYPES, declared_tables, land_empty_table, land_rows
from project import Project, Rows

DRIFT = "analytics_marts.rpt_contract_drift"
EVENT = "pilot_start_break"


def land_as_declared(project: Project) -> None:
    """Make all event tables, empty, as their contract has them."""
    for table in declared_tables():
        types = {
            column["name"]: TYPES.get(column["data_type"], column["data_type"]) for column in table["columns"]
        }
        land_rows(project, table["name"], types)


def drift(project: Project) -> Rows:
    """The report's rows, sorted."""
    return project.query(f"select finding, event_name, column_name, detail from {DRIFT} order by 1, 2, 3")


def test_a_schema_as_declared_has_no_drift_but_all_columns(project: Project) -> None:
    land_as_declared(project)
    for name in ("tracks", "identifies", "users"):
        land_rows(project, name, {"id": "text", "anything": "bigint"})
    project.dbt("run", "--select", "rpt_contract_drift")
    assert drift(project) == []
    assert project.query(
        "select column_name, data_type, character_maximum_length from information_schema.columns"
        f" where table_schema || '.' || table_name = '{DRIFT}' order by ordinal_position"
    ) == [
        ("event_name", "character varying", 512),
        ("column_name", "character varying", 512),
        ("finding", "character varying", 32),
        ("detail", "character varying", 512),
    ]


def test_a_schema_with_one_table_lacks_every_other(project: Project) -> None:
    land_empty_table(project)
    project.dbt("run", "--select", "rpt_contract_drift")
    lacking = sorted({table["name"] for table in declared_tables()} - {"merchant_asset_missing"})
    found = [row for row in drift(project) if row[0] != "missing_column"]
    assert found == [("missing_table", table, None, None) for table in lacking]


def test_every_finding_has_a_row(project: Project) -> None:
    land_as_declared(project)
    statements = [
        f"alter table delivery_platform_prod.{EVENT} drop column break_type",
        f"alter table delivery_platform_prod.{EVENT} alter column planned_minutes type text",
        f'alter table delivery_platform_prod.{EVENT} add column "pilot\'s mood" text, add column uuid bigint',
        f"alter table delivery_platform_prod.{EVENT} add column context_campaign_source text",
        "drop table delivery_platform_prod.page_viewed",
        "create table delivery_platform_prod.robot_sang (id text)",
        "revoke select on delivery_platform_prod.order_unlock_coco from transformer",
    ]
    for statement in statements:
        project.execute(statement, user="loader")
    results = project.dbt("build", "--select", "rpt_contract_drift", succeeds=False)
    severities = {name: str(results[name].status) for name in results if name.startswith("raw_tables_are_")}
    assert severities == {"raw_tables_are_readable": "fail", "raw_tables_are_as_declared": "warn"}
    found = [
        ("extra_column", EVENT, "pilot's mood", "landed text"),
        ("extra_table", "robot_sang", None, None),
        ("missing_column", EVENT, "break_type", None),
        ("missing_table", "page_viewed", None, None),
        ("retyped_column", EVENT, "planned_minutes", "declared double precision, landed text"),
        ("unreadable_table", "order_unlock_coco", None, None),
    ]
    assert drift(project) == found
    project.dbt("run", "--select", "int_event_tables")
    absent = "select event_name from analytics_intermediate.int_event_tables where not is_landed order by 1"
    assert project.query(absent) == [("order_unlock_coco",), ("page_viewed",)]

    project.execute("drop table delivery_platform_prod.robot_sang", user="loader")
    assert drift(project) == found, "the report is as old as the last run"
    project.dbt("run", "--select", "rpt_contract_drift")
    assert drift(project) == [row for row in found if row[0] != "extra_table"]


def test_a_schema_that_lacks_nearly_every_column_is_told_of_to_the_last(project: Project) -> None:
    missing = 0
    for table in declared_tables():
        land_rows(project, table["name"], {"id": "text", "received_at": "timestamptz"})
        missing += len(table["columns"]) - 2
    project.dbt("run", "--select", "rpt_contract_drift")
    assert missing > 1000
    assert project.query(f"select finding, count(*) from {DRIFT} group by 1") == [("missing_column", missing)]
