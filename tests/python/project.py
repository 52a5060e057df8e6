"""The dbt project, run in this process against a database of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.results import RunResult
from psycopg2.extras import RealDictCursor

from builds.runner import NO_FILES, Dbt, Outcome
from parsing import manifest_for, parsed_for
from sandbox.server import Server
from shallow_stack import in_shallow_stack
from warehouse import Database

ROOT = Path(__file__).parents[2]
BOOKKEEPING = {"written_at"}
WRITERS = ("docs generate", "source freshness")
"""Commands whose files a test may read. The others write none."""
INCREMENTS = ("--select", "config.materialized:incremental")
"""Arguments of a run of the incremental models. Views have to run only if raw columns have changed."""

Rows = list[tuple[Any, ...]]

_COLUMNS = """
    select attname from pg_attribute
    where attrelid = cast(%s as regclass) and attnum > 0 and not attisdropped order by attname
"""


class Project:
    """The project on one database.

    parsed: as dbt parsed it, unless as it is. dbt parses it only for another `raw_schema`.
    """

    def __init__(
        self,
        database: Database,
        work: Path,
        target: str = "sandbox",
        threads: int = 2,
        parsed: Manifest | None = None,
    ) -> None:
        self.threads = threads
        self.database = database
        self.work = work
        self.target = target
        self.parsed = parsed or manifest_for(target, database.name)
        self.runner = Dbt(ROOT, work, target, work=work, threads=threads, logging=NO_FILES)
        self.warnings: list[str] = []
        self.exception = ""

    def dbt(self, command: str, *arguments: str, succeeds: bool = True) -> Mapping[str, RunResult]:
        """Run a dbt command; results by node name. Unless `succeeds` is False, it must not fail.

        What dbt warned of is in `warnings` afterwards, and why it gave up, if it did, in `exception`.
        """
        outcome = self._run(command, *arguments)
        self.warnings, self.exception = outcome.warnings, outcome.exception
        if succeeds:
            assert outcome.success, f"dbt {command} failed\n{outcome.failure}"
        return outcome.results

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The parsed project, as dbt writes it to manifest.json."""
        return parsed_for(self.target).content

    def _run(self, command: str, *arguments: str) -> Outcome:
        # Of the vars only `raw_schema` changes what is parsed. dbt parses again whenever any var has changed.
        manifest = None if any("raw_schema" in each for each in arguments) else self.parsed
        options = ("--write-json",) if command in WRITERS else ()
        return in_shallow_stack(partial(self.runner.run, command, *options, *arguments, manifest=manifest))

    def execute(self, sql: str, user: str = "transformer") -> None:
        """Run statements as `user` and commit them."""
        with closing(self.database.connect(user=user)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            connection.commit()

    def query(self, sql: str, user: str = "transformer") -> Rows:
        """The rows of a query, run as `user`."""
        with closing(self.database.connect(user=user)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def tables(self, *schemas: str) -> list[str]:
        """The names of all tables and views of these schemas, as `schema.name`, sorted."""
        return [
            f"{schema}.{name}"
            for schema, name in self.query(
                "select table_schema, table_name from information_schema.tables order by 1, 2",
                user="postgres",
            )
            if schema in schemas
        ]

    def columns(self, relation: str) -> list[str]:
        """The names of the columns of a relation, sorted."""
        with closing(self.database.connect(user="transformer")) as connection, connection.cursor() as cursor:
            cursor.execute(_COLUMNS, (relation,))
            return [column for (column,) in cursor.fetchall()]

    def content(self, relation: str) -> Rows:
        """All rows of a relation without bookkeeping columns, sorted."""
        return self.contents([relation])[relation]

    def contents(self, relations: Sequence[str], leaving_out: Collection[str] = ()) -> dict[str, Rows]:
        """The sorted rows of relations without bookkeeping columns and some others, by relation."""
        hidden = {*leaving_out, *BOOKKEEPING}
        found = {}
        with closing(self.database.connect(user="transformer")) as connection, connection.cursor() as cursor:
            for relation in relations:
                cursor.execute(_COLUMNS, (relation,))
                columns = ", ".join(f'"{column}"' for (column,) in cursor.fetchall() if column not in hidden)
                cursor.execute(f"select {columns} from {relation} order by {columns}")
                found[relation] = cursor.fetchall()
        return found

    def rows(self, relation: str) -> list[dict[str, Any]]:
        """All rows of a relation, in any order, by column."""
        with (
            closing(self.database.connect(user="transformer")) as connection,
            connection.cursor(cursor_factory=RealDictCursor) as cursor,
        ):
            cursor.execute(f"select * from {relation}")
            return [dict(row) for row in cursor.fetchall()]


@contextmanager
def open_project(
    server: Server,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    template: str = "empty_warehouse",
) -> Iterator[Project]:
    """The project on a copy of a database, always under the same name, so that dbt need not parse again."""
    name = f"project_{worker_id}"
    server.create_database(name, template=template)
    try:
        with project_on(Database(server, name), tmp_path_factory) as project:
            yield project
    finally:
        server.drop_database(name)


@contextmanager
def project_on(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The project on a database, which stays."""
    work = tmp_path_factory.getbasetemp() / "project"
    if not work.exists():
        work.mkdir()
        shutil.copy(ROOT / "profiles.example.yml", work / "profiles.yml")
    with pytest.MonkeyPatch.context() as environment:
        for variable, value in database.env.items():
            environment.setenv(variable, value)
        yield Project(database, work)


@contextmanager
def prepared(
    server: Server,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    prepare: Callable[[Project], None],
) -> Iterator[str]:
    """The name of a database in which the project is prepared, as a template for `open_project`.

    name: begins the database's name, which ends with the worker's.
    """
    template = f"{name}_{worker_id}"
    with open_project(server, worker_id, tmp_path_factory) as project:
        prepare(project)
        server.create_database(template, template=project.database.name)
    yield template
    server.drop_database(template)


@pytest.fixture
def project(server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The project on an empty database of one test."""
    with open_project(server, worker_id, tmp_path_factory) as opened:
        yield opened
