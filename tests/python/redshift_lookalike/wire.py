"""Messages of PostgreSQL's wire protocol, version 3, which Redshift speaks, too."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass

CANCEL = 80877102
NO_ENCRYPTION = b"N"
_ENCRYPTION = (80877103, 80877104)  # requests for TLS and for GSS
_PROTOCOL = 196608


@dataclass(frozen=True)
class Message:
    """A message: its kind, one byte, and its body."""

    kind: bytes
    body: bytes

    def __bytes__(self) -> bytes:
        return self.kind + struct.pack("!I", len(self.body) + 4) + self.body


@dataclass(frozen=True)
class Startup:
    """What a client says first: a code, which is the protocol's version or `CANCEL`, and the rest."""

    code: int
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        """The session's parameters: user, database and others."""
        words = self.body.decode().split("\0")
        return {name: value for name, value in zip(words[::2], words[1::2], strict=False) if name}

    def __bytes__(self) -> bytes:
        return struct.pack("!II", len(self.body) + 8, self.code) + self.body


def startup(parameters: Mapping[str, str]) -> Startup:
    """The start of a session with these parameters."""
    words = "".join(f"{name}\0{value}\0" for name, value in parameters.items())
    return Startup(_PROTOCOL, f"{words}\0".encode())


def read_startup(link: socket.socket) -> Startup:
    """What a client says first; encryption is declined. Raises ConnectionError if the link ends."""
    while True:
        size, code = struct.unpack("!II", _exactly(link, 8))
        body = _exactly(link, size - 8)
        if code not in _ENCRYPTION:
            return Startup(code, body)
        link.sendall(NO_ENCRYPTION)


def read(link: socket.socket) -> Message:
    """The next message. Raises ConnectionError if the link ends."""
    kind, size = struct.unpack("!cI", _exactly(link, 5))
    return Message(kind, _exactly(link, size - 4))


def read_question(link: socket.socket) -> list[Message]:
    """What a client says before it waits for an answer. Raises ConnectionError if the link ends."""
    messages = [read(link)]
    while messages[-1].kind not in (b"S", b"Q", b"X"):  # Sync, Query, Terminate
        messages.append(read(link))
    return messages


def read_answer(link: socket.socket) -> list[Message]:
    """What a server says until it is ready for more. Raises ConnectionError if the link ends before.

    A last word before the server hangs up is an answer, too.
    """
    messages: list[Message] = []
    while not messages or messages[-1].kind != b"Z":  # ReadyForQuery
        try:
            messages.append(read(link))
        except ConnectionError:
            if not messages:
                raise
            break
    return messages


def _exactly(link: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = link.recv(size - len(data))
        if not part:
            raise ConnectionError("the link was closed")
        data += part
    return bytes(data)
