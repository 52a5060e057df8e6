"""A text enters SQL as a literal that ends where the text does."""

from __future__ import annotations

from house.adapters import Parsed
from house.adapters import on_adapter as on_adapter

# Redshift reads a backslash in quotes as an escape, PostgreSQL does not.
EXPECTED = {"postgres": r"'it''s \'' or'", "redshift": r"'it''s \\'' or'"}


def test_a_text_is_quoted_as_the_warehouse_reads_it(on_adapter: Parsed) -> None:
    text = r"""it's \\' or"""
    assert on_adapter.compile(f'{{{{ text_literal("{text}") }}}}') == EXPECTED[on_adapter.name]


def test_the_catalog_is_asked_for_a_schema_by_a_literal(on_adapter: Parsed) -> None:
    query = on_adapter.compile('{{ adapter.dispatch("landed_columns_query")("it\'s raw") }}')
    assert "'it''s raw'" in query
    assert "it's" not in query


def test_days_of_a_reconciliation_are_literals(on_adapter: Parsed) -> None:
    days = """{reconcile: {from: "2026-09-01' or 1=1 --", to: "2026-09-02"}}"""
    condition = on_adapter.compile("{{ is_in_scope('', {'config': {}, 'columns': {}}) }}", "--vars", days)
    assert condition == (
        "(occurred_at >= cast('2026-09-01'' or 1=1 --' as timestamp)"
        " and occurred_at < cast('2026-09-02' as timestamp))"
    )


def test_a_raw_name_is_an_identifier(on_adapter: Parsed) -> None:
    column = """{'name': 'a', 'data_type': 'bigint', 'config': {'meta': {'raw_names': ['a"b']}}}"""
    landed = """{'a"b': [{'name': 'a"b', 'type': 'bigint'}]}"""
    value = on_adapter.compile(f"{{{{ conformed_value({column}, {landed}) }}}}")
    assert value == 'cast("a""b" as bigint)'
