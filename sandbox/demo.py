"""The demonstration: simulate a fleet, land its events, build the project on them and show what came out."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from time import monotonic

from psycopg2.extensions import connection as Connection
from rich.console import Console
from rich.table import Table

from sandbox import profiles
from sandbox.dbt_build import BuildSummary, build
from sandbox.folders import PROJECT, default_directory
from sandbox.server import RAW_SCHEMA, Server
from sandbox.truth_report import TruthReport, compare


def run(console: Console) -> None:
    """Do all of it, saying what it does. Doing it again lands nothing twice. Raises SandboxError."""
    from sandbox.lander import land
    from sandbox.simulator import SimulationSettings, simulate, write

    server = Server(default_directory())
    events = server.directory / "events"
    with _step(console, "Start the embedded PostgreSQL"):
        server.start()
        profiles.write(PROJECT, server.socket_dir)
    settings = SimulationSettings()
    with _step(console, f"Simulate {settings.days} days of a fleet (synthetic data)"):
        write(simulate(settings), events)
    with closing(server.connect(user="loader")) as connection:
        with _step(console, "Land the events as raw tables"):
            land(connection, [events])
    summary = build(console, PROJECT)
    console.print(f"  dbt build [dim]{summary.seconds:.0f} s[/dim]", markup=True)
    with closing(server.connect(user="analyst")) as connection:
        console.print()
        _print_counts(console, server, summary)
        console.print(_funnel(connection))
        console.print(_outcomes(connection))
        _print_truth(console, compare(connection, events / "truth"))
    _print_next_steps(console)


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


def _print_counts(console: Console, server: Server, summary: BuildSummary) -> None:
    with closing(server.connect()) as connection, connection.cursor() as cursor:
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
    console.print(
        f"{summary.count('model', 'seed')} models and seeds built, {summary.count(*tests, status='pass')} tests passed,"
        f" {summary.count(*tests, status='warn')} warned."
    )
    for warning in summary.warnings:
        console.print(f"Warning: {warning}", style="yellow")


def _funnel(connection: Connection) -> Table:
    """The customer's funnel over all days."""
    steps = ("clicked", "confirmed", "succeeded", "opened")
    names = ("clicked unlock", "confirmed", "request succeeded", "lid opened")
    sums = ", ".join(f"sum({prefix}{step}_count)" for step in steps for prefix in ("", "strict_"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {sums} from analytics_marts.rpt_unlock_funnel_daily where origin = 'customer'"
        )
        counts = [int(count or 0) for count in cursor.fetchall()[0]]
    table = Table(title="Unlock funnel, customers' attempts", title_justify="left")
    for heading in ("step", "attempts", "of clicks", "in strict order"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for name, reached, strict in zip(names, counts[::2], counts[1::2], strict=True):
        share = f"{reached / counts[0]:.1%}" if counts[0] else "–"
        table.add_row(name, f"{reached:,}", share, f"{strict:,}")
    return table


def _outcomes(connection: Connection) -> Table:
    """Outcomes of all attempts by origin, with the success rate and the median time to open."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select
                origin,
                count(*),
                sum(case when outcome = 'opened' then 1 else 0 end),
                sum(case when outcome = 'opened_unverified' then 1 else 0 end),
                sum(case when outcome = 'failed' then 1 else 0 end),
                sum(case when outcome = 'abandoned' then 1 else 0 end),
                sum(case when outcome = 'pending' then 1 else 0 end),
                percentile_cont(0.5) within group (order by seconds_to_open)
            from analytics_marts.fct_unlock_attempts
            group by origin
            order by origin
            """
        )
        rows = cursor.fetchall()
    table = Table(title="Outcomes of attempts", title_justify="left")
    headings = (
        "origin",
        "attempts",
        "opened",
        "unverified",
        "failed",
        "abandoned",
        "pending",
        "success rate",
        "median s",
    )
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "origin" else "right")
    for origin, attempts, opened, unverified, failed, abandoned, pending, median in rows:
        decided = attempts - pending
        rate = f"{(opened + unverified) / decided:.1%}" if decided else "–"
        counts = (attempts, opened, unverified, failed, abandoned, pending)
        table.add_row(
            origin, *(f"{count:,}" for count in counts), rate, f"{median:.0f}" if median is not None else "–"
        )
    return table


def _print_truth(console: Console, report: TruthReport) -> None:
    console.print(
        f"Against what really happened in the simulation: {report.exact_count:,} of {report.order_count:,} orders have"
        " exactly the attempts they had."
    )
    for cause, count in report.causes.items():
        console.print(f"  {count:,} differ because {cause}")
    console.print(f"  {len(report.unexplained):,} differ for no known reason")
    console.print(
        "Attempts known by their robot only: {:,} there were, {:,} the mart has (events that lost their order id).".format(
            *report.without_order
        )
    )


def _print_next_steps(console: Console) -> None:
    here = Path.cwd()
    project = PROJECT.relative_to(here) if PROJECT.is_relative_to(here) else PROJECT
    programs = project / ".venv/bin"
    console.print(
        f"""
Look further:
  {programs}/python -m sandbox psql -c "select * from analytics_marts.rpt_unlock_funnel_daily order by 1, 2"
  {programs}/python -m sandbox psql         a prompt on the warehouse
  make docs                              the documentation site
  {programs}/python -m sandbox down         stop the warehouse (--delete removes its data)"""
    )
