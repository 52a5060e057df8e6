"""Rules about selects: clauses and operators."""

from __future__ import annotations

from collections.abc import Iterator

from redshift_lookalike.rules.rule import Rule, any_word, phrase
from redshift_lookalike.statement import Call, Statement


def _filters(statement: Statement) -> Iterator[int]:
    return (index for index in statement.find("filter", "(") if statement.word(index - 1) == ")")


def _constant_tables(statement: Statement) -> Iterator[int]:
    for index in any_word("values")(statement):
        if statement.word(0) not in ("insert", "merge") or statement.word(index - 1) in ("(", "as", ","):
            yield index


def _distinct_from(statement: Statement) -> Iterator[int]:
    yield from statement.find("is", "distinct", "from")
    yield from statement.find("is", "not", "distinct", "from")


def _set_operators_all(statement: Statement) -> Iterator[int]:
    for operator in ("except", "intersect", "minus"):
        yield from statement.find(operator, "all")


def _materialized_ctes(statement: Statement) -> Iterator[int]:
    yield from statement.find("as", "materialized", "(")
    yield from statement.find("as", "not", "materialized", "(")


def _recursive_without_columns(statement: Statement) -> Iterator[int]:
    return (index for index in statement.find("with", "recursive") if statement.word(index + 3) == "as")


def _modifying_ctes(statement: Statement) -> Iterator[int]:
    for verb in ("insert", "update", "delete", "merge"):
        for index in statement.find("as", "(", verb):
            if statement.tokens[index - 1].identifier in statement.ctes:
                yield index + 2


def _pattern_substrings(statement: Statement) -> Iterator[int]:
    for call in statement.calls:
        if call.name == "substring":
            for index in statement.within((call.at + 2, call.close), call.at + 2):
                if statement.word(index) == "from" and statement.tokens[index + 1].kind == "string":
                    yield call.at


def _backslashes(statement: Statement) -> Iterator[int]:
    for index, token in enumerate(statement.tokens):
        if token.kind == "string" and token.text.endswith("'") and "\\" in token.text:
            yield index


def _truth_in_select_list(statement: Statement) -> Iterator[int]:
    for index in statement.find("is"):
        tested = index + 1 + (statement.word(index + 1) == "not")
        if statement.word(tested) in ("true", "false", "unknown"):
            select = statement.select_around(index)
            if select and index in range(*select.items) and not _is_in_case(statement, index, select.at):
                yield index


def _is_in_case(statement: Statement, index: int, start: int) -> bool:
    words = [statement.word(at) for at in range(start, index)]
    return words.count("case") > words.count("end")


def _named_windows(statement: Statement) -> Iterator[int]:
    for index in statement.find("over"):
        if statement.word(index - 1) == ")" and statement.word(index + 1) != "(":
            yield index


def _limits_of_fetch(statement: Statement) -> Iterator[int]:
    yield from statement.find("fetch", "first")
    yield from statement.find("fetch", "next")


def _locking_selects(statement: Statement) -> Iterator[int]:
    yield from statement.find("for", "update")
    yield from statement.find("for", "share")
    yield from statement.find("for", "no", "key", "update")
    yield from statement.find("for", "key", "share")


def _mixed_orders(statement: Statement) -> Iterator[int]:
    orders: dict[int, str] = {}
    for call in statement.calls:
        select = statement.select_around(call.at)
        order = _order(statement, call)
        if select and order and orders.setdefault(select.at, order) != order:
            yield call.at


def _order(statement: Statement, call: Call) -> str:
    """What a sort-based aggregate orders by; '' for other functions. The median has an order of its own."""
    span = call.arguments[0] if call.name == "median" and call.arguments else call.within
    first, end = span or (0, 0)
    return " ".join(token.identifier for token in statement.tokens[first:end]).removeprefix("order by ")


def _system_with_user_tables(statement: Statement) -> Iterator[int]:
    if statement.reads_user_tables:
        yield from (
            table.at
            for table in statement.tables
            if table.is_system and not table.parts[-1].startswith(("stl_", "stv_", "svl_", "sys_"))
        )


RULES = [
    Rule(
        "filter (where …) is not supported",
        "sum(case when … then 1 else 0 end)",
        _filters,
        "select count(*) filter (where a > 1) from analytics.t",
        "select sum(case when a > 1 then 1 else 0 end) from analytics.t",
    ),
    Rule(
        "distinct on is not supported",
        "row_number() over (…) = 1",
        phrase("distinct", "on", "("),
        "select distinct on (a) a, b from analytics.t order by a, b",
        "select distinct a, b from analytics.t order by a, b",
    ),
    Rule(
        "lateral is not supported",
        "a join, or a common table expression",
        any_word("lateral"),
        "select t.a, x.z from analytics.t as t cross join lateral (select t.a + 1 as z) as x",
        "select t.a, t.a + 1 as z from analytics.t as t",
    ),
    Rule(
        "values is not a table",
        "select … union all select …",
        _constant_tables,
        "select x from (values (1), (2)) as v",
        "insert into analytics.t (a) values (1), (2)",
    ),
    Rule(
        "is distinct from is not supported",
        "a != b or (a is null) != (b is null)",
        _distinct_from,
        "select a from analytics.t where a is distinct from b",
        "select distinct a from analytics.t where a != b or a is null",
    ),
    Rule(
        "except all, intersect all and minus all are not supported",
        "except, or counts per row",
        _set_operators_all,
        "select a from analytics.t except all select a from analytics.u",
        "select a from analytics.t except select a from analytics.u",
    ),
    Rule(
        "a common table expression cannot be (not) materialized",
        "with x as (…)",
        _materialized_ctes,
        "with x as materialized (select a from analytics.t) select a from x",
        "with x as (select a from analytics.t) select a from x",
    ),
    Rule(
        "a recursive common table expression needs a list of columns",
        "with recursive x (a, b) as (…)",
        _recursive_without_columns,
        "with recursive r as (select 1 as n union all select n + 1 from r where n < 5) select n from r",
        "with recursive r (n) as (select 1 as n union all select n + 1 from r where n < 5) select n from r",
    ),
    Rule(
        "a common table expression cannot insert, update, delete or merge",
        "two statements in one transaction",
        _modifying_ctes,
        "with gone as (delete from analytics.t) select 1 as a",
        "with kept as (select a from analytics.t) select a from kept",
    ),
    Rule(
        "substring by a pattern is not supported",
        "regexp_substr(text, pattern)",
        _pattern_substrings,
        "select substring(b from '[0-9]+') from analytics.t",
        "select substring(b from 2 for 3) from analytics.t",
    ),
    Rule(
        "a backslash in a string is an escape on Redshift and a character on PostgreSQL",
        "a bracket expression in patterns: [.]",
        _backslashes,
        r"select a from analytics.t where b ~ '^\d'",
        "select a from analytics.t where b ~ '^[0-9]'",
    ),
    Rule(
        "is true, is false and is unknown stand in conditions only",
        "case when … then …, or coalesce(…, false)",
        _truth_in_select_list,
        "select flag is true as is_set from analytics.t",
        "select case when flag is true then 1 end as is_set from analytics.t where flag is not false",
    ),
    Rule(
        "a window cannot have a name",
        "over (…), each time",
        _named_windows,
        "select row_number() over w from analytics.t window w as (order by a)",
        "select row_number() over (order by a) from analytics.t",
    ),
    Rule(
        "fetch first is not supported",
        "limit",
        _limits_of_fetch,
        "select a from analytics.t order by a fetch first 5 rows only",
        "select a from analytics.t order by a limit 5 offset 2",
    ),
    Rule(
        "select … for update is not supported, there are no locks of rows",
        "lock <table> before it",
        _locking_selects,
        "select a from analytics.t where b = 1 for update",
        "update analytics.t set a = 2 where b = 1",
    ),
    Rule(
        "tablesample is not supported",
        "where on a hash of the key",
        any_word("tablesample"),
        "select a from analytics.t tablesample bernoulli (1)",
        "select a from analytics.t where mod(a, 100) = 0",
    ),
    Rule(
        "all within group (order by …) of one select must be the same",
        "one common table expression per order",
        _mixed_orders,
        "select percentile_cont(0.5) within group (order by a), median(b) from analytics.t",
        "select percentile_cont(0.9) within group (order by a), median(a) from analytics.t",
    ),
    Rule(
        "the catalog cannot be read together with tables of one's own",
        "run_query on the catalog alone",
        _system_with_user_tables,
        "select t.a from analytics.t as t inner join information_schema.columns as c on t.b = c.column_name",
        "select table_name from information_schema.columns where table_schema = 'analytics'",
    ),
    Rule(
        "operators on JSON and arrays are not supported",
        "json_extract_path_text",
        any_word("->", "->>", "#>", "#>>", "@>", "<@"),
        "select b ->> 'x' from analytics.t",
        "select json_extract_path_text(b, 'x') from analytics.t",
    ),
    Rule(
        "~* and !~* are not supported",
        "lower(…) ~ …",
        any_word("~*", "!~*"),
        "select a from analytics.t where b ~* 'x'",
        "select a from analytics.t where lower(b) ~ 'x' and lower(b) !~ 'y'",
    ),
]
