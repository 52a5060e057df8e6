"""What a full refresh of a table does to the views on it on PostgreSQL, which drops them with the table."""

from __future__ import annotations

from contract.raw import land_rows
from project import Project, Rows

FACT = "analytics_marts.fct_unlock_attempts"
READER = "analytics_marts.reader"
READER_OF_READER = "analytics_marts.a_reader_of_reader"
REFRESH = ("run", "--full-refresh", "--select", "fct_unlock_attempts")
TYPES = {"id": "varchar(1024)", "received_at": "timestamptz", "order_id": "text"}
CLICK = {"id": "a", "received_at": "2026-09-01 12:00:00+00", "order_id": "o1"}


def built(project: Project) -> None:
    """Build the fact, with one attempt in it, and a report on it."""
    land_rows(project, "order_unlock_coco", TYPES, CLICK)
    project.dbt("run", "--select", "+fct_unlock_attempts", "rpt_unlock_funnel_daily")


def privileges_and_comments(project: Project) -> Rows:
    """The views of the marts with who may do what, and their comments."""
    return project.query(
        "select relname, relacl::text, obj_description(oid, 'pg_class') from pg_class"
        " where relnamespace = 'analytics_marts'::regnamespace and relkind = 'v' order by 1"
    )


def test_a_full_refresh_leaves_the_views_on_its_table(project: Project) -> None:
    built(project)
    project.execute(
        f"create view {READER} as select order_id from {FACT};"
        f"create view {READER_OF_READER} as select order_id from {READER};"
        f"comment on view {READER} is 'it''s read';"
        f"grant select on {READER} to loader"
    )
    before = privileges_and_comments(project)
    assert [name for name, *_ in before] == ["a_reader_of_reader", "reader", "rpt_unlock_funnel_daily"]
    project.dbt(*REFRESH)
    assert privileges_and_comments(project) == before
    assert project.query(f"select * from {READER_OF_READER}", user="analyst") == [("o1",)]
    results = project.dbt("run", "--select", "rpt_unlock_funnel_daily")
    assert str(results["rpt_unlock_funnel_daily"].message) == "UNCHANGED"


def test_a_table_that_loses_a_column_takes_its_views_with_it(project: Project) -> None:
    built(project)
    project.execute(
        f"alter table {FACT} add column extra int; create view {READER} as select extra from {FACT}"
    )
    project.dbt(*REFRESH, "rpt_unlock_funnel_daily")
    assert [name for name, *_ in privileges_and_comments(project)] == ["rpt_unlock_funnel_daily"]
