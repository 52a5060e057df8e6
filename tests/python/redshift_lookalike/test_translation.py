"""Statements as PostgreSQL gets them: unchanged where it knows them, else translated or an error."""

from __future__ import annotations

import pytest

from redshift_lookalike.translation import to_postgres

UNCHANGED = [
    "select a, b  from analytics.t -- as it was\n where a = 'dateadd(day, 1, nvl(x))'",
    "insert into analytics.t (a) select a from analytics.u",
    'alter table "db"."analytics"."t" rename to "u"',
    "lock analytics.t, analytics.u",
    "drop table if exists analytics.t cascade",
    "select coalesce(a, 0), date_trunc('day', b) from analytics.t",
    "grant select on analytics.t to analyst",
    "with t as (select a, row_number() over (order by b) as n from u) select a from t where n = 1",
    "delete from t using u where t.a = u.a",
    "select a + interval '1 day' as b, t.qualify from t",
]

TRANSLATED = [
    (
        "create procedure p() as $$ begin execute 'create user u password disable'; end $$ language plpgsql",
        "create procedure p() as $$ begin execute 'create user u password null'; end $$ language plpgsql",
    ),
    ("select dateadd(day, 1, b) from t", "select dateadd('day', 1, b) from t"),
    ("select datediff('day', '2020-01-01', b)", "select datediff('day', timestamp '2020-01-01', b)"),
    ("select nvl(a, 0) from t;", "select coalesce(a, 0) from t"),
    ("select sysdate as s from t", "select lookalike.sysdate() as s from t"),
    ("select a from t minus select a from u", "select a from t except select a from u"),
    ("select cast(a as varchar) from t", "select cast(a as varchar(256)) from t"),
    ("select a::numeric from t", "select a::numeric(18, 0) from t"),
    ("select null::text from pg_class", "select null::text from pg_class"),
    (
        "select listagg(b, ', ') within group (order by c desc) from t",
        "select string_agg(nullif(cast(b as varchar), ''), ', ' order by c desc) from t",
    ),
    ("select listagg(b) from t", "select string_agg(nullif(cast(b as varchar), ''), '') from t"),
    (
        "select ratio_to_report(a) over (partition by b) from t",
        "select ((a)::double precision / sum(a) over (partition by b)) from t",
    ),
    ("drop view a.v", "drop view a.v cascade /*lookalike:restrict */"),
    (
        'drop view if exists "db"."a"."v", a.W cascade',
        '/*lookalike:dropped [["a", "v"], ["a", "w"]]*/ drop view if exists "db"."a"."v", a.W cascade',
    ),
    ("alter table a.t drop column b", "alter table a.t drop column b cascade /*lookalike:restrict */"),
    (
        "create view a.v as (select 1 as b) with no schema binding",
        "create view a.v as /*lookalike:late */ (select 1 as b) ",
    ),
    (
        "create table a.t backup no diststyle key distkey (b) compound sortkey (c, D) as (select 1 as b)",
        'create table a.t /*lookalike:table {"distribution": "KEY(b)", "distribution_columns": ["b"],'
        ' "sort": ["c", "d"]}*/        as (select 1 as b)',
    ),
    (
        "create table t (a int encode az64 distkey, b varchar(max) sortkey, primary key (a)) diststyle key",
        "create table t (a int  , b varchar(65535) )"
        ' /*lookalike:table {"distribution": "KEY(a)", "distribution_columns": ["a"], "sort": ["b"]}*/ ',
    ),
    ("create temp table t (a text, b decimal)", "create temp table t (a varchar(256), b numeric(18, 0))"),
    ("create materialized view s.v as select a from s.t", "create view s.v as select a from s.t"),
    (
        "alter user u set enable_case_sensitive_identifier to true",
        "alter user u set lookalike.case_sensitive to true",
    ),
    ('select 1 from information_schema."columns"', 'select 1 from lookalike."columns"'),
]

UNKNOWN = [
    "show tables from schema a.b",
    "select decode(a, 1, 'x') from t",
    "select listagg(a) within group (order by b) over (partition by c) from t",
    "select listagg(distinct a) within group (order by a) from t",
    "create table t (a int references u (a))",
    "create table t (a int) tablespace x",
    "vacuum t",
]


LEGAL = [
    (
        "merge into t using u on t.a = u.a when matched then delete when not matched then insert values (1)",
        "merge, which is legal on Redshift. Instead: delete and insert",
    ),
    (
        "select a from t as t where b > 1 qualify row_number() over (partition by a order by b) = 1",
        "qualify, which is legal on Redshift. Instead: the window function in a common table",
    ),
    (
        "select a from (select a from t as t qualify row_number() over (order by a) = 1) as x",
        "qualify, which is legal on Redshift",
    ),
]


@pytest.mark.parametrize("sql", UNCHANGED)
def test_what_postgresql_knows_passes_unchanged(sql: str) -> None:
    assert to_postgres(sql) == sql


@pytest.mark.parametrize(("sql", "expected"), TRANSLATED, ids=[sql for sql, _ in TRANSLATED])
def test_the_rest_is_translated(sql: str, expected: str) -> None:
    assert to_postgres(sql).split() == expected.split()


@pytest.mark.parametrize("sql", UNKNOWN)
def test_what_the_translation_does_not_know_is_an_error(sql: str) -> None:
    with pytest.raises(ValueError, match=r"the (command|function)|listagg|a column with|the table attribute"):
        to_postgres(sql)


@pytest.mark.parametrize(("sql", "message"), LEGAL, ids=[sql for sql, _ in LEGAL])
def test_what_redshift_takes_and_the_translation_does_not_says_so(sql: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        to_postgres(sql)
