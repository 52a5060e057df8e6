"""dbt parses the project for every target without a warning."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deep import deep
from house.adapters import TARGETS
from house.parsing import ParsedProject, targets


@pytest.mark.parametrize(
    "target",
    [name if name in TARGETS.values() else pytest.param(name, marks=deep) for name in targets()],
)
def test_parses_without_warnings(target: str, parse_for: Callable[[str], ParsedProject]) -> None:
    warnings = parse_for(target).warnings
    assert not warnings, "\n".join(warnings)
