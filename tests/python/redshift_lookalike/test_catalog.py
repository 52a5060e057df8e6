"""Redshift's catalog of the look-alike: columns, tables, transactions, comments, and what a view keeps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from redshift_connector.error import ProgrammingError

from redshift_lookalike.conftest import Query, Rows, connect
from redshift_lookalike.lookalike import Lookalike


@pytest.fixture(autouse=True)
def work_schema(query: Query) -> Iterator[None]:
    """A schema for one test."""
    query("create schema work")
    yield
    query("rollback")  # what a test that failed has begun
    query("drop schema work cascade")


def rows_as(lookalike: Lookalike, user: str, sql: str) -> Rows:
    """The rows of a query of another user."""
    with closing(connect(lookalike, user)) as connection:
        cursor = connection.cursor()
        cursor.execute(sql)
        rows: Rows = cursor.fetchall()
        return rows


def comments(query: Query) -> dict[str, str]:
    """The comments on the relations of the schema, by the relation's name."""
    rows = query(
        "select c.relname, d.description from pg_catalog.pg_description as d"
        " inner join pg_catalog.pg_class as c on d.objoid = c.oid and d.objsubid = 0"
        " inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid where n.nspname = 'work'"
    )
    return {row[0]: row[1] for row in rows}


def test_svv_columns_has_tables_views_and_late_binding_views(query: Query) -> None:
    query("create table work.t (a varchar(9) not null default 'x', b numeric(12, 3), c timestamp)")
    query("comment on column work.t.a is 'a letter'")
    query("create view work.v as select a from work.t")
    query("create view work.w as select b, 'x' as d from work.t with no schema binding")
    rows = query(
        "select table_name, column_name, ordinal_position, is_nullable, data_type, character_maximum_length,"
        " numeric_precision, numeric_scale, remarks"
        " from svv_columns where table_schema = 'work' order by table_name, ordinal_position"
    )
    assert [list(row) for row in rows] == [
        ["t", "a", 1, "NO", "character varying", 9, None, None, "a letter"],
        ["t", "b", 2, "YES", "numeric", None, 12, 3, None],
        ["t", "c", 3, "YES", "timestamp without time zone", None, None, None, None],
        ["v", "a", 1, "YES", "character varying", 9, None, None, None],
        ["w", "b", 1, "YES", "numeric", None, 12, 3, None],
        ["w", "d", 2, "YES", "text", 65535, None, None, None],
    ]


def test_svv_tables_has_tables_views_and_late_binding_views(query: Query) -> None:
    query("create table work.t (a int)")
    query("comment on table work.t is 'one row per a'")
    query("create view work.v as select a from work.t")
    query("create view work.w as select a from work.t with no schema binding")
    rows = query(
        "select table_name, table_type, remarks"
        " from pg_catalog.svv_tables where table_schema = 'work' order by table_name"
    )
    assert [list(row) for row in rows] == [
        ["t", "BASE TABLE", "one row per a"],
        ["v", "VIEW", None],
        ["w", "VIEW", None],
    ]


@pytest.mark.parametrize(("catalog", "seen_by_analyst"), [("svv_columns", ["t", "u"]), ("svv_tables", ["u"])])
def test_users_see_all_columns_and_the_tables_that_they_may_read(
    lookalike: Lookalike, query: Query, catalog: str, seen_by_analyst: list[str]
) -> None:
    query("create table work.t (a int)")
    query("create table work.u (a int)")
    query("grant select on work.u to analyst")
    seen = f"select table_name, remarks from {catalog} where table_schema = 'work' order by 1"
    assert [row[0] for row in query(seen)] == ["t", "u"]
    assert [row[0] for row in rows_as(lookalike, "analyst", seen)] == seen_by_analyst


def test_svv_transactions_shows_locks_to_all(lookalike: Lookalike, query: Query) -> None:
    query("create table work.t (a int)")
    [[table]] = query("select table_id from svv_table_info where \"schema\" = 'work'")
    [[pid]] = query("select pg_backend_pid()")
    locks = (
        "select txn_owner, txn_db, xid is null, pid, txn_start is not null, lock_mode, granted"
        f" from svv_transactions where lockable_object_type = 'relation' and relation = {table}"
        " and lock_mode = 'AccessExclusiveLock'"
    )
    query("begin")
    query("lock work.t")
    query("insert into work.t (a) values (1)")
    database = lookalike.env["REDSHIFT_DATABASE"]
    expected = ["transformer", database, False, pid, True, "AccessExclusiveLock", True]
    assert [list(row) for row in rows_as(lookalike, "analyst", locks)] == [expected]
    query("commit")
    assert not rows_as(lookalike, "analyst", locks)


def test_a_lock_of_tables_waits_for_another_until_it_commits(lookalike: Lookalike, query: Query) -> None:
    query("create table work.t (a int)")
    query("create table work.u (a int)")
    read: list[int] = []

    def lock_and_read() -> None:
        with closing(connect(lookalike)) as connection:
            cursor = connection.cursor()
            cursor.execute("begin")
            cursor.execute("lock work.u, work.t")
            cursor.execute("select count(*) from work.u")
            read.append(cursor.fetchall()[0][0])
            cursor.execute("commit")

    query("begin")
    query("lock work.t, work.u")
    second = threading.Thread(target=lock_and_read)
    second.start()
    while not query(
        "select pid from svv_transactions where not granted and lock_mode = 'AccessExclusiveLock'"
    ):
        assert second.is_alive()
    assert read == []
    query("insert into work.u (a) values (1)")
    query("commit")
    second.join()
    assert read == [1]


def test_comments_are_read_by_function_and_from_the_catalog(query: Query) -> None:
    query("create table work.t (a int)")
    query("create view work.v as select a from work.t")
    query("create view work.w as select a from work.t with no schema binding")
    query("comment on table work.t is 'it''s a table'")
    query("comment on view work.v is 'a view'")
    query("comment on view work.w is 'bound late'")
    assert query("select obj_description('work.t'::regclass)")[0][0] == "it's a table"
    assert (
        query("select obj_description(oid, 'pg_class') from pg_class where relname = 'w'")[0][0]
        == "bound late"
    )
    assert comments(query) == {"t": "it's a table", "v": "a view", "w": "bound late"}


@pytest.mark.parametrize("binding", ["", "with no schema binding"])
def test_a_view_that_is_replaced_keeps_comment_and_privileges(query: Query, binding: str) -> None:
    query("create table work.t as select 1 as a, 2 as b")
    query(f"create view work.v as select a from work.t {binding}")
    query("comment on view work.v is 'kept'")
    query("grant select on work.v to analyst")
    query(f"create or replace view work.v as select b as a from work.t {binding}")
    assert query("select a from work.v")[0][0] == 2
    assert comments(query) == {"v": "kept"}
    assert query("select has_table_privilege('analyst', 'work.v', 'select')")[0][0] is True


@pytest.mark.parametrize("binding", ["", "with no schema binding"])
def test_a_view_that_is_dropped_loses_comment_and_privileges(query: Query, binding: str) -> None:
    query(f"create view work.v as select 1 as a {binding}")
    query("comment on view work.v is 'lost'")
    query("grant select on work.v to analyst")
    query("drop view work.v")
    query(f"create view work.v as select 1 as a {binding}")
    assert comments(query) == {}
    assert query("select has_table_privilege('analyst', 'work.v', 'select')")[0][0] is False


def test_a_late_binding_view_keeps_its_comment_when_what_it_reads_comes_back(query: Query) -> None:
    query("create table work.t as select 1 as a")
    query("create view work.v as select a from work.t with no schema binding")
    query("comment on view work.v is 'kept'")
    query("drop table work.t")
    query("create table work.t as select 2 as a")
    assert comments(query) == {"v": "kept"}
    query("comment on view work.v is null")
    query("drop table work.t")
    query("create table work.t as select 3 as a")
    assert comments(query) == {}


def test_a_late_binding_view_that_reads_nothing_keeps_what_it_has_when_replaced(query: Query) -> None:
    query("create table work.t as select 1 as a")
    query("create view work.v as select a from work.t with no schema binding")
    query("comment on view work.v is 'kept'")
    query("grant select on work.v to analyst")
    query("drop table work.t")
    query("create or replace view work.v as select 5 as a with no schema binding")
    assert query("select a from work.v")[0][0] == 5
    assert comments(query) == {"v": "kept"}
    assert query("select has_table_privilege('analyst', 'work.v', 'select')")[0][0] is True


def test_a_late_binding_view_that_reads_nothing_does_not_come_back_once_dropped(query: Query) -> None:
    for view in ("v", "w"):
        query("create table work.t as select 1 as a")
        query(f"create view work.{view} as select a from work.t with no schema binding")
        query("drop table work.t")
    query('drop view if exists work."v" cascade')
    query("create table work.t as select 2 as a")
    rows = query("select table_name from svv_tables where table_schema = 'work' order by 1")
    assert [row[0] for row in rows] == ["t", "w"]


@pytest.mark.parametrize("binding", ["", "with no schema binding"])
@pytest.mark.parametrize("columns", ["1 as a, 2 as b", "1 as b", "'x' as a", "2 as b, 1 as a"])
def test_a_view_is_not_replaced_by_one_with_other_columns(query: Query, binding: str, columns: str) -> None:
    query(f"create view work.v as select 1 as a {binding}")
    with pytest.raises(ProgrammingError, match=r"cannot (change|replace|drop)"):
        query(f"create or replace view work.v as select {columns} {binding}")
    assert list(query("select * from work.v")[0]) == [1]


def test_a_view_that_is_bound_now_is_no_late_one(query: Query) -> None:
    query("create table work.t as select 1 as a")
    query("create view work.v as select a from work.t with no schema binding")
    query("create or replace view work.v as select a from work.t")
    with pytest.raises(ProgrammingError, match=r"view work\.v depends on it"):
        query("drop table work.t")
