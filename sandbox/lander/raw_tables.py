"""Raw tables and columns, made when the first message or value for them comes."""

from collections.abc import Mapping
from types import MappingProxyType

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from sandbox.lander.column_types import ColumnType, type_of
from sandbox.lander.contract import declared_columns
from sandbox.lander.errors import LandingError
from sandbox.lander.flatten import NO_COLUMN
from sandbox.lander.messages import MAX_ID_LENGTH, USERS
from sandbox.lander.report import LandingReport, NewColumn

MAX_COLUMNS = 330
"""Columns of a raw table. A row with values of 24 bytes has to fit on PostgreSQL's page of 8,160 bytes."""

MAX_TABLES = 2_000
"""Raw tables of a schema. A transaction that makes some thousands of tables uses up PostgreSQL's locks."""

_TYPES = {column_type.value: column_type for column_type in ColumnType} | {
    "integer": ColumnType.BIGINT,
    "double precision": ColumnType.NUMERIC,
    "timestamp without time zone": ColumnType.TIMESTAMP,
}
_NO_COLUMNS: Mapping[str, ColumnType] = MappingProxyType({})


class RawTables:
    """The raw tables of one schema, as one transaction sees and extends them."""

    def __init__(self, cursor: Cursor, schema: str, report: LandingReport) -> None:
        """Read what tables there are; those to be made will be in the report.

        Raises LandingError if there is no such schema.
        """
        self._cursor = cursor
        self._schema = schema
        self._report = report
        self._tables = _existing_tables(cursor, schema)
        self._existing = frozenset(self._tables)
        self._taken = _other_relations(cursor, schema)
        self._lacking: dict[str, dict[str, ColumnType]] = {}

    def name(self, table: str) -> sql.Identifier:
        """The table's name for SQL."""
        return sql.Identifier(self._schema, table)

    def columns(self, table: str) -> Mapping[str, ColumnType]:
        """The types of the table's columns, those still to be made among them."""
        return self._tables.get(table, _NO_COLUMNS)

    def admits(self, table: str) -> bool:
        """Whether the table exists or may be made: its name is free, and the schema has room for it.

        There is always room for the tables that the contract declares.
        """
        if table not in self._tables:
            is_full = len(self._tables) >= MAX_TABLES and table not in declared_columns()
            if is_full or table in self._taken:
                return False
            self._tables[table] = {}
        return True

    def declare(self, table: str, standard: Mapping[str, ColumnType], *rows: Mapping[str, object]) -> None:
        """Ask for the table with the standard columns and those of the rows, typed by their first values.

        Names of values that are discarded, and those for which the table has no room, get no column. There is
        always room for the columns that the contract declares.
        """
        known = self._tables.setdefault(table, {})
        for name, column_type in standard.items():
            if name not in known:
                self._declare(table, name, column_type)
        for row in rows:
            for name, value in row.items():
                if name in known or value is None or name.startswith(NO_COLUMN):
                    continue
                if self._has_room(table, name):
                    self._declare(table, name, type_of(value))

    def _has_room(self, table: str, name: str) -> bool:
        count = len(self._tables[table])
        lacking = declared_columns().get(table, frozenset()) - self._tables[table].keys()
        return count < MAX_COLUMNS if name in lacking else count + len(lacking) < MAX_COLUMNS

    def _declare(self, table: str, name: str, column_type: ColumnType) -> None:
        self._tables[table][name] = column_type
        self._lacking.setdefault(table, {})[name] = column_type

    def make(self) -> None:
        """Make the tables and columns asked for that are not there."""
        for table, columns in self._lacking.items():
            definitions = [_definition(name, column_type) for name, column_type in columns.items()]
            if len(columns) == len(self._tables[table]):
                statement = "create table {} ({})"
                if table == USERS:
                    definitions.append(sql.Composed([sql.SQL("primary key (id)")]))
                self._report.new_tables.append(table)
            else:
                statement = "alter table {} {}"
                definitions = [sql.SQL("add column {}").format(definition) for definition in definitions]
                if table in self._existing:
                    self._report.new_columns += [
                        NewColumn(table, name, column_type.value) for name, column_type in columns.items()
                    ]
            self._cursor.execute(sql.SQL(statement).format(self.name(table), sql.SQL(", ").join(definitions)))
            if len(columns) == len(self._tables[table]) and columns.keys() >= {"uuid_ts", "received_at"}:
                self._cursor.execute(sql.SQL(_LOAD_TIME_INDEX).format(self.name(table)))
        self._lacking.clear()


_LOAD_TIME_INDEX = """
    create index on {} ((coalesce(
        case
            when uuid_ts >= '1000-01-01 00:00:00+00' and uuid_ts < '3000-01-01 00:00:00+00'
                then uuid_ts at time zone 'UTC'
        end,
        case
            when received_at >= '1000-01-01 00:00:00+00' and received_at < '3000-01-01 00:00:00+00'
                then received_at at time zone 'UTC'
        end
    )))
"""
"""What an increment looks new rows up by: the expression is that of `loaded_at` in the staging views."""


def _definition(name: str, column_type: ColumnType) -> sql.Composed:
    type_name = f"character varying({MAX_ID_LENGTH})" if name == "id" else column_type.value
    return sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(type_name))


def _existing_tables(cursor: Cursor, schema: str) -> dict[str, dict[str, ColumnType]]:
    cursor.execute("select oid from pg_catalog.pg_namespace where nspname = %s", (schema,))
    namespace = cursor.fetchone()
    if namespace is None:
        raise LandingError(f"The database has no schema {schema}. Create it for the role that lands.")
    cursor.execute(
        """
        select class.relname, attribute.attname, pg_catalog.format_type(attribute.atttypid, null)
        from pg_catalog.pg_class as class
        inner join pg_catalog.pg_attribute as attribute on class.oid = attribute.attrelid
        where
            class.relnamespace = %s
            and class.relkind in ('r', 'p')
            and attribute.attnum > 0
            and not attribute.attisdropped
        order by class.relname, attribute.attnum
        """,
        namespace,
    )
    tables: dict[str, dict[str, ColumnType]] = {}
    for table, column, type_name in cursor.fetchall():
        tables.setdefault(table, {})[column] = _TYPES.get(type_name, ColumnType.TEXT)
    return tables


def _other_relations(cursor: Cursor, schema: str) -> frozenset[str]:
    """The names of views, indexes and other relations, which a raw table cannot have."""
    cursor.execute(
        """
        select relname from pg_catalog.pg_class
        where relnamespace = to_regnamespace(quote_ident(%s)) and relkind not in ('r', 'p')
        """,
        (schema,),
    )
    return frozenset(name for (name,) in cursor.fetchall())
