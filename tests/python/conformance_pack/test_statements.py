"""The slowest statements, from dbt's log."""

from __future__ import annotations

import json
from pathlib import Path

from conformance.statements import Statement, first_words, slowest


def event(name: str, thread: str, **data: object) -> str:
    """A line of dbt's log."""
    return json.dumps({"data": data, "info": {"name": name, "thread": thread}})


def test_each_thread_tells_what_it_sends_and_then_how_long_it_took(tmp_path: Path) -> None:
    log = tmp_path / "dbt.log"
    lines = [
        "10:00:00  a line of a run that logs plain text",
        event("SQLQuery", "Thread-1", sql="select 1"),
        event("SQLQuery", "Thread-2", sql="this one fails"),
        event("SQLQuery", "Thread-2", sql="select 2"),
        event("SQLQueryStatus", "Thread-2", elapsed=0.5, node_info={"node_name": "fct_orders"}),
        event("SQLQueryStatus", "Thread-1", elapsed=2.25),
        event("SQLQuery", "Thread-2", sql="a test"),
        event("SQLQueryStatus", "Thread-2", elapsed=9.5, node_info={"resource_type": "unit_test"}),
        event("SQLQuery", "Thread-1", sql="select 3"),
        event("SQLQueryStatus", "Thread-1"),
    ]
    log.write_text("\n".join(lines), encoding="utf-8")
    found = [
        Statement(2.25, "", "select 1"),
        Statement(0.5, "fct_orders", "select 2"),
        Statement(0, "", "select 3"),
    ]
    assert slowest(log, 10) == found
    assert slowest(log, 1) == found[:1]
    assert slowest(tmp_path / "none.log", 1) == []


def test_the_first_words_of_a_statement_are_in_one_line_and_without_comments() -> None:
    assert (
        first_words('/* {"app": "dbt"} */\n\n  select a,  -- the key\n    b\nfrom t') == "select a, b from t"
    )
    assert first_words("select " + "a, " * 100).endswith("a, …")
