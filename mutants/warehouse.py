"""A database with the project's tables and views."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

from dbt.contracts.graph.manifest import Manifest
from psycopg2.extensions import connection as Connection

from builds.runner import Dbt, Listener, Outcome
from sandbox.errors import SandboxError
from sandbox.folders import PROJECT
from sandbox.server import Server

_DATABASE = "mutants"
_SAVED = "mutants_saved"


class Warehouse:
    """A database of its own, and dbt on it.

    server: a running server, which dbt reaches by environment variables.
    work: an empty folder for files of dbt.
    """

    def __init__(self, server: Server, work: Path) -> None:
        self.server = server
        self.work = work
        shutil.copy(PROJECT / "profiles.example.yml", work / "profiles.yml")
        server.create_database(_DATABASE)
        self._dbt = Dbt(PROJECT, work, "sandbox", work=work)

    @cached_property
    def manifest(self) -> Manifest:
        """The parsed project. Raises SandboxError."""
        manifest = self.dbt("parse").manifest
        assert manifest
        return manifest

    def dbt(
        self,
        command: str,
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        listen: Listener | None = None,
    ) -> Outcome:
        """Run a dbt command. Raises SandboxError if it fails.

        With vars the project is not parsed again, so configs have the values of the first parse.
        """
        manifest = self.manifest if variables is not None else None
        outcome = self._dbt.run(command, *arguments, variables=variables, listen=listen, manifest=manifest)
        if not outcome.success:
            raise SandboxError(f"dbt {command} failed. {outcome.failure}")
        return outcome

    def connect(self, user: str = "transformer", *, autocommit: bool = False) -> Connection:
        """A session."""
        return self.server.connect(_DATABASE, user=user, autocommit=autocommit)

    def save(self) -> None:
        """Copy the database, for `restore`."""
        self.server.drop_database(_SAVED)
        self.server.create_database(_SAVED, template=_DATABASE)

    def restore(self) -> None:
        """Replace the database by the saved copy."""
        self.server.drop_database(_DATABASE)
        self.server.create_database(_DATABASE, template=_SAVED)


@contextmanager
def own_warehouse() -> Iterator[Warehouse]:
    """A warehouse on a server of its own, which is removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    folder.chmod(0o711)  # the server may have an account of its own
    server = Server(folder / "server", durable=False)
    try:
        server.start()
        (folder / "dbt").mkdir()
        with patch.dict(os.environ, server.dbt_environment(_DATABASE)):
            yield Warehouse(server, folder / "dbt")
    finally:
        server.delete()
        shutil.rmtree(folder)
