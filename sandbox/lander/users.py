"""The table `users`: one row per user, with the latest values that identify messages gave."""

from collections.abc import Sequence
from itertools import chain

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from sandbox.lander.column_types import ColumnType, as_text
from sandbox.lander.columns import Columns
from sandbox.lander.copying import copy_lines
from sandbox.lander.messages import MESSAGE_COLUMNS, USERS, Row
from sandbox.lander.raw_tables import RawTables
from sandbox.lander.report import LandingReport

MAX_USER_ID_LENGTH = 512
"""Characters of a user id that always fits into an index entry, which has at most 2,704 bytes."""

_STANDARD = {"id": ColumnType.TEXT, "received_at": ColumnType.TIMESTAMP, "uuid_ts": ColumnType.TIMESTAMP}
_RECEIVED_AT = MESSAGE_COLUMNS.index("received_at")
_USER_ID = MESSAGE_COLUMNS.index("user_id")


def merge_users(
    cursor: Cursor, tables: RawTables, identifies: Sequence[Row], loaded_at: str, report: LandingReport
) -> None:
    """Add new users and overwrite what is known of the others; what a message does not say stays.

    The user id is the row's `id`, and there is no anonymous id. Rows without a user id are left out.
    Rows whose user id is too long are left out and counted.
    """
    users = _latest_values(identifies, report)
    if not users:
        return
    tables.declare(USERS, _STANDARD, *users.values())
    tables.make()
    types = tables.columns(USERS)
    columns = Columns()
    columns.add("id", ColumnType.TEXT, list(users))
    columns.add_constant("uuid_ts", loaded_at, len(users))
    for name in dict.fromkeys(chain.from_iterable(users.values())):
        values = [user.get(name) for user in users.values()]
        if name in types:
            columns.add(name, types[name], values)
        else:
            report.add_discarded(USERS, name, len(values) - values.count(None))
    report.add_losses(USERS, columns)
    _upsert(cursor, tables.name(USERS), columns)
    report.rows[USERS] += len(users)


def _latest_values(identifies: Sequence[Row], report: LandingReport) -> dict[str, dict[str, object]]:
    users: dict[str, dict[str, object]] = {}
    for row in identifies:
        user_id = (as_text(row.message[_USER_ID]) or "").replace("\0", "")
        if len(user_id) > MAX_USER_ID_LENGTH:
            report.add_discarded(USERS, f"id (longer than {MAX_USER_ID_LENGTH} characters)", 1)
        elif user_id:
            user = users.setdefault(user_id, {})
            user.update(row.context)
            user.update(row.fields)
            user["received_at"] = row.message[_RECEIVED_AT]
    return users


def _upsert(cursor: Cursor, users: sql.Identifier, columns: Columns) -> None:
    landing = sql.Identifier("pg_temp", "users_landing")
    names = [sql.Identifier(name) for name in columns.texts]
    updates = [
        sql.SQL("{name} = coalesce(excluded.{name}, users.{name})").format(name=name) for name in names
    ]
    cursor.execute(sql.SQL("create temp table users_landing (like {})").format(users))
    copy_lines(cursor, landing, list(columns.texts), columns.lines())
    cursor.execute(
        sql.SQL(
            "insert into {} as users ({names}) select {names} from {} on conflict (id) do update set {}"
        ).format(users, landing, sql.SQL(", ").join(updates), names=sql.SQL(", ").join(names))
    )
    cursor.execute(sql.SQL("drop table {}").format(landing))
