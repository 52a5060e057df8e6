"""What stands between one dbt process and the server, and holds its commands: on either adapter."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Protocol

from crash.proxy import Place, Proxy
from halt import Halt
from redshift_lookalike.conftest import connect
from redshift_lookalike.lookalike import Lookalike
from warehouse import Database

FORGET_USER = "forget_user"
_PATIENCE_MILLISECONDS = 60_000


class Gate(Protocol):
    """The link of one dbt process. Statements are counted by model; all of `forget_user` under that name."""

    @property
    def env(self) -> Mapping[str, str]:
        """What dbt needs in its environment to come through here."""

    def hold_before(self, name: str, number: int) -> Halt:
        """Hold a command before its `number`-th statement of a model, from 1, counting from now on."""

    def statements(self, name: str) -> list[str]:
        """The statements of a model since the last `forget`."""

    def forget(self) -> None:
        """Forget statements and holds. Commands that are held lose their link."""

    def reader(self) -> Any:
        """A connection of the adapter's driver that commits each statement.

        A query that waits for a lock ends with an error some time, which it would not by itself.
        """


class PostgresGate:
    """A proxy before PostgreSQL."""

    def __init__(self, database: Database, stack: ExitStack) -> None:
        """Open the gate until `stack` is closed."""
        self._database = database
        self._proxy = stack.enter_context(Proxy(database.server))

    @property
    def env(self) -> Mapping[str, str]:
        """What dbt needs in its environment to come through here."""
        return self._database.env | {"SANDBOX_HOST": str(self._proxy.folder)}

    def hold_before(self, name: str, number: int) -> Halt:
        """Hold a command before a statement of a model."""
        return self._proxy.stop_at(Place(name, number, executed=False))

    def statements(self, name: str) -> list[str]:
        """The statements of a model."""
        return self._proxy.statements(name)

    def forget(self) -> None:
        """Forget statements and holds."""
        self._proxy.forget()

    def reader(self) -> Any:
        """A connection to read with."""
        return _impatient(self._database.connect(user="transformer", autocommit=True))


class RedshiftGate:
    """Redshift's look-alike."""

    def __init__(self, database: Database, stack: ExitStack) -> None:
        """Open the gate until `stack` is closed."""
        self._lookalike = stack.enter_context(Lookalike(database.server, database.name))

    @property
    def env(self) -> Mapping[str, str]:
        """What dbt needs in its environment to come through here."""
        return self._lookalike.env

    def hold_before(self, name: str, number: int) -> Halt:
        """Hold a command before a statement of a model."""
        return self._lookalike.hold_at(number=number, model=None if name == FORGET_USER else name)

    def statements(self, name: str) -> list[str]:
        """The statements of a model."""
        sent = self._lookalike.statements
        return [each.sql for each in sent if name in (each.model, FORGET_USER)]

    def forget(self) -> None:
        """Forget statements and holds."""
        self._lookalike.forget()

    def reader(self) -> Any:
        """A connection to read with."""
        return _impatient(connect(self._lookalike))


def _impatient(connection: Any) -> Any:
    connection.cursor().execute(f"set statement_timeout to {_PATIENCE_MILLISECONDS}")
    return connection
