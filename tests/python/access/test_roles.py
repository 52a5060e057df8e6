"""Rights of the roles in a warehouse that was built before the roles were set up."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest

from contract.raw import land_rows
from project import Project
from sandbox.access import set_up_roles

CLICK = {"id": "a", "received_at": "2026-09-01 12:00:00+00", "order_id": "o1"}
TYPES = {"id": "varchar(1024)", "received_at": "timestamptz", "order_id": "text"}
MARTS, MADE_BY_DBT = "analytics_marts", ("analytics_staging", "analytics_intermediate")


def is_refused(project: Project, user: str, sql: str) -> bool:
    """Whether the user lacks the right to run a statement."""
    try:
        project.execute(sql, user=user)
    except psycopg2.errors.InsufficientPrivilege:
        return True
    return False


def unreadable_marts(project: Project) -> list[str]:
    """The marts that the analyst may not read."""
    return [mart for mart in project.tables(MARTS) if is_refused(project, "analyst", f"select 1 from {mart}")]


def test_the_roles_get_their_rights_on_existing_and_future_tables(project: Project) -> None:
    land_rows(project, "order_unlock_coco", TYPES, CLICK)
    project.execute(f"drop schema {MARTS} cascade", user="postgres")
    project.dbt("seed")
    project.dbt("run")
    marts = project.tables(MARTS)
    assert len(marts) == 37
    assert unreadable_marts(project) == marts
    for _ in range(2):
        with closing(project.database.connect()) as connection:
            set_up_roles(connection)
            connection.commit()
        assert unreadable_marts(project) == []

    assert_nobody_runs_code_as_transformer(project)

    project.execute(f"drop view {MARTS}.rpt_unlock_funnel_daily")
    project.dbt("run", "--full-refresh", "--select", "fct_unlock_attempts+", "int_tracker_sessions+")
    project.execute(f"create table {MARTS}.one_day as select 1 as id")
    assert unreadable_marts(project) == []
    assert [mart for mart in project.tables(MARTS) if mart not in marts] == [f"{MARTS}.one_day"]

    others = project.tables(*MADE_BY_DBT, "delivery_platform_prod")
    assert len(others) > 100
    for relation in others:
        assert is_refused(project, "analyst", f"select 1 from {relation}"), relation
    for relation in project.tables(*MADE_BY_DBT, MARTS):
        assert is_refused(project, "loader", f"select 1 from {relation}"), relation


def assert_nobody_runs_code_as_transformer(project: Project) -> None:
    """Assert that neither a schema nor a policy of the loader makes others run something."""
    schema = "create schema {0}; create table {0}.found (); grant usage on schema {0} to {0}"
    for reader in ("transformer", "analyst"):
        project.execute(schema.format(reader), user="loader")
        with pytest.raises(psycopg2.errors.UndefinedTable):
            project.execute("select * from found", user=reader)
        project.execute(f"drop schema {reader} cascade", user="loader")
    project.execute("create schema analytics_of_loader", user="loader")
    belongs = pytest.raises(psycopg2.errors.RaiseException, match="analytics_of_loader belongs to loader")
    with closing(project.database.connect()) as connection, belongs:
        set_up_roles(connection)
    project.execute("drop schema analytics_of_loader", user="loader")
    raw = "delivery_platform_prod.policed"
    policy = "create policy p on {0} using (pg_notify('listen', current_user) is null)"
    enable = "create table {0} (id text); grant select on {0} to transformer;" + policy
    project.execute(f"{enable}; alter table {{0}} enable row level security".format(raw), user="loader")
    assert is_refused(project, "transformer", f"select * from {raw}")
    project.execute(f"drop table {raw}", user="loader")
