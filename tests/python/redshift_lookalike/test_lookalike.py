"""What a client of the look-alike sees: refusals, views, keys, lengths; how it is held or loses its link."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from redshift_connector.error import InterfaceError, ProgrammingError

from redshift_lookalike.conftest import Query, connect
from redshift_lookalike.lookalike import Lookalike
from sandbox.server import Server


@pytest.fixture(autouse=True)
def work_schema(lookalike: Lookalike, query: Query) -> Iterator[None]:
    """A schema for one test, which also ends with its faults."""
    query("create schema work")
    yield
    lookalike.forget()
    query("drop schema work cascade")


def test_a_statement_that_redshift_refuses_fails_and_says_what_to_write(query: Query) -> None:
    with pytest.raises(ProgrammingError, match=r"filter \(where …\) is not supported.*sum\(case when"):
        query("select count(*) filter (where a > 1) from work.t")


def test_a_statement_that_cannot_be_translated_fails(query: Query) -> None:
    with pytest.raises(ProgrammingError, match="cannot translate this: the command vacuum"):
        query("vacuum work.t")


def test_an_alias_used_in_its_own_list_is_no_error_of_the_statement(query: Query) -> None:
    query("create table work.t as select 1 as n")
    with pytest.raises(ProgrammingError, match=r'"b" does not exist.*legal on Redshift. Instead: the expr'):
        query("select n + 1 as b, b * 2 as c from work.t")
    with pytest.raises(ProgrammingError) as caught:
        query("select n + 1 as b, n as c from work.t where b = 2")
    assert "legal on Redshift" not in str(caught.value)


def test_a_column_goes_before_an_alias_of_its_name(query: Query) -> None:
    query("create table work.t as select 5 as n")
    assert list(query("select 1 as n, n + 1 as b from work.t")[0]) == [1, 6]


def test_a_refusal_ends_the_transaction(query: Query) -> None:
    query("create table work.t (a bigint)")
    query("begin")
    query("insert into work.t (a) values (1)")
    with pytest.raises(ProgrammingError, match="on conflict is not supported"):
        query("insert into work.t (a) values (2) on conflict do nothing")
    with pytest.raises(ProgrammingError, match="current transaction is aborted"):
        query("select a from work.t")
    query("rollback")
    assert query("select count(*) from work.t")[0][0] == 0


def test_truncate_commits(query: Query) -> None:
    query("create table work.t as select 1 as a")
    query("create table work.u (a bigint)")
    query("begin")
    query("insert into work.u (a) values (1)")
    query("truncate work.t")
    query("rollback")
    assert query("select count(*) from work.t")[0][0] == 0
    assert query("select count(*) from work.u")[0][0] == 1


def test_parameters_are_bound(lookalike: Lookalike) -> None:
    with closing(connect(lookalike)) as connection:
        cursor = connection.cursor()
        cursor.execute("create table work.t (a bigint, b varchar(10))")
        cursor.execute("insert into work.t (a, b) values (%s, %s)", (7, "seven"))
        cursor.execute("select a, b from work.t")
        assert [list(row) for row in cursor.fetchall()] == [[7, "seven"]]


def test_it_is_taken_for_redshift_and_not_for_its_postgresql(lookalike: Lookalike) -> None:
    with closing(connect(lookalike)) as connection:
        parameters = dict(connection.parameter_statuses)
    assert parameters[b"server_version"] == b"8.0.2"


def test_a_late_binding_view_reads_what_has_the_name(query: Query) -> None:
    query("create table work.t as select 1 as a")
    query("create view work.v as select a from work.t with no schema binding")
    query("create view work.w as select a from work.v with no schema binding")
    query("grant select on work.w to analyst")
    query("alter table work.t rename to before")
    query("create table work.t as select 2 as a")
    query("drop table work.before")
    assert query("select a from work.w")[0][0] == 2
    assert query("select has_table_privilege('analyst', 'work.w', 'select')")[0][0] is True


def test_a_late_binding_view_outlives_what_it_reads(query: Query) -> None:
    query("create table work.t as select 1 as a")
    query("create view work.v as select a from work.t with no schema binding")
    query("drop table work.t")
    with pytest.raises(ProgrammingError, match="does not exist"):
        query("select a from work.v")
    query("create table work.t as select 3 as a")
    assert query("select a from work.v")[0][0] == 3


def test_a_bound_view_is_in_the_way_of_a_drop_and_goes_with_a_cascade(query: Query) -> None:
    query("create table work.t as select 1 as a")
    query("create view work.v as select a from work.t")
    with pytest.raises(ProgrammingError, match=r"view work\.v depends on it"):
        query("drop table work.t")
    query("drop table work.t cascade")
    query("create table work.t as select 2 as a")
    with pytest.raises(ProgrammingError, match="does not exist"):
        query("select a from work.v")


def test_a_late_binding_view_has_its_columns_in_a_function_alone(query: Query) -> None:
    query("create view work.v as select 1 as a, cast('x' as varchar(9)) as b with no schema binding")
    columns = query(
        "select view_name, col_name, col_type, col_num from pg_get_late_binding_view_cols()"
        " cols (view_schema name, view_name name, col_name name, col_type varchar, col_num int)"
        " where view_schema = 'work' order by col_num"
    )
    assert [list(row) for row in columns] == [["v", "a", "integer", 1], ["v", "b", "character varying(9)", 2]]
    assert not query("select column_name from information_schema.columns where table_schema = 'work'")


@pytest.mark.parametrize("keys", ["distkey (x)", "sortkey (a, x)", "diststyle key distkey (x) sortkey (a)"])
def test_distribution_and_sort_keys_must_exist(query: Query, keys: str) -> None:
    with pytest.raises(ProgrammingError, match='column "x" named as a distribution or sort key'):
        query(f"create table work.t {keys} as select 1 as a")


def test_distribution_and_sort_keys_are_in_the_catalog(query: Query) -> None:
    query("create table work.t distkey (a) sortkey (b, a) as select 1 as a, 2 as b")
    query("create table work.u as select 1 as a")
    rows = query(
        'select "table", diststyle, sortkey1, sortkey_num from svv_table_info where "schema" = \'work\''
    )
    assert sorted(list(row) for row in rows) == [
        ["t", "KEY(a)", "b", 2],
        ["u", "AUTO(ALL)", "AUTO(SORTKEY)", 0],
    ]


def test_the_length_of_text_is_in_bytes(query: Query) -> None:
    query("create table work.t (a varchar(4))")
    query("insert into work.t (a) values ('éé')")
    query("insert into work.t (a) values ('abcd  ')")
    with pytest.raises(ProgrammingError, match=r"Value too long for character type: 6 bytes"):
        query("insert into work.t (a) values ('ééé')")
    query("insert into work.t (a) select cast('ééé' as varchar(4)) as a")
    assert sorted(row[0] for row in query("select a from work.t")) == ["abcd", "éé", "éé"]


def test_a_boolean_column_cannot_be_cast_to_text(query: Query) -> None:
    query("create table work.t as select true as flag")
    with pytest.raises(ProgrammingError, match="cannot cast type boolean to character varying"):
        query("select cast(flag as varchar(5)) from work.t")


def test_statements_are_noted(lookalike: Lookalike, query: Query) -> None:
    lookalike.forget()
    query('/* {"node_id": "model.some_project.some_model"} */ select nvl(1, 2) as a')
    query("select 2 as b")
    noted = [
        (sent.sql.rpartition("/ ")[2], sent.postgres.rpartition("/ ")[2], sent.model)
        for sent in lookalike.statements
        if sent.sql.lower() not in ("begin transaction", "commit")
    ]
    assert noted == [
        ("select nvl(1, 2) as a", "select coalesce(1, 2) as a", "some_model"),
        ("select 2 as b", "select 2 as b", "some_model"),
    ]


def test_statements_are_written_to_a_log(server: Server, lookalike: Lookalike, tmp_path: Path) -> None:
    log = tmp_path / "statements.jsonl"
    with (
        Lookalike(server, lookalike.env["REDSHIFT_DATABASE"], log) as logging,
        closing(connect(logging)) as connection,
    ):
        connection.cursor().execute("select 5 as a")
    assert "select 5 as a" in [json.loads(line)["sql"] for line in log.read_text().splitlines()]


@pytest.mark.parametrize(("executed", "rows"), [(False, 1), (True, 2)])
def test_the_link_is_cut_at_a_statement(
    lookalike: Lookalike, query: Query, executed: bool, rows: int
) -> None:
    query("create table work.t (a bigint)")
    cut = lookalike.cut_at("insert into", number=2, executed=executed)
    with closing(connect(lookalike)) as connection:
        connection.cursor().execute("insert into work.t (a) values (1)")
        assert not cut.is_reached
        with pytest.raises(InterfaceError):
            connection.cursor().execute("insert into work.t (a) values (2)")
    assert cut.is_reached
    assert query("select count(*) from work.t")[0][0] == rows


def test_what_is_not_committed_when_the_link_is_cut_is_rolled_back(
    lookalike: Lookalike, query: Query
) -> None:
    query("create table work.t (a bigint)")
    lookalike.cut_at("^commit")
    with closing(connect(lookalike)) as connection:
        connection.cursor().execute("begin")
        connection.cursor().execute("insert into work.t (a) values (1)")
        with pytest.raises(InterfaceError):
            connection.cursor().execute("commit")
    query("begin")
    query("lock work.t")  # waits until the server has noticed
    assert query("select count(*) from work.t")[0][0] == 0
    query("commit")


def test_a_statement_can_be_answered_with_an_error_once(lookalike: Lookalike, query: Query) -> None:
    query("create table work.t (a bigint)")
    lookalike.fail_at("insert into", "1023: Serializable isolation violation on table work.t")
    with pytest.raises(ProgrammingError, match="1023: Serializable isolation violation"):
        query("insert into work.t (a) values (1)")
    query("insert into work.t (a) values (2)")
    assert [row[0] for row in query("select a from work.t")] == [2]


def test_a_session_is_held_before_a_statement(lookalike: Lookalike, query: Query) -> None:
    query("create table work.t (a bigint)")
    hold = lookalike.hold_at("insert into", number=2)
    with closing(connect(lookalike)) as connection, ThreadPoolExecutor(max_workers=1) as beside:
        connection.cursor().execute("insert into work.t (a) values (1)")
        assert not hold.is_reached
        inserted = beside.submit(connection.cursor().execute, "insert into work.t (a) values (2)")
        hold.wait_until_reached()
        assert query("select count(*) from work.t")[0][0] == 1
        hold.go_on()
        inserted.result()
    assert query("select count(*) from work.t")[0][0] == 2


def test_a_session_that_is_held_when_faults_are_forgotten_is_cut(lookalike: Lookalike) -> None:
    hold = lookalike.hold_at("select 1")
    with closing(connect(lookalike)) as connection, ThreadPoolExecutor(max_workers=1) as beside:
        asked = beside.submit(connection.cursor().execute, "select 1 as a")
        hold.wait_until_reached()
        lookalike.forget()
        with pytest.raises(InterfaceError):
            asked.result()


def test_two_lookalikes_do_not_disturb_each_other(server: Server, lookalike: Lookalike) -> None:
    with Lookalike(server, lookalike.env["REDSHIFT_DATABASE"]) as other:
        assert other.port != lookalike.port
        other.cut_at("select 1")
        with closing(connect(lookalike)) as connection:
            cursor = connection.cursor()
            cursor.execute("select 1 as a")
            assert cursor.fetchall()[0][0] == 1


def test_the_clock_tells_the_time_of_the_session(query: Query) -> None:
    ((in_utc,),) = query(
        "select datediff(hour, getdate(), cast(getdate() as timestamptz) at time zone 'UTC')"
    )
    query("set timezone to 'Asia/Kolkata'")
    ((minutes,),) = query(
        "select datediff(minute, cast(getdate() as timestamptz) at time zone 'UTC', getdate())"
    )
    assert (in_utc, minutes) == (0, 330)
