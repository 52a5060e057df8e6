"""The answers of the analyses on the demonstration's data, which the analyses' descriptions show."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from difflib import unified_diff
from pathlib import Path
from typing import Any

from psycopg2.extensions import connection as Connection
from psycopg2.extras import RealDictCursor

from builds.runner import Dbt
from docsite.errors import DocsError
from sandbox import demo, profiles
from sandbox.folders import default_directory
from sandbox.server import DEFAULT_DATABASE, Server

ROOT = Path(__file__).parents[1]
ANALYSES = ROOT / "analyses"
FILE = "answers.md"
"""The file of answers in each folder of analyses."""
GUIDE = ROOT / "docs" / "analysts.md"
"""The guide for analysts, in which each query is followed by its answer."""
SHOWN_ROWS = 10

_HEAD = """# Answers: {}

`make answers` writes this file from the marts of `make demo`, whose data is synthetic. Do not edit it.
The YAML beside it has the questions, and how to read the answers. The documentation site has all.
"""

Row = Mapping[str, Any]
_QUERY = re.compile(r"(```sql\n([^`]*)```\n\n)(?:\|[^\n]*\n)+(?:\nAnd \d+ more rows\.\n)?")


def renew(*, check: bool) -> int:
    """Write the answers and those in the guide, or with `check` show what differs; 0, or 1 if something does.

    Raises DocsError if the sandbox is not built or an analysis does not run.
    """
    _add_placeholders(check)
    server = Server(default_directory())
    database = os.environ.get("SANDBOX_DATABASE", DEFAULT_DATABASE)
    queries = _compiled(server, database)
    with closing(server.connect(database, user="analyst")) as connection:
        found = {folder / FILE: _answers(connection, folder, queries) for folder in _folders()}
        found[GUIDE] = _guide(connection)
    changed = {path: text for path, text in found.items() if path.read_text(encoding="utf-8") != text}
    for path, text in changed.items():
        if check:
            written = path.read_text(encoding="utf-8").splitlines()
            print("\n".join(unified_diff(written, text.splitlines(), path.name, "now", lineterm="", n=1)))
        else:
            path.write_text(text, encoding="utf-8")
    if check and changed:
        print("The answers on the demonstration's data have changed. Run: make demo answers", file=sys.stderr)
    return int(check and bool(changed))


def _add_placeholders(check: bool) -> None:
    """Give a new analysis an empty answer, because dbt rejects a description with a missing one."""
    for folder in _folders():
        path = folder / FILE
        text = path.read_text(encoding="utf-8") if path.exists() else _head(folder)
        new = [name for name in _names(folder) if f"{{% docs answer_{name} %}}" not in text]
        if new and check:
            raise DocsError(f"{path} has no answer of {', '.join(new)}. Run: make demo answers")
        if new:
            path.write_text(text + "".join(f"\n{_block(name, '')}" for name in new), encoding="utf-8")


def _folders() -> list[Path]:
    return sorted({path.parent for path in ANALYSES.glob("*/*.sql")})


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.sql"))


def _head(folder: Path) -> str:
    return _HEAD.format(folder.name.replace("_", " "))


def _compiled(server: Server, database: str) -> dict[str, Any]:
    """The nodes of the analyses with compiled SQL, by name."""
    os.environ |= server.dbt_environment(database)
    dbt = Dbt(ROOT, profiles.location(ROOT).parent, "sandbox", logging=("--log-level", "none"))
    # With the vars of the build, for dbt parses the project again whenever they have changed.
    outcome = dbt.run("compile", "--no-write-json", "--select", "path:analyses", "--vars", demo.VARS)
    if not outcome.success:
        raise DocsError(f"dbt compile failed. {outcome.failure}\nIs the demonstration built? Run: make demo")
    return {name: result.node for name, result in outcome.results.items()}


def _answers(connection: Connection, folder: Path, queries: Mapping[str, Any]) -> str:
    """The text of the answers of a folder's analyses."""
    blocks = []
    for name in _names(folder):
        node = queries[name]
        text = answer(name, node.config.meta.get("answer"), _rows(connection, node.compiled_code))
        blocks.append(_block(name, text))
    return "\n".join([_head(folder), *blocks])


def _guide(connection: Connection) -> str:
    """The text of the guide, with the present answer after each query."""
    return _QUERY.sub(
        lambda found: found[1] + "\n".join(_table(_rows(connection, found[2]))) + "\n",
        GUIDE.read_text(encoding="utf-8"),
    )


def _rows(connection: Connection, sql: str) -> list[Row]:
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(sql)
        return [dict(row) for row in cursor.fetchall()]


def answer(name: str, sentence: str | None, rows: Sequence[Row]) -> str:
    """The sentence with the values of the rows, and a table of the first rows.

    sentence: a format for `str.format`, whose arguments are the rows: `{0[robot_id]}` is of the first row.
    Raises DocsError if there is no sentence or no row.
    """
    if not sentence:
        raise DocsError(
            f"The analysis {name} has no sentence for its answer: config.meta.answer in its YAML."
        )
    if not rows:
        raise DocsError(f"The analysis {name} gives no rows.")
    known = [{name: _Nothing() if value is None else value for name, value in row.items()} for row in rows]
    return "\n".join([sentence.strip().format(*known), "", *_table(rows)])


class _Nothing:
    """A null in a sentence, for any format."""

    def __format__(self, _: str) -> str:
        return "unknown"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of a table of the first rows, and how many more there are."""
    columns = list(rows[0])
    yield "| " + " | ".join(columns) + " |"
    yield "|---" * len(columns) + "|"
    for row in rows[:SHOWN_ROWS]:
        yield "| " + " | ".join(_shown(column, row[column]) for column in columns) + " |"
    if len(rows) > SHOWN_ROWS:
        yield from ("", f"And {len(rows) - SHOWN_ROWS} more rows.")


def _block(name: str, text: str) -> str:
    return f"## {name}\n\n{{% docs answer_{name} %}}\n{text}\n{{% enddocs %}}\n"


def _shown(column: str, value: object) -> str:
    """A value as text: rates and shares in percent, other fractions with one decimal, null as no text."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value == datetime.combine(value, time.min):
        return str(value.date())
    if isinstance(value, bool | str | date):
        return str(value).replace("|", "\\|")
    if isinstance(value, float | Decimal) and column.endswith(("_rate", "_share")):
        return f"{value:.1%}"
    if isinstance(value, float) or (isinstance(value, Decimal) and value != int(value)):
        return f"{value:,.1f}"
    return f"{int(value):,}" if isinstance(value, int | Decimal) else str(value)
