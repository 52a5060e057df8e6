"""A server that stands between clients and PostgreSQL: one thread and two sockets for each session."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

Session = Callable[[socket.socket, socket.socket], None]
"""Serves a client and its link to PostgreSQL until either ends."""


class Relay:
    """Hands each client of `listener`, and a link to the socket `upstream`, to `session`, until `close`."""

    def __init__(self, listener: socket.socket, upstream: str, session: Session) -> None:
        """`listener` is bound. Clients are accepted from now on."""
        self._listener = listener
        self._upstream = upstream
        self._session = session
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        listener.listen(64)
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def close(self) -> None:
        """Accept nobody any more, end all sessions and wait for their ends."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        with self._lock:
            for link in self._sockets:
                with suppress(OSError):
                    link.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was shut down
            while True:
                client, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=(client,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, client: socket.socket) -> None:
        upstream = socket.socket(socket.AF_UNIX)
        with self._lock:
            self._sockets |= {client, upstream}
        try:
            # Whoever ends first, client, server or relay, ends the others' link.
            with client, upstream, suppress(OSError):
                upstream.connect(self._upstream)
                self._session(client, upstream)
        finally:
            with self._lock:
                self._sockets -= {client, upstream}
