"""Privileges of dbt's config `grants` on Redshift's look-alike."""

from __future__ import annotations

from pathlib import Path

from grants import TABLE, VIEW, grant, readers
from redshift.conftest import OnRedshift


def test_grants_follow_the_config_of_tables_and_views(built: OnRedshift, tmp_path: Path) -> None:
    project = built.project
    assert [readers(project, relation) for relation in (TABLE, VIEW)] == [["analyst"], ["analyst"]]
    grant(project, tmp_path, "analyst", "loader")
    assert [readers(project, relation) for relation in (TABLE, VIEW)] == [["analyst", "loader"]] * 2
    grant(project, tmp_path, "analyst")
    assert [readers(project, relation) for relation in (TABLE, VIEW)] == [["analyst"], ["analyst"]]
