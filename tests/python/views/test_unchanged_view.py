"""Which views a run leaves alone on PostgreSQL, and which it makes again."""

from __future__ import annotations

import pytest
from dbt.artifacts.resources import Hook

from configured import configured
from contract.raw import land_empty_table
from project import Project
from views.test_replace_view import RUN, VIEW, made

IS_ROW = f"select order_id from {VIEW}"


def versions(project: Project, view: str = VIEW) -> tuple[int, ...]:
    """What changes in the catalog whenever somebody creates, replaces or comments on a view."""
    [version] = project.query(
        "select relations.oid, relations.xmin::text::bigint, rules.xmin::text::bigint,"
        " coalesce(descriptions.xmin::text::bigint, 0)"
        " from pg_class as relations inner join pg_rewrite as rules on relations.oid = rules.ev_class"
        " left join pg_description as descriptions on relations.oid = descriptions.objoid and objsubid = 0"
        f" where relations.oid = '{view}'::regclass"
    )
    return version


def comment(project: Project) -> str:
    """The comment on the view."""
    [(text,)] = project.query(f"select obj_description('{VIEW}'::regclass, 'pg_class')")
    return str(text)


def empty_by_hand(project: Project) -> None:
    """Replace the view by one without rows, under its comment."""
    [(sql,)] = project.query(f"select rtrim(pg_get_viewdef('{VIEW}'::regclass), ';')")
    project.execute(f"create or replace view {VIEW} as select * from ({sql}) as older limit 0")
    assert project.query(IS_ROW) == []


@pytest.mark.parametrize("persist_docs", [{}, {"relation": True, "columns": True}], ids=["plain", "docs"])
def test_an_unchanged_view_is_left_alone(project: Project, persist_docs: dict[str, bool]) -> None:
    made(project)
    same = configured(project, "staging", persist_docs=persist_docs)
    same.dbt(*RUN)
    before = versions(project)
    results = same.dbt(*RUN)
    assert results["stg_order_unlock_coco"].message == "UNCHANGED"
    assert versions(project) == before


def test_a_description_is_in_the_comment_with_the_hash(project: Project) -> None:
    made(project)
    assert comment(project).startswith("Made by dbt from the definition ")
    documented = configured(project, "staging", persist_docs={"relation": True, "columns": True})
    result = documented.dbt(*RUN)["stg_order_unlock_coco"]
    assert comment(project).startswith(f"{result.node.description}\n\nMade by dbt from the definition ")
    [(of_column,)] = project.query(f"select col_description('{VIEW}'::regclass, 1)")
    assert of_column == next(iter(result.node.columns.values())).description


def test_a_view_whose_comment_is_another_is_made_again(project: Project) -> None:
    made(project)
    empty_by_hand(project)
    project.execute(f"comment on view {VIEW} is 'What we like best'")
    project.dbt(*RUN)
    assert project.query(IS_ROW) == [("o1",)]


def test_a_full_refresh_leaves_an_unchanged_view_and_creates_one_that_was_dropped(
    project: Project,
) -> None:
    made(project)
    empty_by_hand(project)
    project.dbt(*RUN, "--full-refresh")
    assert project.query(IS_ROW) == []
    project.execute(f"drop view {VIEW} cascade")
    project.dbt(*RUN, "--full-refresh")
    assert project.query(IS_ROW) == [("o1",)]


def test_a_view_made_with_empty_parents_is_replaced_by_the_next_run(project: Project) -> None:
    made(project)
    project.execute(f"drop view {VIEW} cascade")
    project.dbt(*RUN, "--empty")
    assert project.query(IS_ROW) == []
    project.dbt(*RUN)
    assert project.query(IS_ROW) == [("o1",)]


def test_hooks_of_a_view_are_sent_in_each_run(project: Project) -> None:
    made(project)
    project.execute("create table analytics_staging.runs (model text)")
    hook = "insert into analytics_staging.runs values ('{{ this.identifier }}')"
    hooked = configured(project, "staging", post_hook=[Hook(hook)])
    hooked.dbt(*RUN)
    hooked.dbt(*RUN)
    assert project.query("select * from analytics_staging.runs") == [("stg_order_unlock_coco",)] * 2


def test_what_a_dropped_view_takes_with_it_is_made_again_in_the_same_run(project: Project) -> None:
    """The comments of a schema are read once, while the views are there."""
    read, reader = "analytics_staging.stg_order_unlock_coco", "analytics_intermediate.int_landed_rows"
    land_empty_table(project)
    project.dbt("run", "--select", "+int_landed_rows")
    [(sql,)] = project.query(f"select rtrim(pg_get_viewdef('{read}'::regclass), ';')")
    project.execute(
        f"create or replace view {read} as select *, 1 as another from ({sql}) as older;"
        f"comment on view {read} is null"
    )
    before = versions(project, reader)
    project.dbt("run", "--select", "stg_order_unlock_coco", "int_landed_rows")
    assert versions(project, reader)[0] != before[0]


def test_a_mart_that_breaks_a_changed_contract_is_found(project: Project) -> None:
    land_empty_table(project)
    project.dbt("run", "--select", "+rpt_unlock_funnel_daily")
    other = configured(project, "marts")
    column = other.parsed.nodes["model.delivery_platform.rpt_unlock_funnel_daily"].columns["start_date"]
    assert column.data_type == "date"
    column.data_type = "timestamp"
    before = versions(project, "analytics_marts.rpt_unlock_funnel_daily")
    results = other.dbt("run", "--select", "rpt_unlock_funnel_daily", succeeds=False)
    assert "enforced contract" in str(results["rpt_unlock_funnel_daily"].message)
    assert versions(project, "analytics_marts.rpt_unlock_funnel_daily") == before
