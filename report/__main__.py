"""`python -m report`: see `--help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from builds import target as targets
from report.build import build
from report.errors import ReportError
from report.marts import Marts
from report.period import DEFAULT_DAYS, chosen

ROOT = Path(__file__).parents[1]
_YEARS = range(1970, 3000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 if the report is written, 1 if it cannot be, 2 for wrong arguments."""
    given = _parser().parse_args(arguments)
    try:
        with targets.opened(ROOT, given.profiles_dir, given.target, given.database, name="report") as target:
            marts = Marts(target.handle, f"{target.schema}_marts")
            period = chosen(given.first, given.last, marts.known_days())
            text = build(marts, period, target.database)
        _write(given.output, text)
    except (ReportError, targets.TargetError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(f"Open {given.output} ({len(text.encode()) // 1024} KB), {period.first} to {period.last}.")
    return 0


def _write(output: Path, text: str) -> None:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReportError(
            f"Cannot write {output}: {error.strerror}. Give another file with --output."
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m report",
        description="Write one HTML file that shows what the marts say about some days. It opens from disk.",
    )
    parser.add_argument("--target", default="sandbox", help="a target of profiles.yml (default: sandbox)")
    parser.add_argument("--database", help="another database of the target's server (default: the target's)")
    parser.add_argument(
        "--profiles-dir",
        type=Path,
        default=targets.profiles_folder(ROOT),
        help="the folder of profiles.yml (default: as dbt finds it)",
    )
    parser.add_argument(
        "--from",
        dest="first",
        type=_day,
        metavar="YYYY-MM-DD",
        help=f"the first local day (default: {DEFAULT_DAYS} days in all)",
    )
    parser.add_argument(
        "--to", dest="last", type=_day, metavar="YYYY-MM-DD", help="the last local day (default: the newest)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("target/report.html"),
        help="the file to write (default: target/report.html)",
    )
    return parser


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day, such as 2026-09-20") from None
    if day.year not in _YEARS:
        raise argparse.ArgumentTypeError(f"{text!r} is not in the years {_YEARS[0]} to {_YEARS[-1]}")
    return day


if __name__ == "__main__":
    sys.exit(main())
