"""One session at the look-alike: what a client sends is checked, translated, noted and passed on."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from redshift_lookalike import wire
from redshift_lookalike.aliases import explained
from redshift_lookalike.database import SCHEMA, SEARCH_PATH
from redshift_lookalike.faults import Fault, Faults
from redshift_lookalike.gate import findings
from redshift_lookalike.lexer import tokens
from redshift_lookalike.rules.naming import FOLDED
from redshift_lookalike.statement import read
from redshift_lookalike.translation import CASE_SENSITIVE, CASE_SETTING, to_postgres
from redshift_lookalike.wire import Message

_IN_TRANSACTION = b"T"
_NODE = re.compile(r'"node_id": "([^"]+)"')
_VERSION = b"8.0.2"  # of the PostgreSQL that Redshift says it is


@dataclass(frozen=True)
class Sent:
    """A statement that a client sent.

    sql: as it came.  postgres: as PostgreSQL got it.  node: the id of the dbt node it belongs to, if known.
    refused: why the look-alike refused it; '' if it did not.  session: the number of the session, from 1.
    """

    sql: str
    postgres: str
    node: str | None
    refused: str
    session: int = 0

    @property
    def commits(self) -> bool:
        """Whether it ends a transaction, as `truncate` does on Redshift."""
        return not self.refused and read(self.sql).word(0) == "truncate"

    @property
    def model(self) -> str | None:
        """The name of the dbt model that it belongs to, if it belongs to one."""
        kind, _, name = (self.node or "").partition(".")
        return name.rpartition(".")[2] if kind == "model" else None


class Cut(Exception):
    """The link is to be cut here."""


class Session:
    """A client's link and the server's. `note` is called with every statement before it is executed."""

    def __init__(
        self,
        number: int,
        client: socket.socket,
        upstream: socket.socket,
        faults: Faults,
        note: Callable[[Sent], None],
    ) -> None:
        self._number = number
        self._client = client
        self._upstream = upstream
        self._faults = faults
        self._note = note
        self._node: str | None = None
        self._prepared: dict[bytes, Sent] = {}
        self._is_case_sensitive = False

    def serve(self) -> None:
        """Serve the client until it leaves, or until a fault. Raises OSError when either link breaks."""
        first = wire.read_startup(self._client)
        if first.code == wire.CANCEL:
            self._upstream.sendall(bytes(first))
            return
        given = first.parameters
        parameters = {
            "user": given["user"],
            "database": given["database"],
            "application_name": given.get("application_name", ""),
            "client_encoding": "UTF8",
            "search_path": SEARCH_PATH,
        }
        self._upstream.sendall(bytes(wire.startup(parameters)))
        self._answer(_as_redshift(wire.read_answer(self._upstream)))
        self._read_case_setting()
        try:
            while (question := wire.read_question(self._client))[-1].kind != b"X":
                self._ask(question)
        except Cut:
            return

    def _ask(self, question: list[Message]) -> None:
        """Pass a question on, and the answer back. Raises Cut at a fault."""
        fault = None
        sent = None
        sql = ""
        asked = []
        for message in question:
            if message.kind == b"P":
                sql = message.body.split(b"\0", 2)[1].decode()
                message = self._parse(message)
            elif message.kind == b"Q":
                sql = message.body[:-1].decode()
                sent = self._sent(sql)
                fault = self._execute(sent) or fault
                error = fault.error if fault else None
                message = Message(b"Q", (_error(error) if error else sent.postgres).encode() + b"\0")
            elif message.kind == b"B":
                sent = self._prepared[message.body.split(b"\0", 2)[1]]
                fault = self._execute(sent) or fault
            asked.append(message)
        if fault and fault.error and question[-1].kind == b"S":
            asked = [Message(b"Q", _error(fault.error).encode() + b"\0")]
        self._upstream.sendall(b"".join(map(bytes, asked)))
        answer = wire.read_answer(self._upstream)
        if sent and sent.commits and answer[-1].body == _IN_TRANSACTION:
            self._upstream.sendall(bytes(Message(b"Q", b"commit\0")))
            answer[-1] = wire.read_answer(self._upstream)[-1]
        if fault and fault.executed:
            raise Cut
        if CASE_SENSITIVE in sql:
            self._read_case_setting()
        self._answer(explained(answer, sql))

    def _read_case_setting(self) -> None:
        """Ask whether quoted names keep their case. In a transaction that has failed it stays as it was."""
        setting = f"select current_setting('{CASE_SETTING}', true)"
        self._upstream.sendall(bytes(Message(b"Q", setting.encode() + b"\0")))
        for message in wire.read_answer(self._upstream):
            if message.kind == b"D":
                self._is_case_sensitive = message.body.endswith(b"true")

    def _answer(self, messages: list[Message]) -> None:
        self._client.sendall(b"".join(map(bytes, messages)))

    def _parse(self, message: Message) -> Message:
        name, sql, rest = message.body.split(b"\0", 2)
        sent = self._sent(sql.decode())
        self._prepared[name] = sent
        return Message(b"P", b"\0".join((name, sent.postgres.encode(), rest)))

    def _sent(self, sql: str) -> Sent:
        if found := _NODE.search(sql):
            self._node = found.group(1)
        sent = _translated(sql, self._is_case_sensitive)
        return replace(sent, node=self._node, session=self._number)

    def _execute(self, sent: Sent) -> Fault | None:
        """Note a statement that is about to be executed; the fault at it, if any. Raises Cut before it."""
        self._note(sent)
        fault = self._faults.at(sent.sql, sent.model)
        if fault and fault.limit is not None:
            self._upstream.sendall(bytes(Message(b"Q", b"set statement_timeout = %d\0" % fault.limit)))
            wire.read_answer(self._upstream)
        elif fault and not fault.executed and fault.error is None:
            raise Cut
        return fault


@lru_cache(maxsize=4096)
def _translated(sql: str, is_case_sensitive: bool) -> Sent:
    """A statement with what PostgreSQL gets in its place: its translation, or an error that says why not."""
    legal = {FOLDED} if is_case_sensitive else set()
    try:
        found = [
            each for each in findings(sql) if not each.rule.is_translated and each.rule.name not in legal
        ]
        refused = "; ".join(map(str, found))
        postgres = to_postgres(sql) if not refused else ""
    except ValueError as error:
        refused, postgres = f"the look-alike cannot translate this: {error}", ""
    if refused:
        refused = f"Redshift's look-alike refuses: {refused}"
        postgres = _error(refused, sql)
    return Sent(sql, postgres, None, refused)


def _error(message: str, sql: str = "") -> str:
    """A statement that fails with a message; it takes the parameters that `sql` takes."""
    try:
        parameters = sorted({token.text for token in tokens(sql) if token.kind == "bind"})
    except ValueError:
        parameters = []
    quoted = "'" + message.replace("'", "''") + "'"
    return f"select {SCHEMA}.refuse({', '.join([quoted, *parameters])})"


def _as_redshift(answer: list[Message]) -> list[Message]:
    """A server's greeting with the version that Redshift has, and with the protocol of its first drivers."""
    greeting = []
    for message in answer:
        name = message.body.split(b"\0", 1)[0]
        if message.kind == b"S" and name == b"server_version":
            message = Message(b"S", name + b"\0" + _VERSION + b"\0")
        if message.kind == b"K":
            greeting.append(Message(b"S", b"server_protocol_version\x000\0"))
        greeting.append(message)
    return greeting
