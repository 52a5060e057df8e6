"""The commands of `python -m sandbox`."""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg2
from rich.console import Console

from sandbox.arguments import parser
from sandbox.errors import SandboxError
from sandbox.folders import PROJECT, default_directory, explained, shown
from sandbox.programs import POSTGRES_VERSION
from sandbox.server import DEFAULT_DATABASE, Server

_out = Console(soft_wrap=True, highlight=False, markup=False)
_err = Console(soft_wrap=True, highlight=False, markup=False, stderr=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code: 0, or 1 for what went wrong; exit 2 for what makes no sense."""
    options = parser().parse_args(arguments)
    try:
        _COMMANDS[options.command](options)
    except SandboxError as error:
        _err.print(f"Error: {error}", style="red")
        return 1
    except psycopg2.Error as error:
        _err.print(f"Error: PostgreSQL refused it: {error}".strip(), style="red")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _up(options: argparse.Namespace) -> None:
    from sandbox import profiles

    server = Server(default_directory())
    was_running = server.is_running()
    server.start()
    if _database() not in server.databases():
        server.create_database(_database())
    _out.print(
        f"The warehouse {'was already running' if was_running else 'is running'}: "
        f"PostgreSQL {POSTGRES_VERSION}, process {server.pid}, socket in {server.socket_dir}"
    )
    profile = profiles.location(PROJECT)
    if profiles.write(PROJECT, server.socket_dir):
        _out.print(f"The target `sandbox` in {shown(profile)} leads dbt to its database {_database()}.")
    else:
        _out.print(f"{shown(profile)} is your own and stays as it is.")
        _out.print(f"SANDBOX_HOST={server.socket_dir} leads dbt to the warehouse.")
    _out.print(
        "Next: python -m sandbox simulate   make events of a simulated fleet\n"
        "      python -m sandbox land       put them into raw tables\n"
        "      dbt build                    build the marts"
    )


def _down(options: argparse.Namespace) -> None:
    server = Server(default_directory())
    was_running = server.is_running()
    if options.delete:
        server.delete()
    else:
        server.stop()
    _out.print("The warehouse has stopped." if was_running else "The warehouse was not running.")
    if options.delete:
        _out.print("Its data is removed.")


def _status(options: argparse.Namespace) -> None:
    from sandbox import status

    found = status.look(Server(default_directory()), _database())
    _out.print("\n".join(status.overview(found)))
    if options.tables:
        _out.print(status.raw_tables(found))


def _simulate(options: argparse.Namespace) -> None:
    from sandbox.simulator import Mess, SettingsError, SimulationSettings, simulate, write

    names = ("seed", "start", "days", "orders_per_day", "sync_hours")
    chosen = {name: value for name in names if (value := getattr(options, name)) is not None}
    if options.clean:
        chosen["mess"] = Mess.none()
    try:
        settings = SimulationSettings(**chosen)
    except SettingsError as error:
        raise SandboxError(str(error)) from error
    folder = options.out or _events_folder()
    with explained(folder):
        files = write(simulate(settings), folder)
    syncs = sum(file.parent == folder for file in files)
    _out.print(f"{syncs} syncs are in {shown(folder)}, and what really happened in {shown(folder / 'truth')}")
    _out.print("Next: python -m sandbox land" + (f" {options.out}" if options.out else ""))


def _land(options: argparse.Namespace) -> None:
    from sandbox.lander import LandingError, land

    server = Server(default_directory())
    connection = server.connect(_database(), user="loader")
    try:
        report = land(connection, options.paths or [_events_folder()], loaded_at=options.loaded_at)
    except LandingError as error:
        if error.report is not None:
            _out.print(error.report)
        raise
    finally:
        connection.close()
    _out.print(report)
    _out.print("Next: dbt build")


def _psql(options: argparse.Namespace) -> None:
    Server(default_directory()).psql(options.arguments, _database())


def _demo(options: argparse.Namespace) -> None:
    from sandbox import demo

    demo.run(_out, _database())


def _database() -> str:
    return os.environ.get("SANDBOX_DATABASE", DEFAULT_DATABASE)


def _events_folder() -> Path:
    return default_directory() / "events"


_COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "up": _up,
    "down": _down,
    "status": _status,
    "simulate": _simulate,
    "land": _land,
    "psql": _psql,
    "demo": _demo,
}
