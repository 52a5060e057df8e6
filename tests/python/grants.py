"""The project with dbt's config `grants`."""

from __future__ import annotations

from configured import configured
from project import Project

TABLE, VIEW = "analytics_marts.fct_unlock_attempts", "analytics_marts.rpt_unlock_funnel_daily"


def assert_grants_are_followed(project: Project) -> None:
    """Assert that users come to read a table and a view, and no longer may, as the config says.

    So it is after somebody else took a privilege away, with nothing changed in the project.
    """
    assert _readers(project) == [["analyst"], ["analyst"]]
    to_both = _marts_granted_to(project, "analyst", "loader")
    _run(to_both)
    assert _readers(project) == [["analyst", "loader"], ["analyst", "loader"]]
    project.execute(f"revoke select on {TABLE}, {VIEW} from loader")
    _run(to_both)
    assert _readers(project) == [["analyst", "loader"], ["analyst", "loader"]]
    _run(_marts_granted_to(project, "analyst"))
    assert _readers(project) == [["analyst"], ["analyst"]]


def _marts_granted_to(project: Project, *grantees: str) -> Project:
    """The project with its marts granted to these users by config."""
    return configured(project, "marts", grants={"select": list(grantees)})


def _run(project: Project) -> None:
    """Run the table and the view."""
    project.dbt("run", "--select", *(relation.split(".")[1] for relation in (TABLE, VIEW)))


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
