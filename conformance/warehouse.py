"""The warehouse of a dbt target, reached as dbt's adapter reaches it, and the schemas a run makes there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from builds import target as targets
from conformance.errors import ConformanceError

Rows = list[tuple[Any, ...]]


class Warehouse:
    """A connection of the adapter's own, which commits each statement."""

    def __init__(self, adapter: str, handle: Any) -> None:
        """`handle` is the connection of the adapter's driver, as the DB API has it."""
        self.adapter = adapter
        self._handle = handle
        self.made: list[str] = []
        """The schemas that `make_schemas` made."""

    def execute(self, sql: str) -> None:
        """Run one statement. Raises what the driver raises."""
        with closing(self._handle.cursor()) as cursor:
            cursor.execute(sql)

    def query(self, sql: str) -> Rows:
        """The rows of a query."""
        with closing(self._handle.cursor()) as cursor:
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()]

    def select(self, relation: str) -> tuple[list[str], Rows]:
        """The names of a relation's columns, in order, and all its rows."""
        with closing(self._handle.cursor()) as cursor:
            cursor.execute(f"select * from {relation}")
            return [str(column[0]) for column in cursor.description], [
                tuple(row) for row in cursor.fetchall()
            ]

    @property
    def version(self) -> str:
        """What the warehouse says it is."""
        return str(self.query("select version()")[0][0])

    def schemas(self) -> set[str]:
        """The names of all schemas."""
        return {name for (name,) in self.query("select nspname from pg_catalog.pg_namespace")}

    def make_schemas(self, names: Iterable[str]) -> None:
        """Make these schemas. Raises ConformanceError, before it makes one, if any is there already."""
        wanted = sorted({*names})
        if there := sorted(self.schemas() & {*wanted}):
            raise ConformanceError(f"These schemas were made by somebody else: {', '.join(there)}.")
        for name in wanted:
            self.execute(f"create schema {name}")
            self.made.append(name)

    def drop_schemas(self, names: Iterable[str]) -> None:
        """Drop schemas with all that is in them; give only such as `make_schemas` made."""
        for name in names:
            self.execute(f"drop schema if exists {name} cascade")


@contextmanager
def opened(project: Path, profiles: Path, target: str) -> Iterator[Warehouse]:
    """The warehouse of a target in `profiles`/profiles.yml. Raises ConformanceError if out of reach."""
    try:
        with targets.opened(project, profiles, target, name="conformance") as reached:
            yield Warehouse(reached.adapter, reached.handle)
    except targets.TargetError as error:
        raise ConformanceError(str(error)) from error
