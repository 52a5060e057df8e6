"""`python -m conformance`: see `--help`."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from builds.target import profiles_folder
from conformance.checks import EXPECTED, run, write_expected
from conformance.dbt_project import ROOT
from conformance.errors import ConformanceError
from conformance.report import page, summary

RESULTS = Path(__file__).parent / "results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 if all checks passed, 1 if one failed, 2 if nothing could be run."""
    given = _parser().parse_args(arguments)
    at = datetime.now(timezone.utc)
    try:
        scratch = f"conformance_{secrets.token_hex(4)}"
        print(f"Working in schemas {scratch}_… of target {given.target}", flush=True)
        outcome = run(
            given.target, given.profiles_dir, scratch, given.expected, own_tests=not given.without_tests
        )
        if given.write_expected:
            write_expected(outcome, given.expected)
            print(f"Written to {given.expected}. Read the difference before you commit it.")
    except ConformanceError as error:
        print(error, file=sys.stderr)
        return 2
    given.results.mkdir(parents=True, exist_ok=True)
    result = given.results / f"{at:%Y-%m-%d_%H%M%S}_{given.target}.md"
    result.write_text(page(outcome, at), encoding="utf-8")
    print(summary(outcome))
    print(f"The result is in {result}.")
    return 0 if outcome.passed else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m conformance",
        description=(
            "Build the project on fixtures in scratch schemas of a warehouse, compare what comes out with "
            "what is expected, drop the schemas and write a page with the result."
        ),
    )
    parser.add_argument("--target", default="sandbox", help="a target of profiles.yml (default: sandbox)")
    parser.add_argument(
        "--profiles-dir",
        type=Path,
        default=profiles_folder(ROOT),
        help="the folder of profiles.yml (default: as dbt finds it)",
    )
    parser.add_argument(
        "--without-tests", action="store_true", help="leave out the project's data tests and unit tests"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder for the result")
    parser.add_argument("--expected", type=Path, default=EXPECTED, help="the folder of the expected contents")
    parser.add_argument(
        "--write-expected",
        action="store_true",
        help="make what this run gives the expectation (PostgreSQL only)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
