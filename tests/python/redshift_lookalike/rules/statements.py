"""Rules about statements other than selects."""

from __future__ import annotations

from collections.abc import Iterator

from redshift_lookalike.names import words
from redshift_lookalike.rules.rule import Rule, any_word, opening, phrase
from redshift_lookalike.statement import Statement

_OBJECTS = words(
    """
    table view schema function procedure user group role database materialized external library model
    """
)
_BEFORE_OBJECT = frozenset({"or", "replace", "temp", "temporary", "local"})


def _unknown_objects(statement: Statement) -> Iterator[int]:
    if statement.word(0) in ("create", "drop"):
        index = 1
        while statement.word(index) in _BEFORE_OBJECT:
            index += 1
        if statement.word(index) not in _OBJECTS:
            yield index


def _table_existing_as(statement: Statement) -> Iterator[int]:
    after = statement.after_table_name
    if after is not None:
        has_query = any(
            statement.word(index) == "as" for index in statement.within((after, _end(statement)), 0)
        )
        if has_query:
            yield from statement.find("table", "if", "not", "exists")


def _end(statement: Statement) -> int:
    return len(statement.tokens)


def _checks(statement: Statement) -> Iterator[int]:
    if statement.word(0) in ("create", "alter"):
        yield from statement.find("check", "(")


def _partitioned_tables(statement: Statement) -> Iterator[int]:
    after = statement.after_table_name
    if after is not None:
        for index in statement.find("partition", "by"):
            if statement.around[index] == -1 and not statement.selects:
                yield index


def _qualified_temporary(statement: Statement) -> Iterator[int]:
    after = statement.after_table_name
    is_temporary = {statement.word(1), statement.word(2)} & {"temp", "temporary"}
    if after is not None and is_temporary and statement.word(after - 2) == ".":
        yield after - 1


def _deletes_with_alias(statement: Statement) -> Iterator[int]:
    if statement.says(0, "delete", "from"):
        index = 3
        while statement.word(index) == ".":
            index += 2
        if index < _end(statement) and statement.word(index) not in ("where", "using"):
            yield index


def _merges_with_alias(statement: Statement) -> Iterator[int]:
    if statement.says(0, "merge", "into"):
        index = 3
        while statement.word(index) == ".":
            index += 2
        if statement.word(index) != "using":
            yield index


def _merges_with_subquery(statement: Statement) -> Iterator[int]:
    return statement.find("using", "(", "select") if statement.word(0) == "merge" else iter(())


def _lock_modes(statement: Statement) -> Iterator[int]:
    return statement.find("in") if statement.word(0) == "lock" else iter(())


def _inserts_after_with(statement: Statement) -> Iterator[int]:
    if statement.word(0) == "with":
        for index in statement.find("insert", "into"):
            if statement.around[index] == -1:
                yield index


def _changed_types(statement: Statement) -> Iterator[int]:
    if statement.says(0, "alter", "table"):
        for index in statement.find("type"):
            if statement.word(index + 1) not in ("varchar", "character", "varbyte", ""):
                yield index


def _analyzed_lists(statement: Statement) -> Iterator[int]:
    if statement.word(0) in ("analyze", "analyse"):
        yield from (index for index in statement.find(",") if statement.around[index] == -1)


def _unqualified_in_late_views(statement: Statement) -> Iterator[int]:
    if statement.word(0) == "create" and any(True for _ in statement.find("with", "no", "schema", "binding")):
        yield from (table.at for table in statement.tables if len(table.parts) == 1)


def _dollar_quotes(statement: Statement) -> Iterator[int]:
    is_routine = statement.word(0) == "create" and any(
        statement.word(index) in ("function", "procedure") for index in range(1, 4)
    )
    # Redshift takes them in comments, too, for there the adapter itself writes them.
    if not is_routine and statement.word(0) != "comment":
        for index, token in enumerate(statement.tokens):
            if token.kind == "string" and token.text.startswith("$"):
                yield index


RULES = [
    Rule(
        "a late-binding view names what it reads with its schema",
        "schema.table",
        _unqualified_in_late_views,
        "create view analytics.v as select a from t with no schema binding",
        "create view analytics.v as with x as (select a from analytics.t) select a from x"
        " with no schema binding",
    ),
    Rule(
        "dollars quote the body of a function or procedure only",
        "single quotes, and two of them for one within",
        _dollar_quotes,
        "select $$it's$$ as b from analytics.t",
        "create function analytics.f_our_own (bigint) returns bigint stable as $$ select $1 $$ language sql",
    ),
    Rule(
        "there is no such kind of object",
        "tables, views, functions; sort keys in place of indexes",
        _unknown_objects,
        "create index i on analytics.t (a)",
        "create table analytics.u (a bigint) sortkey (a)",
    ),
    Rule(
        "insert … on conflict is not supported",
        "delete and insert in one transaction, or merge",
        phrase("on", "conflict"),
        "insert into analytics.t (a) select 1 as a on conflict (a) do nothing",
        "insert into analytics.t (a) select 1 as a",
    ),
    Rule(
        "returning is not supported",
        "a select before or after",
        any_word("returning"),
        "delete from analytics.t where a = 1 returning a",
        "delete from analytics.t where a = 1",
    ),
    Rule(
        "set local is not supported",
        "set …, and reset … afterwards",
        opening("set local"),
        "set local statement_timeout = 1000",
        "set statement_timeout to 1000",
    ),
    Rule(
        "there are no anonymous blocks",
        "a stored procedure, or statements in hooks",
        opening("do"),
        "do 'begin perform 1; end'",
        "commit",
    ),
    Rule(
        "create table … as has no if not exists",
        "drop table if exists before it",
        _table_existing_as,
        "create table if not exists analytics.u as select a from analytics.t",
        "create table if not exists analytics.u (a bigint)",
    ),
    Rule(
        "there are no check constraints",
        "data tests",
        _checks,
        "create table analytics.u (a bigint check (a > 0))",
        "create table analytics.u (a bigint not null, primary key (a))",
    ),
    Rule(
        "tables have no partitions",
        "sort keys",
        _partitioned_tables,
        "create table analytics.u (a bigint) partition by range (a)",
        "create table analytics.u as select row_number() over (partition by a order by b) as n"
        " from analytics.t",
    ),
    Rule(
        "a temporary table has no schema",
        "its bare name",
        _qualified_temporary,
        "create temporary table analytics.u (a bigint)",
        "create temporary table u (a bigint)",
    ),
    Rule(
        "a temporary table lives as long as the session",
        "drop table if exists before it",
        phrase("on", "commit"),
        "create temporary table u (a bigint) on commit drop",
        "create temporary table u (a bigint)",
    ),
    Rule(
        "delete takes no alias",
        "the table's name in the condition",
        _deletes_with_alias,
        "delete from analytics.t as stored where stored.a = 1",
        "delete from analytics.t using analytics.u where t.a = u.a",
    ),
    Rule(
        "the target of a merge has no alias",
        "its name",
        _merges_with_alias,
        "merge into analytics.t as d using analytics.u on d.a = u.a when matched then update set b = u.b"
        " when not matched then insert (a) values (u.a)",
        "merge into analytics.t using analytics.u on t.a = u.a when matched then update set b = u.b"
        " when not matched then insert (a) values (u.a)",
    ),
    Rule(
        "the source of a merge is a table",
        "a temporary table",
        _merges_with_subquery,
        "merge into analytics.t using (select a, b from analytics.u) as u on t.a = u.a"
        " when matched then update set b = u.b when not matched then insert (a) values (u.a)",
        "merge into analytics.t using analytics.u on t.a = u.a when matched then delete"
        " when not matched then insert (a) values (u.a)",
    ),
    Rule(
        "lock has no modes, it always excludes readers",
        "lock <table>",
        _lock_modes,
        "lock table analytics.t in exclusive mode",
        "lock analytics.t, analytics.u",
    ),
    Rule(
        "insert cannot follow its common table expressions",
        "insert into … with … select …",
        _inserts_after_with,
        "with x as (select a from analytics.t) insert into analytics.u (a) select a from x",
        "insert into analytics.u (a) with x as (select a from analytics.t) select a from x",
    ),
    Rule(
        "only the length of a varchar can be altered",
        "a new column, update, drop, rename",
        _changed_types,
        "alter table analytics.t alter column a type bigint",
        "alter table analytics.t alter column b type varchar(512)",
    ),
    Rule(
        "analyze takes one table",
        "one statement per table",
        _analyzed_lists,
        "analyze analytics.t, analytics.u",
        "analyze analytics.t (a, b)",
    ),
    Rule(
        "explain does not run its statement",
        "explain, and svl_query_report after a run",
        opening("explain analyze", "explain ("),
        "explain analyze select a from analytics.t",
        "explain select a from analytics.t",
    ),
    Rule(
        "savepoints are not supported",
        "one transaction per step",
        opening("savepoint", "rollback to"),
        "savepoint before_insert",
        "rollback",
    ),
]
