"""The commands of `python -m docsite`: `site`, from what `dbt docs generate` wrote, and `answers`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from docsite import answers, column_lineage, site
from docsite.errors import DocsError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code: 0, or 1 if it could not be done or the answers differ."""
    parser = argparse.ArgumentParser(prog="python -m docsite", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("site", help="static_index.html, erd.html and column_lineage.html in dbt's target")
    renew = commands.add_parser(
        "answers", help="renew the answers of the analyses from the marts of the sandbox"
    )
    renew.add_argument("--check", action="store_true", help="write nothing; fail if an answer differs")
    options = parser.parse_args(arguments)
    try:
        if options.command == "site":
            target = Path(os.environ.get("DBT_TARGET_PATH", "target"))
            site.write(target)
            column_lineage.write(target)
            return 0
        return answers.renew(check=options.check)
    except DocsError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
