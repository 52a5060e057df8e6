"""What counts as landed on Redshift's look-alike, asked of the view that Redshift has for it."""

from __future__ import annotations

from contextlib import closing

from contract.raw import land_empty_table, land_rows
from contract.test_drift import findings
from contract.test_landed import UPPER_CASE, assert_upper_case_is_read, land_in_upper_case
from contract.values import LANDINGS, assert_staged
from jobs.test_wrong_vars import assert_ids_that_no_event_has_are_refused
from project import Project
from redshift_lookalike.conftest import connect
from redshift_lookalike.lookalike import Lookalike
from sandbox.server import RAW_SCHEMA

EVENT = "pilot_start_break"
COMMON = {"id": "varchar(512)", "break_type": "varchar(512)"}
ROW = {"id": "a", "break_type": "lunch"}


def test_a_table_without_a_grant_is_unreadable_and_not_missing(opened: Project) -> None:
    land_empty_table(opened)
    land_rows(opened, EVENT, COMMON, ROW)
    opened.execute(f"revoke select on {RAW_SCHEMA}.{EVENT} from transformer", user="loader")
    assert findings(opened, EVENT) == [("unreadable_table", "", "")]
    assert findings(opened, "page_viewed") == [("missing_table", "", "")]
    opened.execute(f"grant select on {RAW_SCHEMA}.{EVENT} to transformer", user="loader")
    assert ("missing_column", "pilot_id", "") in findings(opened, EVENT)


def test_late_binding_and_materialized_views_land(opened: Project, lookalike: Lookalike) -> None:
    land_rows(opened, "landed", COMMON, ROW)
    opened.execute(f"grant create on schema {RAW_SCHEMA} to transformer", user="loader")
    query = f"select id, break_type from {RAW_SCHEMA}.landed"
    with closing(connect(lookalike)) as connection:
        for statement in (
            f"create view {RAW_SCHEMA}.pilot_cancel_trip as {query} with no schema binding",
            f"create materialized view {RAW_SCHEMA}.pilot_soft_reset as {query}",
        ):
            connection.cursor().execute(statement)
    opened.dbt("run", "--select", "stg_pilot_cancel_trip", "stg_pilot_soft_reset")
    for event in ("pilot_cancel_trip", "pilot_soft_reset"):
        assert opened.query(f"select event_id from analytics_staging.stg_{event}") == [("a",)]


def test_values_are_taken_or_refused_and_counted(opened: Project) -> None:
    assert_staged(opened, LANDINGS)
    assert_ids_that_no_event_has_are_refused(opened)


def test_names_in_upper_case_are_read_with_a_setting_of_the_user(
    opened: Project, lookalike: Lookalike
) -> None:
    """Without it, the look-alike refuses statements with such names, so this test is the last one."""
    land_in_upper_case(opened)
    setting = "enable_case_sensitive_identifier"
    with closing(connect(lookalike, "postgres")) as connection:
        cursor = connection.cursor()
        cursor.execute(f"alter user transformer set {setting} to true")
        try:
            opened.dbt("run", "--select", *UPPER_CASE)
            assert_upper_case_is_read(opened)
        finally:
            cursor.execute(f"alter user transformer reset {setting}")
