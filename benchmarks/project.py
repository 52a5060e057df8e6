"""The project on one database: dbt runs in this process, with what each model cost."""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any

from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import CompiledNode, ModelNode
from psycopg2.extensions import cursor as Cursor

from builds.runner import Dbt, Outcome
from sandbox.errors import SandboxError
from sandbox.folders import PROJECT
from sandbox.server import Server

INPUTS = "int_*_inputs"
"""The views of inputs. Who replaces a table drops the views on it."""


@dataclass(frozen=True)
class ModelCost:
    """What one model took in one run."""

    seconds: float
    """By dbt's clock, from compiling to the last commit."""
    statement_seconds: float
    """Of these, waiting for the warehouse to answer statements."""
    statement_count: int
    compiled: str
    """The model's own query, as it was sent."""


@dataclass(frozen=True)
class RunCost:
    """What one run of dbt took."""

    models: dict[str, ModelCost]
    """By the model's name."""
    seconds: float
    """By the wall clock."""
    startup_seconds: float
    """Of these, before the first model began: imports, the partial parse, what exists in the warehouse."""

    @property
    def model_seconds(self) -> float:
        """Seconds by the wall clock from the first model on."""
        return self.seconds - self.startup_seconds

    @property
    def statement_seconds(self) -> float:
        """Seconds that all models waited for the warehouse."""
        return sum(cost.statement_seconds for cost in self.models.values())

    @property
    def statement_count(self) -> int:
        """Statements of all models."""
        return sum(cost.statement_count for cost in self.models.values())


@dataclass
class _Clock:
    """Listens to dbt's events."""

    began: float = field(default_factory=perf_counter)
    first_node_at: float | None = None
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    counts: Counter[str] = field(default_factory=Counter)

    def note(self, event: Any) -> None:
        if event.info.name == "NodeStart" and self.first_node_at is None:
            self.first_node_at = perf_counter()
        elif event.info.name == "SQLQueryStatus":
            name = event.data.node_info.node_name
            self.seconds[name] += event.data.elapsed
            self.counts[name] += 1


class Project:
    """The project on a database of `server`; parsed files and logs go to the folder `work`."""

    def __init__(self, server: Server, database: str, work: Path) -> None:
        self.server = server
        self.database = database
        self._dbt = Dbt(PROJECT, work, "sandbox", work=work)
        work.mkdir(exist_ok=True)
        shutil.copy(PROJECT / "profiles.example.yml", work / "profiles.yml")
        os.environ |= server.dbt_environment(database)

    def run(self, *models: str, full_refresh: bool = False, threads: int = 1) -> RunCost:
        """`dbt run` of these models, or of all. Raises SandboxError if one fails."""
        selection = ("--select", *models) if models else ()
        refresh = ("--full-refresh",) if full_refresh else ()
        clock = _Clock()
        results = self._run(clock, "run", "--threads", str(threads), *selection, *refresh).results
        ended = perf_counter()
        return RunCost(
            models={
                name: ModelCost(
                    seconds=result.execution_time,
                    statement_seconds=clock.seconds[name],
                    statement_count=clock.counts[name],
                    compiled=str(result.node.compiled_code),
                )
                for name, result in results.items()
                if isinstance(result.node, ModelNode)
            },
            seconds=ended - clock.began,
            startup_seconds=(clock.first_node_at or ended) - clock.began,
        )

    def compile(self, jinja: str) -> str:
        """What inline Jinja compiles to."""
        [result] = self._run(_Clock(), "compile", "--log-level", "none", "--inline", jinja).results.values()
        assert isinstance(result.node, CompiledNode)
        return str(result.node.compiled_code)

    def parse_seconds(self) -> float:
        """Seconds of a parse of the whole project from nothing."""
        clock = _Clock()
        self._run(clock, "parse", "--no-partial-parse")
        return perf_counter() - clock.began

    @cached_property
    def manifest(self) -> Manifest:
        """The project as dbt parsed it."""
        manifest = self._run(_Clock(), "parse").manifest
        assert manifest is not None
        return manifest

    @cached_property
    def models(self) -> dict[str, ModelNode]:
        """All models by name."""
        nodes = self.manifest.nodes.values()
        return {node.name: node for node in nodes if isinstance(node, ModelNode)}

    def parents(self, model: ModelNode) -> list[ModelNode]:
        """The models that a model reads; those that a view of inputs unites in place of the view."""
        parents = [parent for parent in self.models.values() if parent.unique_id in model.depends_on.nodes]
        return [
            each
            for parent in parents
            for each in (self.parents(parent) if fnmatch(parent.name, INPUTS) else [parent])
        ]

    def _run(self, clock: _Clock, command: str, *arguments: str) -> Outcome:
        outcome = self._dbt.run(command, *arguments, listen=clock.note)
        if not outcome.success:
            raise SandboxError(f"dbt {command} failed. {outcome.failure}")
        return outcome

    @contextmanager
    def cursor(self, user: str = "transformer") -> Iterator[Cursor]:
        """A cursor in a transaction that is committed at the end."""
        with (
            closing(self.server.connect(self.database, user=user)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            yield cursor

    def query(self, sql: str, user: str = "postgres") -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.cursor(user) as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def seconds_of(self, statement: str) -> float:
        """Seconds of a statement and its commit."""
        began = perf_counter()
        with self.cursor() as cursor:
            cursor.execute(statement)
        return perf_counter() - began

    def seconds_of_steps(self, statements: Sequence[str]) -> float:
        """Seconds of statements that each make a temporary table or view, in one session.

        Tables are analyzed, which is not counted.
        """
        seconds = 0.0
        with closing(self.server.connect(self.database, user="transformer")) as connection:
            cursor = connection.cursor()
            for statement in statements:
                began = perf_counter()
                cursor.execute(statement)
                seconds += perf_counter() - began
                _, _, kind, name, _ = statement.split(maxsplit=4)
                if kind == "table":
                    cursor.execute(f"analyze {name}")
        return seconds
