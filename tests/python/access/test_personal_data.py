"""What is personal stops at staging, and an analyst sees the marts and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from contract.raw import land_rows
from project import ROOT, Project

MARK = "Personal"
VALUES = {"varchar(512)": "plain", "bigint": 1, "double precision": 1.5, "boolean": True}
TYPES = {"varchar(512)": "text", "timestamp": "timestamptz"}


def declared_tables() -> Iterator[dict[str, Any]]:
    """The tables of the contract."""
    declared = yaml.safe_load((ROOT / "models/staging/_delivery_platform__sources.yml").read_text())
    yield from declared["sources"][0]["tables"]


def land_marked(project: Project) -> int:
    """Land one row in every table, with a mark in every personal column; the number of marked columns."""
    marked = 0
    for table in declared_tables():
        row: dict[str, Any] = {}
        for column in table["columns"]:
            name, kind = column["name"], column["data_type"]
            policy = column["config"]["meta"].get("personal_data")
            if policy is None:
                row[name] = "2026-09-01 12:00:00+00" if kind == "timestamp" else VALUES[kind]
                continue
            marked += 1
            path = f"{MARK}/path?token={MARK}#{MARK}"
            row[name] = f"https://example.com/{path}" if policy == "host" else f"{MARK} iPhone"
        row |= {"id": f"id_{table['name']}", "context_library_name": "analytics.js"}
        types = {
            column["name"]: TYPES.get(column["data_type"], column["data_type"]) for column in table["columns"]
        }
        land_rows(project, table["name"], types, row)
    return marked


def text_of(project: Project, schema: str) -> dict[str, str]:
    """All that stands in the relations of a schema, as text by relation."""
    return {
        relation: str(project.query(f"select * from {relation}", user="postgres"))
        for relation in project.tables(schema)
    }


def test_no_personal_value_gets_past_staging(project: Project) -> None:
    assert land_marked(project) > 200
    project.dbt("run")

    staged = text_of(project, "analytics_staging")
    with_mark = {relation for relation, text in staged.items() if MARK in text}
    assert with_mark == {"analytics_staging.stg_pilot_workstation_hostname"}
    for schema in ("analytics_intermediate", "analytics_marts"):
        texts = text_of(project, schema)
        assert texts
        assert [relation for relation, text in texts.items() if MARK in text] == [], schema

    assert "'mobile'" in staged["analytics_staging.stg_page_viewed"]
    assert "'example.com'" in staged["analytics_staging.stg_page_viewed"]
    comment = "select has_rating_comment from analytics_staging.stg_order_tracker_rating_submit"
    assert project.query(comment) == [(True,)]


def test_a_host_name_becomes_a_hash_that_depends_on_the_key(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"id": "a", "received_at": "2026-09-01 12:00:00+00", "hostname": "desk-7"}
    types = {"id": "text", "received_at": "timestamptz", "hostname": "text"}
    land_rows(project, "pilot_workstation_hostname", types, row)
    hashes = set()
    for key in ("one", "two"):
        monkeypatch.setenv("DELIVERY_PLATFORM_HASH_KEY", key)
        project.dbt("run", "--full-refresh", "--select", "+int_pilot_system_events")
        ((workstation,),) = project.query(
            "select workstation_id from analytics_intermediate.int_pilot_system_events"
        )
        assert re.fullmatch("[0-9a-f]{32}", workstation)
        hashes.add(workstation)
    assert len(hashes) == 2
