"""Targets for the conformance pack: the embedded PostgreSQL, and Redshift's look-alike before it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from project import ROOT
from redshift.conftest import project_on
from redshift_lookalike.lookalike import Lookalike
from warehouse import Database


@dataclass(frozen=True)
class Target:
    """A target in `profiles`/profiles.yml, and the database behind it."""

    name: str
    profiles: Path
    database: Database

    def schemas(self) -> set[str]:
        """The names of all schemas that are there."""
        with self.database.connect() as connection, connection.cursor() as cursor:
            cursor.execute("select nspname from pg_namespace where nspname not like 'pg%temp%'")
            return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def sandbox(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """The target `sandbox` on an empty database."""
    for variable, value in database.env.items():
        monkeypatch.setenv(variable, value)
    shutil.copy(ROOT / "profiles.example.yml", tmp_path / "profiles.yml")
    return Target("sandbox", tmp_path, database)


@pytest.fixture
def redshift(database: Database, tmp_path: Path) -> Iterator[Target]:
    """The target `redshift` on the look-alike of an empty database."""
    with Lookalike(database.server, database.name) as lookalike, project_on(lookalike, database, tmp_path):
        yield Target("redshift", tmp_path, database)
