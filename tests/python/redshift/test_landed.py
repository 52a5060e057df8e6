"""What counts as landed on Redshift's look-alike, asked of the view that Redshift has for it."""

from __future__ import annotations

from contextlib import closing

from contract.raw import land_empty_table, land_rows
from contract.test_drift import findings
from contract.values import LANDINGS, assert_staged
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


def test_a_late_binding_view_lands(opened: Project, lookalike: Lookalike) -> None:
    land_rows(opened, "landed", COMMON, ROW)
    opened.execute(f"grant create on schema {RAW_SCHEMA} to transformer", user="loader")
    view = f"{RAW_SCHEMA}.pilot_cancel_trip"
    with closing(connect(lookalike)) as connection:
        connection.cursor().execute(
            f"create view {view} as select id, break_type from {RAW_SCHEMA}.landed with no schema binding"
        )
    opened.dbt("run", "--select", "stg_pilot_cancel_trip")
    assert opened.query("select event_id from analytics_staging.stg_pilot_cancel_trip") == [("a",)]


def test_values_are_taken_or_refused_and_counted(opened: Project) -> None:
    assert_staged(opened, LANDINGS)
