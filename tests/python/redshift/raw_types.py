"""Raw tables that the lander made, in the types that Segment's connector makes on Redshift."""

from __future__ import annotations

from conformance.raw_rows import RAW_TYPES
from project import Project
from sandbox.server import RAW_SCHEMA

MOST_CHARACTERS = 512
AS_ON_REDSHIFT = {
    "text": (RAW_TYPES["redshift"]["varchar"], f"left({{}}, {MOST_CHARACTERS})"),
    "character varying": (RAW_TYPES["redshift"]["varchar"], f"left({{}}, {MOST_CHARACTERS})"),
    "numeric": (RAW_TYPES["redshift"]["double precision"], "{}::double precision"),
    "timestamp with time zone": (RAW_TYPES["redshift"]["timestamp"], "{} at time zone 'UTC'"),
}
"""By type on PostgreSQL: the type on Redshift, and what a column becomes there."""


def retype_as_on_redshift(project: Project) -> None:
    """Change the types of all raw tables; their indexes go, for Redshift has none."""
    indexes = project.query(
        f"select indexname from pg_indexes where schemaname = '{RAW_SCHEMA}'", user="loader"
    )
    keys = project.query("select conname from pg_constraint where contype = 'p'", user="loader")
    statements = [f"drop index {RAW_SCHEMA}.{index}" for (index,) in indexes if (index,) not in keys]
    for table, column, kind in project.query(
        "select table_name, column_name, data_type from information_schema.columns"
        f" where table_schema = '{RAW_SCHEMA}' order by 1, ordinal_position",
        user="loader",
    ):
        if kind in AS_ON_REDSHIFT:
            type_name, value = AS_ON_REDSHIFT[kind]
            quoted = f'"{column}"'
            change = f"alter column {quoted} type {type_name} using {value.format(quoted)}"
            statements.append(f"alter table {RAW_SCHEMA}.{table} {change}")
    project.execute(";\n".join(statements), user="loader")
