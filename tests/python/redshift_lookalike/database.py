"""The look-alike's schema in a database of the embedded PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from psycopg2.sql import SQL, Identifier

from sandbox.server import Server

SCHEMA = "lookalike"
SEARCH_PATH = f'{SCHEMA}, pg_catalog, "$user", public'

_FILES = sorted((Path(__file__).parent / "sql").glob("*.sql"))


def prepare(server: Server, database: str) -> None:
    """Give a database Redshift's functions, catalog and default time zone, unless it has them.

    Raises SandboxError if there is no such database.
    """
    with closing(server.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute("select to_regnamespace(%s) is not null", [SCHEMA])
        if not cursor.fetchall()[0][0]:
            for file in _FILES:
                cursor.execute(file.read_text(encoding="utf-8"))
            # Two sessions may wait for each other where one of them waits in the adapter, which PostgreSQL
            # cannot see: an error is better than to wait for ever.
            for setting in ("timezone to 'UTC'", "lock_timeout to '5min'"):
                cursor.execute(SQL("alter database {} set " + setting).format(Identifier(database)))
        connection.commit()
