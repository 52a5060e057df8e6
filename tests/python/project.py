"""The dbt project, run in this process against a database of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.results import RunResult
from psycopg2.extras import RealDictCursor

from builds.runner import QUIET, Dbt, Outcome
from sandbox.server import Server
from warehouse import Database

ROOT = Path(__file__).parents[2]
BOOKKEEPING = {"written_at"}
WRITERS = ("docs generate", "source freshness")
"""Commands whose files a test may read. The others write none, for dbt needs a second for its manifest."""
INCREMENTS = ("--select", "config.materialized:incremental")
"""Arguments of a run of the incremental models. Views have to run only if raw columns have changed."""

Rows = list[tuple[Any, ...]]

_COLUMNS = """
    select attname from pg_attribute
    where attrelid = cast(%s as regclass) and attnum > 0 and not attisdropped order by attname
"""


class _Parsed:
    """A parsed project."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest

    @cached_property
    def content(self) -> Mapping[str, Any]:
        content: Mapping[str, Any] = self.manifest.writable_manifest().to_dict()
        return content


_PARSED: dict[Path, _Parsed] = {}
"""What this worker has parsed of the project itself, by dbt's work folder."""


class Project:
    """The project on one database. A worker parses it once, and again for another `raw_schema`."""

    def __init__(
        self,
        database: Database,
        work: Path,
        target: str = "sandbox",
        threads: int = 2,
        root: Path = ROOT,
    ) -> None:
        self.threads = threads
        self.database = database
        self.work = work
        self.target = target
        self.root = root
        logging = (*QUIET, "--log-level-file", "none")
        self.runner = Dbt(root, work, target, work=work, threads=threads, logging=logging)
        self.warnings: list[str] = []

    def elsewhere(self, root: Path) -> Project:
        """A project with this root on the same database; dbt's files are in a folder beside the root."""
        work = root.with_name(f"{root.name}_work")
        if not work.exists():
            work.mkdir()
            shutil.copy(self.work / "profiles.yml", work / "profiles.yml")
        return Project(self.database, work, self.target, self.threads, root)

    def dbt(self, command: str, *arguments: str, succeeds: bool = True) -> Mapping[str, RunResult]:
        """Run a dbt command; results by node name. Unless `succeeds` is False, it must not fail.

        What dbt warned of is in `warnings` afterwards.
        """
        outcome = self._run(command, *arguments)
        self.warnings = outcome.warnings
        if succeeds:
            assert outcome.success, f"dbt {command} failed\n{outcome.failure}"
        return outcome.results

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The parsed project, as dbt writes it to manifest.json."""
        return self._parsed().content

    def _parsed(self) -> _Parsed:
        """The parsed project. A worker parses the project itself once."""
        parsed = _PARSED.get(self.work)
        if parsed is None:
            outcome = self._run("parse")
            assert outcome.manifest, outcome.failure
            parsed = _Parsed(outcome.manifest)
            if self.root == ROOT:
                _PARSED[self.work] = parsed
        return parsed

    def _run(self, command: str, *arguments: str) -> Outcome:
        # Of the vars only `raw_schema` changes what is parsed. dbt parses again whenever any var has changed.
        is_parsed = (
            self.root == ROOT and command != "parse" and not any("raw_schema" in each for each in arguments)
        )
        manifest = self._parsed().manifest if is_parsed else None
        options = () if command in WRITERS else ("--no-write-json",)
        # In a thread of its own, for dbt walks up the whole call stack again and again, and pytest's is deep.
        with ThreadPoolExecutor(max_workers=1) as alone:
            run = partial(self.runner.run, command, *options, *arguments, manifest=manifest)
            return alone.submit(run).result()

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
    work = tmp_path_factory.getbasetemp() / "project"
    if not work.exists():
        work.mkdir()
        shutil.copy(ROOT / "profiles.example.yml", work / "profiles.yml")
    name = f"project_{worker_id}"
    server.create_database(name, template=template)
    database = Database(server, name)
    with pytest.MonkeyPatch.context() as environment:
        for variable, value in database.env.items():
            environment.setenv(variable, value)
        try:
            yield Project(database, work)
        finally:
            server.drop_database(name)


@pytest.fixture
def project(server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The project on an empty database of one test."""
    with open_project(server, worker_id, tmp_path_factory) as opened:
        yield opened


@pytest.fixture(scope="session")
def _staging_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("staging") / "root"
    for folder in ("models", "tests"):
        (root / folder).mkdir(parents=True)
    for name in ("dbt_project.yml", "macros", "tests/generic", "docs"):
        (root / name).symlink_to(ROOT / name)
    # dbt does not follow links below a folder of models.
    shutil.copytree(ROOT / "models/staging", root / "models/staging")
    shutil.copy(ROOT / "models/columns.md", root / "models")
    return root


@pytest.fixture
def staging_project(project: Project, _staging_root: Path) -> Project:
    """The project without the models above staging, which dbt parses in a fraction of the time."""
    return project.elsewhere(_staging_root)
