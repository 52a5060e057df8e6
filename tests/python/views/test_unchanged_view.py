"""Which views a run leaves alone on PostgreSQL, and which it makes again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from configured import configured
from project import ROOT, Project
from views.test_replace_view import RUN, VIEW, made

NO_HOOKS = {"+pre-hook": None}
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


@pytest.mark.parametrize("persist_docs", [None, {"relation": True, "columns": True}])
def test_an_unchanged_view_is_left_alone(
    staging_project: Project, tmp_path: Path, persist_docs: dict[str, bool] | None
) -> None:
    made(staging_project)
    same = configured(
        staging_project, tmp_path / "root", "staging", NO_HOOKS | {"+persist_docs": persist_docs}
    )
    same.dbt(*RUN)
    before = versions(staging_project)
    results = same.dbt(*RUN)
    assert results["stg_order_unlock_coco"].message == "UNCHANGED"
    assert versions(staging_project) == before


def test_a_description_is_in_the_comment_with_the_hash(staging_project: Project, tmp_path: Path) -> None:
    made(staging_project)
    assert comment(staging_project).startswith("Made by dbt from the definition ")
    documented = configured(
        staging_project, tmp_path / "root", "staging", {"+persist_docs": {"relation": True, "columns": True}}
    )
    result = documented.dbt(*RUN)["stg_order_unlock_coco"]
    assert comment(staging_project).startswith(
        f"{result.node.description}\n\nMade by dbt from the definition "
    )
    [(of_column,)] = staging_project.query(f"select col_description('{VIEW}'::regclass, 1)")
    assert of_column == next(iter(result.node.columns.values())).description


def test_a_view_whose_comment_is_another_is_made_again(staging_project: Project) -> None:
    made(staging_project)
    empty_by_hand(staging_project)
    staging_project.execute(f"comment on view {VIEW} is 'What we like best'")
    staging_project.dbt(*RUN)
    assert staging_project.query(IS_ROW) == [("o1",)]


def test_a_full_refresh_leaves_an_unchanged_view_and_creates_one_that_was_dropped(
    staging_project: Project,
) -> None:
    made(staging_project)
    empty_by_hand(staging_project)
    staging_project.dbt(*RUN, "--full-refresh")
    assert staging_project.query(IS_ROW) == []
    staging_project.execute(f"drop view {VIEW} cascade")
    staging_project.dbt(*RUN, "--full-refresh")
    assert staging_project.query(IS_ROW) == [("o1",)]


def test_a_view_made_with_empty_parents_is_replaced_by_the_next_run(staging_project: Project) -> None:
    made(staging_project)
    staging_project.execute(f"drop view {VIEW} cascade")
    staging_project.dbt(*RUN, "--empty")
    assert staging_project.query(IS_ROW) == []
    staging_project.dbt(*RUN)
    assert staging_project.query(IS_ROW) == [("o1",)]


def test_hooks_of_a_view_are_sent_in_each_run(staging_project: Project, tmp_path: Path) -> None:
    made(staging_project)
    staging_project.execute("create table analytics_staging.runs (model text)")
    hook = "insert into analytics_staging.runs values ('{{ this.identifier }}')"
    hooked = configured(staging_project, tmp_path / "root", "staging", {"+post-hook": hook})
    hooked.dbt(*RUN)
    hooked.dbt(*RUN)
    assert staging_project.query("select * from analytics_staging.runs") == [("stg_order_unlock_coco",)] * 2


def test_what_a_dropped_view_takes_with_it_is_made_again_in_the_same_run(project: Project) -> None:
    """The comments of a schema are read once, while the views are there."""
    read, reader = "analytics_staging.stg_order_unlock_coco", "analytics_intermediate.int_landed_rows"
    project.dbt("run", "--select", "+int_landed_rows")
    [(sql,)] = project.query(f"select rtrim(pg_get_viewdef('{read}'::regclass), ';')")
    project.execute(
        f"create or replace view {read} as select *, 1 as another from ({sql}) as older;"
        f"comment on view {read} is null"
    )
    before = versions(project, reader)
    project.dbt("run", "--select", "stg_order_unlock_coco", "int_landed_rows")
    assert versions(project, reader)[0] != before[0]


def test_a_mart_that_breaks_a_changed_contract_is_found(project: Project, tmp_path: Path) -> None:
    project.dbt("run", "--select", "+rpt_unlock_funnel_daily")
    other = configured(project, tmp_path / "root", "marts", {})
    models = other.root / "models"
    models.unlink()
    shutil.copytree(ROOT / "models", models)
    declared = models / "marts/unlock/_unlock__models.yml"
    text = declared.read_text(encoding="utf-8")
    column = "- name: start_date\n        data_type: date\n"
    assert column in text
    declared.write_text(text.replace(column, column.replace("date\n", "timestamp\n")), encoding="utf-8")
    before = versions(project, "analytics_marts.rpt_unlock_funnel_daily")
    results = other.dbt("run", "--select", "rpt_unlock_funnel_daily", succeeds=False)
    assert "enforced contract" in str(results["rpt_unlock_funnel_daily"].message)
    assert versions(project, "analytics_marts.rpt_unlock_funnel_daily") == before
