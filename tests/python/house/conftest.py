"""What dbt knows of the project."""

from __future__ import annotations

import json

import pytest

from house.parsing import ParsedProject, parse
from sandbox.file_lock import exclusive


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> ParsedProject:
    """The parsed project; the first worker that needs it parses it for all."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    folder = shared / "parsed"
    noted = folder / "warnings.json"
    with exclusive(shared / "parsed.lock"):
        if not noted.exists():
            folder.mkdir(exist_ok=True)
            noted.write_text(json.dumps(parse("sandbox", folder)), encoding="utf-8")
    return ParsedProject(
        folder=folder,
        warnings=json.loads(noted.read_text(encoding="utf-8")),
        manifest=json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8")),
    )
