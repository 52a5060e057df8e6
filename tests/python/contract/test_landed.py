"""What counts as landed: each kind of relation that may be read. What may not be read is not missing."""

from __future__ import annotations

from contract.raw import land_empty_table, land_rows
from contract.test_drift import findings
from project import Project, Rows
from sandbox.server import RAW_SCHEMA

EVENT = "pilot_start_break"
COMMON = {"id": "varchar(1024)", "received_at": "timestamptz", "break_type": "text"}
ROW = {"id": "a", "received_at": "2026-09-01 12:00:00+00", "break_type": "lunch"}
GRANT = f"grant select on {RAW_SCHEMA}.{EVENT} to transformer"
UPPER_CASE = ("stg_page_viewed", "stg_button_clicked")
IN_EACH_CASE = {
    "id": "varchar(512)",
    "order_id": "varchar(512)",
    "Order_ID": "varchar(512)",
    "ORDER_ID": "bigint",
}


def staged(project: Project) -> Rows:
    """Build the staging view of the event and read it."""
    project.dbt("run", "--select", f"stg_{EVENT}")
    return project.query(f"select event_id, break_type from analytics_staging.stg_{EVENT}")


def land_as(project: Project, *statements: str) -> None:
    """Land a row in the table `landed`, then make the event's relation of it."""
    land_rows(project, "landed", COMMON, ROW)
    for statement in statements:
        project.execute(
            statement.format(relation=f"{RAW_SCHEMA}.{EVENT}", landed=f"{RAW_SCHEMA}.landed"), user="loader"
        )


def test_a_view_lands(project: Project) -> None:
    land_as(project, "create view {relation} as select * from {landed}")
    assert staged(project) == [("a", "lunch")]


def test_a_materialized_view_lands(project: Project) -> None:
    land_as(project, "create materialized view {relation} as select * from {landed}")
    assert staged(project) == [("a", "lunch")]


def test_a_partitioned_table_lands(project: Project) -> None:
    land_as(
        project,
        "create table {relation} (like {landed}) partition by hash (id)",
        "create table {relation}_1 partition of {relation} for values with (modulus 1, remainder 0)",
        "insert into {relation} select * from {landed}",
    )
    assert staged(project) == [("a", "lunch")]


def test_a_foreign_table_lands(project: Project) -> None:
    """As far as the catalog says; what serves its rows is up to its server."""
    statements = (
        "create foreign data wrapper nothing",
        "create server nowhere foreign data wrapper nothing",
        f"create foreign table {RAW_SCHEMA}.{EVENT} (id text, break_type text) server nowhere",
        GRANT,
    )
    project.execute("; ".join(statements), user="postgres")
    found = findings(project, EVENT)
    assert ("missing_column", "pilot_id", "") in found
    assert not {column for _, column, _ in found} & {"", "id", "break_type"}


def test_types_have_the_kinds_that_they_are_made_of(project: Project) -> None:
    for statement in (
        f"create domain {RAW_SCHEMA}.short_text as varchar(10)",
        f"create type {RAW_SCHEMA}.text_of_ours as enum ('lunch', 'tea')",
    ):
        project.execute(statement, user="loader")
    types = {
        "id": "varchar(1024)",
        "break_type": f"{RAW_SCHEMA}.short_text",
        "pilot_id": "text[]",
        "email": f"{RAW_SCHEMA}.text_of_ours",
        "received_at": "timestamp(3) with time zone",
        "planned_minutes": "numeric(8, 2)",
        "event": "char(9)",
    }
    land_rows(project, EVENT, types, {"id": "a", "break_type": "lunch", "planned_minutes": 30})
    retyped = {
        column: detail for finding, column, detail in findings(project, EVENT) if finding == "retyped_column"
    }
    assert retyped == {"pilot_id": "declared varchar(512), landed array"}
    extra = {
        column: detail for finding, column, detail in findings(project, EVENT) if finding == "extra_column"
    }
    assert extra == {"email": "landed user-defined"}
    assert staged(project) == [("a", "lunch")]


def test_a_table_without_a_grant_is_unreadable_and_not_missing(project: Project) -> None:
    land_empty_table(project)
    land_rows(project, EVENT, COMMON, ROW)
    project.execute(f"revoke select on {RAW_SCHEMA}.{EVENT} from transformer", user="loader")
    assert findings(project, EVENT) == [("unreadable_table", "", "")]
    assert staged(project) == []
    project.execute(GRANT, user="loader")
    assert ("unreadable_table", "", "") not in findings(project, EVENT)
    assert staged(project) == [("a", "lunch")]


def test_a_column_without_a_grant_has_not_landed(project: Project) -> None:
    land_rows(project, EVENT, COMMON, ROW)
    project.execute(f"revoke select on {RAW_SCHEMA}.{EVENT} from transformer", user="loader")
    project.execute(f"grant select (id) on {RAW_SCHEMA}.{EVENT} to transformer", user="loader")
    assert ("missing_column", "break_type", "") in findings(project, EVENT)
    assert staged(project) == [("a", None)]


def test_a_run_names_unreadable_and_missing_tables_apart(project: Project) -> None:
    for event in (EVENT, "page_viewed", "order_unlock_coco"):
        land_rows(project, event, COMMON, ROW)
    for event in (EVENT, "page_viewed"):
        project.execute(f"revoke select on {RAW_SCHEMA}.{event} from transformer", user="loader")
    project.dbt("run", "--select", f"stg_{EVENT}")
    told = sorted(warning for warning in project.warnings if "event tables" in warning)
    assert len(told) == 2
    unreadable, missing = told
    assert unreadable == (
        f"2 of 50 event tables in schema {RAW_SCHEMA} may not be read by transformer,"
        " so their staging views are empty. Grant usage on the schema and select on the tables:"
        f" page_viewed, {EVENT}."
    )
    assert missing.startswith(f"47 of 50 event tables have not landed in schema {RAW_SCHEMA} yet")
    for event in (EVENT, "page_viewed", "order_unlock_coco"):
        assert event not in missing.partition(": ")[2].rstrip(".").split(", ")


def test_the_name_of_the_raw_schema_may_have_quotes(project: Project) -> None:
    schema = "it's raw'; select 1/0; --"
    project.execute(
        f'create schema "{schema}"; create table "{schema}".{EVENT} (id text, break_type text);'
        f" insert into \"{schema}\".{EVENT} values ('a', 'lunch')"
    )
    project.dbt("run", "--select", f"stg_{EVENT}", "--vars", f'{{raw_schema: "{schema}"}}')
    rows = project.query(f"select event_id, break_type from analytics_staging.stg_{EVENT}")
    assert rows == [("a", "lunch")]


def test_names_in_upper_case_are_read_and_twins_are_merged(project: Project) -> None:
    land_in_upper_case(project)
    project.dbt("run", "--select", *UPPER_CASE)
    (missing,) = (warning for warning in project.warnings if "have not landed" in warning)
    assert missing.startswith("48 of 50")
    assert "page_viewed" not in missing
    assert_upper_case_is_read(project)


def land_in_upper_case(project: Project) -> None:
    """Land tables and columns with names in upper case, alone and beside others in lower case."""
    land_rows(
        project, "Page_Viewed", {"ID": "varchar(512)", "Delivery_ID": "bigint"}, {"ID": "a", "Delivery_ID": 7}
    )
    land_rows(
        project,
        "button_clicked",
        IN_EACH_CASE,
        {"id": "a", "order_id": "o1", "Order_ID": "o2", "ORDER_ID": 3},
        {"id": "b", "Order_ID": "o2", "ORDER_ID": 3},
        {"id": "c", "order_id": "undefined", "ORDER_ID": 3},
    )
    land_rows(
        project,
        "Button_Clicked",
        {"id": "varchar(512)", "ORDER_ID": "varchar(512)"},
        {"id": "d", "ORDER_ID": "o4"},
    )


def assert_upper_case_is_read(project: Project) -> None:
    """Assert the staged rows of these tables, and the findings about them."""

    def rows_of(event: str) -> object:
        rows = f"select event_id, order_id, refused_value_count from analytics_staging.stg_{event} order by 1"
        return project.query(rows)

    assert rows_of("page_viewed") == [("a", "7", 0)], "a table that is in upper case alone"
    assert rows_of("button_clicked") == [("a", "o1", 0), ("b", "3", 0), ("c", "3", 1), ("d", "o4", 0)]
    twins = [finding for finding in findings(project, "button_clicked") if finding[0].startswith("twin")]
    assert twins == [
        ("twin_column", "order_id", "order_id, ORDER_ID, Order_ID"),
        ("twin_table", "", "button_clicked, Button_Clicked"),
    ]
    assert ("missing_column", "order_id", "") not in findings(project, "page_viewed")


def test_the_catalog_is_asked_once_in_an_invocation(project: Project) -> None:
    log = project.work / "logs" / "dbt.log"
    land_rows(project, EVENT, COMMON, ROW)
    before = log.read_text(encoding="utf-8").count("from pg_namespace as schemas") if log.exists() else 0
    models = (f"stg_{EVENT}", "stg_page_viewed", "stg_pilot_cancel_trip")
    project.dbt("run", "--select", *models, "--threads", "1", "--log-level-file", "debug")
    after = log.read_text(encoding="utf-8").count("from pg_namespace as schemas")
    assert after - before == 1
