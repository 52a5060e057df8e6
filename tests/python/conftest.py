"""Fixtures for all tests: a warehouse server shared by one run, a fresh database per test, a seed."""

import fcntl
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import IO, Any

import pytest
from psycopg2.sql import SQL, Identifier

import hypothesis_profiles as hypothesis_profiles
import parsing
import sessions
import shortcuts
from crash.two_loads import _two_loads as _two_loads
from crash.two_loads import two_loads as two_loads
from groups import GroupScheduling, sort_groups, write_groups
from project import project as project
from sandbox.errors import SandboxError
from sandbox.file_lock import exclusive
from sandbox.server import Server
from simulated.built import simulated as simulated
from warehouse import Database

DEFAULT_SEED = 20260831

_FOLDER = pytest.StashKey[Path]()
_IN_USE = pytest.StashKey[IO[str]]()
_PREFIX = f"sandbox-tests-{os.geteuid()}-"
_GROUPS = "groups.json"
_TEMPLATE = "empty_warehouse"
_ROOM = 2 * 1024**3  # bytes


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of this run's servers; workers of pytest-xdist are told where it is."""
    shortcuts.take()
    sessions.reuse()
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[_FOLDER] = Path(worker["sandbox_folder"])
        parsing.share(config.stash[_FOLDER])
        return
    base = _base_folder()
    _remove_abandoned(base)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
    # The server has an account of its own if we are root. It may pass through; what is inside is private.
    folder.chmod(0o711)
    config.stash[_FOLDER] = folder
    parsing.share(folder)
    config.stash[_IN_USE] = _mark_in_use(folder)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where this run's servers are."""
    node.workerinput["sandbox_folder"] = str(node.config.stash[_FOLDER])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """Give the tests of a group to one worker."""
    return GroupScheduling(config, log, config.stash[_FOLDER] / _GROUPS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort the tests by group, and write down which group they are of."""
    sort_groups(items)
    write_groups(items, config.stash[_FOLDER] / _GROUPS)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop and remove this run's servers, when all workers have ended."""
    if _IN_USE in config.stash:
        _remove(config.stash[_FOLDER])
        config.stash[_IN_USE].close()


def pytest_report_header() -> str:
    """Name the seed of this run."""
    return f"seed: {_seed()} (set TEST_SEED to use another)"


@pytest.fixture(scope="session")
def seed() -> int:
    """The seed for every random choice of our own; `TEST_SEED` overrides it."""
    return _seed()


@pytest.fixture
def rng(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """Random numbers that depend on the seed and on the test, not on the order of tests."""
    return random.Random(f"{seed} {request.node.nodeid}")


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Server:
    """The server shared by all workers of this run. Tests leave it running; see also `new_server`."""
    shared = Server(pytestconfig.stash[_FOLDER] / "shared", durable=False)
    shared.start()
    with exclusive(pytestconfig.stash[_FOLDER] / "template.lock"):
        if _TEMPLATE not in shared.databases():
            shared.create_database(_TEMPLATE)
            # Whoever connects to a template keeps others from cloning it.
            closed = SQL("alter database {} allow_connections false").format(Identifier(_TEMPLATE))
            with closing(shared.connect("postgres", autocommit=True)) as connection:
                connection.cursor().execute(closed)
    return shared


@pytest.fixture(scope="session")
def _database_names(pytestconfig: pytest.Config) -> Iterator[str]:
    worker = getattr(pytestconfig, "workerinput", {"workerid": "main"})["workerid"]
    return (f"test_{worker}_{number}" for number in count(1))


@pytest.fixture
def database(server: Server, _database_names: Iterator[str]) -> Iterator[Database]:
    """A fresh database for one test, dropped afterwards."""
    name = next(_database_names)
    server.create_database(name, template=_TEMPLATE)
    yield Database(server, name)
    server.drop_database(name)


@pytest.fixture
def new_server(pytestconfig: pytest.Config) -> Iterator[Callable[[], Server]]:
    """Make servers, not started yet, that one test has to itself and may kill; removed afterwards."""
    with _server_folder(pytestconfig) as folder:
        numbers = count(1)
        yield lambda: Server(folder / str(next(numbers)), durable=False)


@pytest.fixture(scope="session")
def worker_server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """A running server that the tests of one worker have to themselves: who kills it starts it again."""
    with _server_folder(pytestconfig) as folder:
        server = Server(folder / "worker", durable=False)
        server.start()
        yield server


@contextmanager
def _server_folder(config: pytest.Config) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=config.stash[_FOLDER]))
    folder.chmod(0o711)
    yield folder
    _remove(folder)


def _seed() -> int:
    return int(os.environ.get("TEST_SEED", DEFAULT_SEED))


def _base_folder() -> Path:
    # Cloning a database makes hundreds of small files: ten times as fast in memory as on a disk.
    memory = Path("/dev/shm")
    with suppress(OSError):
        if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= _ROOM:
            return memory
    return Path(tempfile.gettempdir())


def _mark_in_use(folder: Path) -> IO[str]:
    """Lock a file in `folder`. The lock ends with this process, however it ends."""
    unlocked = folder / "in_use.unlocked"
    file = unlocked.open("w")
    fcntl.flock(file, fcntl.LOCK_EX)
    unlocked.rename(folder / "in_use")
    return file


def _remove_abandoned(base: Path) -> None:
    """Remove what earlier runs left that were killed before they could."""
    for folder in base.glob(f"{_PREFIX}*"):
        with suppress(OSError), (folder / "in_use").open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove `folder` with all servers below it."""
    for lock in (*folder.glob("*/lock"), *folder.glob("*/*/lock")):
        with suppress(SandboxError):  # whatever a test did to it, the others are to go
            Server(lock.parent).delete()
    shutil.rmtree(folder)
