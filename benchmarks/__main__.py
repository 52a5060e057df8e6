"""`python -m benchmarks`: measure, and print the figures as Markdown."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from time import perf_counter

from benchmarks import report
from benchmarks.funnels import funnel_summary, measure_funnels
from benchmarks.history import DAYS, land_history
from benchmarks.measures import SizeReport, measure, smallest_size
from benchmarks.peers import drift
from benchmarks.project import Project
from benchmarks.values import measure_values, value_summary
from sandbox.errors import SandboxError
from sandbox.programs import POSTGRES_VERSION
from sandbox.server import Server

_DATABASE = "benchmarks"
_ON_ROWS_MADE_BY_SQL: dict[str, Callable[[Project, Sequence[int], int, Callable[[str], None]], str]] = {
    "funnel": lambda *given: funnel_summary(measure_funnels(*given)),
    "values": lambda *given: value_summary(measure_values(*given)),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for and give the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    smallest, largest = min(options.events), max(options.events)
    least = smallest_size(largest)
    if smallest < least:
        parser.error(f"--events {smallest}: beside {largest} a size is at least {least}")
    folder = Path(tempfile.mkdtemp(prefix="benchmarks-"))
    folder.chmod(0o711)  # the server may have an account of its own
    server = Server(folder / "server", durable=False, alone=True)
    try:
        _measure(server, folder, options)
    except SandboxError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    finally:
        if options.keep:
            server.stop()
            print(f"Kept: {folder}", file=sys.stderr)
        else:
            server.delete()
            shutil.rmtree(folder)
    return 0


def _measure(server: Server, folder: Path, options: argparse.Namespace) -> None:
    tell = _Teller()
    server.start()
    if not options.only or "cost" in options.only:
        tell("simulate and land a year of events")
        server.create_database(_DATABASE)
        project = Project(server, _DATABASE, folder / "dbt")
        sizes = sorted(options.events)
        history = land_history(project, sizes[-1], folder / "events")
        shutil.rmtree(folder / "events")
        reports: list[SizeReport] = []
        for size in sizes:
            tell(f"{size:,} events")
            days = DAYS * size / sizes[-1]
            reports.append(measure(project, history, days, options.rounds, tell))
        tell("parse")
        parse_seconds = project.parse_seconds()
        print(f"{date.today()}, {report.machine()}, PostgreSQL {POSTGRES_VERSION} (embedded, fsync off)\n")
        print(report.summary(reports))
        print(f"\ndbt parses the whole project from nothing in {parse_seconds:.1f} s.")
        for each in reports:
            print(f"\n### {each.raw_rows:,} raw rows\n\n{report.by_model(each)}")
        sys.stdout.flush()
    for name, show in _ON_ROWS_MADE_BY_SQL.items():
        if not options.only or name in options.only:
            if _DATABASE not in server.databases():
                server.create_database(_DATABASE)
            project = Project(server, _DATABASE, folder / "dbt")
            print(f"\n{show(project, options.events, options.rounds, tell)}")
            sys.stdout.flush()
    if not options.only or "peers" in options.only:
        tell("peers")
        print(f"\n{drift(server, folder, tell)}")
    tell("done")


class _Teller:
    """Says on the standard error what is being done, and how many seconds have passed."""

    def __init__(self) -> None:
        self._began = perf_counter()

    def __call__(self, what: str) -> None:
        print(f"{perf_counter() - self._began:6.0f} s  {what}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--events",
        type=int,
        nargs="+",
        default=[1_000_000, 10_000_000],
        metavar="N",
        help="sizes of history in raw events; the largest takes a year, the others its last days, 30 or more",
    )
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often lines are measured")
    parser.add_argument(
        "--only", nargs="+", choices=("cost", *_ON_ROWS_MADE_BY_SQL, "peers"), help="not all of it"
    )
    parser.add_argument("--keep", action="store_true", help="keep the server's folder and tell where it is")
    return parser


if __name__ == "__main__":
    sys.exit(main())
