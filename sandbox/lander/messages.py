"""Segment messages, sorted into the rows of raw tables."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from sandbox.lander.errors import BadMessage
from sandbox.lander.flatten import Names, as_json, flatten
from sandbox.lander.naming import is_cut, snake_case, table_name
from sandbox.lander.reader import MAX_LINE_BYTES

TRACKS = "tracks"
IDENTIFIES = "identifies"
USERS = "users"

MAX_ID_LENGTH = 1024
"""Characters of the column `id`."""

MESSAGE_COLUMNS = (
    "id",
    "received_at",
    "sent_at",
    "timestamp",
    "original_timestamp",
    "anonymous_id",
    "user_id",
    "event_text",
)
"""The columns of `Row.message`."""

_RESERVED = frozenset((*MESSAGE_COLUMNS, "event", "uuid", "uuid_ts"))


class _Call(NamedTuple):
    """A type of message other than track: its table, and where the columns without a prefix come from."""

    table: str
    fields: str
    own_fields: tuple[str, ...] = ()


_CALLS = {
    "identify": _Call(IDENTIFIES, "traits"),
    "page": _Call("pages", "properties", ("name", "category")),
    "screen": _Call("screens", "properties", ("name", "category")),
    "group": _Call("groups", "traits", ("groupId",)),
    "alias": _Call("aliases", "traits", ("previousId",)),
}
_OTHER_TABLES = frozenset((TRACKS, USERS, "accounts", *(call.table for call in _CALLS.values())))


class Row(NamedTuple):
    """A row in raw JSON scalars: the columns of MESSAGE_COLUMNS, those of the context, the table's own."""

    message: tuple[Any, ...]
    context: dict[str, object]
    fields: dict[str, object]

    @property
    def is_track(self) -> bool:
        """Whether the row comes from a track message."""
        return self.message[-1] is not None


class Shape(NamedTuple):
    """What rows with the same columns have in common: the table, and the names in both dictionaries."""

    table: str
    context: tuple[str, ...]
    fields: tuple[str, ...]


USERS_SHAPE = Shape(USERS, (), ())
"""Where the rows of all identify messages with a user id stand once more, in order."""

Rows = dict[Shape, list[Row]]
"""Rows by shape: shapes in the order of their first messages, the rows of each in the order of theirs."""


class Batch:
    """Messages sorted by table.

    Track messages belong to the table of their event; identify, page, screen, group and alias messages to
    `identifies`, `pages`, `screens`, `groups` and `aliases`.
    """

    def __init__(self, admits: Callable[[str], bool] = lambda table: True) -> None:
        """Begin with no rows. `admits` returns whether a name may be that of an event table."""
        self.rows: Rows = defaultdict(list)
        self.long_names: dict[str, str] = {}
        """Names of events and paths of properties that were cut, and the table or column of each."""
        self._admits = admits
        self._context_names = Names("context_", long_names=self.long_names)
        self._field_names = Names(reserved=_RESERVED, reserved_prefix="context_", long_names=self.long_names)
        self._own_names = Names(long_names=self.long_names)
        self._event_tables: dict[str, str] = {}

    def add(self, line: bytes) -> None:
        """Add a line's message.

        Raises BadMessage if the line is too long or no JSON object; if the type is unknown; if a track
        message has no event name, one without letters and digits, or one for which there is no table; if
        properties, traits or context are no object, or something is nested too deep; if the message id could
        be taken for another. Everything else that is missing or wrong lands as null.
        """
        message = _parsed(line)
        get = message.get
        _check_id(get("messageId"))
        event_text = None
        if get("type") == "track":
            event_text = get("event")
            fields = _flattened(message, "properties", self._field_names)
            table = self._event_table(event_text)
        else:
            call = _call(message)
            table = call.table
            fields = _flattened(message, call.fields, self._field_names)
            flatten({name: get(name) for name in call.own_fields}, self._own_names, fields)
        context = _flattened(message, "context", self._context_names)
        row = Row(
            (
                get("messageId"),
                get("receivedAt"),
                get("sentAt"),
                get("timestamp"),
                get("originalTimestamp"),
                get("anonymousId"),
                get("userId"),
                event_text,
            ),
            context,
            fields,
        )
        self.rows[Shape(table, tuple(context), tuple(fields))].append(row)
        if table == IDENTIFIES and get("userId") not in (None, ""):
            self.rows[USERS_SHAPE].append(row)

    def _event_table(self, event_text: object) -> str:
        if not isinstance(event_text, str):
            raise BadMessage("a track message without an event name")
        table = self._event_tables.get(event_text)
        if table is None:
            slug = snake_case(event_text)
            if not slug:
                raise BadMessage("an event name without letters and digits")
            table = table_name(slug)
            if table in _OTHER_TABLES:
                table = f"_{table}"
            if not self._admits(table):
                raise BadMessage(
                    f"no table for the event: the schema has too many, or something else is named {table}"
                )
            if is_cut(slug):
                self.long_names[event_text] = table
            self._event_tables[event_text] = table
        return table


def _check_id(message_id: object) -> None:
    """Raise BadMessage if the id could become that of another message: too long, with NUL, or rounded."""
    if message_id is None or type(message_id) is int:
        return
    if not isinstance(message_id, str) or not 0 < len(message_id) <= MAX_ID_LENGTH or "\0" in message_id:
        raise BadMessage(
            f"a message id that is neither a text of 1 to {MAX_ID_LENGTH:,} characters, without NUL, "
            "nor a whole number"
        )


def _parsed(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE_BYTES:
        raise BadMessage(f"longer than {MAX_LINE_BYTES:,} bytes")
    try:
        message = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadMessage(f"no JSON: {error.msg}") from None
    if not isinstance(message, dict):
        raise BadMessage("no JSON object")
    return message


def _call(message: dict[str, Any]) -> _Call:
    name = message.get("type")
    if name is None:
        raise BadMessage("no type")
    call = _CALLS.get(name) if isinstance(name, str) else None
    if call is None:
        raise BadMessage(f"unknown type {as_json(name):.40}")
    return call


def _flattened(message: dict[str, Any], part: str, names: Names) -> dict[str, object]:
    fields = message.get(part)
    into: dict[str, object] = {}
    if isinstance(fields, dict):
        flatten(fields, names, into)
    elif fields is not None:
        raise BadMessage(f"{part} is no object")
    return into
