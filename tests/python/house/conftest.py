"""What dbt knows of the project."""

from __future__ import annotations

import pytest

from parsing import ParsedProject, parsed_for


@pytest.fixture(scope="session")
def parsed() -> ParsedProject:
    """The project as parsed for the target `sandbox`."""
    return parsed_for("sandbox")
