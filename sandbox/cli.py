"""The commands of `python -m sandbox`."""

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import psycopg2
from rich.console import Console

from sandbox.arguments import parser
from sandbox.errors import SandboxError
from sandbox.folders import PROJECT, default_directory, explained, shown
from sandbox.programs import POSTGRES_VERSION
from sandbox.server import DEFAULT_DATABASE, Server
from sandbox.terminal import printable

_out = Console(soft_wrap=True, highlight=False, markup=False)
_err = Console(soft_wrap=True, highlight=False, markup=False, stderr=True)

_MAX_DATABASE_BYTES = 63
"""Bytes of a name in PostgreSQL."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code: 0, or 1 for what went wrong; exit 2 for what makes no sense."""
    options = parser().parse_args(arguments)
    try:
        _COMMANDS[options.command](options)
    except SandboxError as error:
        _complain(str(error))
        return 1
    except psycopg2.Error as error:
        _complain(f"PostgreSQL refused it: {error}".strip())
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _say(text: str) -> None:
    _out.print(printable(text, also="\n"))


def _complain(text: str) -> None:
    _err.print(f"Error: {printable(text, also=chr(10))}", style="red")


def _up(options: argparse.Namespace) -> None:
    from sandbox import profiles

    server = Server(default_directory())
    was_running = server.is_running()
    server.start()
    server.ensure_database(_database())
    _say(
        f"The warehouse {'was already running' if was_running else 'is running'}: "
        f"PostgreSQL {POSTGRES_VERSION}, process {server.pid}, socket in {server.socket_dir}"
    )
    profile = profiles.location(PROJECT)
    if profiles.write(PROJECT, server.socket_dir):
        _say(f"The target `sandbox` in {shown(profile)} leads dbt to its database {_database()}.")
    else:
        _say(f"{shown(profile)} is your own and stays as it is.")
        _say(f"SANDBOX_HOST={server.socket_dir} leads dbt to the warehouse.")
    _say(
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
    _say("The warehouse has stopped." if was_running else "The warehouse was not running.")
    if options.delete:
        _say("Its data is removed.")


def _status(options: argparse.Namespace) -> None:
    from sandbox import status

    found = status.look(Server(default_directory()), _database())
    _say("\n".join(status.overview(found)))
    if options.tables:
        _out.print(status.raw_tables(found))


def _simulate(options: argparse.Namespace) -> None:
    from sandbox.simulator import DEMONSTRATION, Mess, SettingsError, simulate, write

    names = ("seed", "start", "days", "orders_per_day", "sync_hours")
    chosen = {name: value for name in names if (value := getattr(options, name)) is not None}
    if options.clean:
        chosen["mess"] = Mess.none()
    try:
        settings = replace(DEMONSTRATION, **chosen)
    except SettingsError as error:
        raise SandboxError(str(error)) from error
    folder = options.out or _events_folder()
    with explained(folder):
        files = write(simulate(settings), folder)
    syncs = sum(file.parent == folder for file in files)
    _say(f"{syncs} syncs are in {shown(folder)}, and what really happened in {shown(folder / 'truth')}")
    _say("Next: python -m sandbox land" + (f" {options.out}" if options.out else ""))


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
    if report.refused_count:
        raise SandboxError(
            f"{report.refused_count:,} of {len(report.files):,} files have not landed: they have no message. "
            "Each line has to be a Segment message as one JSON object."
        )
    _say("Next: dbt build")


def _psql(options: argparse.Namespace) -> None:
    Server(default_directory()).psql(options.arguments, _database())


def _demo(options: argparse.Namespace) -> None:
    from sandbox import demo

    demo.run(_out, _database())


def _database() -> str:
    name = os.environ.get("SANDBOX_DATABASE", DEFAULT_DATABASE)
    if not (name.isprintable() and 0 < len(name.encode()) <= _MAX_DATABASE_BYTES):
        raise SandboxError(
            f"SANDBOX_DATABASE has to be a name of 1 to {_MAX_DATABASE_BYTES} bytes, "
            f"without control characters. It is {name!r}."
        )
    return name


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
