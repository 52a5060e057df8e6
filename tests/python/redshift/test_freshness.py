"""A quiet table is a warning of `dbt source freshness`, and all of them quiet an error, on both targets."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from conformance.raw_rows import RAW_TYPES
from contract.raw import Value, land_rows
from project import Project
from redshift.test_parity import projects as projects

NOW = datetime.now(timezone.utc).replace(tzinfo=None)
TABLES = ("pilot_start_break", "pilot_cancel_trip", "pilot_hard_reset", "order_unlock_coco", "page_viewed")


def landed(uuid_ts: datetime | None, received_at: datetime) -> dict[str, Value]:
    """A raw row with these times, in UTC."""
    return {"id": "a", "uuid_ts": uuid_ts, "received_at": received_at}


def test_what_is_quiet_absent_or_in_the_future_is_told_and_no_error(projects: dict[str, Project]) -> None:
    for adapter, project in projects.items():
        assert_told(project, RAW_TYPES[adapter]["timestamp"])


def assert_told(project: Project, kind: str) -> None:
    """Assert what dbt says of tables whose load times are of this type."""
    project.execute(
        f"alter role loader in database {project.database.name} set timezone to 'UTC'", user="postgres"
    )
    types = {"id": "varchar(512)", "uuid_ts": kind, "received_at": kind}
    day = timedelta(days=1)
    land_rows(project, "pilot_start_break", types, landed(NOW - 1.9 * day, NOW), landed(NOW + 900 * day, NOW))
    land_rows(project, "pilot_cancel_trip", types, landed(NOW - 2.1 * day, NOW - 3 * day))
    land_rows(project, "pilot_hard_reset", types, landed(None, NOW - 1.9 * day))
    land_rows(project, "order_unlock_coco", {"id": "text"}, {"id": "a"})
    selected = [part for table in TABLES for part in ("--select", f"source:delivery_platform.{table}")]
    project.dbt("source freshness", *selected)
    written = json.loads((project.work / "target" / "sources.json").read_text(encoding="utf-8"))
    found = {result["unique_id"].rpartition(".")[2]: result for result in written["results"]}
    assert {table: found[table]["status"] for table in TABLES} == {
        "pilot_start_break": "pass",
        "pilot_cancel_trip": "warn",
        "pilot_hard_reset": "pass",
        "order_unlock_coco": "warn",
        "page_viewed": "warn",
    }
    age = found["pilot_start_break"]["max_loaded_at_time_ago_in_s"]
    assert 1.9 * day.total_seconds() <= age < 2 * day.total_seconds()
    for command in (("source freshness", *selected), ("run", "--select", "stg_pilot_hard_reset")):
        project.dbt(*command, "--vars", "{newest_load_max_hours: 47}")
        project.dbt(*command, "--vars", "{newest_load_max_hours: 45}", succeeds=False)
        newest = f"{NOW - 1.9 * day:%Y-%m-%d %H:%M}"
        assert "a row for more than 45 hours: the newest load was at " + newest in project.exception
    assert project.content("analytics_staging.stg_pilot_hard_reset") != []
