"""PostgreSQL's COPY."""

from collections.abc import Sequence
from io import BytesIO

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

_BLOCK_BYTES = 256 * 1024


def copy_lines(cursor: Cursor, target: sql.Identifier, names: Sequence[str], lines: Sequence[str]) -> None:
    """Append lines of COPY text, with the columns named, to the table."""
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    data = BytesIO(("\n".join(lines) + "\n").encode())
    cursor.copy_expert(sql.SQL("copy {} ({}) from stdin").format(target, columns), data, _BLOCK_BYTES)
