"""The project on a simulation: built once in a run of the tests, by whichever worker is first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pytest

from project import project_on
from sandbox.file_lock import exclusive
from sandbox.server import Server
from sandbox.simulator import Mess, SimulationSettings
from streams.loads import land_simulation
from warehouse import Database

NAME = "simulated"
FIRST_DAY = date(2026, 8, 31)
DAYS = 10


@dataclass(frozen=True)
class NodeResult:
    """What became of a node of dbt."""

    resource_type: str
    status: str


@dataclass(frozen=True)
class Simulated:
    """A database after `dbt build`, whose rows tests leave as they are: results by node, and warnings."""

    database: Database
    results: Mapping[str, NodeResult]
    warnings: list[str]


@pytest.fixture(scope="session")
def simulated(server: Server, tmp_path_factory: pytest.TempPathFactory, seed: int) -> Simulated:
    """The project built on ten messy days, in which every kind of event occurs, without unit tests."""
    shared = server.directory.parent  # all workers have this folder
    database, written = Database(server, NAME), shared / "simulated.json"
    with exclusive(shared / "simulated.lock"):
        if not written.exists():
            server.drop_database(NAME)
            server.create_database(NAME)
            written.write_text(json.dumps(_built(database, tmp_path_factory, seed)), encoding="utf-8")
    content = json.loads(written.read_text(encoding="utf-8"))
    results = {name: NodeResult(*result) for name, result in content["results"].items()}
    return Simulated(database, results, content["warnings"])


def _built(database: Database, tmp_path_factory: pytest.TempPathFactory, seed: int) -> dict[str, object]:
    settings = SimulationSettings(
        seed=seed, start=FIRST_DAY, days=DAYS, orders_per_day=100, mess=Mess.default()
    )
    with project_on(database, tmp_path_factory) as project:
        land_simulation(project, settings, tmp_path_factory.mktemp("events"))
        results = project.dbt("build", "--exclude-resource-type", "unit_test", "saved_query", "exposure")
        return {
            "results": {
                name: (str(result.node.resource_type), str(result.status)) for name, result in results.items()
            },
            "warnings": project.warnings,
        }
