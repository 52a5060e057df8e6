"""Databases of the sandbox and what each role may do in them."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege

from sandbox import access
from sandbox.access import MARTS_SCHEMA, RAW_SCHEMA
from sandbox.errors import SandboxError
from sandbox.server import Server
from warehouse import Database


def run(database: Database, user: str, sql: str) -> list[tuple[object, ...]]:
    with closing(database.connect(user)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else []
        connection.commit()
        return rows


@pytest.fixture
def made(server: Server, database: Database) -> Iterator[Database]:
    """A database made from nothing, where `database` is a clone."""
    name = f"{database.name}_from_nothing"
    server.create_database(name)
    yield Database(server, name)
    server.drop_database(name)


@pytest.fixture(params=["made", "database"])
def any_database(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(request.param)
    return found


class TestRights:
    """What holds in a database made from nothing holds in a clone."""

    def test_the_transformer_reads_what_the_loader_makes_later(self, any_database: Database) -> None:
        run(any_database, "loader", f"create table {RAW_SCHEMA}.order_tracker_open as select 'm-1' as id")
        assert run(any_database, "transformer", f"select id from {RAW_SCHEMA}.order_tracker_open") == [
            ("m-1",)
        ]

    @pytest.mark.parametrize(
        ("user", "sql"),
        [
            ("analyst", f"select * from {RAW_SCHEMA}.events"),
            ("analyst", f"delete from {MARTS_SCHEMA}.orders"),
            ("analyst", f"create table {MARTS_SCHEMA}.mine (id int)"),
            ("analyst", "create schema mine"),
            ("analyst", "create temporary table mine (id int)"),
            ("analyst", "set role transformer"),
            ("analyst", "create table public.mine (id int)"),
            ("analyst", "select lo_from_bytea(0, 'large')"),
            ("transformer", f"delete from {RAW_SCHEMA}.events"),
            ("transformer", f"create table {RAW_SCHEMA}.mine (id int)"),
            ("transformer", "create role mine"),
            ("transformer", "set role loader"),
            ("loader", "create table public.mine (id int)"),
            ("loader", f"select * from {MARTS_SCHEMA}.orders"),
            ("loader", "set role transformer"),
            ("loader", f"create function {RAW_SCHEMA}.f() returns int language sql as 'select 1'"),
            ("loader", f"create function {RAW_SCHEMA}.f() returns int language plpgsql as 'begin end'"),
            ("loader", "do 'begin end'"),
            ("loader", "select lo_create(0)"),
        ],
    )
    def test_forbidden(self, any_database: Database, user: str, sql: str) -> None:
        run(any_database, "loader", f"create table {RAW_SCHEMA}.events (id text)")
        run(any_database, "transformer", f"create table {MARTS_SCHEMA}.orders (id text)")
        with pytest.raises(InsufficientPrivilege):
            run(any_database, user, sql)

    def test_the_analyst_reads_what_the_transformer_makes_later(self, any_database: Database) -> None:
        run(any_database, "transformer", f"create table {MARTS_SCHEMA}.orders as select 7 as id")
        assert run(any_database, "analyst", f"select id from {MARTS_SCHEMA}.orders") == [(7,)]

    def test_the_transformer_makes_schemas_that_the_analyst_cannot_read(self, any_database: Database) -> None:
        run(any_database, "transformer", "create schema analytics_staging create table events (id text)")
        with pytest.raises(InsufficientPrivilege):
            run(any_database, "analyst", "select * from analytics_staging.events")

    def test_the_loader_may_keep_books_in_a_schema_of_its_own(self, any_database: Database) -> None:
        run(any_database, "loader", "create schema ledger create table files (name text)")
        assert run(any_database, "loader", "select count(*) from ledger.files") == [(0,)]


def test_a_clone_has_the_rows_of_its_template_and_then_its_own(server: Server, database: Database) -> None:
    run(database, "loader", f"create table {RAW_SCHEMA}.events as select 1 as id")
    clone = Database(server, f"{database.name}_clone")
    server.create_database(clone.name, template=database.name)
    try:
        run(clone, "loader", f"insert into {RAW_SCHEMA}.events values (2)")
        assert run(clone, "transformer", f"select id from {RAW_SCHEMA}.events order by id") == [(1,), (2,)]
        assert run(database, "transformer", f"select id from {RAW_SCHEMA}.events") == [(1,)]
    finally:
        server.drop_database(clone.name)
    assert clone.name not in server.databases()


@pytest.mark.parametrize("user", ["loader", "transformer", "analyst"])
@pytest.mark.parametrize("maintenance", ["postgres", "template1"])
def test_no_role_writes_into_a_maintenance_database(server: Server, user: str, maintenance: str) -> None:
    """Nobody would look for tables there, and they could fill the disk."""
    with closing(server.connect("postgres")) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select right_name from unnest(array['create', 'temporary', 'connect']) as rights (right_name)"
            " where has_database_privilege(%s, %s, right_name)",
            (user, maintenance),
        )
        assert cursor.fetchall() == ([("connect",)] if maintenance == "postgres" else [])
    if maintenance == "postgres":
        with pytest.raises(InsufficientPrivilege):
            run(Database(server, maintenance), user, "create temporary table mine (id int)")


def test_several_processes_may_make_a_new_database_at_once(server: Server, database: Database) -> None:
    name = f"{database.name}_at_once"
    start = threading.Barrier(4)

    def ensure(number: int) -> None:
        start.wait()
        Server(server.directory, durable=False).ensure_database(name)
        run(Database(server, name), "loader", f"create table {RAW_SCHEMA}.events_{number} (id text)")

    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(ensure, range(4)))
        assert run(Database(server, name), "transformer", f"select id from {RAW_SCHEMA}.events_3") == []
    finally:
        server.drop_database(name)


def test_a_database_that_a_killed_process_left_is_completed(server: Server, database: Database) -> None:
    name = f"{database.name}_killed"
    with closing(server.connect("postgres", autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute(f"create database {name} template template0")
    try:
        server.ensure_database(name)
        run(Database(server, name), "loader", f"create table {RAW_SCHEMA}.events (id text)")
        with pytest.raises(InsufficientPrivilege):
            run(Database(server, name), "analyst", "create temporary table mine (id int)")
        server.ensure_database(name)
        assert run(Database(server, name), "transformer", f"select id from {RAW_SCHEMA}.events") == []
        run(Database(server, name), "postgres", "drop schema analytics_privacy cascade")
        server.ensure_database(name)
        key = run(
            Database(server, name), "transformer", "select length(secret) from analytics_privacy.hash_key"
        )
        assert key == [(72,)]
    finally:
        server.drop_database(name)


def test_a_name_twice_is_refused(server: Server, database: Database) -> None:
    with pytest.raises(SandboxError, match=f"a database {database.name} already"):
        server.create_database(database.name)


def test_a_database_that_cannot_be_prepared_does_not_stay(
    server: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(connection: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(access, "set_up_roles", interrupted)
    with pytest.raises(KeyboardInterrupt):
        server.create_database(f"{database.name}_half")
    assert f"{database.name}_half" not in server.databases()


def test_dropping_ends_connections_and_may_be_repeated(server: Server, database: Database) -> None:
    with closing(database.connect()) as connection:
        server.drop_database(database.name)
        server.drop_database(database.name)
        with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
            cursor.execute("select 1")


def test_an_unknown_database_is_named(server: Server) -> None:
    with pytest.raises(
        SandboxError, match=r'Cannot connect to database nowhere as loader: .*"nowhere" does not exist'
    ):
        server.connect("nowhere", user="loader")
