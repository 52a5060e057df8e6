"""The answers of the analyses on the demonstration's data, which the analyses' descriptions show."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from difflib import unified_diff
from pathlib import Path
from typing import Any

from psycopg2.extras import RealDictCursor

from builds.runner import Dbt
from docsite.errors import DocsError
from sandbox import profiles
from sandbox.folders import default_directory
from sandbox.server import DEFAULT_DATABASE, Server

ROOT = Path(__file__).parents[1]
ANALYSES = ROOT / "analyses"
FILE = ANALYSES / "answers.md"
SHOWN_ROWS = 10

_HEAD = """# Answers of the analyses

`make answers` writes this file from the marts of `make demo`, whose data is synthetic. Do not edit it.
The question and how to read the answer are in the YAML beside each analysis. The documentation site has all.
"""

Row = Mapping[str, Any]


def renew(*, check: bool) -> int:
    """Write the answers, or with `check` compare them and show what differs; 0, or 1 if something does.

    Raises DocsError if the sandbox is not built or an analysis does not run.
    """
    _add_placeholders(check)
    found = "\n".join([_HEAD, *_sections()])
    if not check:
        FILE.write_text(found, encoding="utf-8")
        return 0
    written = FILE.read_text(encoding="utf-8")
    if written == found:
        return 0
    difference = unified_diff(
        written.splitlines(), found.splitlines(), "answers.md", "the demonstration", lineterm="", n=1
    )
    print("\n".join([*difference, "", "The answers have changed. Run: make demo answers"]), file=sys.stderr)
    return 1


def _add_placeholders(check: bool) -> None:
    """Give a new analysis an empty answer, for dbt does not read a description that names a missing one."""
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else _HEAD
    new = [name for name in _names() if f"{{% docs answer_{name} %}}" not in text]
    if new and check:
        raise DocsError(f"{FILE.name} has no answer of {', '.join(new)}. Run: make demo answers")
    if new:
        FILE.write_text(text + "".join(f"\n{_block(name, '')}" for name in new), encoding="utf-8")


def _names() -> list[str]:
    return [path.stem for path in sorted(ANALYSES.glob("*/*.sql"))]


def _sections() -> list[str]:
    """The answers of all analyses, a heading for each folder."""
    server = Server(default_directory())
    database = os.environ.get("SANDBOX_DATABASE", DEFAULT_DATABASE)
    os.environ |= server.dbt_environment(database)
    dbt = Dbt(ROOT, profiles.location(ROOT).parent, "sandbox", logging=("--log-level", "none"))
    outcome = dbt.run("compile", "--select", "path:analyses")
    if not outcome.success:
        raise DocsError(f"dbt compile failed. {outcome.failure}\nIs the demonstration built? Run: make demo")
    sections, folder = [], ""
    with closing(server.connect(database, user="analyst")) as connection:
        for path in sorted(ANALYSES.glob("*/*.sql")):
            node = outcome.results[path.stem].node
            with connection.cursor(cursor_factory=RealDictCursor) as cursor:
                cursor.execute(str(getattr(node, "compiled_code", "")))
                rows = [dict(row) for row in cursor.fetchall()]
            if path.parent.name != folder:
                folder = path.parent.name
                sections.append(f"## {folder.replace('_', ' ').capitalize()}\n")
            sections.append(_block(path.stem, answer(path.stem, node.config.meta.get("answer"), rows)))
    return sections


def answer(name: str, sentence: str | None, rows: Sequence[Row]) -> str:
    """The sentence with the values of the rows, and a table of the first rows.

    sentence: as for `str.format`, with the rows in their order: `{0[robot_id]}` is of the first.
    Raises DocsError if there is no sentence or no row.
    """
    if not sentence:
        raise DocsError(
            f"The analysis {name} has no sentence for its answer: config.meta.answer in its YAML."
        )
    if not rows:
        raise DocsError(f"The analysis {name} gives no rows.")
    columns = list(rows[0])
    lines = [
        sentence.strip().format(*rows),
        "",
        "| " + " | ".join(columns) + " |",
        "|---" * len(columns) + "|",
    ]
    for row in rows[:SHOWN_ROWS]:
        lines.append("| " + " | ".join(_shown(column, row[column]) for column in columns) + " |")
    if len(rows) > SHOWN_ROWS:
        lines += ["", f"And {len(rows) - SHOWN_ROWS} more rows."]
    return "\n".join(lines)


def _block(name: str, text: str) -> str:
    return f"### {name}\n\n{{% docs answer_{name} %}}\n{text}\n{{% enddocs %}}\n"


def _shown(column: str, value: object) -> str:
    """A value as it is read: rates in per cent, other fractions with one decimal, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool | str | date | datetime):
        return (
            re.sub(r"([|`*_<>])", r"\\\1", str(value))
            if column == "action_path"
            else str(value).replace("|", "\\|")
        )
    if isinstance(value, float | Decimal) and column.endswith("_rate"):
        return f"{value:.1%}"
    if isinstance(value, float) or (isinstance(value, Decimal) and value != int(value)):
        return f"{value:,.1f}"
    return f"{int(value):,}" if isinstance(value, int | Decimal) else str(value)
