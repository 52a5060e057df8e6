"""The models of unlocking and loading on either adapter, and commands of dbt that are held there."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from threading import Event

import pytest
import yaml

from builds.differences import assert_same_contents
from builds.runner import NO_FILES, Dbt
from concurrency.commands import Command
from concurrency.gates import FORGET_USER, Gate, PostgresGate, RedshiftGate
from concurrency.held import POLL_SECONDS
from concurrency.locks import locked_exclusively, waited_for
from concurrency.people import people
from parsing import SCHEMA, parsed_for
from project import ROOT, Project, Rows
from redshift.raw_types import retype_as_on_redshift
from sandbox.server import RAW_SCHEMA, Server
from sandbox.simulator import Mess, SimulationSettings
from streams.loads import ARCHIVE, arrive_in_cuts, land_simulation
from warehouse import Database

EVENTS = "int_unlock_attempt_events"
ATTEMPTS = "fct_unlock_attempts"
LOADS = "fct_load_attempts"
STREAM = "int_unlock_events"
INCREMENTAL = (STREAM, "int_server_unlock_events", "int_data_horizon", EVENTS, ATTEMPTS)
"""The models of unlocking, each after those that it reads. The horizon is known of the streams among them."""
TABLES = ("--select", *INCREMENTAL, "int_unlock_inputs", "int_data_horizon_inputs")
LOADING = ("--select", "int_server_load_events", "int_load_inputs", "int_load_attempt_events", LOADS)
GATES: dict[str, Callable[[Database, ExitStack], Gate]] = {"sandbox": PostgresGate, "redshift": RedshiftGate}
"""By the name of the target."""
RELATIONS = {
    name: f"analytics_{'marts' if name.startswith('fct') else 'intermediate'}.{name}"
    for name in (*INCREMENTAL, LOADS)
}
JOIN = f"""
    select count(*), count(attempts.unlock_attempt_id)
    from {RELATIONS[EVENTS]} as events
    left join {RELATIONS[ATTEMPTS]} as attempts on events.unlock_attempt_id = attempts.unlock_attempt_id
"""
"""An analyst's join of a parent and a child."""

_BUILT = "built"
_SIGNS = {"locked": "lock ", "written": "commit"}
_NEW = "2026-09-02"
_ENOUGH_ATTEMPTS = 10
_MESS = Mess(late=0.1, out_of_order=0.1, duplicate_in_later_sync=0.1, null_order_id=0.05, table_skip=0.1)


class Unlocking:
    """A database in which unlocking and loading are built from some days; the events of others are archived.

    first, second, third: commands, which may go on at the same time.
    statements: what an increment of all the archive sends, by model.
    """

    def __init__(self, database: Database, target: str, work: Path, stack: ExitStack) -> None:
        """Open the gates until `stack` is closed. `work` is an empty folder, the database is empty, too."""
        self.target = target
        self.work = work
        self._stack = stack
        self.project = Project(database, work)
        self.commands: list[Command] = []
        self.first, self.second, self.third = map(self.command, ("first", "second", "third"))
        self.statements: dict[str, list[str]] = {}

    def command(self, name: str, schema: str = SCHEMA) -> Command:
        """A process of dbt, not started yet, with its files in a folder of that name."""
        work = self.work / name
        work.mkdir()
        profiles = yaml.safe_load((ROOT / "profiles.example.yml").read_text(encoding="utf-8"))
        output = profiles["delivery_platform"]["outputs"][self.target]
        output |= {"schema": schema, "threads": 1}
        if self.target == "redshift":
            output["sslmode"] = "disable"
        (work / "profiles.yml").write_text(yaml.safe_dump(profiles), encoding="utf-8")
        dbt = Dbt(ROOT, work, self.target, work=work, logging=NO_FILES)
        manifest = parsed_for(self.target).manifest(self.project.database.name, schema)
        command = Command(GATES[self.target](self.project.database, self._stack), dbt, manifest)
        self._stack.callback(command.kill)
        self.commands.append(command)
        return command

    def prepare(self, seed: int) -> None:
        """Land and build the first days, archive the others."""
        settings = SimulationSettings(
            seed=seed, start=date(2026, 8, 31), days=4, orders_per_day=30, mess=_MESS, until_all_arrived=True
        )
        land_simulation(self.project, settings, self.work / "messages")
        if self.target == "redshift":
            retype_as_on_redshift(self.project)
        self.project.execute(f"create schema {ARCHIVE} authorization loader", user="postgres")
        for table in self.project.tables(RAW_SCHEMA):
            archived, is_new = table.replace(RAW_SCHEMA, ARCHIVE), f"uuid_ts >= '{_NEW}'"
            if self.project.query(f"select 1 from {table} where {is_new} limit 1", user="loader"):
                self.project.execute(
                    f"create table {archived} as select * from {table} where {is_new};"
                    f"delete from {table} where {is_new}",
                    user="loader",
                )
        self.first.run("run", "--select", f"+{ATTEMPTS}", f"+{LOADS}")
        self.save()
        self.land_rest()
        self.first.run("run", *TABLES)
        self.statements = {model: self.first.gate.statements(model) for model in INCREMENTAL}
        person = people(self.project, RELATIONS[STREAM])[0]
        person.delete_raw()
        self.first.run(*person.forget)
        self.statements[FORGET_USER] = self.first.gate.statements(FORGET_USER)

    @property
    def _saved(self) -> str:
        return f"{self.project.database.name}_{_BUILT}"

    def save(self) -> None:
        """Keep the database as it is now, for `reset`."""
        server = self.project.database.server
        server.create_database(self._saved, template=self.project.database.name)
        self._stack.callback(server.drop_database, self._saved)

    def reset(self) -> None:
        """Bring back the database as it was built."""
        server, name = self.project.database.server, self.project.database.name
        server.drop_database(name)
        server.create_database(name, template=self._saved)

    def land_rest(self) -> None:
        """Land all that is archived."""
        assert sum(next(arrive_in_cuts(self.project, 1, random.Random(0))).values()) > 0

    def place(self, name: str, moment: str) -> tuple[str, int]:
        """The place in the increment of a model, or in `forget_user`, that comes after a moment.

        moment: `locked`, it has its lock and has read nothing; `written`, it has committed nothing.
        """
        numbers = {
            moment: number
            for number, sql in enumerate(self.statements[name], 1)
            for moment, sign in _SIGNS.items()
            if sign in sql.lower()
        }
        return name, numbers[moment] + (moment == "locked")

    def settle(self) -> None:
        """Wait until each command that was started has ended, is held, or waits for a lock."""
        while sum(command.is_going for command in self.commands) > len(self.waited_for()):
            Event().wait(POLL_SECONDS)

    def waited_for(self) -> list[str]:
        """The relations whose locks sessions wait for, one for each that waits."""
        return waited_for(self.project)

    def locked_exclusively(self) -> list[str]:
        """The tables and views of dbt's schemas that someone has locked against readers, sorted."""
        return locked_exclusively(self.project)

    def content(self) -> dict[str, Rows]:
        """The rows of the models of unlocking."""
        return self.project.contents([RELATIONS[model] for model in INCREMENTAL])

    def assert_all_succeed(self, *commands: Command) -> None:
        """Let commands go on: none fails, and nowhere did two wait for each other."""
        outcomes = [command.outcome() for command in commands]
        failures = [outcome.failure or "failed" for outcome in outcomes if not outcome.success]
        assert failures == [], "\n".join(failures)
        # An adapter may repeat what was ended as a deadlock.
        ((deadlocks,),) = self.project.query(
            "select deadlocks from pg_stat_database where datname = current_database()"
        )
        assert deadlocks == 0

    def assert_next_run_is_as_a_full_refresh(self) -> None:
        """The next run makes of what has landed what a full refresh makes of it."""
        self.first.run("run", *TABLES)
        by_increments = self.content()
        self.first.run("run", "--full-refresh", *TABLES)
        full_refresh = self.content()
        assert len(full_refresh[RELATIONS[ATTEMPTS]]) > _ENOUGH_ATTEMPTS
        assert_same_contents(full_refresh, by_increments)

    def kill_busy(self) -> None:
        """Kill processes whose outcome nobody asked for: the next test would take it for its own."""
        for command in self.commands:
            command.kill_if_busy()


@pytest.fixture(scope="session", params=GATES)
def _unlocking(
    server: Server,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    request: pytest.FixtureRequest,
) -> Iterator[Unlocking]:
    name = f"unlocking_{request.param}_{worker_id}"
    server.create_database(name, template="empty_warehouse")
    with ExitStack() as stack:
        stack.callback(server.drop_database, name)
        work = tmp_path_factory.mktemp(name)
        unlocking = Unlocking(Database(server, name), request.param, work, stack)
        unlocking.prepare(seed)
        yield unlocking


@pytest.fixture
def unlocking(_unlocking: Unlocking) -> Iterator[Unlocking]:
    """Unlocking and loading built from some days, the other days in the archive; on each adapter."""
    _unlocking.reset()
    yield _unlocking
    _unlocking.kill_busy()
