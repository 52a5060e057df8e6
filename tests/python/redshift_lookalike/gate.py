"""What Redshift documents as unsupported in a statement."""

from __future__ import annotations

from redshift_lookalike.rules import functions, naming, queries, statements, subqueries, types, windows
from redshift_lookalike.rules.rule import Finding, Rule
from redshift_lookalike.statement import Statement, read

RULES: list[Rule] = [
    *queries.RULES,
    *subqueries.RULES,
    *windows.RULES,
    *types.RULES,
    *functions.RULES,
    *naming.RULES,
    *statements.RULES,
]

_EXCERPT_TOKENS = 6


def findings(sql: str) -> list[Finding]:
    """What a statement holds that Redshift refuses; empty where nothing is known against it.

    Queries on the catalog alone run on Redshift's leader node, which is a PostgreSQL, and pass.
    Raises ValueError if the statement cannot be tokenised.
    """
    statement = read(sql)
    if statement.reads_system_tables and not statement.reads_user_tables:
        return []
    return [
        Finding(rule, _excerpt(statement, index))
        for rule in RULES
        for index in sorted({*rule.find(statement)})
    ]


def _excerpt(statement: Statement, index: int) -> str:
    end = min(index + _EXCERPT_TOKENS, len(statement.tokens))
    return " ".join(statement.text((index, end)).split())
