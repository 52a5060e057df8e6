"""Who waits for which lock in a project's database, and what is locked against readers."""

from __future__ import annotations

from project import Project, Rows


def waited_for(project: Project) -> list[str]:
    """The relations whose locks sessions wait for, one for each that waits."""
    return [name for name, _ in _locks(project, "not granted")]


def locked_exclusively(project: Project) -> list[str]:
    """The tables and views of dbt's schemas that someone has locked against readers, sorted."""
    locks = _locks(project, "granted and locks.mode = 'AccessExclusiveLock'")
    return sorted({name for name, kind in locks if kind in ("r", "v") and not name.startswith("pg_")})


def _locks(project: Project, condition: str) -> Rows:
    return project.query(
        "select coalesce(namespace.nspname || '.' || relation.relname, locks.locktype),"
        " relation.relkind::text"
        " from pg_locks as locks inner join pg_stat_activity as session on locks.pid = session.pid"
        " left join pg_class as relation on locks.relation = relation.oid"
        " left join pg_namespace as namespace on relation.relnamespace = namespace.oid"
        f" where session.datname = current_database() and {condition}",
        user="postgres",
    )
