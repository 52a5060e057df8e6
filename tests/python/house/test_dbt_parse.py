"""dbt parses the project for every target without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from house.parsing import ParsedProject, parse, targets


def test_parses_for_sandbox_without_warnings(parsed: ParsedProject) -> None:
    assert not parsed.warnings, "\n".join(parsed.warnings)


@pytest.mark.parametrize("target", [target for target in targets() if target != "sandbox"])
def test_parses_without_warnings(target: str, tmp_path: Path) -> None:
    warnings = parse(target, tmp_path)
    assert not warnings, "\n".join(warnings)
