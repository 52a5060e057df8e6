"""What dbt knows of the project."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from house.parsing import ParsedProject, parse
from sandbox.file_lock import exclusive


@pytest.fixture(scope="session")
def parse_for(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[str], ParsedProject]:
    """Gives the project as parsed for a target; the first worker that needs it parses it for all."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent

    def parsed_for_target(target: str) -> ParsedProject:
        folder = shared / f"parsed_for_{target}"
        noted = folder / "warnings.json"
        with exclusive(shared / f"{folder.name}.lock"):
            if not noted.exists():
                folder.mkdir(exist_ok=True)
                noted.write_text(json.dumps(parse(target, folder)), encoding="utf-8")
        return ParsedProject(
            folder=folder,
            warnings=json.loads(noted.read_text(encoding="utf-8")),
            manifest=json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8")),
        )

    return parsed_for_target


@pytest.fixture(scope="session")
def parsed(parse_for: Callable[[str], ParsedProject]) -> ParsedProject:
    """The project as parsed for the target `sandbox`."""
    return parse_for("sandbox")
