"""Roles and rights: who loads, who transforms, who reads.

`loader` owns the raw schema, `transformer` runs dbt and reads raw tables, `analyst` reads the marts.
"""

from pathlib import Path

from psycopg2.extensions import connection as Connection
from psycopg2.sql import SQL, Identifier

RAW_SCHEMA = "delivery_platform_prod"
MARTS_SCHEMA = "analytics_marts"
ROLES = ("loader", "transformer", "analyst")
HASH_KEY_SCRIPT = Path(__file__).parents[1] / "warehouse" / "hash_key_postgres.sql"


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


def create_schemas(connection: Connection) -> None:
    """Make the schemas that have readers in the connected database, as far as they are not there.

    The raw schema is the loader's own and open to dbt, the marts are dbt's own and open to analysts;
    so are all tables to come.
    """
    names = {"raw": Identifier(RAW_SCHEMA), "marts": Identifier(MARTS_SCHEMA)}
    with connection.cursor() as cursor:
        for statement in (
            "revoke all on schema public from public",
            "create schema if not exists {raw} authorization loader",
            "grant usage on schema {raw} to transformer",
            "alter default privileges for role loader in schema {raw} grant select on tables to transformer",
            "create schema if not exists {marts} authorization transformer",
            "grant usage on schema {marts} to analyst",
            "alter default privileges for role transformer in schema {marts}"
            " grant select on tables to analyst",
        ):
            cursor.execute(SQL(statement).format(**names))


def make_hash_key(connection: Connection) -> None:
    """Make a random key of the keyed hashes in the connected database, for the transformer alone."""
    with connection.cursor() as cursor:
        cursor.execute(HASH_KEY_SCRIPT.read_text(encoding="utf-8"))


def has_hash_key(connection: Connection) -> bool:
    """Whether `make_hash_key`, the last step of preparing a database, has made a key in the connected one."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('analytics_privacy.hash_key') is not null")
        return cursor.fetchone() == (True,)


def restrict_maintenance_databases(connection: Connection) -> None:
    """Leave the roles nothing in PostgreSQL's own databases but the right to connect to `postgres`."""
    with connection.cursor() as cursor:
        cursor.execute("revoke all on database postgres, template1 from public")
        cursor.execute("grant connect on database postgres to loader, transformer, analyst")
