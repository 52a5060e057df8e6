"""Every linter is content with every file it is for."""

from __future__ import annotations

import json

import pytest

from house.commands import ROOT, assert_passes, run

SQL_FOLDERS = {"jinja": ("models", "analyses", "tests/singular"), "python": ("report/queries",)}
"""Folders of SQL by what their placeholders are written in."""


def test_ruff_finds_nothing() -> None:
    assert_passes("ruff", "check", ".")


def test_ruff_would_format_nothing() -> None:
    assert_passes("ruff", "format", "--diff", ".")


def test_mypy_finds_nothing() -> None:
    assert_passes("mypy")


@pytest.mark.parametrize("templater", SQL_FOLDERS)
def test_sqlfluff_finds_nothing_in_any_sql_file(templater: str) -> None:
    folders = SQL_FOLDERS[templater]
    finished = run("sqlfluff", "lint", "--templater", templater, "--format", "json", *folders)
    if not finished.stdout.startswith("["):
        pytest.fail(f"sqlfluff could not lint\n{finished.stdout}{finished.stderr}", pytrace=False)
    linted = json.loads(finished.stdout)
    findings = [
        f"{file['filepath']}:{finding['start_line_no']}: {finding['code']} {finding['description']}"
        for file in linted
        for finding in file["violations"]
    ]
    if findings or finished.returncode:
        pytest.fail("\n".join(["sqlfluff lint", *findings, finished.stderr]), pytrace=False)
    expected = {str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).rglob("*.sql")}
    assert {file["filepath"] for file in linted} == expected
