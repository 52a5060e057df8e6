"""Hooks that somebody adds to a model of this project."""

from __future__ import annotations

import pytest
from dbt.artifacts.resources import Hook

from redshift.conftest import OnRedshift

MODEL = "fct_ratings"
WRITTEN = "analytics_marts.hooked"


def test_what_a_pre_hook_writes_is_committed(built: OnRedshift, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build and an increment begin a transaction of their own, after the one of the hook."""
    project = built.project
    project.execute(f"create table {WRITTEN} (model text)")
    node = project.parsed.nodes[f"model.delivery_platform.{MODEL}"]
    hook = Hook(sql=f"insert into {WRITTEN} values ('{{{{ this.identifier }}}}')", transaction=True, index=0)
    monkeypatch.setattr(node.config, "pre_hook", [hook])
    for arguments in (["--full-refresh"], ["--vars", "reconcile: true"]):
        project.execute(f"delete from {WRITTEN}")
        project.dbt("run", "--select", MODEL, *arguments)
        assert project.query(f"select model from {WRITTEN}") == [(MODEL,)]
