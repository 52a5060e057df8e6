"""A conflict between writers, and which statements wrote a table without a lock."""

from __future__ import annotations

from collections.abc import Iterable

from redshift_lookalike.session import Sent
from redshift_lookalike.statement import Statement, read

CONFLICT = "1023: Serializable isolation violation on table: conflict with concurrent transaction"
"""An error after which dbt-redshift repeats in a new session what it sent last."""


def written_without_lock(statements: Iterable[Sent]) -> list[str]:
    """What wrote a lasting table and was committed, in a transaction that did not begin with `lock`."""
    begun: dict[int, list[Statement]] = {}  # by session, what its transaction has sent
    written = []
    for sent in statements:
        statement = read(sent.sql)
        match statement.word(0):
            case "begin":
                begun.setdefault(sent.session, [])  # in a transaction it does nothing
            case "rollback":
                begun.pop(sent.session, None)
            case "commit":
                transaction = begun.pop(sent.session, [])
                if transaction and transaction[0].word(0) != "lock":
                    written += [each.sql for each in transaction if _writes(each)]
            case _ if sent.session in begun:
                begun[sent.session].append(statement)
            case _ if _writes(statement):
                written.append(sent.sql)
    return written


def _writes(statement: Statement) -> bool:
    """Whether a statement writes a table in a schema. Temporary tables are written without one."""
    if statement.word(0) in ("create", "alter"):
        return statement.word(1) == "table" and "__watermarks" not in statement.sql
    return statement.word(0) in ("insert", "delete") and any(
        len(table.parts) > 1 for table in statement.tables[:1]
    )
