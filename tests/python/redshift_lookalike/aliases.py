"""Aliases of a select list that are used further on in the same list, as Redshift allows."""

from __future__ import annotations

import re

from redshift_lookalike.statement import Statement, read
from redshift_lookalike.wire import Message

_UNDEFINED_COLUMN = b"42703"
_NO_COLUMN = re.compile('column "(.+)" does not exist')


def explained(answer: list[Message], sql: str) -> list[Message]:
    """An answer, in which an error says so if PostgreSQL did not find a column because it is such an alias.

    The text of a statement does not tell: a column of that name goes first, on Redshift as on PostgreSQL.
    """
    return [_explained(message, sql) if message.kind == b"E" else message for message in answer]


def _explained(error: Message, sql: str) -> Message:
    fields = {field[:1]: field[1:] for field in error.body.split(b"\0") if field}
    missing = _NO_COLUMN.fullmatch(fields[b"M"].decode())
    if fields[b"C"] != _UNDEFINED_COLUMN or not missing or not _is_lateral(read(sql), missing.group(1)):
        return error
    fields[b"M"] += (
        b". The look-alike cannot translate this: an alias used in the list where it is given, which is legal"
        b" on Redshift. Instead: the expression again, or a common table expression"
    )
    return Message(b"E", b"".join(kind + text + b"\0" for kind, text in fields.items()) + b"\0")


def _is_lateral(statement: Statement, name: str) -> bool:
    """Whether a select list gives an expression this name and has it again without a qualifier."""
    for select in statement.selects:
        for first, end in statement.split(select.items):
            is_alias = end - first > 1 and statement.word(end - 2) != "."
            if is_alias and statement.tokens[end - 1].identifier == name:
                return any(
                    statement.tokens[index].identifier == name
                    and statement.word(index - 1) not in (".", "as")
                    for index in range(end, select.items[1])
                )
    return False
