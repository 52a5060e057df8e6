"""Keyed hashes on Redshift's look-alike."""

from __future__ import annotations

import pytest

from access.test_hash_key import assert_hashes_follow_the_key
from project import ROOT
from redshift.conftest import project_on
from redshift_lookalike.conftest import lookalike as lookalike
from redshift_lookalike.gate import findings
from redshift_lookalike.lookalike import Lookalike
from sandbox.server import Server
from warehouse import Database


def test_hashes_follow_the_key(
    server: Server, lookalike: Lookalike, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As on PostgreSQL, and by nothing that Redshift refuses."""
    database = Database(server, lookalike.env["REDSHIFT_DATABASE"])
    with project_on(lookalike, database, tmp_path_factory.mktemp("hashes")) as project:
        assert_hashes_follow_the_key(project)
    assert [sent.sql for sent in lookalike.statements if sent.refused] == []


def test_redshift_accepts_the_script_that_makes_the_key() -> None:
    script = (ROOT / "warehouse/hash_key_redshift.sql").read_text(encoding="utf-8")
    statements = script.split(";")[:-1]
    assert len(statements) == 3
    assert [str(finding) for sql in statements for finding in findings(sql)] == []
