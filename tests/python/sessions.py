"""Sessions of dbt on PostgreSQL that are used again.

dbt closes its session after each model. A new one costs a process of PostgreSQL, which reads the catalog and
the definitions of views again: a quarter of PostgreSQL's processor time in tests. Before a session is used
again, PostgreSQL discards all that the former user left, such as temporary tables and settings.
"""

from __future__ import annotations

import os
import select
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import psycopg2
from dbt.adapters.postgres import connections
from psycopg2.extensions import connection as Connection

from sandbox.server import Server

_idle: defaultdict[tuple[object, ...], list[Session]] = defaultdict(list)
"""Sessions that nobody uses, by the arguments with which they were opened."""
_create_database = Server.create_database


class Session(Connection):
    """A session that `close` ends only if it cannot be used again."""

    opened_with: tuple[object, ...] = ()

    def close(self) -> None:
        """Make the session idle. Nothing happens if it is idle already."""
        if self in _idle[self.opened_with]:
            return
        try:
            self.rollback()
            self.autocommit = True
            self.cursor().execute("discard all")
            self.autocommit = False
        except psycopg2.Error:
            super().close()
        else:
            _idle[self.opened_with].append(self)

    def end(self) -> None:
        """End the session."""
        super().close()


def reuse() -> None:
    """Use sessions again in this process, for as long as no database is created."""
    connections.psycopg2 = SimpleNamespace(**{**vars(psycopg2), "connect": _connect})  # type: ignore[assignment]
    # Nobody may be connected to a database that is copied, and a new one may have the name of an old one.
    Server.create_database = _create_database_alone  # type: ignore[method-assign]
    # A process that is forked must not use the sessions of the other one.
    os.register_at_fork(after_in_child=_idle.clear)


def end_idle() -> None:
    """End all sessions that nobody uses, so that the next ones have the present settings of roles."""
    for sessions in _idle.values():
        while sessions:
            sessions.pop().end()


def _connect(**arguments: Any) -> Session:
    opened_with = (*sorted(arguments.items()),)
    while _idle[opened_with]:
        session = _idle[opened_with].pop()
        # A server that ends a session says so, and nobody has read that yet.
        if not select.select([session.fileno()], [], [], 0)[0]:
            return session
        session.end()
    new: Session = psycopg2.connect(connection_factory=Session, **arguments)
    new.opened_with = opened_with
    return new


def _create_database_alone(self: Server, name: str, template: str | None = None) -> None:
    end_idle()
    _create_database(self, name, template)
