"""Roles and rights: who loads, who transforms, who reads."""

from pathlib import Path

from psycopg2.extensions import connection as Connection

RAW_SCHEMA = "delivery_platform_prod"
MARTS_SCHEMA = "analytics_marts"
HASH_KEY_SCRIPT = Path(__file__).parents[1] / "warehouse" / "hash_key_postgres.sql"
ROLES_SCRIPT = Path(__file__).parents[1] / "warehouse" / "roles_postgres.sql"


def set_up_roles(connection: Connection) -> None:
    """Give the connected database the roles, schemas and rights that this project needs on PostgreSQL.

    A clone needs it, too: it has the schemas of its template, but not the rights on the database itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(ROLES_SCRIPT.read_text(encoding="utf-8"))


def make_hash_key(connection: Connection) -> None:
    """Make a random key of the keyed hashes in the connected database. Connect as `transformer`."""
    with connection.cursor() as cursor:
        cursor.execute(HASH_KEY_SCRIPT.read_text(encoding="utf-8"))


def has_hash_key(connection: Connection) -> bool:
    """Whether the connected database has the key table, which the last step of its preparation makes."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('analytics_privacy.hash_key') is not null")
        return cursor.fetchone() == (True,)


def restrict_maintenance_databases(connection: Connection) -> None:
    """Revoke all rights on PostgreSQL's own databases, except that the roles may connect to `postgres`."""
    with connection.cursor() as cursor:
        cursor.execute("revoke all on database postgres, template1 from public")
        cursor.execute("grant connect on database postgres to loader, transformer, analyst")
