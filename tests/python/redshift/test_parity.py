"""The same raw rows, in the types that each warehouse gets from Segment, come to the same rows and types."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from builds.differences import assert_same_contents
from conformance.fixtures import FUTURE, Fixtures, fixtures
from conformance.raw_rows import RawRow, landing
from project import BOOKKEEPING, INCREMENTS, Project, Rows, open_project
from properties.adversarial import LOADS, Arrivals, hostile_arrivals
from properties.built import Manifest
from properties.laws import broken_laws
from properties.test_arrival import not_once_in_streams
from redshift.column_types import column_types, models
from redshift.conftest import project_on
from redshift_lookalike.lookalike import Lookalike
from sandbox.server import RAW_SCHEMA, Server
from warehouse import Database

WORLDS = 40
EMPTY = {
    "analytics_intermediate.int_landed_tracks",
    "analytics_marts.rpt_tracks_reconciliation",
    "analytics_marts.fct_rating_tags",
}
"""Relations that are empty where nothing but event tables has landed, and no rating is valid."""

ELSEWHERE = "America/Los_Angeles"
"""Where clocks tell another time than UTC."""

REPORTS = "{reporting_time_zone: America/New_York}"
"""In this zone clocks go forward on a day of the rows, the 9th of March 2025."""


@pytest.fixture
def projects(
    server: Server, worker_id: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Project]]:
    """The project on empty databases by adapter, each for a user whose sessions are not in UTC."""
    with ExitStack() as stack:
        name = f"parity_{worker_id}"
        server.create_database(name, template="empty_warehouse")
        stack.callback(server.drop_database, name)
        lookalike = stack.enter_context(Lookalike(server, name))
        opened = {
            "postgres": stack.enter_context(open_project(server, worker_id, tmp_path_factory)),
            "redshift": stack.enter_context(project_on(lookalike, Database(server, name), tmp_path)),
        }
        for project in opened.values():
            database = project.database.name
            project.execute(
                f"alter role transformer in database {database} set timezone to '{ELSEWHERE}'",
                user="postgres",
            )
        yield opened


def raw_rows(rng: random.Random, project: Project) -> tuple[Fixtures, Arrivals]:
    """Every column of every event table, and hostile rows among them, in two loads."""
    manifest = Manifest.of(project)
    made = fixtures(manifest.content)
    arrivals = hostile_arrivals(rng, manifest.event_tables, WORLDS, loads=2)
    rows = [
        replace(row, values=dict(row.values) | {"uuid_ts": LOADS[row.load - 1]})
        if row.values.get("uuid_ts") not in (None, FUTURE)
        else row
        for row in made.up_to(2)
    ]
    rows += [
        RawRow(
            row.event,
            row.load + 1,
            {name: value for name, value in row.values.items() if name in made.tables[row.event].columns},
        )
        for row in arrivals.rows
    ]
    return Fixtures(made.tables, rows), arrivals


def land(project: Project, adapter: str, raw: Fixtures, load: int) -> None:
    """Land the rows of a load in the types of an adapter's warehouse, on Redshift the last one first."""
    rows = raw.of_load(load)[:: -1 if adapter == "redshift" else 1]
    statements = landing(adapter, RAW_SCHEMA, raw.tables, rows, raw.up_to(load - 1))
    project.execute(";\n".join(statements), user="loader")


def contents(project: Project) -> dict[str, Rows]:
    """What all models hold, bookkeeping aside."""
    found: dict[str, Rows] = {}
    with closing(project.database.connect(user="transformer")) as connection, connection.cursor() as cursor:
        for relation in models(project).values():
            cursor.execute(f"select * from {relation}")
            columns = [column.name for column in cursor.description or ()]
            kept = [index for index, column in enumerate(columns) if column not in BOOKKEEPING]
            found[relation] = [tuple(row[index] for index in kept) for row in cursor.fetchall()]
    return found


def assert_alike(projects: dict[str, Project], arrivals: Arrivals) -> None:
    """Assert that both projects hold the same rows, some in every stream and mart, and obey the laws."""
    on_postgres, on_redshift = map(contents, projects.values())
    empty = {name for name, rows in on_postgres.items() if not rows and "_staging." not in name}
    assert empty == EMPTY
    assert_same_contents(on_postgres, on_redshift, arrivals.about)
    assert broken_laws(projects["redshift"]) == []


def test_hostile_rows_in_the_types_of_each_warehouse_come_to_the_same(
    projects: dict[str, Project], rng: random.Random
) -> None:
    for project in projects.values():
        project.dbt("seed")
    raw, arrivals = raw_rows(rng, projects["postgres"])
    for load, selected in ((1, ()), (2, INCREMENTS)):
        for adapter, project in projects.items():
            land(project, adapter, raw, load)
            project.dbt("run", *selected, "--vars", REPORTS)
            if load == 1:  # the second one has rows whose load time lies before the lookback window
                assert not_once_in_streams(project) == {}
        assert_alike(projects, arrivals)

    types = [column_types(project) for project in projects.values()]
    assert types[0] == types[1]
    assert [name for name, columns in types[0].items() if not columns] == []
