"""Privileges of dbt's config `grants` on PostgreSQL."""

from __future__ import annotations

from grants import assert_grants_are_followed
from project import Project


def test_grants_follow_the_config_of_tables_and_views(project: Project) -> None:
    project.dbt("run", "--select", "+rpt_unlock_funnel_daily")
    assert_grants_are_followed(project)
