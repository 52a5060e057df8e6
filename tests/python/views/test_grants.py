"""Privileges of dbt's config `grants` on PostgreSQL."""

from __future__ import annotations

from contract.raw import land_empty_table
from grants import assert_grants_are_followed
from project import Project


def test_grants_follow_the_config_of_tables_and_views(project: Project) -> None:
    land_empty_table(project)
    project.dbt("run", "--select", "+rpt_unlock_funnel_daily")
    assert_grants_are_followed(project)
