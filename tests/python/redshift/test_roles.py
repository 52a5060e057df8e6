"""The script of the roles on Redshift's look-alike, as far as PostgreSQL knows its statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
import sqlparse

from project import ROOT
from redshift_lookalike.conftest import connect
from redshift_lookalike.lookalike import Lookalike
from sandbox.server import Server
from warehouse import Database

SCRIPT = (ROOT / "warehouse/roles_redshift.sql").read_text(encoding="utf-8")
USERS = ("loader", "transformer", "analyst")
RAW, MART = "delivery_platform_prod.events", "analytics_marts.orders"


@pytest.fixture
def database(server: Server, worker_id: str) -> Iterator[Database]:
    """An empty database. The users of the script have other names, and are dropped with it."""
    database = Database(server, f"redshift_roles_{worker_id}")
    with closing(server.connect("postgres", autocommit=True)) as administrator:
        administrator.cursor().execute(f"create database {database.name} template template0")
        yield database
        server.drop_database(database.name)
        administrator.cursor().execute(f"drop role if exists {', '.join(map(named, USERS))}")


def named(user: str) -> str:
    """Another name for a user of the script, because the server already has the roles of the sandbox."""
    return f"redshift_{user}"


def run(database: Database, user: str, sql: str) -> list[tuple[object, ...]]:
    """Run a statement as a user of the script and commit it; returns its rows, if any."""
    with closing(database.connect(named(user), autocommit=True)) as connection:
        cursor = connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def set_up(lookalike: Lookalike) -> None:
    """Run the script through Redshift's driver, statement by statement, as psql does."""
    script = re.sub(rf"\b({'|'.join(USERS)})\b", lambda user: named(user.group()), SCRIPT)
    with closing(connect(lookalike, "postgres")) as connection:
        for statement in sqlparse.split(script):
            connection.cursor().execute(statement)


def test_the_script_gives_each_user_its_rights_and_may_be_repeated(database: Database) -> None:
    with Lookalike(database.server, database.name) as lookalike:
        set_up(lookalike)
        run(database, "loader", f"create table {RAW} (id bigint)")
        run(database, "transformer", "create schema analytics_staging")
        run(database, "transformer", f"create view analytics_staging.stg_events as select id from {RAW}")
        run(database, "transformer", f"create table {MART} (id bigint)")
        set_up(lookalike)
    assert run(database, "transformer", f"select * from {RAW}") == []
    assert run(database, "analyst", f"select * from {MART}") == []
    for user in ("transformer", "analyst"):
        assert run(database, user, "show statement_timeout") == [("55min",)]
    for user, sql in (
        ("analyst", f"select * from {RAW}"),
        ("analyst", "select * from analytics_staging.stg_events"),
        ("analyst", f"delete from {MART}"),
        ("analyst", "create table analytics_marts.mine (id bigint)"),
        ("analyst", "create table public.mine (id bigint)"),
        ("analyst", "create temporary table mine (id bigint)"),
        ("analyst", "create schema mine"),
        ("transformer", f"delete from {RAW}"),
        ("transformer", "create user mine"),
        ("loader", f"select * from {MART}"),
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(database, user, sql)
