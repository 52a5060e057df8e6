"""What has landed already, kept in the database in which it landed."""

from collections.abc import Collection

from psycopg2.extensions import cursor as Cursor

from sandbox.lander.report import LandingReport
from sandbox.terminal import printable

_LOCK = 2026_08_31
"""The key of the advisory lock under which the ledger is made."""


def lock(cursor: Cursor) -> None:
    """Wait until no other landing is under way in this database; others wait until this transaction ends.

    Makes the ledger if there is none. Landings lock its table and take no advisory lock, because anybody who
    may connect can take an advisory lock, and so make a landing wait for ever.
    """
    if not _is_there(cursor):
        cursor.execute("select pg_catalog.pg_advisory_xact_lock(%s)", (_LOCK,))
        if not _is_there(cursor):
            _make(cursor)
    cursor.execute("lock table _sandbox.landed_files in share row exclusive mode")


def has_landed(cursor: Cursor, schema: str, sha256: str) -> bool:
    """Whether a file of this content has landed in the schema."""
    cursor.execute(
        "select exists (select from _sandbox.landed_files where schema_name = %s and sha256 = %s)",
        (schema, sha256),
    )
    return cursor.fetchone() == (True,)


def _is_there(cursor: Cursor) -> bool:
    # to_regclass would remember that there was none before the session waited for the lock.
    cursor.execute(
        "select exists (select from pg_catalog.pg_tables"
        " where schemaname = '_sandbox' and tablename = 'landed_files')"
    )
    return cursor.fetchone() == (True,)


def _make(cursor: Cursor) -> None:
    cursor.execute(
        """
        create schema if not exists _sandbox;
        create table _sandbox.landed_files (
            schema_name text not null,
            sha256 text not null,
            path text not null,
            loaded_at timestamptz not null,
            landed_at timestamptz not null default now(),
            message_count bigint not null,
            bad_line_count bigint not null,
            unfit_value_count bigint not null,
            primary key (schema_name, sha256)
        )
        """
    )


def record(cursor: Cursor, schema: str, sha256: str, report: LandingReport) -> None:
    """Note that the one file of the report lands with this transaction."""
    (file,) = report.files
    cursor.execute(
        """
        insert into _sandbox.landed_files (
            schema_name, sha256, path, loaded_at, message_count, bad_line_count, unfit_value_count
        ) values (%s, %s, %s, %s, %s, %s, %s)
        """,
        (
            schema,
            sha256,
            printable(str(file.path)),
            file.loaded_at,
            file.message_count,
            report.bad_line_count,
            report.unfit_values.total(),
        ),
    )


def other_files(cursor: Cursor, schema: str, sha256s: Collection[str]) -> list[str]:
    """The paths of files that have landed in the schema and have none of these contents."""
    if not _is_there(cursor):
        return []
    cursor.execute(
        "select sha256, path from _sandbox.landed_files where schema_name = %s order by path", (schema,)
    )
    return [path for sha256, path in cursor if sha256 not in sha256s]
