"""What makes tests faster does the same as what it replaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import sqlparse.engine
from dbt.adapters.base import BaseAdapter, BaseRelation
from dbt.adapters.postgres.relation import PostgresRelation
from dbt.artifacts.resources import MacroDependsOn
from dbt.clients.jinja import MacroGenerator, MacroStack
from dbt.context.base import BaseContext
from dbt.contracts.graph.nodes import InjectedCTE, Macro
from dbt.node_types import NodeType
from dbt_common.exceptions import CompilationError
from jinja2.sandbox import SandboxedEnvironment, is_internal_attribute

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


def generated() -> Iterator[int]:
    """A generator."""
    yield 1


@pytest.mark.parametrize("thing", ["text", {}, [], int, generated, generated(), generated.__code__, "a".join])
def test_templates_may_read_the_attributes_that_jinja_shows(thing: object) -> None:
    """Of each object, also those with an underscore, and those that Jinja hides though they have none."""
    environment = SandboxedEnvironment()
    for name in (*dir(thing), "_own", "other"):
        expected = not (name.startswith("_") or is_internal_attribute(thing, name))
        assert environment.is_safe_attribute(thing, name, None) is expected, name


@pytest.mark.parametrize("identifier", ["orders", "Orders", '"orders"', "order", "rides"])
def test_a_relation_is_found_as_dbt_finds_it(identifier: str) -> None:
    relations: list[BaseRelation] = [
        PostgresRelation.create("warehouse", schema, name)
        for schema, name in (("marts", "orders"), ("marts", "rides"), ("staging", "orders"))
    ]
    adapter: Any = SimpleNamespace(_make_match_kwargs=_kwargs)
    found = [
        outcome(partial(match, adapter, relations, "warehouse", "marts", identifier))
        for match in (BaseAdapter._make_match, shortcuts.match_by_dbt)
    ]
    assert found[0] == found[1]


def test_a_macro_is_called_as_dbt_calls_it() -> None:
    """Its value, that of `return`, its errors with the macro's name, and what depends on it."""
    calls = [MacroGenerator.__call__, shortcuts.call_macro_by_dbt]
    for sql in ("{{ a }}{{ b }}", "{{ return([a]) }}", "{{ a + 1 }}", "{{ a() }}", "{{ refuse() }}"):
        assert len({called(call, sql) for call in calls}) == 1, sql


def called(call: Callable[..., object], sql: str) -> str:
    """What came of a call of a macro with this SQL."""
    macro = Macro(
        name="m",
        resource_type=NodeType.Macro,
        package_name="p",
        path="m.sql",
        original_file_path="m.sql",
        unique_id="macro.p.m",
        macro_sql=f"{{% macro m(a, b=2) %}}{sql}{{% endmacro %}}",
    )
    node = SimpleNamespace(depends_on=MacroDependsOn())
    stack = MacroStack()  # type: ignore[no-untyped-call]
    names = {"return": BaseContext._return, "refuse": refuse}
    result = outcome(partial(call, MacroGenerator(macro, names, node, stack), "text"))
    return f"{result!r} {node.depends_on.macros} {stack.depth}"


def refuse() -> None:
    """Fail as dbt's own errors do."""
    raise CompilationError("refused")


def outcome(call: Callable[[], object]) -> object:
    """What a call gives, or the type and message of its error."""
    try:
        return call()
    except Exception as error:
        return type(error), str(error)


def _kwargs(database: str, schema: str, identifier: str) -> dict[str, str]:
    return {"database": database, "schema": schema, "identifier": identifier}


def split_by_sqlparse(text: str) -> list[str]:
    """The statements as sqlparse gives them without a shortcut."""
    stack = sqlparse.engine.FilterStack()  # type: ignore[no-untyped-call]
    return [str(statement).strip() for statement in stack.run(text, None)]  # type: ignore[no-untyped-call]
