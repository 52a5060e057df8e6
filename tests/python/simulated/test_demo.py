"""The demonstration, as a newcomer runs it: in a process of its own, on a server of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from deep import IS_DEEP
from project import ROOT
from sandbox.server import Server
from sandbox.status import count_raw_rows

ELSEWHERE = (
    '{"type": "track", "messageId": "m-1", "event": "Page Viewed", "receivedAt": "2026-08-31T10:00:00Z"}'
)


@dataclass(frozen=True)
class Newcomer:
    """Somebody without a profile, whose sandbox and whose dbt's files are all in folders of the test."""

    server: Server
    profiles: Path

    def types(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m sandbox` with these arguments."""
        return self.runs("-m", "sandbox", *arguments)

    def runs(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python with these arguments."""
        own = {
            "SANDBOX_HOME": str(self.server.directory),
            "DBT_PROFILES_DIR": str(self.profiles),
            "DBT_TARGET_PATH": str(self.profiles / "target"),
            "DBT_LOG_PATH": str(self.profiles / "logs"),
        }
        others = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")}
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, env=others | own, cwd=ROOT, capture_output=True, text=True, check=False
        )

    def raw_rows(self) -> dict[str, int]:
        """The rows of each raw table."""
        with closing(self.server.connect()) as connection:
            return count_raw_rows(connection)


@pytest.fixture
def newcomer(new_server: Callable[[], Server], tmp_path: Path) -> Newcomer:
    """A newcomer whose server does not run yet."""
    return Newcomer(new_server(), tmp_path / "profiles")


def test_the_demonstration(newcomer: Newcomer) -> None:
    checkout = ROOT / "profiles.yml"
    before = checkout.read_text() if checkout.exists() else None
    first = newcomer.types("demo")
    assert (first.returncode, first.stderr) == (0, "")

    steps = [line.split("  ")[1].rsplit(" ", 2)[0] for line in first.stdout.splitlines()[:4]]
    assert steps == [
        "Start the embedded PostgreSQL",
        "Simulate 21 days of a fleet (synthetic data)",
        "Land the events as raw tables",
        "dbt build",
    ]
    rows, events = numbers(r"([\d,]+) raw rows of ([\d,]+) events in 51 event tables", first.stdout)
    assert rows > events > 50_000
    landed = newcomer.raw_rows()
    assert landed["tracks"] == rows == sum(landed.values()) - landed["tracks"]
    built, passed = numbers(r"(\d+) models and seeds built, (\d+) tests passed", first.stdout)
    assert built > 66
    assert passed > 130, "all data tests"

    clicked, confirmed, succeeded, opened = (
        numbers(rf" {step} +([\d,]+) ", first.stdout)[0]
        for step in ("clicked unlock", "confirmed", "request succeeded", "lid opened")
    )
    assert clicked > confirmed > succeeded > opened > 1000
    assert numbers(r" all attempts +([\d,]+) +([\d,]+)", first.stdout)[0] >= clicked

    exact, orders = numbers(r"([\d,]+) of ([\d,]+) orders have exactly", first.stdout)
    causes = [numbers(r"([\d,]+)", line)[0] for line in first.stdout.splitlines() if " not, because " in line]
    assert exact == orders - sum(causes)
    assert "  0 not, for no known reason\n" in first.stdout

    excerpt = (ROOT / "README.md").read_text().split("```\n59,")[1].split("```")[0]
    told = {line.strip() for line in first.stdout.splitlines()}
    assert {line.strip() for line in f"59,{excerpt}".splitlines()} <= told

    assert "Warning: app_banner_clicked is silent since 2026-09-17 " in first.stdout
    assert re.search(r"Warning: app_banner_tapped has \d+ events only in tracks", first.stdout)
    assert_every_mart_is_at_work(newcomer.server)

    answers = newcomer.runs("-m", "docsite", "answers", "--check")
    assert (answers.returncode, answers.stdout, answers.stderr) == (0, "", ""), (
        "make demo answers renews them"
    )
    cells = json.loads((ROOT / "docs" / "notebook.ipynb").read_text())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    shown = "[chart.to_dict()['layer'][0]['mark']['type'] for chart in (by_day, by_merchant)]"
    notebook = newcomer.runs("-c", "\n".join([*code, f"print(len(first_actions), *{shown})"]))
    assert (notebook.returncode, notebook.stderr) == (0, "")
    assert numbers(r"^(\d+) line rule$", notebook.stdout)[0] > 3

    if IS_DEEP:
        again = newcomer.types("demo")
        assert (again.returncode, again.stderr) == (0, "")
        assert newcomer.raw_rows() == landed
        assert after_the_steps(again) == after_the_steps(first)

    written = checkout.read_text() if checkout.exists() else None
    assert written == before
    assert str(newcomer.server.socket_dir) in (newcomer.profiles / "profiles.yml").read_text()


def assert_every_mart_is_at_work(server: Server) -> None:
    """Each mart has rows, and what is rare is there: a silence, events only in tracks, bursts of errors."""
    with closing(server.connect(user="analyst")) as connection, connection.cursor() as cursor:

        def ask(query: str) -> list[tuple[object, ...]]:
            cursor.execute(query)
            return cursor.fetchall()

        marts = [
            name
            for (name,) in ask(
                "select table_name from information_schema.tables where table_schema = 'analytics_marts'"
            )
        ]
        assert len(marts) > 35
        has_rows = " union all ".join(
            f"select '{mart}' where not exists (select 1 from analytics_marts.{mart})" for mart in marts
        )
        assert ask(has_rows) == []
        silent = "select event_name from analytics_marts.rpt_event_silence where is_silent"
        assert ask(silent) == [("app_banner_clicked",)]
        alone = (
            "select event_name, tracks_only_count > 9, table_only_count, is_declared"
            " from analytics_marts.rpt_tracks_reconciliation where tracks_only_count + table_only_count > 0"
        )
        assert ask(alone) == [("app_banner_tapped", True, 0, False)]
        bursts = (
            "select distinct extract(isodow from start_date), event_name"
            " from analytics_marts.rpt_errors_hourly where error_count > 15"
        )
        assert ask(bursts) == [(6, "error_mercator_error")], "maps fail on Saturday evenings"
        tags = (
            "select rating_tag, min(rating), max(rating) from analytics_marts.fct_rating_tags"
            " where rating_tag in ('fast', 'cold_food') group by 1 order by 1"
        )
        assert ask(tags) == [("cold_food", 1, 2), ("fast", 4, 5)]
        answers = (
            "select step_answer from analytics_marts.fct_troubleshooting_steps where step_answer is not null"
            " group by 1 order by avg(case when escalated_at is not null then 1.0 else 0 end)"
        )
        assert ask(answers)[0] == ("resolved",), "pilots escalate what they have not resolved"


def test_the_demonstration_keeps_away_from_other_events(newcomer: Newcomer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.ndjson"
    archive.write_text(ELSEWHERE)
    assert newcomer.types("up").returncode == 0
    assert newcomer.types("land", str(archive)).returncode == 0
    landed = newcomer.raw_rows()
    refused = newcomer.types("demo")
    assert refused.returncode == 1
    assert refused.stderr == (
        "Error: The database delivery_platform holds other events than the demonstration's,"
        f" such as {archive}. "
        "Give the demonstration another database: SANDBOX_DATABASE=demo make demo\n"
    )
    assert newcomer.raw_rows() == landed


def numbers(pattern: str, text: str) -> list[int]:
    """The numbers that the groups of a pattern find."""
    found = re.search(pattern, text)
    assert found is not None, f"no {pattern} in\n{text}"
    return [int(group.replace(",", "")) for group in found.groups()]


def after_the_steps(run: subprocess.CompletedProcess[str]) -> str:
    """What the demonstration found out; how long the steps before took differs."""
    return run.stdout.partition("\n\n")[2]
