"""Roles and rights: who loads, who transforms, who reads."""

from pathlib import Path

from psycopg2.extensions import connection as Connection

RAW_SCHEMA = "delivery_platform_prod"
MARTS_SCHEMA = "analytics_marts"
ROLES_SCRIPT = Path(__file__).parents[1] / "warehouse" / "roles_postgres.sql"


def set_up_roles(connection: Connection) -> None:
    """Give the connected database the roles, schemas and rights of any PostgreSQL warehouse of this project.

    A clone needs it, too: it has the schemas of its template, but not the rights on the database as a whole.
    """
    with connection.cursor() as cursor:
        cursor.execute(ROLES_SCRIPT.read_text(encoding="utf-8"))
