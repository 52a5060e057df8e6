"""Every rule of the gate refuses what it is about, alone, and accepts what it says to write instead."""

from __future__ import annotations

from collections import Counter

import pytest

from redshift_lookalike.gate import RULES, findings
from redshift_lookalike.rules.rule import Rule

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@each_rule
def test_a_rule_alone_refuses_its_example(rule: Rule) -> None:
    assert {finding.rule.name for finding in findings(rule.refuses)} == {rule.name}


@each_rule
def test_no_rule_refuses_what_to_write_instead(rule: Rule) -> None:
    assert [str(finding) for finding in findings(rule.accepts)] == []


def test_names_of_rules_are_unique() -> None:
    assert [name for name, count in Counter(rule.name for rule in RULES).items() if count > 1] == []


@each_rule
def test_what_stands_in_comments_and_strings_is_not_sql(rule: Rule) -> None:
    literal = rule.refuses.replace("\\", "").replace("'", "''")
    assert findings(f"select '{literal}' as a -- {rule.refuses}\n/* {rule.refuses} */ from analytics.t") == []


def test_a_message_tells_where_and_what_to_write_instead() -> None:
    [finding] = findings("select a, count(*) filter (where a > 1) as n from analytics.t")
    assert str(finding) == (
        "filter (where …) is not supported (filter (where a > 1). Instead: sum(case when … then 1 else 0 end)"
    )


def test_queries_on_the_catalog_alone_pass() -> None:
    assert findings("select relname::text, array_agg(oid) from pg_class group by 1") == []


@pytest.mark.parametrize("sql", ["select 'a", 'select "a', "select (1", "select 1)"])
def test_what_cannot_be_read_is_an_error(sql: str) -> None:
    with pytest.raises(ValueError, match=r"not closed|not opened"):
        findings(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select extract(hour from a) as h, trim(both ' ' from b) from analytics.t",
        "insert into analytics.t (a, b) select a, b from analytics.u",
        "create table analytics.u (a bigint encode az64, b varchar(max)) distkey (a) sortkey (a)",
        "create view analytics.v (a, b) as (select a, b from analytics.t) with no schema binding",
        "with x (a) as (select a from analytics.t), y as (select a from x) select y.a from y, x as z(b)",
        "select a from analytics.t where a in (1, 2) and exists (select 1 from analytics.u where u.a = t.a)",
        "grant select on analytics.t to analyst",
        "alter default privileges in schema analytics grant select on tables to analyst",
        'comment on table analytics.t is $c$one row per a, it\'s "B"$c$',
        "select current_date as d, 1::bigint as one, 'it''s' || b as text from analytics.t",
        "update analytics.t set a = u.a from analytics.u where u.b = t.b",
        "begin",
        "analyze analytics.t",
        "truncate analytics.t",
    ],
)
def test_common_statements_pass(sql: str) -> None:
    assert [str(finding) for finding in findings(sql)] == []


def test_comments_are_read_on_the_leader_node_alone() -> None:
    assert findings("select obj_description('analytics.t'::regclass), col_description(1::oid, 2)") == []
    found = findings("select obj_description('analytics.t'::regclass) from analytics.t")
    assert {finding.rule.name for finding in found} == {
        "the function runs on the leader node only, without tables of one's own",
        "the type does not exist",
    }
    assert findings("create table analytics.u (a name, b oid)")
