"""Landing messages in a test's database and looking at what came of it."""

import gzip
import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection
from rich.console import Console

from sandbox.access import RAW_SCHEMA
from sandbox.lander import LandingReport, land
from warehouse import Database

Message = dict[str, Any]
PROJECT = Path(__file__).parents[3]


def track(event: str = "Order Unlock Coco", **parts: Any) -> Message:
    """A track message of a browser; `parts` replace or add."""
    return {
        "type": "track",
        "messageId": "m1",
        "anonymousId": "browser 1",
        "userId": None,
        "event": event,
        "timestamp": "2026-08-31T12:00:00.123Z",
        "originalTimestamp": "2026-08-31T12:00:07.000Z",
        "sentAt": "2026-08-31T12:00:09.000Z",
        "receivedAt": "2026-08-31T12:00:02.123Z",
        "context": {"library": {"name": "analytics.js", "version": "next-1.70.0"}},
        "properties": {"orderId": "ord_1"},
    } | parts


def written(path: Path, messages: Iterable[Message | str], *, gzipped: bool = False) -> Path:
    """Write messages, or lines as they are, to a file."""
    lines = [line if isinstance(line, str) else json.dumps(line) for line in messages]
    content = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(content) if gzipped else content)
    return path


def shown(report: LandingReport) -> list[str]:
    """The lines that a terminal gets of a report."""
    console = Console(width=200, soft_wrap=True)
    with console.capture() as capture:
        console.print(report)
    return [line.rstrip() for line in capture.get().split("\n")[:-1]]


@dataclass
class Landing:
    """A database to land in, and a folder for the files."""

    database: Database
    folder: Path
    count: int = 0

    def file(self, *messages: Message | str, name: str | None = None, gzipped: bool = False) -> Path:
        """A new file of messages."""
        self.count += 1
        return written(self.folder / (name or f"{self.count}.ndjson"), messages, gzipped=gzipped)

    def land(self, *messages: Message | str) -> LandingReport:
        """Land messages from a file of their own."""
        return self.land_files(self.file(*messages))

    def land_files(self, *paths: Path, loaded_at: datetime | None = None) -> LandingReport:
        """Land files as the role `loader`."""
        with closing(self.connect()) as connection:
            return land(connection, paths, loaded_at)

    def connect(self) -> Connection:
        """A connection as the role `loader`."""
        return self.database.connect(user="loader")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives in the raw schema."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"set search_path to {RAW_SCHEMA}, _sandbox; set timezone to 'UTC'")
            cursor.execute(query)
            return cursor.fetchall()

    def types(self, table: str) -> dict[str, str]:
        """The columns of a raw table with their types, in their order."""
        return dict(
            self.rows(
                "select attname, format_type(atttypid, atttypmod) from pg_attribute "
                f"where attrelid = '{RAW_SCHEMA}.{table}'::regclass and attnum > 0 order by attnum"
            )
        )

    def tables(self) -> list[str]:
        """The raw tables by name."""
        found = self.rows(f"select tablename from pg_tables where schemaname = '{RAW_SCHEMA}' order by 1")
        return [name for (name,) in found]


@pytest.fixture
def landing(database: Database, tmp_path: Path) -> Landing:
    """A fresh database to land in."""
    return Landing(database, tmp_path)
