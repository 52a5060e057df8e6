"""A silent event is a warning, ten of them are an error."""

from __future__ import annotations

import pytest

from project import Project

MART = "analytics_marts.rpt_event_silence"


@pytest.mark.parametrize(("count", "status"), [(0, "pass"), (9, "warn"), (10, "fail")])
def test_silent_events_have_a_severity_by_their_number(project: Project, count: int, status: str) -> None:
    project.execute(
        f"create schema if not exists analytics_marts; create table {MART} as"
        f" select number <= {count} as is_silent from generate_series(1, 50) as number"
    )
    results = project.dbt("test", "--select", "no_event_is_silent", succeeds=status != "fail")
    assert str(results["no_event_is_silent"].status) == status
