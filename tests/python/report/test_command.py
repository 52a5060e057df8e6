"""`python -m report`, as it is typed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from project import ROOT
from report.__main__ import main
from simulated.built import Simulated


@pytest.fixture
def arguments(simulated: Simulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What leads the command to the simulation, by the name of its database."""
    for variable, value in simulated.database.env.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("SANDBOX_DATABASE", "not_there")
    shutil.copy(ROOT / "profiles.example.yml", tmp_path / "profiles.yml")
    output = tmp_path / "new" / "report.html"
    return [
        *("--profiles-dir", str(tmp_path), "--database", simulated.database.name),
        *("--output", str(output), "--to", "2026-09-09"),
    ]


def test_the_report_is_written(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--from", "2026-09-01"]) == 0
    output = Path(arguments[arguments.index("--output") + 1])
    text = output.read_text(encoding="utf-8")
    said = f"Open {output} ({len(text.encode()) // 1024} KB), 2026-09-01 to 2026-09-09.\n"
    assert capsys.readouterr() == (said, "")
    assert "<title>Delivery platform report, 1 Sep to 9 Sep 2026 (synthetic data)</title>" in text
    assert "database <code>simulated</code>" in text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("--from", "2026-09-10"), "Error: --from 2026-09-10 is after --to 2026-09-09. Exchange the two.\n"),
        (("--from", "2020-01-01"), "A report has at most 366: give a later --from or an earlier --to.\n"),
        (("--database", "not_there"), "The target sandbox cannot be reached: "),
        (("--database", "postgres"), "Run `dbt build` on this database first"),
        (("--target", "nowhere"), "The target nowhere cannot be reached: "),
        (("--output", "/dev/null/report.html"), "Error: Cannot write /dev/null/report.html"),
    ],
)
def test_what_cannot_be_done_gets_an_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str], wrong: tuple[str, ...], message: str
) -> None:
    assert main([*arguments, *wrong]) == 1
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.startswith("Error: ")
    assert said.out == ""


def test_what_is_no_day_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, "--from", "yesterday"])
    assert "argument --from: 'yesterday' is no day, such as 2026-09-20\n" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, "--to", "0001-01-01"])
    assert "argument --to: '0001-01-01' is not in the years 1970 to 2999\n" in capsys.readouterr().err
