"""A server on the loopback interface, in front of PostgreSQL, that Redshift's driver takes for Redshift."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import asdict
from itertools import count
from pathlib import Path
from types import TracebackType

from redshift_lookalike.database import prepare
from redshift_lookalike.faults import Fault, Faults, Hold
from redshift_lookalike.session import Sent, Session
from relay import Relay
from sandbox.server import Server

HOST = "127.0.0.1"


class Lookalike:
    """Redshift's look-alike over one database of `server`, between `with` and its end.

    Clients connect to `HOST` at `port`, to the database of that name, as any of its roles, with any password
    and without TLS. What Redshift refuses fails, and so does what cannot be translated. It knows nothing of
    performance, of conflicts between writers, and of a decimal's scale. Trailing blanks do not
    count when text is compared, as Redshift's guide says, nor when it is grouped, joined or sorted.
    """

    def __init__(self, server: Server, database: str, log: Path | None = None) -> None:
        """`log` is a file that gets every statement as a line of JSON."""
        self._server = server
        self._database = database
        self._log = log
        self._faults = Faults()
        self._sent: list[Sent] = []
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_INET)

    def __enter__(self) -> Lookalike:
        try:
            prepare(self._server, self._database)
            upstream = str(self._server.socket_dir / f".s.PGSQL.{self._server.port}")
            self._listener.bind((HOST, 0))
            self._links = Relay(self._listener, upstream, self._serve)
        except BaseException:
            self._listener.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._faults.clear()
        self._links.close()

    @property
    def port(self) -> int:
        """The port that it listens at."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def env(self) -> dict[str, str]:
        """What the dbt target `redshift` needs in its environment to build here."""
        return {
            "REDSHIFT_HOST": HOST,
            "REDSHIFT_PORT": str(self.port),
            "REDSHIFT_DATABASE": self._database,
            "DBT_ENV_SECRET_REDSHIFT_PASSWORD": "open sesame",
        }

    @property
    def statements(self) -> list[Sent]:
        """All statements since the last `forget`, in the order in which they were about to be executed."""
        with self._lock:
            return list(self._sent)

    def cut_at(
        self, pattern: str = "", number: int = 1, model: str | None = None, executed: bool = False
    ) -> Fault:
        """Cut the link at the `number`-th statement from now on that matches; see `Fault`."""
        return self._faults.add(Fault(pattern, number, model, executed))

    def fail_at(self, pattern: str, error: str, number: int = 1, model: str | None = None) -> Fault:
        """Answer the `number`-th statement from now on that matches with an error; see `Fault`."""
        return self._faults.add(Fault(pattern, number, model, executed=False, error=error))

    def limit_at(self, pattern: str, milliseconds: int, model: str | None = None) -> Fault:
        """Set `statement_timeout` before the next statement that matches, for it and its session."""
        return self._faults.add(Fault(pattern, model=model, limit=milliseconds))

    def hold_at(self, pattern: str = "", number: int = 1, model: str | None = None) -> Hold:
        """Hold the session before the `number`-th statement from now on that matches; see `Hold`."""
        hold = Hold(pattern, number, model)
        self._faults.add(hold)
        return hold

    def forget(self) -> None:
        """Forget statements and faults."""
        self._faults.clear()
        with self._lock:
            self._sent.clear()

    def _serve(self, client: socket.socket, upstream: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Session(next(self._numbers), client, upstream, self._faults, self._note).serve()

    def _note(self, sent: Sent) -> None:
        with self._lock:
            self._sent.append(sent)
            if self._log:
                with self._log.open("a", encoding="utf-8") as log:
                    log.write(json.dumps(asdict(sent)) + "\n")
