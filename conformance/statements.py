"""The statements that dbt sent and how long each took, as dbt measured and logged it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nlargest
from pathlib import Path
from textwrap import shorten

LOGGED = ("--log-format-file", "json", "--log-level-file", "debug", "--log-file-max-bytes", "0")
"""The arguments with which dbt logs what `slowest` reads."""

SHOWN_CHARACTERS = 90
TESTS = ("test", "unit_test")


@dataclass(frozen=True)
class Statement:
    """A statement that succeeded.

    node: the name of the dbt node that it ran for, '' if for none.  sql: its first words.
    """

    seconds: float
    node: str
    sql: str


def slowest(log: Path, count: int) -> list[Statement]:
    """The slowest statements in dbt's log, slowest first, without tests; none if there is no log."""
    return nlargest(count, _statements(log), key=lambda statement: statement.seconds) if log.exists() else []


def _statements(log: Path) -> Iterator[Statement]:
    """Each statement of the log but those of tests. A thread tells what it sends, then how long that took."""
    sent: dict[str, str] = {}
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith('{"data": '):  # a run without `LOGGED` has left plain text
                continue
            event = json.loads(line)
            name, thread, data = event["info"]["name"], event["info"]["thread"], event["data"]
            if name == "SQLQuery":
                sent[thread] = data["sql"]
            elif name == "SQLQueryStatus":
                node = data.get("node_info", {})
                if node.get("resource_type") not in TESTS:
                    seconds, sql = float(data.get("elapsed", 0)), first_words(sent[thread])
                    yield Statement(seconds, node.get("node_name", ""), sql)


def first_words(sql: str) -> str:
    """The beginning of a statement in one line, without comments."""
    bare = re.sub(r"/\*.*?\*/|--[^\n]*", " ", sql, flags=re.DOTALL)
    return shorten(bare, SHOWN_CHARACTERS, placeholder=" …")
