"""The queries of the unit tests, as dbt sends them."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt.contracts.graph.manifest import Manifest
from psycopg2.extensions import connection as Connection

from builds.runner import Dbt, Listener, Outcome
from mutants.changes import Change, changes
from sandbox.errors import SandboxError
from sandbox.folders import PROJECT
from sandbox.server import Server

DATABASE = "mutants"
_ACTUAL = "with dbt_internal_unit_test_actual as ("
_MODEL_ENDS = ") _dbt_internal_unit_test_actual"


@dataclass(frozen=True)
class UnitTest:
    """A unit test and its query, which gives the rows of the model and the expected ones."""

    name: str
    model: str
    sql: str

    @property
    def changes(self) -> list[Change]:
        """The changes of the model's SQL in the query."""
        return list(changes(self.sql, self.sql.index("from (") + 6, self.sql.index(_MODEL_ENDS)))

    def passes(self, connection: Connection, change: Change | None = None) -> bool:
        """Whether the model gives the expected rows, with a change or as it is. Raises psycopg2.Error."""
        with connection.cursor() as cursor:
            cursor.execute(change.apply(self.sql) if change else self.sql)
            rows: dict[str, Counter[tuple[str, ...]]] = {"actual": Counter(), "expected": Counter()}
            for *values, side in cursor.fetchall():
                rows[side][tuple(map(str, values))] += 1
        return rows["actual"] == rows["expected"]


class Warehouse:
    """A database of its own with the project's tables and views, without rows.

    server: it runs, and dbt finds it by environment variables.  work: an empty folder for files of dbt.
    """

    def __init__(self, server: Server, work: Path) -> None:
        self._server = server
        shutil.copy(PROJECT / "profiles.example.yml", work / "profiles.yml")
        server.create_database(DATABASE)
        self._dbt = Dbt(PROJECT, work, "sandbox", work=work)

    def manifest(self) -> Manifest:
        """The parsed project. Raises SandboxError."""
        manifest = self._run("parse").manifest
        assert manifest
        return manifest

    def unit_tests(self, models: Sequence[str]) -> dict[str, list[UnitTest]]:
        """The unit tests of these models, by model. Raises SandboxError if one fails."""
        queries: dict[str, str] = {}

        def note(event: Any) -> None:
            if event.info.name == "SQLQuery" and _ACTUAL in event.data.sql:
                queries[event.data.node_info.unique_id] = event.data.sql

        self._run("run", "--empty")
        self._run("test", "--select", *(f"{model},test_type:unit" for model in models), listen=note)
        found: dict[str, list[UnitTest]] = defaultdict(list)
        for name, sql in sorted(queries.items()):
            _, _, model, test = name.split(".")
            found[model].append(UnitTest(test, model, sql))
        return dict(sorted(found.items()))

    def connect(self) -> Connection:
        """A session that commits each statement."""
        return self._server.connect(DATABASE, user="transformer", autocommit=True)

    def _run(self, command: str, *arguments: str, listen: Listener | None = None) -> Outcome:
        outcome = self._dbt.run(command, *arguments, listen=listen)
        if not outcome.success:
            raise SandboxError(f"dbt {command} failed. {outcome.failure}")
        return outcome
