"""What becomes of personal data on Redshift's look-alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from access.test_hash_key import assert_hashes_follow_the_key
from contract.test_masks import assert_urls_and_texts
from project import ROOT, Project
from redshift.conftest import project_on
from redshift_lookalike.conftest import lookalike as lookalike
from redshift_lookalike.gate import findings
from redshift_lookalike.lookalike import Lookalike
from sandbox.server import Server
from warehouse import Database


@pytest.fixture(scope="module")
def opened(
    server: Server, lookalike: Lookalike, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    """The project on the look-alike of an empty database."""
    database = Database(server, lookalike.env["REDSHIFT_DATABASE"])
    with project_on(lookalike, database, tmp_path_factory.mktemp("personal_data")) as project:
        yield project
    assert [sent.sql for sent in lookalike.statements if sent.refused] == []


def test_hashes_follow_the_key(opened: Project) -> None:
    assert_hashes_follow_the_key(opened)


def test_urls_and_texts(opened: Project) -> None:
    assert_urls_and_texts(opened)


def test_redshift_accepts_the_script_that_makes_the_key() -> None:
    script = (ROOT / "warehouse/hash_key_redshift.sql").read_text(encoding="utf-8")
    statements = script.split(";")[:-1]
    assert len(statements) == 3
    assert [str(finding) for sql in statements for finding in findings(sql)] == []
