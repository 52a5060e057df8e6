"""The project as each adapter sees it, without a warehouse."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from house.commands import ROOT
from house.parsing import PROFILES

TARGETS = {"postgres": "sandbox", "redshift": "redshift"}
"""Adapters with a target of the example profile for each."""


@dataclass(frozen=True)
class Parsed:
    """The project as the adapter `name` sees it."""

    name: str
    manifest: Manifest
    work: Path

    def compile(self, jinja: str) -> str:
        """What inline Jinja compiles to. No warehouse is asked."""
        options = ("--quiet", "--no-introspect", "--no-populate-cache", "--inline", jinja)
        invoked = invoke(self.name, self.work, "compile", *options, manifest=self.manifest)
        return str(invoked.results[0].node.compiled_code)


def invoke(adapter: str, work: Path, *arguments: str, manifest: Manifest | None = None) -> Any:
    """The result of a dbt command for the target of an adapter; it must not fail."""
    folders = ("--project-dir", ROOT, "--profiles-dir", work, "--log-path", work, "--target-path", work)
    # In a thread of its own, for dbt walks up the whole call stack again and again, and pytest's is deep.
    with ThreadPoolExecutor(max_workers=1) as alone, pytest.MonkeyPatch.context() as environment:
        for variable in ("REDSHIFT_HOST", "DBT_ENV_SECRET_REDSHIFT_PASSWORD"):
            environment.setenv(variable, "unset")
        runner = dbtRunner(manifest=manifest)
        command = [*arguments, "--target", TARGETS[adapter], *map(str, folders)]
        invoked = alone.submit(runner.invoke, command).result()
    assert invoked.success, invoked.exception
    return invoked.result


@pytest.fixture(scope="session", params=TARGETS)
def parsed_for(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    """The project, parsed for one adapter."""
    work = tmp_path_factory.mktemp(request.param)
    shutil.copy(PROFILES, work / "profiles.yml")
    return Parsed(request.param, invoke(request.param, work, "parse", "--quiet", "--no-partial-parse"), work)
