"""Hashes, masks and hosts of personal data on Redshift's look-alike."""

from __future__ import annotations

from access.canaries import HIDDEN, ODD_NAME, ONLY_PLACE, found_places, land_canaries
from access.test_canaries import assert_names
from access.test_hash_key import assert_hashes_follow_the_key
from contract.test_masks import assert_urls_and_texts
from project import ROOT, Project
from redshift_lookalike.gate import findings
from redshift_lookalike.lookalike import Lookalike
from sandbox.server import RAW_SCHEMA

MODELS = ("+int_pilot_system_events", "+int_error_events", "rpt_contract_drift", "int_landed_tracks")
"""Streams that together have all policies, and the models that show names of the raw schema."""


def test_hashes_follow_the_key_and_urls_and_texts_are_masked(opened: Project) -> None:
    assert_hashes_follow_the_key(opened)
    assert_urls_and_texts(opened)


def test_no_canary_gets_past_staging(opened: Project, lookalike: Lookalike) -> None:
    """Models downstream of a stream read only the stream."""
    for table in opened.tables(RAW_SCHEMA):
        opened.execute(f"drop table {table} cascade", user="loader")
    opened.execute("drop schema if exists analytics_intermediate cascade")
    # A backslash escapes on Redshift alone, so the look-alike refuses it in a string.
    odd_name = ODD_NAME.replace("\\", "")
    land_canaries(opened, odd_name)
    lookalike.forget()
    opened.dbt("run", "--select", *MODELS)
    found = found_places(opened)
    assert found.pop(HIDDEN) == ONLY_PLACE
    assert {"hostname", "asset_url", "error_code", "context_page_path", "user_id"} <= set(found)
    assert_names(opened, odd_name)
    sent = [sent.sql for sent in lookalike.statements]
    assert len(sent) > 50
    assert [sql for sql in sent if HIDDEN in sql] == []


def test_redshift_accepts_the_script_that_makes_the_key() -> None:
    script = (ROOT / "warehouse/hash_key_redshift.sql").read_text(encoding="utf-8")
    statements = script.split(";")[:-1]
    assert len(statements) == 3
    assert [str(finding) for sql in statements for finding in findings(sql)] == []
