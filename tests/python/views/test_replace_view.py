"""How a view gives way to its successor on PostgreSQL."""

from __future__ import annotations

from contract.raw import land_empty_table, land_rows
from project import Project

VIEW = "analytics_staging.stg_order_unlock_coco"
READER = "analytics_staging.reader"
RUN = ("run", "--select", "stg_order_unlock_coco")
TYPES = {"id": "varchar(1024)", "received_at": "timestamptz", "order_id": "text"}
CLICK = {"id": "a", "received_at": "2026-09-01 12:00:00+00", "order_id": "o1"}


def made(project: Project) -> list[str]:
    """Make the view, with one row in it; give its definition."""
    land_rows(project, "order_unlock_coco", TYPES, CLICK)
    project.dbt(*RUN)
    assert project.query(f"select event_id from {VIEW}") == [("a",)]
    return definition(project)


def definition(project: Project) -> list[str]:
    """The columns and types of the view, and its SQL."""
    columns = project.query(
        "select format('%s %s', attname, format_type(atttypid, atttypmod)) from pg_attribute"
        f" where attrelid = '{VIEW}'::regclass and attnum > 0 order by attnum"
    )
    [(sql,)] = project.query(f"select pg_get_viewdef('{VIEW}'::regclass)")
    return [*(column for (column,) in columns), sql]


def test_a_view_with_the_same_columns_is_replaced_under_those_who_read_it(project: Project) -> None:
    before = made(project)
    project.execute(f"create view {READER} as select order_id from {VIEW}")
    project.execute(f"grant select on {VIEW} to analyst")
    project.dbt(*RUN, "--vars", "{raw_names: {order_id: [elsewhere]}}")
    assert project.query(f"select * from {READER}") == [(None,)]
    project.dbt(*RUN)
    assert definition(project) == before
    assert project.query(f"select * from {READER}") == [("o1",)]
    assert project.query(f"select has_table_privilege('analyst', '{VIEW}', 'select')") == [(True,)]


def test_a_view_reads_what_has_the_names_of_table_and_column_now(project: Project) -> None:
    """PostgreSQL's views follow a renamed table. Whoever removes copies of rows exchanges tables."""
    views = {"order_unlock_coco": "stg_order_unlock_coco", "page_viewed": "stg_page_viewed"}
    for event in views:
        land_rows(project, event, TYPES, CLICK)
    project.dbt("run", "--select", *views.values())
    project.execute(
        "set search_path to delivery_platform_prod; alter table order_unlock_coco rename to former;"
        " alter table page_viewed rename column order_id to former;"
        " alter table page_viewed add order_id text; update page_viewed set order_id = 'o2'",
        user="loader",
    )
    land_rows(project, "order_unlock_coco", TYPES, {**CLICK, "order_id": "o2"})
    project.dbt("run", "--select", *views.values())
    for view in views.values():
        assert project.query(f"select order_id from analytics_staging.{view}") == [("o2",)]


def test_a_view_with_new_columns_behind_the_old_is_replaced_under_those_who_read_it(
    project: Project,
) -> None:
    before = made(project)
    first = before[0].split()[0]
    project.execute(f"drop view {VIEW}; create view {VIEW} as select cast('b' as varchar(512)) as {first}")
    project.execute(f"create view {READER} as select {first} from {VIEW}")
    project.dbt(*RUN)
    assert definition(project) == before
    assert project.query(f"select * from {READER}") == [("a",)]


def test_a_view_with_other_columns_is_created_again(project: Project) -> None:
    before = made(project)
    project.execute(f"drop view {VIEW}; create view {VIEW} as select 1 as another")
    project.execute(f"create view {READER} as select another from {VIEW}")
    project.dbt(*RUN)
    assert definition(project) == before
    assert project.tables("analytics_staging") == [VIEW]


def test_a_table_gives_way_to_a_view(project: Project) -> None:
    before = made(project)
    project.execute(f"drop view {VIEW}; create table {VIEW} (another int)")
    project.dbt(*RUN)
    assert definition(project) == before


def test_a_view_that_cannot_be_made_leaves_the_old_one_to_those_who_read_it(project: Project) -> None:
    made(project)
    project.execute(f"drop view {VIEW}; create view {VIEW} as select 1 as another")
    project.execute(f"create view {READER} as select another from {VIEW}")
    project.execute(
        "create function refuse() returns event_trigger language plpgsql as $$ begin"
        f" if exists (select from pg_event_trigger_ddl_commands() where object_identity = '{VIEW}') then"
        " raise exception 'no view today'; end if; end $$;"
        "create event trigger refused on ddl_command_end when tag in ('CREATE VIEW')"
        " execute function refuse()",
        user="postgres",
    )
    results = project.dbt(*RUN, succeeds=False)
    assert "no view today" in str(results["stg_order_unlock_coco"].message)
    assert project.query(f"select another from {READER}") == [(1,)]
    assert project.tables("analytics_staging") == [READER, VIEW]


def test_a_raw_name_with_dollar_quotes_is_not_executed(project: Project) -> None:
    """The names of landed tables are in the view's text as literals, whatever quotes they have in them."""
    project.execute(
        "create function delivery_platform_prod.f() returns text language plpgsql as"
        " $$ begin execute 'create table analytics_staging.made_by_a_name ()'; return ''; end $$",
        user="postgres",
    )
    for name in ("$view$||delivery_platform_prod.f()||$view$", "$make$ x $make$", "it's"):
        project.execute(
            f'create table delivery_platform_prod."{name}" (id varchar(1024), "it\'s $view$" text)',
            user="loader",
        )
    land_empty_table(project)
    project.dbt("run", "--select", "+rpt_contract_drift")
    extra = project.query(
        "select event_name from analytics_marts.rpt_contract_drift where finding = 'extra_table' order by 1"
    )
    assert extra == [("$make$ x $make$",), ("$view$||delivery_platform_prod.f()||$view$",), ("it's",)]
    assert "analytics_staging.made_by_a_name" not in project.tables("analytics_staging")
