"""The embedded PostgreSQL server: one per folder, on a Unix socket, kept running between commands."""

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import psycopg2
from psycopg2.errors import DiskFull, DuplicateDatabase, UniqueViolation
from psycopg2.extensions import connection as Connection
from psycopg2.sql import SQL, Identifier

from sandbox import access, pid_file, startup_log, tuning
from sandbox.access import RAW_SCHEMA
from sandbox.errors import SandboxError
from sandbox.file_lock import exclusive
from sandbox.folders import (
    check_owner,
    check_plain,
    disk_full,
    explained,
    make_private,
    remove_socket_folder,
    socket_folder,
    state_folder,
)
from sandbox.programs import (
    POSTGRES_VERSION,
    bin_folder,
    invoking_user,
    reachable_bin_folder,
    run,
    server_account,
)

__all__ = ["DEFAULT_DATABASE", "RAW_SCHEMA", "Server"]

DEFAULT_DATABASE = "delivery_platform"
_START_SECONDS = 120
_STOP_SECONDS = 60
_ORPHANS_SECONDS = 10


class Server:
    """A PostgreSQL server with its files in `directory`.

    It listens on a Unix socket only, in a folder that is closed to other users, and the socket admits nobody
    but the user who started it. It goes on running when the process that started it ends.
    """

    port = 5432

    def __init__(self, directory: Path, *, durable: bool = True, alone: bool | None = None) -> None:
        """Describe the server of `directory`; nothing starts yet.

        For `durable` and `alone` see `tuning.settings`. One that is not durable is for tests, and not alone,
        unless said otherwise.
        """
        self.directory = directory.expanduser().resolve()
        self.durable = durable
        self.alone = durable if alone is None else alone
        self._account = server_account()

    @property
    def state(self) -> Path:
        """The folder of everything that belongs to PostgreSQL; usually `directory`/postgres."""
        return state_folder(self.directory, self._account)

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.state / "data"

    @property
    def log(self) -> Path:
        """What PostgreSQL wrote since it started last."""
        return self.state / "server.log"

    def dbt_environment(self, database: str) -> dict[str, str]:
        """The environment variables by which the dbt target `sandbox` finds a database."""
        return {
            "SANDBOX_HOST": str(self.socket_dir),
            "SANDBOX_PORT": str(self.port),
            "SANDBOX_DATABASE": database,
        }

    def start(self) -> None:
        """Start the server unless it runs; make data folder, roles and default database if there are none.

        Raises SandboxError.
        """
        with self._locked():
            check_plain(self.state)
            if not self.is_running():
                make_private(self.state, self._account)
                programs = reachable_bin_folder(self._account)
                self._initialise(programs)
                self._configure()
                self._launch(programs)
            self._ensure_database(DEFAULT_DATABASE)
            with closing(self.connect("postgres", autocommit=True)) as connection:
                access.restrict_maintenance_databases(connection)

    def stop(self) -> None:
        """Stop the server and end its connections; if it does not run, do nothing. Raises SandboxError."""
        if not self.directory.is_dir():
            return
        with self._locked():
            if not self.is_running():
                return
            programs = reachable_bin_folder(self._account)
            arguments = ("-D", str(self.data), "-m", "fast", "-w", "-t", str(_STOP_SECONDS), "stop")
            stopped = run("pg_ctl", arguments, self._account, programs)
        if stopped.returncode != 0:
            raise SandboxError(f"PostgreSQL does not stop: {stopped.stderr.strip()} Its log is {self.log}.")

    def delete(self) -> None:
        """Stop the server and remove all of its files. Raises SandboxError."""
        self.stop()
        with explained(self.state):
            if self.state.exists():
                shutil.rmtree(self.state)
            remove_socket_folder(self.directory)
            (self.directory / "lock").unlink(missing_ok=True)

    def is_running(self) -> bool:
        """Whether the server runs. Raises SandboxError if its folder belongs to another user."""
        return self._find() is not None

    @property
    def pid(self) -> int:
        """The process id of the running server. Raises SandboxError if it does not run."""
        return self._running().pid

    @property
    def socket_dir(self) -> Path:
        """The folder of the running server's socket, the `host` of a connection.

        Raises SandboxError if the server does not run.
        """
        return self._running().socket_dir

    def connect(
        self, database: str = DEFAULT_DATABASE, user: str = "postgres", autocommit: bool = False
    ) -> Connection:
        """Connect to `database` as the role `user`. Raises SandboxError if that is not possible."""
        host = str(self.socket_dir)
        try:
            connection = psycopg2.connect(host=host, port=self.port, dbname=database, user=user)
        except psycopg2.OperationalError as error:
            raise SandboxError(f"Cannot connect to database {database} as {user}: {error}".strip()) from error
        connection.autocommit = autocommit
        return connection

    def ensure_database(self, name: str) -> None:
        """Make the database `name`, or complete it. If several processes do so at once, they take turns.

        Raises SandboxError.
        """
        with self._locked():
            self._ensure_database(name)

    def _ensure_database(self, name: str) -> None:
        if name not in self.databases():
            self.create_database(name)
            return
        with closing(self.connect(name)) as connection:
            is_whole = access.has_hash_key(connection)
        if not is_whole:  # the process that made it was killed, or made it with an older version
            self._prepare(name)

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make the database `name`, with the roles' schemas and rights, or as a copy of `template`.

        Nobody may be connected to `template` meanwhile. Raises SandboxError if `name` exists already.
        """
        statement = SQL("create database {} template {} strategy file_copy")
        with closing(self.connect("postgres", autocommit=True)) as connection, connection.cursor() as cursor:
            try:
                cursor.execute(statement.format(Identifier(name), Identifier(template or "template0")))
            except (DuplicateDatabase, UniqueViolation) as error:
                raise SandboxError(f"There is a database {name} already. Choose another name.") from error
            except DiskFull as error:
                raise disk_full(self.state) from error
        try:
            self._prepare(name, is_clone=template is not None)
        except BaseException:  # an interrupt, too, must not leave a database without its rights
            self.drop_database(name)
            raise

    def _prepare(self, name: str, is_clone: bool = False) -> None:
        """Give a new database its roles, rights and hash key. A clone has the hash key of its template."""
        with closing(self.connect(name)) as connection, connection:
            access.set_up_roles(connection)
        if not is_clone:
            with closing(self.connect(name, "transformer")) as connection, connection:
                access.make_hash_key(connection)

    def drop_database(self, name: str) -> None:
        """Remove the database `name`, if it is there, and end all connections to it."""
        with closing(self.connect("postgres", autocommit=True)) as connection, connection.cursor() as cursor:
            cursor.execute(SQL("drop database if exists {} with (force)").format(Identifier(name)))

    def databases(self) -> dict[str, int]:
        """The databases that are there and their sizes in bytes, by name."""
        with closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(
                "select datname, coalesce(pg_database_size(oid), 0) from pg_database"
                " where not datistemplate and datname <> 'postgres' order by datname"
            )
            return dict(cursor.fetchall())

    def psql(self, arguments: Sequence[str] = (), database: str = DEFAULT_DATABASE) -> NoReturn:
        """Become a psql session; psql's own `arguments` override the defaults. Raises SandboxError."""
        defaults = {
            "PGHOST": str(self.socket_dir),
            "PGPORT": str(self.port),
            "PGDATABASE": database,
            "PGUSER": "transformer",
        }
        program = bin_folder() / "psql"
        os.execve(program, ["psql", *arguments], os.environ | defaults)

    def _running(self) -> pid_file.PidFile:
        found = self._find()
        if found is None:
            raise SandboxError("The sandbox is not running. Start it: python -m sandbox up")
        return found

    def _find(self) -> pid_file.PidFile | None:
        """What the running server says about itself; None if it does not run."""
        with explained(self.state):
            if not self.state.exists():
                return None
            check_owner(self.state, self._account)
            found = pid_file.read(self.data)
        return found if found and pid_file.is_alive(found.pid, self.data) else None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with explained(self.directory):
            self.directory.mkdir(parents=True, exist_ok=True)
            with exclusive(self.directory / "lock"):
                yield

    def _initialise(self, programs: Path) -> None:
        """Make the data folder, whole or not at all; check the version of one that is there."""
        if self.data.exists():
            version = (self.data / "PG_VERSION").read_text().strip()
            if version != str(POSTGRES_VERSION):
                raise SandboxError(
                    f"{self.data} was made by PostgreSQL {version}, and this is {POSTGRES_VERSION}. "
                    "Everything in the sandbox can be made again: python -m sandbox down --delete, then up."
                )
            return
        unfinished = self.state / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        # PostgreSQL's own C.UTF-8: text compares by bytes, as on Redshift, yet lower() knows all letters.
        # Checksums would write every page once more when it is first read after a load.
        arguments = (
            *("--pgdata", str(unfinished), "--username", "postgres", "--encoding", "UTF8"),
            *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            *("--auth", "reject", "--no-data-checksums", "--no-instructions"),
            *(() if self.durable else ("--no-sync",)),
        )
        made = run("initdb", arguments, self._account, programs)
        if made.returncode != 0:
            raise startup_log.explain(made.stdout + made.stderr, self.state, self.log)
        unfinished.rename(self.data)

    def _configure(self) -> None:
        """Write PostgreSQL's settings; remove what a killed server left."""
        folder = socket_folder(self.state, self.directory, self._account)
        pid_file.remove_if_stale(folder / f".s.PGSQL.{self.port}.lock")
        pid_file.path(self.data).unlink(missing_ok=True)  # no server runs here
        values = tuning.settings(
            durable=self.durable,
            alone=self.alone,
            memory=tuning.memory_bytes(),
            cores=tuning.core_count(),
        ) | {
            "listen_addresses": "",
            "port": str(self.port),
            "unix_socket_directories": str(folder),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
        }
        (self.data / "postgresql.conf").write_text(tuning.render(values))
        # The kernel tells who is at the other end of the socket: only the user who starts the server gets in.
        (self.data / "pg_hba.conf").write_text("local all all peer map=sandbox\n")
        (self.data / "pg_ident.conf").write_text(f'sandbox "{invoking_user()}" all\n')

    def _launch(self, programs: Path) -> None:
        arguments = ("-D", str(self.data), "-l", str(self.log), "-w", "-t", str(_START_SECONDS), "start")
        patience_ends = time.monotonic() + _ORPHANS_SECONDS
        while True:
            self.log.unlink(missing_ok=True)
            started = run("pg_ctl", arguments, self._account, programs)
            if started.returncode == 0:
                return
            output = self.log.read_text(errors="replace") if self.log.exists() else started.stderr
            if startup_log.STILL_IN_USE not in output or time.monotonic() > patience_ends:
                raise startup_log.explain(output, self.state, self.log)
            time.sleep(0.2)
