"""The look-alike over a fresh database, and connections of Redshift's own driver to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest
import redshift_connector
from redshift_connector.core import Connection

from redshift_lookalike.lookalike import HOST, Lookalike
from sandbox.server import Server

Rows = Sequence[Sequence[Any]]
Query = Callable[[str], Rows]


@pytest.fixture(scope="module")
def lookalike(server: Server, worker_id: str) -> Iterator[Lookalike]:
    """The look-alike over a database of the module's own."""
    name = f"lookalike_{worker_id}"
    server.create_database(name, template="empty_warehouse")
    with Lookalike(server, name) as started:
        yield started
    server.drop_database(name)


def connect(lookalike: Lookalike, user: str = "transformer") -> Connection:
    """A connection of Redshift's driver that commits each statement."""
    connection = redshift_connector.connect(
        host=HOST,
        port=lookalike.port,
        database=lookalike.env["REDSHIFT_DATABASE"],
        user=user,
        password="open sesame",
        ssl=False,
    )
    connection.autocommit = True
    return connection


@pytest.fixture
def query(lookalike: Lookalike) -> Iterator[Query]:
    """Runs a statement through Redshift's driver; its rows, if it gives any."""
    with closing(connect(lookalike)) as connection:

        def run(sql: str) -> Rows:
            cursor = connection.cursor()
            cursor.execute(sql)
            rows: Rows = cursor.fetchall() if cursor.description else []
            return rows

        yield run
