"""The project with dbt's config `grants`, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import yaml

from project import ROOT, Project

TABLE, VIEW = "analytics_marts.fct_unlock_attempts", "analytics_marts.rpt_unlock_funnel_daily"


def assert_grants_are_followed(project: Project, folder: Path) -> None:
    """Assert that users come to read a table and a view, and no longer may, as the config says."""
    assert _readers(project) == [["analyst"], ["analyst"]]
    _grant(project, folder, "analyst", "loader")
    assert _readers(project) == [["analyst", "loader"], ["analyst", "loader"]]
    _grant(project, folder, "analyst")
    assert _readers(project) == [["analyst"], ["analyst"]]


def _grant(project: Project, folder: Path, *grantees: str) -> None:
    """Run a table and a view of the marts, as if marts were granted to these users by config."""
    root = folder / "-".join(grantees)
    root.mkdir()
    for path in ROOT.iterdir():
        if path.name not in ("dbt_project.yml", "target", "logs"):
            (root / path.name).symlink_to(path)
    settings = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    settings["models"]["delivery_platform"]["marts"]["+grants"] = {"select": list(grantees)}
    (root / "dbt_project.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    granting = Project(project.database, project.work, project.target, project.threads, root)
    granting.dbt("run", "--select", *(relation.split(".")[1] for relation in (TABLE, VIEW)))


def _readers(project: Project) -> list[list[str]]:
    """The users other than the owner who may read the table, and those who may read the view, sorted."""
    return [
        [
            name
            for (name,) in project.query(
                "select pg_get_userbyid(entry.grantee) from pg_class"
                " cross join lateral aclexplode(relacl) as entry"
                f" where oid = '{relation}'::regclass and privilege_type = 'SELECT'"
                " and entry.grantee <> relowner order by 1"
            )
        ]
        for relation in (TABLE, VIEW)
    ]
