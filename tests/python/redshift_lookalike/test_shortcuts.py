"""What makes tests faster does the same as what it replaces."""

from __future__ import annotations

import pytest
import sqlparse.engine
from dbt.contracts.graph.nodes import InjectedCTE

import shortcuts

TEXTS = [
    "select 1",
    "select 1;",
    " select ';' ; ; select $a$;$$;$a$ ;\n-- ; no end\nselect \"a;b\" /* ; */ ; ",
    "create view a as select case when b then 1 end as c -- ';\nfrom d;\n"
    "\ncomment on view a is $t$it's; so$t$;",
    "insert into a values ('it''s;', '$$;', 1 - 2 / 3); delete from a where b = 'c';",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_split_as_sqlparse_splits_it(text: str) -> None:
    assert shortcuts.split(text) == split_by_sqlparse(text)


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "with a as (select 1) select * from a",
        "-- with b as\n/* with */\n\nWITH a as (select 1)\nselect * from a",
        "with recursive a as (select 1) select * from a",
        "select 'with' from without",
    ],
)
def test_named_queries_are_added_as_dbt_adds_them(sql: str) -> None:
    ctes = [InjectedCTE("1", " x as (select 2)"), InjectedCTE("2", " y as (select 3)")]
    for added in ([], ctes[:1], ctes):
        assert shortcuts.add_ctes(sql, added).split() == shortcuts.add_ctes_by_dbt(sql, added).split()


def split_by_sqlparse(text: str) -> list[str]:
    """The statements as sqlparse gives them without a shortcut."""
    stack = sqlparse.engine.FilterStack()  # type: ignore[no-untyped-call]
    return [str(statement).strip() for statement in stack.run(text, None)]  # type: ignore[no-untyped-call]
