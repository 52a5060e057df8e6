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
from dbt_common.clients.jinja import get_template, render_template
from dbt_common.exceptions import CompilationError
from jinja2.runtime import Context
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
    """Including names with an underscore, and names without one that Jinja hides."""
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
        called(partial(match, adapter, relations, "warehouse", "marts", identifier))
        for match in (BaseAdapter._make_match, shortcuts.match_by_dbt)
    ]
    assert found[0] == found[1]


def test_a_macro_is_called_as_dbt_calls_it() -> None:
    """Its value, that of `return`, its errors with the macro's name, and what the node then depends on."""
    calls = [MacroGenerator.__call__, shortcuts.call_macro_by_dbt]
    for sql in ("{{ a }}{{ b }}", "{{ return([a]) }}", "{{ a + 1 }}", "{{ a() }}", "{{ refuse() }}"):
        for stack in (MacroStack(), None):  # type: ignore[no-untyped-call]
            found = {repr(called(partial(call, macro("m", sql, stack), "text", b=3))) for call in calls}
            assert len(found) == 1, found


def test_a_template_gives_what_jinja_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """With macros that call macros, names of all kinds, methods and functions, inside loops and outside."""
    text = (
        "{% set own = [] %}{% for each in [1, 2] %}{% do own.append(outer(each, b=loop.index)) %}"
        "{{ loop.last }}{{ max(each, 1) }}{{ ' x '.strip() }}{% endfor %}{{ own | join('-') }}"
        "{{ range(2) | list }}{{ nowhere is defined }}{{ {'a': 1}.items() | list }}{{ '{}'.format(2) }}"
    )
    by_shortcuts = rendered(text)
    assert "1" in str(by_shortcuts[0])
    monkeypatch.setattr(SandboxedEnvironment, "call", shortcuts.call_by_jinja)
    monkeypatch.setattr(Context, "resolve_or_missing", shortcuts.value_of_name_by_jinja)
    monkeypatch.setattr(MacroGenerator, "__call__", shortcuts.call_macro_by_dbt)
    assert rendered(text) == by_shortcuts


def rendered(text: str) -> list[object]:
    """What a template gives that calls a macro, and the macros on which its node then depends."""
    stack = MacroStack()  # type: ignore[no-untyped-call]
    inner, outer = macro("inner", "{{ return(a + b) }}", stack), macro("outer", "{{ inner(a, b) }};", stack)
    names = {"outer": outer, "max": max}
    outer.context = {"inner": inner}
    outer.node = inner.node
    template = get_template(text, names)
    return [called(partial(render_template, template, names)), outer.node.depends_on.macros]


def macro(name: str, sql: str, stack: MacroStack | None) -> Any:
    """A macro with arguments a and b, called from a node."""
    made = Macro(
        name=name,
        resource_type=NodeType.Macro,
        package_name="p",
        path=f"{name}.sql",
        original_file_path=f"{name}.sql",
        unique_id=f"macro.p.{name}",
        macro_sql=f"{{% macro {name}(a, b=2) %}}{sql}{{% endmacro %}}",
    )
    names = {"return": BaseContext._return, "refuse": refuse}
    return MacroGenerator(made, names, SimpleNamespace(depends_on=MacroDependsOn()), stack)


def refuse() -> None:
    """Fail as dbt's own errors do."""
    raise CompilationError("refused")


def called(call: Callable[[], object]) -> object:
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
