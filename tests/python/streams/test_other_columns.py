"""A table that another version of the project built is refused with what to do, and keeps what it has."""

from __future__ import annotations

import pytest

from contract.raw import land_rows
from project import Project
from streams.test_exactly_once import TYPES, click

STREAM = "analytics_intermediate.int_unlock_events"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("add column shop_id varchar(512)", "shop_id (not declared)"),
        ("rename column merchant_id to shop_id", "shop_id (not declared)"),
        (
            "alter column merchant_id type bigint using null",
            "merchant_id (type LONGINTEGER, declared as varchar(512))",
        ),
    ],
)
def test_a_table_with_removed_or_retyped_columns_is_refused(
    project: Project, change: str, reason: str
) -> None:
    land_rows(project, "order_unlock_coco", TYPES, click("a", "13:00", order_id="o1"))
    project.dbt("run", "--select", "+int_unlock_events")
    project.execute(f"alter table {STREAM} {change}")
    columns = project.columns(STREAM)

    results = project.dbt("run", "--select", "int_unlock_events", succeeds=False)

    message = str(results["int_unlock_events"].message)
    assert f"differ from its YAML: {reason}." in message
    assert "dbt run --full-refresh --select int_unlock_events+" in message
    assert project.columns(STREAM) == columns
    assert project.query(f"select event_id, order_id from {STREAM}") == [("a", "o1")]
