"""Rows into raw tables."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import NamedTuple

from psycopg2.extensions import cursor as Cursor

from sandbox.lander.column_types import ColumnType
from sandbox.lander.columns import NULL, Columns
from sandbox.lander.copying import copy_lines
from sandbox.lander.flatten import REPEATED
from sandbox.lander.messages import MESSAGE_COLUMNS, TRACKS, USERS_SHAPE, Row, Rows, Shape
from sandbox.lander.raw_tables import RawTables
from sandbox.lander.report import LandingReport
from sandbox.lander.users import merge_users

_STANDARD = {
    "id": ColumnType.TEXT,
    "received_at": ColumnType.TIMESTAMP,
    "sent_at": ColumnType.TIMESTAMP,
    "timestamp": ColumnType.TIMESTAMP,
    "original_timestamp": ColumnType.TIMESTAMP,
    "uuid_ts": ColumnType.TIMESTAMP,
    "anonymous_id": ColumnType.TEXT,
    "user_id": ColumnType.TEXT,
}
_STANDARD_OF_TRACK = _STANDARD | {"event": ColumnType.TEXT, "event_text": ColumnType.TEXT}


class _Piece(NamedTuple):
    """Rows of one table: the columns that all its pieces have joined to lines, the others still apart."""

    lines: Sequence[str]
    fields: Mapping[str, Sequence[str]]


class Writer:
    """Writes the rows of one landing, and counts in its report what they lose."""

    def __init__(self, cursor: Cursor, tables: RawTables, loaded_at: str, report: LandingReport) -> None:
        """Write with `loaded_at`, an ISO 8601 time, as `uuid_ts`."""
        self._cursor = cursor
        self._tables = tables
        self._loaded_at = loaded_at
        self._report = report

    def write(self, rows_by_shape: Rows) -> None:
        """Append the rows to their tables, and those of track messages without their properties to `tracks`.

        Identify messages also go to `users`.
        """
        identifies = rows_by_shape.pop(USERS_SHAPE, [])
        self._make_tables(rows_by_shape)
        pieces: dict[tuple[str, tuple[str, ...]], list[_Piece]] = defaultdict(list)
        for shape, rows in rows_by_shape.items():
            shared = self._shared_columns(shape.table, shape, rows)
            fields = Columns()
            self._add(fields, shape.table, shape.fields, [row.fields for row in rows])
            lines = shared.lines()
            pieces[shape.table, tuple(shared.texts)].append(_Piece(lines, fields.texts))
            self._report.add_losses(shape.table, shared)
            self._report.add_losses(shape.table, fields)
            if rows[0].is_track:
                if not self._have_same_types(shape.table, TRACKS, shape.context):
                    shared = self._shared_columns(TRACKS, shape, rows)
                    lines = shared.lines()
                pieces[TRACKS, tuple(shared.texts)].append(_Piece(lines, {}))
                self._report.add_losses(TRACKS, shared)
        for (table, names), table_pieces in pieces.items():
            self._copy(table, names, table_pieces)
        merge_users(self._cursor, self._tables, identifies, self._loaded_at, self._report)

    def _make_tables(self, rows_by_shape: Rows) -> None:
        """Make what tables and columns are lacking.

        Columns are typed by their first values. The first row of each shape is enough for that: the message
        that brings a column first is the first of its shape, and shapes come in the order of theirs.
        """
        for shape, rows in rows_by_shape.items():
            first = rows[0]
            if first.is_track:
                self._tables.declare(shape.table, _STANDARD_OF_TRACK, first.context, first.fields)
                self._tables.declare(TRACKS, _STANDARD_OF_TRACK, first.context)
            else:
                self._tables.declare(shape.table, _STANDARD, first.context, first.fields)
        self._tables.make()

    def _have_same_types(self, table: str, other: str, names: Sequence[str]) -> bool:
        types, other_types = self._tables.columns(table), self._tables.columns(other)
        return all(types.get(name) is other_types.get(name) for name in names)

    def _shared_columns(self, table: str, shape: Shape, rows: Sequence[Row]) -> Columns:
        """The standard columns and those of the context, as the table has them."""
        columns = Columns()
        messages = zip(*(row.message for row in rows), strict=True)
        for name, values in zip(MESSAGE_COLUMNS, messages, strict=True):
            if name != "event_text":
                columns.add(name, _STANDARD[name], values)
            elif rows[0].is_track:
                columns.add(name, ColumnType.TEXT, values)
                columns.add_constant("event", shape.table, len(rows))
        columns.add_constant("uuid_ts", self._loaded_at, len(rows))
        self._add(columns, table, shape.context, [row.context for row in rows])
        return columns

    def _add(
        self, columns: Columns, table: str, names: Sequence[str], rows: Sequence[dict[str, object]]
    ) -> None:
        """Add columns of rows that all have these names, in this order."""
        types = self._tables.columns(table)
        for name, values in zip(names, zip(*map(dict.values, rows), strict=True), strict=True):
            if name in types:
                columns.add(name, types[name], values)
            else:
                count = sum(values) if name.startswith(REPEATED) else len(values)
                self._report.add_discarded(table, name, count)

    def _copy(self, table: str, names: Sequence[str], pieces: Sequence[_Piece]) -> None:
        field_names = list(dict.fromkeys(chain.from_iterable(piece.fields for piece in pieces)))
        lines: list[str] = []
        for piece in pieces:
            fields = (piece.fields.get(name, repeat(NULL)) for name in field_names)
            lines.extend(
                map("\t".join, zip(piece.lines, *fields, strict=False)) if field_names else piece.lines
            )
        copy_lines(self._cursor, self._tables.name(table), [*names, *field_names], lines)
        self._report.rows[table] += len(lines)
