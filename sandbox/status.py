"""What there is in the sandbox, for people."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from psycopg2.extensions import connection as Connection
from psycopg2.sql import SQL, Identifier, Literal
from rich.table import Table
from rich.text import Text

from sandbox.access import RAW_SCHEMA
from sandbox.server import DEFAULT_DATABASE, Server
from sandbox.terminal import printable

_ALL_EVENTS = "tracks"
"""The raw table that repeats the rows of all event tables without their properties."""


@dataclass(frozen=True)
class Status:
    """One look at a server. Sizes are bytes; of a server that does not run nothing but the size is known."""

    directory: Path
    size: int
    database: str
    """The database whose raw tables were looked at."""
    pid: int | None = None
    socket_dir: Path | None = None
    databases: dict[str, int] = field(default_factory=dict)
    raw_rows: dict[str, int] = field(default_factory=dict)
    """Rows of each table in its raw schema."""

    @property
    def event_rows(self) -> dict[str, int]:
        """`raw_rows` without the table that repeats the others."""
        return {table: rows for table, rows in self.raw_rows.items() if table != _ALL_EVENTS}


def look(server: Server, database: str = DEFAULT_DATABASE) -> Status:
    """Collect the status of `server`, with the raw tables of one database. Raises SandboxError."""
    size = sum(_file_sizes(server.state))
    if not server.is_running():
        return Status(server.directory, size, database)
    databases = server.databases()
    raw_rows = {}
    if database in databases:
        with closing(server.connect(database)) as connection:
            raw_rows = count_raw_rows(connection)
    return Status(server.directory, size, database, server.pid, server.socket_dir, databases, raw_rows)


def count_raw_rows(connection: Connection) -> dict[str, int]:
    """The number of rows in each raw table, by name."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = %s order by 1", (RAW_SCHEMA,))
        count = "select {}, count(*) from {}"
        counts = [
            SQL(count).format(Literal(table), Identifier(RAW_SCHEMA, table)) for (table,) in cursor.fetchall()
        ]
        if not counts:
            return {}
        cursor.execute(SQL(" union all ").join(counts))
        return dict(cursor.fetchall())


def overview(status: Status) -> list[str]:
    """`status` in a few lines."""
    folder = f"Folder      {status.directory} ({megabytes(status.size)})"
    if status.pid is None:
        return ["Server      not running; start it with python -m sandbox up", folder]
    sizes = ", ".join(f"{printable(name)} ({megabytes(size)})" for name, size in status.databases.items())
    events = status.event_rows
    return [
        f"Server      running, process {status.pid}",
        folder,
        f"Databases   {sizes}",
        f"Raw events  {sum(events.values()):,} rows in {len(events)} tables",
        "Connect     python -m sandbox psql",
        f"            host={status.socket_dir} port={Server.port} dbname={status.database} user=transformer",
    ]


def raw_tables(status: Status) -> Table:
    """The rows of each raw table."""
    table = Table("raw table", box=None)
    table.add_column("rows", justify="right")
    for name, rows in status.raw_rows.items():
        table.add_row(Text(printable(name)), f"{rows:,}")
    return table


def megabytes(size: int) -> str:
    """`size` in bytes as megabytes for people."""
    return f"{size / 1_000_000:,.1f} MB"


def _file_sizes(folder: Path) -> Iterator[int]:
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # a running server makes and removes files
            yield path.lstat().st_size
