"""dbt parses the project for every target without a warning."""

from __future__ import annotations

import pytest

from deep import deep
from house.adapters import TARGETS
from parsing import parsed_for, targets


@pytest.mark.parametrize(
    "target",
    [name if name in TARGETS.values() else pytest.param(name, marks=deep) for name in targets()],
)
def test_parses_without_warnings(target: str) -> None:
    warnings = parsed_for(target).warnings
    assert not warnings, "\n".join(warnings)
