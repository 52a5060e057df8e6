"""A built project with history, for tests that change its raw rows, clocks or tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from dbt.contracts.graph.nodes import ModelNode

from deep import deep
from parsing import parsed_for
from project import Project, open_project, prepared
from properties.built import Manifest
from redshift.conftest import OnRedshift
from redshift.conftest import _built as _built
from redshift.conftest import built as built
from redshift.conftest import settings as settings
from sandbox.server import RAW_SCHEMA, Server
from sandbox.simulator import Mess, SimulationSettings
from streams.loads import land_simulation

CHEAP_RUN = ("--select", "+config.materialized:incremental")
"""The tables, and the views that they read."""


@pytest.fixture(scope="session")
def _built_on_postgres(
    server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> Iterator[str]:
    history = SimulationSettings(
        seed=seed, start=date(2026, 8, 31), days=4, orders_per_day=30, mess=Mess.default()
    )

    def prepare(project: Project) -> None:
        land_simulation(project, history, tmp_path_factory.mktemp("events"))
        project.dbt("seed")
        project.dbt("run")

    with prepared(server, worker_id, tmp_path_factory, "years", prepare) as template:
        yield template


@pytest.fixture
def on_postgres(
    server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory, _built_on_postgres: str
) -> Iterator[Project]:
    """The built project on PostgreSQL, for one test."""
    with open_project(server, worker_id, tmp_path_factory, template=_built_on_postgres) as project:
        yield project


@pytest.fixture
def on_redshift(built: OnRedshift) -> Project:
    """The built project on the look-alike, for one test."""
    return built.project


@pytest.fixture(params=["on_postgres", pytest.param("on_redshift", marks=deep)])
def in_use(request: pytest.FixtureRequest) -> Project:
    """The built project on each adapter in turn."""
    project: Project = request.getfixturevalue(request.param)
    return project


def raw_columns(project: Project) -> dict[str, list[str]]:
    """The columns of each raw table, in their order."""
    columns: dict[str, list[str]] = {}
    for table, column in project.query(
        "select table_name::text, column_name::text from information_schema.columns"
        f" where table_schema = '{RAW_SCHEMA}' order by 1, ordinal_position",
        user="loader",
    ):
        columns.setdefault(table, []).append(column)
    return {table: found for table, found in columns.items() if table in Manifest.of(project).event_tables}


def with_other_sql(project: Project) -> Project:
    """The project with other SQL of each view, and of each table that reads no view: nothing, in jinja."""
    manifest = parsed_for(project.target).manifest(project.database.name)
    models = {name: node for name, node in manifest.nodes.items() if isinstance(node, ModelNode)}
    views = {name for name, node in models.items() if node.config.materialized == "view"}
    for name, node in models.items():
        if name in views or views.isdisjoint(node.depends_on.nodes):
            node.raw_code += " {{ '' }}"
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return Project(project.database, project.work, project.target, project.threads, manifest)


TIMES = ("timestamp", "original_timestamp", "sent_at", "received_at", "uuid_ts")


def land_next_load(project: Project) -> None:
    """Land what was loaded in the last day once more, a day later, as other events of other orders."""
    statements = []
    for table, columns in raw_columns(project).items():
        values = []
        for column in columns:
            quoted = f'"{column}"'
            if column in TIMES:
                quoted += " + interval '1 day'"
            elif column in ("id", "order_id", "delivery_id", "trip_id"):
                quoted += " || '+'"
            values.append(quoted)
        names = ", ".join(f'"{column}"' for column in columns)
        newest = f"(select max(uuid_ts) - interval '1 day' from {RAW_SCHEMA}.{table})"
        statements.append(
            f"insert into {RAW_SCHEMA}.{table} ({names})"
            f" select {', '.join(values)} from {RAW_SCHEMA}.{table} where uuid_ts > {newest}"
        )
    project.execute(";\n".join(statements), user="loader")
