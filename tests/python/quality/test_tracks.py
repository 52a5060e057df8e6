"""`tracks` is compared with the event tables whatever has landed of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from contract.raw import Value, land_empty_table, land_rows
from project import Project

MART = "analytics_marts.rpt_tracks_reconciliation"
EVENT = "order_unlock_coco"
NOON = "2026-09-01 12:00:00+00"
TYPES = {"id": "varchar(1024)", "event": "text", "received_at": "timestamptz"}


def compared(project: Project) -> list[tuple[object, ...]]:
    """The report's counts."""
    counts = "both_count, tracks_only_count, table_only_count, is_declared"
    return project.query(f"select event_name, {counts} from {MART} order by 1")


def run(project: Project) -> None:
    """Build what the report rests on."""
    project.dbt("run", "--select", "+rpt_tracks_reconciliation")


def test_tracks_may_be_absent_come_later_and_be_empty(project: Project) -> None:
    for name in ("a", "b"):
        land_rows(project, EVENT, TYPES, {"id": name, "event": EVENT, "received_at": NOON})
    run(project)
    assert compared(project) == []
    land_rows(project, "tracks", TYPES)
    run(project)
    assert compared(project) == []
    rows: list[dict[str, str | None]] = [
        {"id": "b ", "event": EVENT, "received_at": NOON},
        {"id": "b", "event": EVENT, "received_at": NOON},
        {"id": "c", "event": EVENT, "received_at": NOON},
        {"id": "d", "event": "robot_sang", "received_at": NOON},
        {"id": " ", "event": EVENT, "received_at": NOON},
        {"id": None, "event": EVENT, "received_at": NOON},
    ]
    land_rows(project, "tracks", TYPES, *rows)
    assert compared(project) == [(EVENT, 1, 1, 1, True), ("robot_sang", 0, 1, 0, False)]


@pytest.mark.parametrize(
    ("types", "told"),
    [
        ({"id": "text", "event": "text", "received_at": "text"}, [("a", EVENT, datetime(2026, 9, 1, 12))]),
        ({"id": "bigint", "event": "varchar(1024)", "received_at": "timestamp"}, [("7", EVENT, None)]),
        ({"id": "text", "event": "bigint"}, [("a", "7", None)]),
        ({"id": "text"}, [("a", None, None)]),
        ({"event": "text"}, []),
    ],
)
def test_tracks_may_have_other_columns_and_types(
    project: Project, types: dict[str, str], told: list[tuple[object, ...]]
) -> None:
    row: dict[str, Value] = {
        "id": 7 if types.get("id") == "bigint" else "a",
        "event": 7 if types.get("event") == "bigint" else EVENT,
        "received_at": "2026-09-01T12:00:00Z" if types.get("received_at") == "text" else None,
    }
    land_empty_table(project)
    land_rows(project, "tracks", types, row)
    names_of_event_tables = "{raw_names: {id: [message], event: [kind], received_at: [arrived]}}"
    project.dbt("run", "--select", "int_landed_tracks", "--vars", names_of_event_tables)
    assert (
        project.query(
            "select event_id, event_name, received_at from analytics_intermediate.int_landed_tracks"
        )
        == told
    )
