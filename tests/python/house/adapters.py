"""The project as each adapter sees it, without a warehouse."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import CompiledNode

from builds.runner import Dbt, Outcome
from house.commands import ROOT
from parsing import PROFILES, parsed_for, unset_variables
from shallow_stack import in_shallow_stack

TARGETS = {"postgres": "sandbox", "redshift": "redshift"}
"""Adapters with a target of the example profile for each."""


@dataclass(frozen=True)
class Parsed:
    """The project as the adapter `name` sees it."""

    name: str
    manifest: Manifest
    work: Path

    def compile(self, jinja: str, *arguments: str) -> str:
        """What inline Jinja compiles to, with further arguments of dbt. No warehouse is asked."""
        options = (*arguments, "--no-introspect", "--no-populate-cache", "--inline", jinja)
        outcome = run(self.name, self.work, "compile", *options, manifest=self.manifest)
        [result] = outcome.results.values()
        assert isinstance(result.node, CompiledNode)
        return str(result.node.compiled_code)


def run(adapter: str, work: Path, *arguments: str, manifest: Manifest) -> Outcome:
    """What came of a dbt command for the target of an adapter; it must not fail."""
    dbt = Dbt(ROOT, work, TARGETS[adapter], work=work)
    with pytest.MonkeyPatch.context() as environment:
        for variable, value in unset_variables().items():
            environment.setenv(variable, value)
        outcome = in_shallow_stack(partial(dbt.run, *arguments, manifest=manifest))
    assert outcome.success, outcome.failure
    return outcome


@pytest.fixture(scope="session", params=TARGETS)
def on_adapter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    """The project, parsed for one adapter."""
    work = tmp_path_factory.mktemp(request.param)
    shutil.copy(PROFILES, work / "profiles.yml")
    return Parsed(request.param, parsed_for(TARGETS[request.param]).manifest("unset"), work)
