"""The demonstration: simulate a fleet, land its events, build the project on them and show what came out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic

from psycopg2.extensions import connection as Connection
from rich.console import Console

from sandbox import demo_report, profiles
from sandbox.dbt_build import BuildSummary, build
from sandbox.errors import SandboxError
from sandbox.folders import PROJECT, default_directory, shown
from sandbox.lander import ledger
from sandbox.lander.reader import sha256_of
from sandbox.server import DEFAULT_DATABASE, RAW_SCHEMA, Server
from sandbox.simulator.clock import CITY_TIME_ZONE
from sandbox.truth_marts import UNLOCK_ATTEMPTS
from sandbox.truth_report import TruthReport, compare

VARS = f"{{reporting_time_zone: {CITY_TIME_ZONE}, silence_weeks: 2}}"
"""Vars of the demonstration's build: the zone of its city, and two weeks to compare a silence with."""


def run(console: Console, database: str) -> None:
    """Do all of it in a database of the sandbox, saying what it does. Doing it again lands nothing twice.

    Raises SandboxError, also where events of another origin have landed in the database.
    """
    from sandbox.lander import land
    from sandbox.simulator import DEMONSTRATION, simulate, write

    server = Server(default_directory())
    events = server.directory / "events"
    with _step(console, "Start the embedded PostgreSQL"):
        server.start()
        server.ensure_database(database)
        profiles.write(PROJECT, server.socket_dir)
        os.environ |= server.dbt_environment(database)
    with _step(console, f"Simulate {DEMONSTRATION.days} days of a fleet (synthetic data)"):
        files = write(simulate(DEMONSTRATION), events)
    with (
        _step(console, "Land the events as raw tables"),
        closing(server.connect(database, user="loader")) as connection,
    ):
        _check_origin(connection, database, files)
        land(connection, [events])
    summary = build(console, PROJECT, VARS)
    console.print(f"  dbt build [dim]{summary.seconds:.0f} s[/dim]", markup=True)
    with closing(server.connect(database, user="analyst")) as connection:
        console.print()
        _print_counts(console, server, database, summary, connection)
        for table in demo_report.tables(connection):
            console.print(table)
        _print_truth(console, compare(connection, events / "truth", UNLOCK_ATTEMPTS))
    _print_next_steps(console, database)


class _step:
    """Shows what is being done and, when it is done, how long it took."""

    def __init__(self, console: Console, what: str) -> None:
        self._console = console
        self._what = what
        self._status = console.status(f"{what} …")

    def __enter__(self) -> None:
        self._began = monotonic()
        self._status.start()

    def __exit__(self, *error: object) -> None:
        self._status.stop()
        if error[0] is None:
            self._console.print(f"  {self._what} [dim]{monotonic() - self._began:.0f} s[/dim]", markup=True)


def _check_origin(connection: Connection, database: str, files: Sequence[Path]) -> None:
    """See to it that synthetic events do not come beside others, be they real or of another simulation."""
    with connection, connection.cursor() as cursor:
        others = ledger.other_files(cursor, RAW_SCHEMA, {sha256_of(path) for path in files if path.is_file()})
    if others:
        raise SandboxError(
            f"The database {database} holds other events than the demonstration's, such as {others[0]}. "
            "Give the demonstration another database: SANDBOX_DATABASE=demo make demo"
        )


def _print_counts(
    console: Console, server: Server, database: str, summary: BuildSummary, marts: Connection
) -> None:
    with closing(server.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from information_schema.tables where table_schema = %s", (RAW_SCHEMA,)
        )
        ((table_count,),) = cursor.fetchall()
        cursor.execute(f"select count(*), count(distinct id) from {RAW_SCHEMA}.tracks")
        ((row_count, id_count),) = cursor.fetchall()
    tests = ("test", "unit_test")
    console.print(
        f"{row_count:,} raw rows of {id_count:,} events in {table_count - 1} event tables (synthetic)."
    )
    built, passed = summary.count("model", "seed"), summary.count(*tests, status="pass")
    console.print(f"{built} models and seeds built, {passed} tests passed.")
    if summary.drifting:
        console.print(
            f"{len(summary.drifting)} tables landed otherwise than the contract declares, as they may:"
            f" {', '.join(summary.drifting)}."
        )
    for finding in demo_report.findings(marts):
        console.print(finding, style="yellow")
    for warning in summary.warnings:
        console.print(f"Warning: {warning}", style="yellow")
    console.print()


def _print_truth(console: Console, report: TruthReport) -> None:
    console.print(
        "Against what really happened in the simulation:"
        f" {report.exact_count:,} of {report.entity_count:,} orders have exactly the attempts they had."
    )
    for cause, count in report.causes.items():
        console.print(f"  {count:>3,} not, because {cause}")
    console.print(f"  {len(report.unexplained):>3,} not, for no known reason")
    real, built = report.without_key
    console.print(
        f"Attempts known by their robot only: {real:,} there were, {built:,} the mart has"
        " (with events that lost their order id)."
    )


def _print_next_steps(console: Console, database: str) -> None:
    chosen = "" if database == DEFAULT_DATABASE else f"SANDBOX_DATABASE={database} "
    sandbox = f"{shown(Path(sys.executable))} -m sandbox"
    funnel = (
        "select start_date, origin, attempt_count, success_rate from analytics_marts.rpt_unlock_funnel_daily"
    )
    commands = {
        f"{chosen}{sandbox} psql": "a prompt on the warehouse",
        f"{chosen}make report": "what the marts say, as one page",
        f"{chosen}make docs": "the documentation site",
        f"{sandbox} down": "stop the warehouse (--delete removes its data)",
    }
    width = max(map(len, commands))
    console.print("\nLook further:")
    console.print(f'  {chosen}{sandbox} psql -c "{funnel} order by 1, 2"')
    for command, what in commands.items():
        console.print(f"  {command:{width}}  {what}")
