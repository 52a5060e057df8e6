"""A proxy between dbt and PostgreSQL that counts statements by model and stops or cuts the link at one.

It speaks the simple query protocol, the only one that dbt's PostgreSQL driver uses: one question, one answer.
"""

from __future__ import annotations

import re
import socket
import struct
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from halt import Halt
from relay import Relay
from sandbox.server import Server

_NODE = re.compile(r'"(?:node_id": "[a-z]+\.\w+\.|connection_name": "macro_)(\w+)')
_REFUSED = (80877103, 80877104)  # requests for TLS and GSS encryption
_CANCEL = 80877102
_READY = b"Z\0\0\0\5"  # and a byte that says how the transaction stands


@dataclass(frozen=True)
class Place:
    """The `number`-th statement of a model or run-operation, from 1: before or after the server executes it.

    A commit counts too. In both cases dbt does not hear of it before the stop ends. With a `pid`, only the
    statements of this client process count.
    """

    model: str
    number: int
    executed: bool
    pid: int | None = None

    def is_of(self, model: str, pid: int) -> bool:
        """Whether a statement of this model, from this client process, counts."""
        return self.model == model and self.pid in (None, pid)

    def __str__(self) -> str:
        return f"{'after' if self.executed else 'before'} statement {self.number} of {self.model}"


class Stop(Halt):
    """A place at which the proxy halts a run."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.seen = 0

    def __str__(self) -> str:
        return str(self.place)


class Proxy:
    """The proxy of `server`. Connect to `folder` instead of the server's socket folder."""

    def __init__(self, server: Server) -> None:
        self._name = f".s.PGSQL.{server.port}"
        self._upstream = str(server.socket_dir / self._name)
        self._temporary = tempfile.TemporaryDirectory(prefix="proxy-")
        self.folder = Path(self._temporary.name)
        self._lock = threading.Lock()
        self._statements: dict[str, list[str]] = {}
        self._stops: list[Stop] = []

    def __enter__(self) -> Proxy:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.folder / self._name))
        self._links = Relay(listener, self._upstream, self._serve)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.forget()
        self._links.close()
        self._temporary.cleanup()

    def stop_at(self, place: Place) -> Stop:
        """Stop the first run that comes to a place, counting from now on."""
        stop = Stop(place)
        with self._lock:
            self._stops.append(stop)
        return stop

    def cut_at(self, place: Place) -> Stop:
        """Cut the link as soon as a run comes to a place, counting from now on."""
        stop = self.stop_at(place)
        stop.cut()
        return stop

    def forget(self) -> None:
        """Forget statements and stops. Runs that are held lose their link."""
        with self._lock:
            for stop in self._stops:
                stop.cut()
            self._stops.clear()
            self._statements.clear()

    def statements(self, model: str) -> list[str]:
        """The statements of a model since the last `forget`."""
        with self._lock:
            return list(self._statements.get(model, []))

    def _serve(self, client: socket.socket, upstream: socket.socket) -> None:
        if _start(client, upstream):
            self._relay(client, upstream)

    def _relay(self, client: socket.socket, upstream: socket.socket) -> None:
        """Pass question and answer to and fro until the session ends."""
        pid = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        model: str | None = None
        while (question := _message(client))[:1] == b"Q":
            sql = question[5:-1].decode()
            if found := _NODE.search(sql):
                model = found.group(1)
            stop = self._note(model, sql, pid) if model else None
            if stop and not stop.place.executed and stop.arrive():
                return
            upstream.sendall(question)
            answer = _answer(upstream)
            if stop and stop.place.executed and stop.arrive():
                return
            client.sendall(answer)
            if not answer.endswith(_READY, 0, -1):
                return
        upstream.sendall(question)

    def _note(self, model: str, sql: str, pid: int) -> Stop | None:
        with self._lock:
            self._statements.setdefault(model, []).append(sql)
            stops = [stop for stop in self._stops if stop.place.is_of(model, pid)]
            for stop in stops:
                stop.seen += 1
            return next((stop for stop in stops if stop.seen == stop.place.number), None)


def _start(client: socket.socket, upstream: socket.socket) -> bool:
    """Pass the start of a session; False for a cancellation, which is no session."""
    while True:
        head = _exactly(client, 8)
        size, code = struct.unpack("!II", head)
        message = head + _exactly(client, size - 8)
        if code not in _REFUSED:
            break
        client.sendall(b"N")
    upstream.sendall(message)
    if code == _CANCEL:
        return False
    client.sendall(_answer(upstream))
    return True


def _answer(link: socket.socket) -> bytes:
    """All messages up to the one that says that the server is ready, or to its last one before it hung up."""
    answer = b""
    while True:
        try:
            message = _message(link)
        except ConnectionError:
            if answer:
                return answer
            raise
        answer += message
        if message[:1] == b"Z":
            return answer


def _message(link: socket.socket) -> bytes:
    head = _exactly(link, 5)
    return head + _exactly(link, struct.unpack("!I", head[1:])[0] - 4)


def _exactly(link: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = link.recv(size - len(data))
        if not part:
            raise ConnectionError("the link was closed")
        data += part
    return data
