"""Every way in which a landed table can differ from its contract is reported, with its name."""

from __future__ import annotations

import re

from dbt.contracts.graph.nodes import GenericTestNode

from contract.raw import land_rows
from project import Project

COMMON = {"id": "varchar(1024)", "received_at": "timestamptz"}


def findings(project: Project, event: str) -> list[tuple[str, str, str]]:
    """What the contract test of an event's table finds, as (finding, column, detail)."""
    results = project.dbt("test", "--select", f"source:delivery_platform.{event}")
    (result,) = (result for name, result in results.items() if "matches_contract" in name)
    assert isinstance(result.node, GenericTestNode)
    found = project.query(str(result.node.compiled_code))
    assert result.failures == len(found)
    assert str(result.status) == ("warn" if found else "pass")
    return sorted((str(finding), str(column), str(detail)) for finding, column, detail in found)


def test_a_table_that_has_not_landed(project: Project) -> None:
    assert findings(project, "pilot_start_break") == [("missing_table", "", "")]


def test_missing_retyped_and_extra_columns(project: Project) -> None:
    types = COMMON | {
        "break_type": "boolean",
        "planned_minutes": "text",
        "pilot's mood": "text",
        "context_campaign_source": "text",
        "operator_id": "text",
        "uuid": "bigint",
    }
    land_rows(project, "pilot_start_break", types, {"id": "a", "received_at": "2026-09-01 12:00:00+00"})
    found = findings(project, "pilot_start_break")
    assert ("extra_column", "pilot's mood", "landed text") in found
    assert ("retyped_column", "break_type", "declared varchar(512), landed boolean") in found
    assert ("retyped_column", "planned_minutes", "declared double precision, landed text") in found
    assert ("missing_column", "anonymous_id", "") in found
    named = {column for _, column, _ in found}
    assert not named & {"id", "received_at", "pilot_id", "operator_id", "context_campaign_source", "uuid"}


def test_a_table_that_landed_as_declared_passes(project: Project) -> None:
    event = "pilot_start_break"
    land_rows(project, event, {"id": "varchar(1024)"}, {"id": "a"})
    columns = {column: "text" for _, column, _ in findings(project, event)}
    columns |= {
        name: "timestamptz" for name in columns if re.fullmatch(r"(.*_)?timestamp|.*_at|uuid_ts", name)
    }
    columns |= {"context_actions_amplitude_session_id": "bigint", "planned_minutes": "numeric"}
    added = ", ".join(f'add column "{name}" {kind}' for name, kind in columns.items())
    project.execute(f"alter table delivery_platform_prod.{event} {added}", user="loader")
    assert findings(project, event) == []
