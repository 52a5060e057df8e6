"""The command line of `python -m sandbox`: commands, options and their help."""

import argparse
from datetime import date, datetime, timezone
from pathlib import Path

_DESCRIPTION = """\
A warehouse for this project that needs nothing but Python: an embedded PostgreSQL, a simulated fleet
of delivery robots, and a lander that puts the fleet's events into raw tables as Segment does."""

_EPILOG = """\
Everything lies in the folder .sandbox at the root of the project, or in the one that SANDBOX_HOME names.
The database is delivery_platform, or the one that SANDBOX_DATABASE names; dbt goes by it, too.

  python -m sandbox up         start the warehouse
  python -m sandbox simulate   make events
  python -m sandbox land       put them into raw tables
  dbt build                    build the marts"""


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; the name of the chosen one is `command` in what it gives."""
    top = argparse.ArgumentParser(
        prog="python -m sandbox",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(metavar="command", dest="command", required=True)
    commands.add_parser(
        "up",
        help="start the warehouse",
        description="Start the warehouse, unless it runs, and write profiles.yml for dbt. "
        "It runs until `down`, or until the machine stops.",
    )
    down = commands.add_parser(
        "down",
        help="stop the warehouse",
        description="Stop the warehouse and end all connections. The data stays.",
    )
    down.add_argument("--delete", action="store_true", help="also remove all data of the warehouse")
    status = commands.add_parser(
        "status",
        help="show whether it runs and what has landed",
        description="Tell whether the warehouse runs, how to connect, and what has landed.",
    )
    status.add_argument("--tables", action="store_true", help="list the raw tables with their rows")
    _describe_simulate(
        commands.add_parser(
            "simulate",
            help="make events of a simulated fleet",
            description="Simulate a fleet and write what its apps and servers send: one file of Segment "
            "messages per sync, and beside them the truth, which says what really happened. The same "
            "settings always give the same files. "
            "Without options: three weeks of a small fleet, about 60,000 events.",
        )
    )
    _describe_land(
        commands.add_parser(
            "land",
            help="put events into raw tables",
            description="Land files of Segment messages, one JSON object per line, gzipped or not, "
            "in the raw tables. What has landed before is skipped. A folder gives its files *.ndjson, "
            "*.jsonl, *.json and *.gz. The exit code is 1 if a file has no message or cannot be read. "
            "docs/landing.md says what is accepted and how losses are reported.",
        )
    )
    # With another prefix character, options are arguments like any other: all of them go to psql.
    psql = commands.add_parser(
        "psql",
        help="open psql as the role that runs dbt; its own options may follow, such as -U analyst",
        add_help=False,
        prefix_chars="\0",
    )
    psql.add_argument("arguments", nargs="*")
    commands.add_parser(
        "demo",
        help="all of it: up, simulate, land, dbt build, results",
        description="Start the warehouse, simulate a fleet, land its events, build the marts, show results.",
    )
    return top


def _describe_simulate(simulate: argparse.ArgumentParser) -> None:
    simulate.add_argument("--seed", type=int, metavar="N", help="another story with the same settings")
    simulate.add_argument("--start", type=date.fromisoformat, metavar="YYYY-MM-DD", help="first day (UTC)")
    simulate.add_argument("--days", type=int, metavar="N", help="length of the story")
    simulate.add_argument("--orders-per-day", type=int, metavar="N", help="size of the fleet")
    simulate.add_argument("--sync-hours", type=int, metavar="N", help="hours from one sync to the next")
    simulate.add_argument(
        "--clean", action="store_true", help="nothing lost, late, repeated or broken, as there always is"
    )
    simulate.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where to write (default: .sandbox/events)"
    )


def _describe_land(land: argparse.ArgumentParser) -> None:
    land.add_argument("paths", nargs="*", type=Path, help="files or folders (default: .sandbox/events)")
    land.add_argument(
        "--loaded-at",
        type=_utc_time,
        metavar="TIME",
        help="when the rows claim to have landed, such as 2026-08-31T12:00:00Z "
        "(default: the time in the name of each file, or now)",
    )


def _utc_time(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
