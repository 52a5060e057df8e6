"""Roles and rights: who loads, who transforms, who reads.

`loader` owns the raw schema, `transformer` runs dbt and reads raw tables, `analyst` reads what dbt grants.
"""

from psycopg2.extensions import connection as Connection
from psycopg2.sql import SQL, Identifier

RAW_SCHEMA = "delivery_platform_prod"
ROLES = ("loader", "transformer", "analyst")


def create_roles(connection: Connection) -> None:
    """Make the roles that are not there yet. Roles belong to the server, not to one of its databases."""
    with connection.cursor() as cursor:
        cursor.execute("select rolname from pg_roles")
        present = {name for (name,) in cursor}
        for role in ROLES:
            if role not in present:
                cursor.execute(SQL("create role {} login").format(Identifier(role)))


def grant_on_database(connection: Connection, database: str) -> None:
    """Give the roles their rights on `database` as a whole, which no clone inherits from its template."""
    names = {"database": Identifier(database)}
    with connection.cursor() as cursor:
        for statement in (
            "revoke all on database {database} from public",
            "grant connect on database {database} to loader, transformer, analyst",
            "grant create, temporary on database {database} to loader, transformer",
        ):
            cursor.execute(SQL(statement).format(**names))


def create_raw_schema(connection: Connection) -> None:
    """Make the raw schema in the connected database: the loader owns it, dbt reads all its tables to come."""
    names = {"schema": Identifier(RAW_SCHEMA)}
    with connection.cursor() as cursor:
        for statement in (
            "revoke all on schema public from public",
            "create schema {schema} authorization loader",
            "grant usage on schema {schema} to transformer",
            "alter default privileges for role loader in schema {schema}"
            " grant select on tables to transformer",
        ):
            cursor.execute(SQL(statement).format(**names))
