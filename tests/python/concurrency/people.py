"""People who are forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from project import Project
from sandbox.server import RAW_SCHEMA
from streams.loads import ARCHIVE


@dataclass(frozen=True)
class Person:
    """Somebody with a user id, and the browsers in which it was seen."""

    project: Project
    user_id: str

    @property
    def forget(self) -> tuple[str, ...]:
        """The command that forgets the person."""
        return ("run-operation", "forget_user", "--args", f"{{user_id: {self.user_id}}}")

    def delete_raw(self) -> None:
        """Delete the person from the raw tables."""
        tables = self.project.tables(RAW_SCHEMA)
        browsers = " union ".join(
            f"select anonymous_id from {table} where user_id = '{self.user_id}'" for table in tables
        )
        condition = (
            f"user_id = '{self.user_id}' or user_id is null and anonymous_id in (select * from theirs)"
        )
        self.project.execute(
            f"create temporary table theirs as {browsers};"
            + ";".join(f"delete from {table} where {condition}" for table in tables),
            user="loader",
        )


def people(project: Project, stream: str) -> list[Person]:
    """Customers whose clicks a stream has, those with most clicks first."""
    return [
        Person(project, str(user_id))
        for (user_id,) in project.query(
            f"select user_id from {stream} where event_name = 'order_unlock_coco' and user_id is not null"
            " group by 1 order by count(*) desc, 1"
        )
    ]


def known_people(project: Project, stream: str) -> list[Person]:
    """Customers with clicks in a stream whose browsers the streams know, and nobody else was seen in them.

    Whoever deletes the raw rows of other people does not know which rows without a user id `forget_user` will
    find to be theirs.
    """
    streams = project.query(
        "select table_schema || '.' || table_name from information_schema.columns"
        " where table_schema = 'analytics_intermediate' and column_name = 'anonymous_id'"
    )
    columns = "select anonymous_id, user_id from"
    landed = " union ".join(f"{columns} {table}" for table in project.tables(RAW_SCHEMA, ARCHIVE))
    stored = " union ".join(f"{columns} {stream}" for (stream,) in streams)
    found = project.query(
        f"""
        with

        landed as (select * from ({landed}) as rows where anonymous_id is not null and user_id is not null),

        stored as (select * from ({stored}) as rows where anonymous_id is not null and user_id is not null),

        counted as (
            select
                user_id,
                count(*) over (partition by anonymous_id) as user_count,
                (anonymous_id, user_id) in (select * from stored) as is_known
            from landed
        )

        select user_id
        from counted
        where user_id in (select user_id from {stream} where event_name = 'order_unlock_coco')
        group by user_id
        having bool_and(user_count = 1 and is_known)
        order by user_id
        """,
        user="postgres",
    )
    return [Person(project, str(user_id)) for (user_id,) in found]
