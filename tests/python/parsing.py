"""The project as dbt parses it for a target: once in a run of the tests, by whichever worker is first."""

from __future__ import annotations

import json
import pickle
import re
import shutil
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder

from builds.collector import garbage_collector_paused
from builds.runner import NO_LOG, Dbt
from house.commands import ROOT
from sandbox.file_lock import exclusive
from shallow_stack import in_shallow_stack

PROFILES = ROOT / "profiles.example.yml"
SCHEMA = "analytics"
"""Beginning of the names of all schemas, in every target of the example profile."""

_SHARED: list[Path] = []
"""The folder that the workers of this run share."""


@dataclass(frozen=True)
class ParsedProject:
    """The project as dbt parsed it for a target.

    folder: dbt's files are in its folder `target`.  warnings: what dbt warned of, deprecations included.
    """

    folder: Path
    warnings: list[str]

    @cached_property
    def content(self) -> dict[str, Any]:
        """The parsed project as manifest.json has it. Databases have the names of the example profile."""
        path = self.folder / "target" / "manifest.json"
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content

    def manifest(self, database: str, schema: str = SCHEMA) -> Manifest:
        """The parsed project for dbt, which need not parse it then: in a database, schemas with a prefix."""
        with garbage_collector_paused():
            manifest: Manifest = pickle.loads(self._pickled)
        for node in (*manifest.nodes.values(), *manifest.sources.values()):
            node.database = database
            node.schema = re.sub(f"^{SCHEMA}", schema, node.schema)
            if node.relation_name:
                node.relation_name = f'"{database}"."{node.schema}".' + node.relation_name.rpartition(".")[2]
        manifest.build_flat_graph()  # type: ignore[no-untyped-call]
        return manifest

    @cached_property
    def _pickled(self) -> bytes:
        packed = (self.folder / "target" / "partial_parse.msgpack").read_bytes()
        return pickle.dumps(Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder))


def share(folder: Path) -> None:
    """Set the folder that the workers of this run share."""
    _SHARED[:] = [folder]


@cache
def parsed_for(target: str) -> ParsedProject:
    """The project as parsed for a target of the example profile. Fails the test if dbt cannot parse."""
    (shared,) = _SHARED
    folder = shared / f"parsed_for_{target}"
    warnings = folder / "warnings.json"
    with exclusive(shared / f"{folder.name}.lock"):
        if not warnings.exists():
            folder.mkdir(exist_ok=True)
            warnings.write_text(json.dumps(_parse(target, folder)), encoding="utf-8")
    return ParsedProject(folder, json.loads(warnings.read_text(encoding="utf-8")))


@lru_cache(maxsize=4)
def manifest_for(target: str, database: str) -> Manifest:
    """The parsed project for a target and a database, which the tests of this process share.

    Do not change it. A test that needs another project calls `parsed_for(target).manifest(database)`, which
    takes a quarter of a second of processor time. Commands add to it: compiled SQL, the macros that a node
    called, and what macros store in `graph` by the id of the command.
    """
    return parsed_for(target).manifest(database)


def targets() -> list[str]:
    """The names of the targets that the example profile has."""
    profile = yaml.safe_load(PROFILES.read_text(encoding="utf-8"))
    return list(profile["delivery_platform"]["outputs"])


def unset_variables() -> dict[str, str]:
    """The environment variables that the example profile needs. Their values do not matter to parsing."""
    return dict.fromkeys(re.findall(r"env_var\('(\w+)'\)", PROFILES.read_text(encoding="utf-8")), "unset")


def _parse(target: str, work: Path) -> list[str]:
    shutil.copy(PROFILES, work / "profiles.yml")
    dbt = Dbt(ROOT, work, target, work=work, logging=NO_LOG)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in unset_variables().items():
            environment.setenv(name, value)
        outcome = in_shallow_stack(partial(dbt.run, "parse", "--no-partial-parse", "--show-all-deprecations"))
    if not outcome.success:
        pytest.fail(f"dbt cannot parse for target {target}\n{outcome.failure}", pytrace=False)
    return outcome.warnings
