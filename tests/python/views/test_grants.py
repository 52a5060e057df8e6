"""Privileges of dbt's config `grants` on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from grants import TABLE, VIEW, grant, readers
from project import Project


def test_grants_follow_the_config_of_tables_and_views(project: Project, tmp_path: Path) -> None:
    project.dbt("run", "--select", "+rpt_unlock_funnel_daily")
    assert [readers(project, relation) for relation in (TABLE, VIEW)] == [["analyst"], ["analyst"]]
    grant(project, tmp_path, "analyst", "loader")
    assert [readers(project, relation) for relation in (TABLE, VIEW)] == [["analyst", "loader"]] * 2
    grant(project, tmp_path, "analyst")
    assert [readers(project, relation) for relation in (TABLE, VIEW)] == [["analyst"], ["analyst"]]
