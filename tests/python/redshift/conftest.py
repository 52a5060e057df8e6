"""The project on Redshift's look-alike, through the real adapter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import pytest
import yaml
from dbt.contracts.results import RunResult

from project import ROOT, Project
from redshift.raw_types import retype_as_on_redshift
from redshift_lookalike.conftest import lookalike as lookalike
from redshift_lookalike.lookalike import Lookalike
from redshift_lookalike.session import Sent
from sandbox.server import Server
from sandbox.simulator import Mess, SimulationSettings
from streams.loads import land_simulation
from warehouse import Database

THREADS = 1
_NUMBERS = count(1)
"""Of built databases: other folders import the fixture, so a worker may have several."""


@dataclass(frozen=True)
class OnRedshift:
    """A project that was built on the look-alike.

    project: its dbt runs on the look-alike, its own queries go to the database behind.
    results: of the first build, by node.  statements: what that build sent.
    """

    project: Project
    lookalike: Lookalike
    results: Mapping[str, RunResult]
    statements: list[Sent]


@contextmanager
def project_on(lookalike: Lookalike, database: Database, work: Path) -> Iterator[Project]:
    """The project on a database behind the look-alike; `work` is an empty folder."""
    profiles = yaml.safe_load((ROOT / "profiles.example.yml").read_text(encoding="utf-8"))
    # Redshift's late-binding views lock nothing above them. The look-alike makes them anew, with all that
    # reads them, and two threads that do so may wait for each other for ever.
    profiles["delivery_platform"]["outputs"]["redshift"] |= {"sslmode": "disable", "threads": THREADS}
    (work / "profiles.yml").write_text(yaml.safe_dump(profiles), encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        for variable, value in lookalike.env.items():
            environment.setenv(variable, value)
        yield Project(database, work, target="redshift", threads=THREADS)


@pytest.fixture(scope="module")
def opened(
    server: Server, lookalike: Lookalike, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    """The project on the look-alike of a database that is empty at first, for the tests of a module."""
    database = Database(server, lookalike.env["REDSHIFT_DATABASE"])
    with project_on(lookalike, database, tmp_path_factory.mktemp("opened")) as project:
        yield project
    assert [sent.sql for sent in lookalike.statements if sent.refused] == []


@pytest.fixture(scope="session")
def settings(seed: int) -> SimulationSettings:
    """Some messy days, in which every kind of event occurs."""
    return SimulationSettings(
        seed=seed, start=date(2026, 8, 31), days=4, orders_per_day=30, mess=Mess.default()
    )


@pytest.fixture(scope="session")
def _built(
    server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory, settings: SimulationSettings
) -> Iterator[OnRedshift]:
    name = f"redshift_{worker_id}_{next(_NUMBERS)}"
    server.create_database(name, template="empty_warehouse")
    database = Database(server, name)
    with (
        Lookalike(server, name) as lookalike,
        project_on(lookalike, database, tmp_path_factory.mktemp("redshift")) as project,
    ):
        land_simulation(project, settings, tmp_path_factory.mktemp("events"))
        retype_as_on_redshift(project)
        results = project.dbt(
            "build", "--exclude-resource-type", "test", "unit_test", "saved_query", "exposure"
        )
        server.create_database(_saved(name), template=name)
        yield OnRedshift(project, lookalike, results, lookalike.statements)
    server.drop_database(name)
    server.drop_database(_saved(name))


@pytest.fixture
def built(_built: OnRedshift) -> Iterator[OnRedshift]:
    """The project after `dbt build` on messy days, without its tests, for one test that may change it."""
    yield _built
    _built.lookalike.forget()
    server, name = _built.project.database.server, _built.project.database.name
    server.drop_database(name)
    server.create_database(name, template=_saved(name))


def _saved(name: str) -> str:
    return f"{name}_saved"
