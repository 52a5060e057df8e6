"""A warehouse in which one load is built and another has landed: where runs that go wrong begin."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from builds.differences import assert_same_contents
from builds.runner import NO_FILES, Dbt
from crash.proxy import Place, Proxy
from dbt_process import DbtProcess
from project import ROOT, Project, Rows
from sandbox.lander import land
from sandbox.server import RAW_SCHEMA, Server
from sandbox.simulator import Mess, SimulationSettings, simulate, write
from warehouse import Database

TABLES = ("--select", "config.materialized:incremental", "int_*_inputs")
"""The tables, and the views that increments read: who replaces a table drops the views on it."""
_PATIENCE_SECONDS = 60
HALF_LANDED = "half_landed"
LANDED = "landed"
_SCHEMAS = ("analytics_staging", "analytics_intermediate", "analytics_marts")
_NEW_LOAD = "sync_20260902"
_REST = "2026-09-03"
_MESS = Mess(
    late=0.1,
    out_of_order=0.1,
    duplicate_in_later_sync=0.1,
    null_order_id=0.05,
    wrong_epoch=0.02,
    table_skip=0.1,
)


class TwoLoads:
    """The warehouse and the project on it, always under the same name, behind a proxy.

    The states that `reset` brings back: `LANDED`, in which one load is built and another has landed, and
    `HALF_LANDED`, in which a part of the other is still to be landed by `land_rest`. `first` and `second` are
    processes of dbt, which may run at the same time. `full_refresh` is what a full refresh makes of all that
    has landed, by relation; `statements` what an increment from `LANDED` sends to the server, by model.
    """

    def __init__(self, server: Server, name: str, work: Path) -> None:
        self.server = server
        self.name = name
        self.proxy = Proxy(server)
        self.project = Project(Database(server, name), work)
        self.full_refresh: dict[str, Rows] = {}
        self.statements: dict[str, list[str]] = {}
        self._processes: dict[str, DbtProcess] = {}
        self._saved: list[str] = []

    @property
    def first(self) -> DbtProcess:
        """The dbt of most runs; started anew if it was killed."""
        return self._dbt("first")

    @property
    def second(self) -> DbtProcess:
        """The dbt of runs beside those of the first."""
        return self._dbt("second")

    def _dbt(self, name: str) -> DbtProcess:
        if name not in self._processes:
            work = self.project.work / name
            work.mkdir(exist_ok=True)
            shutil.copy(ROOT / "profiles.example.yml", work / "profiles.yml")
            dbt = Dbt(ROOT, work, "sandbox", work=work, logging=NO_FILES)
            self._processes[name] = DbtProcess(dbt, self.env, self.project.parsed)
        return self._processes[name]

    def kill_first(self) -> None:
        """Kill the first dbt, whatever it does."""
        self._processes.pop("first").kill()

    def kill_busy(self) -> None:
        """Kill processes whose outcome nobody asked for: the next test would take it for its own."""
        self.proxy.forget()
        for name in [name for name, process in self._processes.items() if process.is_busy]:
            self._processes.pop(name).kill()

    def run(self, *arguments: str) -> None:
        """Run `dbt run` with arguments; it must not fail."""
        outcome = self.first.run("run", *arguments)
        assert outcome.success, f"dbt run {' '.join(arguments)} failed\n{outcome.failure}"

    @property
    def env(self) -> dict[str, str]:
        """What a dbt process needs in its environment to work here, through the proxy."""
        return self.project.database.env | {"SANDBOX_HOST": str(self.proxy.folder)}

    def prepare(self, built: list[Path], landed: list[Path]) -> None:
        """Build the first files, land the others; note what a full refresh makes of all."""
        self.server.create_database(self.name)
        self._land(built)
        seeded = self.first.run("seed")
        assert seeded.success, seeded.failure
        self.run()
        before = self.content()
        self._land(landed)
        # A load may bring columns. The views are as they must be for all that follows.
        self.run("--select", "config.materialized:view")
        self.save(LANDED)
        self._take_back()
        self.save(HALF_LANDED)
        self.reset()
        self.run(*TABLES)
        self.statements = {model: self.proxy.statements(model) for model in self.incremental_models()}
        self.reset()
        self.run("--full-refresh", *TABLES)
        self.full_refresh = self.content()
        for model in self.incremental_models():
            relation = self.relation(model)
            assert before[relation] != self.full_refresh[relation], f"the new load has nothing for {model}"

    def run_views_on_tables(self) -> None:
        """Run the views that read models: whoever replaces a table drops those."""
        self.run("--select", "config.materialized:view", "--exclude", "path:models/staging")

    def _take_back(self) -> None:
        """Put rows that came last aside, for `land_rest`."""
        self.project.execute("create schema later authorization loader", user="postgres")
        for table in self.project.tables(RAW_SCHEMA):
            later = table.replace(RAW_SCHEMA, "later")
            self.project.execute(
                f"create table {later} as select * from {table} where uuid_ts >= '{_REST}';"
                f"delete from {table} where uuid_ts >= '{_REST}'",
                user="loader",
            )

    def land_rest(self) -> None:
        """Land what `HALF_LANDED` lacks; nothing in another state."""
        for later in self.project.tables("later"):
            table = later.replace("later", RAW_SCHEMA)
            self.project.execute(f"insert into {table} select * from {later}", user="loader")

    def save(self, state: str) -> None:
        """Keep the warehouse as it is now under a name."""
        self.wait_until_idle()
        self.server.create_database(f"{self.name}_{state}", template=self.name)
        self._saved.append(state)

    def reset(self, state: str = LANDED) -> None:
        """Bring back a saved state; forget what the proxy saw."""
        self.proxy.forget()
        self.server.drop_database(self.name)
        self.server.create_database(self.name, template=f"{self.name}_{state}")

    def discard(self, state: str) -> None:
        """Remove a saved state."""
        self.server.drop_database(f"{self.name}_{state}")
        self._saved.remove(state)

    def end_processes(self) -> None:
        """End the processes. The next run starts another, with what the project is then."""
        for process in self._processes.values():
            process.kill()
        self._processes.clear()

    def delete(self) -> None:
        """End the processes, remove the databases."""
        self.end_processes()
        for state in list(self._saved):
            self.discard(state)
        self.server.drop_database(self.name)

    def models(self) -> dict[str, dict[str, Any]]:
        """The project's models as the manifest has them, by name."""
        nodes = self.project.manifest["nodes"].values()
        return {node["name"]: node for node in nodes if node["resource_type"] == "model"}

    def incremental_models(self) -> list[str]:
        """The names of the incremental models, sorted."""
        models = self.models().items()
        return sorted(name for name, node in models if node["config"]["materialized"] == "incremental")

    def last_before_commit(self, model: str) -> Place:
        """The place at which an increment of a model has written all and committed nothing."""
        commits = [number for number, sql in enumerate(self.statements[model]) if sql == "COMMIT"]
        assert commits, f"no commit of {model}"
        return Place(model, commits[0], executed=True)

    def somewhere(self, rng: random.Random) -> Place:
        """A place in the increment of some model."""
        model = rng.choice(self.incremental_models())
        return Place(model, rng.randint(1, len(self.statements[model])), rng.choice([False, True]))

    def relation(self, model: str) -> str:
        """The relation of a model, as `schema.name`."""
        node = self.models()[model]
        return f"{node['schema']}.{node['alias']}"

    def content(self) -> dict[str, Rows]:
        """The rows of all tables."""
        return self.project.contents([self.relation(model) for model in self.incremental_models()])

    def wait_until_idle(self) -> None:
        """Wait until nobody is connected any more: a server process outlives its link by a moment."""
        others = f"from pg_stat_activity where datname = '{self.name}' and pid <> pg_backend_pid()"
        wait = f"""
            do $$
            begin
                for moment in 1..{_PATIENCE_SECONDS * 100} loop
                    perform pg_stat_clear_snapshot();
                    if not exists (select {others}) then return; end if;
                    perform pg_sleep(0.01);
                end loop;
                raise 'someone is still connected to {self.name}';
            end $$
        """
        with closing(self.server.connect("postgres", autocommit=True)) as connection:
            connection.cursor().execute(wait)

    def is_waiting(self) -> bool:
        """Whether a session waits for a lock that another has."""
        return bool(
            self.project.query(
                "select 1 from pg_stat_activity"
                " where datname = current_database() and wait_event_type = 'Lock'",
                user="postgres",
            )
        )

    def assert_as_after_full_refresh(self, case: object) -> None:
        """Every table has the rows that a full refresh gives, every view is there, and nothing is left."""
        there = {*self.project.tables(*_SCHEMAS)}
        assert {*map(self.relation, self.models())} - there == set(), f"lost: {case}"
        assert self.leftovers() == [], f"left over: {case}"
        assert_same_contents(
            self.full_refresh, self.content(), lambda _: f"not as after a full refresh: {case}"
        )

    def leftovers(self) -> list[str]:
        """Relations in dbt's schemas that belong to no model or seed.

        Temporary ones end with their session; if that ends with its server, PostgreSQL removes them later.
        """
        self.wait_until_idle()
        nodes = self.project.manifest["nodes"].values()
        known = {f"{node['schema']}.{node['alias']}" for node in nodes if "alias" in node}
        known |= {
            f"analytics_intermediate.{model}__watermarks" for model in [*self.incremental_models(), "views"]
        }
        return sorted({*self.project.tables(*_SCHEMAS)} - known)

    def _land(self, paths: list[Path]) -> None:
        with closing(self.project.database.connect(user="loader")) as connection:
            land(connection, paths)


@contextmanager
def two_loads_on(server: Server, work: Path, seed: int) -> Iterator[TwoLoads]:
    """The warehouse on a server, with the files of its processes in the folder `work`."""
    settings = SimulationSettings(
        seed=seed,
        start=date(2026, 8, 31),
        days=4,
        orders_per_day=50,
        mess=_MESS,
        until_all_arrived=True,
    )
    paths = sorted(path for path in write(simulate(settings), work / "messages") if path.suffix == ".gz")
    built = [path for path in paths if path.name < _NEW_LOAD]
    _add_rare_events(paths[-1])
    loads = TwoLoads(server, "two_loads", work)
    with loads.proxy:
        try:
            loads.prepare(built, paths[len(built) :])
            yield loads
        finally:
            loads.delete()


def _add_rare_events(load: Path) -> None:
    """Add to a load what may not happen in a few days, so that it has news for every model."""
    events = (
        *("Pilot Initiated Reassignment", "Pilot Submitted Reassignment"),
        *("Pilot Cancel Trip", "Pilot Route Issue", "Node Auto Launch"),
    )
    lines = gzip.decompress(load.read_bytes()).splitlines()
    last = json.loads(lines[-1])
    for number, event in enumerate(events):
        message = {name: last[name] for name in ("receivedAt", "sentAt", "originalTimestamp", "timestamp")}
        message |= {"type": "track", "messageId": f"rare-{number}", "event": event, "context": {}}
        message |= {"userId": "p1", "properties": {"order_id": "rare", "robot_id": "rare", "trip_id": "rare"}}
        lines.append(json.dumps(message).encode())
    load.write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))


@pytest.fixture(scope="session")
def _two_loads(
    worker_server: Server, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> Iterator[TwoLoads]:
    with two_loads_on(worker_server, tmp_path_factory.mktemp("two_loads"), seed) as loads:
        yield loads


@pytest.fixture
def two_loads(_two_loads: TwoLoads) -> Iterator[TwoLoads]:
    """The warehouse with one load built and another landed."""
    _two_loads.reset()
    yield _two_loads
    _two_loads.kill_busy()
