"""What a stream makes of copies, and what it takes as the entity of an event."""

from __future__ import annotations

import hashlib

from contract.raw import Value, land_rows
from project import Project

TYPES = {
    "id": "text",
    "order_id": "text",
    "robot_id": "text",
    "received_at": "timestamptz",
    "uuid_ts": "timestamptz",
}
BUILD = ("run", "--select", "+int_unlock_events")


def click(event_id: str | None, loaded: str | None, at: str = "12:00", **ids: Value) -> dict[str, Value]:
    """A raw click; times on 2026-09-01, UTC."""
    loaded_at = None if loaded is None else f"2026-09-01 {loaded}+00"
    return {"id": event_id, "received_at": f"2026-09-01 {at}+00", "uuid_ts": loaded_at, **ids}


def test_entity_is_the_order_else_the_robot_else_the_event(project: Project) -> None:
    land_rows(
        project,
        "order_unlock_coco",
        TYPES,
        click("a", "13:00", order_id="o1", robot_id="r1"),
        click("b", "13:00", robot_id="r1"),
        click("c", "13:00"),
    )
    project.dbt(*BUILD)
    stream = "select event_id, entity_key from analytics_intermediate.int_unlock_events order by event_id"
    assert project.query(stream) == [
        ("a", "order:o1"),
        ("b", "robot:r1"),
        ("c", f"none:{hashlib.md5(b'order_unlock_coco|c').hexdigest()}"),
    ]


def test_of_the_copies_of_an_event_the_one_loaded_last_counts(project: Project) -> None:
    stream = "select event_id, order_id from analytics_intermediate.int_unlock_events order by event_id"
    land_rows(
        project,
        "order_unlock_coco",
        TYPES,
        click("loaded_last", "13:00", order_id="o1"),
        click("loaded_last", "14:00", order_id="o2"),
        click("received_last", "13:00", at="12:00:09", order_id="o3"),
        click("received_last", "13:00", at="12:00:08", order_id="o4"),
        click("greatest", "13:00", order_id="o5"),
        click("greatest", "13:00", order_id=None),
        click("twice", "13:00", order_id="o6"),
        click("twice", "13:00", order_id="o6"),
        click("later", "13:00", order_id="o7"),
        click(None, "13:00", order_id="o8"),
        click(" ", "13:00", order_id="o9"),
    )
    project.dbt(*BUILD)
    kept = {"greatest": "o5", "later": "o7", "loaded_last": "o2", "received_last": "o3", "twice": "o6"}
    assert dict(project.query(stream)) == kept

    land_rows(
        project,
        "order_unlock_coco",
        TYPES,
        click("later", "15:00", order_id="o10"),
        click("twice", None, order_id="o11"),
        click("greatest", "13:00", order_id="o4"),
        click("new", "15:00", order_id="o12"),
    )
    project.dbt(*BUILD)
    assert dict(project.query(stream)) == kept | {"later": "o10", "new": "o12"}
    table = "analytics_intermediate.int_unlock_events"
    newest = f"(select max(written_at) from {table})"
    written = project.query(f"select event_id from {table} where written_at = {newest} order by event_id")
    assert written == [("later",), ("new",)]
