"""A table that another version of the project built is refused with what to do, and keeps what it has."""

from __future__ import annotations

from contract.raw import land_rows
from project import Project
from streams.test_exactly_once import TYPES, click

STREAM = "analytics_intermediate.int_unlock_events"


def test_a_table_with_other_columns_is_refused(project: Project) -> None:
    land_rows(project, "order_unlock_coco", TYPES, click("a", "13:00", order_id="o1"))
    project.dbt("run", "--select", "+int_unlock_events")
    project.execute(f"alter table {STREAM} rename column merchant_id to shop_id")
    before = project.query(f"select event_id, order_id from {STREAM}")
    land_rows(project, "order_unlock_coco", TYPES, click("b", "14:00", order_id="o2"))

    results = project.dbt("run", "--select", "int_unlock_events", succeeds=False)

    message = str(results["int_unlock_events"].message)
    assert "Missing: merchant_id." in message
    assert "Not declared: shop_id." in message
    assert "dbt run --full-refresh --select int_unlock_events+" in message
    assert project.query(f"select event_id, order_id from {STREAM}") == before == [("a", "o1")]
