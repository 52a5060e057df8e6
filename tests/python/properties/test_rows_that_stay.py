"""An increment writes what changed, and what has to look new to those who read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dbt.contracts.results import RunResult

from contract.raw import land_rows
from project import Project

FACT = "analytics_marts.fct_unlock_attempts"
EVENTS = "analytics_intermediate.int_unlock_attempt_events"
STREAM = "analytics_intermediate.int_unlock_events"
RUN = ("run", "--select", "+fct_unlock_attempts")
TYPES = {"id": "varchar(1024)", "received_at": "timestamptz", "timestamp": "timestamptz", "order_id": "text"}


def land(project: Project, event: str, event_id: str, time: str, order_id: str = "o1") -> None:
    """Land an event that was received when it happened."""
    moment = f"2026-09-01 {time}+00"
    row = {"id": event_id, "received_at": moment, "timestamp": moment, "order_id": order_id}
    land_rows(project, event, TYPES, row)


def reported(results: Mapping[str, RunResult]) -> dict[str, tuple[str, int]]:
    """What dbt reports of some tables: its message, and the number of rows."""
    names = (
        "int_unlock_events",
        "int_server_unlock_events",
        "int_data_horizon",
        "int_unlock_attempt_events",
        "fct_unlock_attempts",
    )
    return {
        name: (str(results[name].message), results[name].adapter_response["rows_affected"]) for name in names
    }


def written(project: Project) -> dict[datetime, str]:
    """The transactions that wrote the attempts, by the attempts' start."""
    return dict(project.query(f"select started_at, xmin::text from {FACT} order by 1"))


def test_an_attempt_that_nothing_happened_to_is_not_written_again(project: Project) -> None:
    land(project, "order_unlock_coco", "a", "10:00:00")
    land(project, "order_unlock_coco", "b", "12:00:00")
    land(project, "order_unlock_coco", "c", "23:00:00", "o2")
    project.dbt(*RUN)
    before = written(project)
    assert [start.hour for start in before] == [10, 12, 23]
    land(project, "server_unlock_bot_open_lid_success", "d", "12:00:30")
    results = project.dbt(*RUN)
    after = written(project)
    assert [start.hour for start in after if after[start] != before[start]] == [12]
    assert reported(results) == {
        "int_unlock_events": ("UNCHANGED", 0),
        "int_server_unlock_events": ("DELETE 0 INSERT 1", 1),
        "int_data_horizon": ("DELETE 1 INSERT 2", 3),
        "int_unlock_attempt_events": ("DELETE 0 INSERT 1", 1),
        "fct_unlock_attempts": ("DELETE 1 INSERT 1", 2),
    }
    assert {rows for _, rows in reported(project.dbt(*RUN)).values()} == {0}


def test_no_row_is_written_where_the_same_came_out(project: Project) -> None:
    land(project, "order_unlock_coco", "a", "10:00:00")
    land(project, "order_unlock_coco", "b", "12:00:00")
    project.dbt(*RUN)
    before, rows = written(project), project.content(FACT)
    project.execute(f"update {STREAM} set written_at = statement_timestamp() at time zone 'UTC'")
    project.dbt(*RUN)
    after = written(project)
    assert after == before
    assert project.content(FACT) == rows


def test_no_row_is_written_again_beside_an_order_that_is_new(project: Project) -> None:
    def versions() -> dict[str, str]:
        return dict(project.query(f"select event_id, xmin::text from {EVENTS} order by 1"))

    land(project, "order_unlock_coco", "a", "10:00:00")
    land(project, "order_unlock_coco", "b", "12:00:00")
    project.dbt(*RUN)
    before = versions()
    land(project, "order_unlock_coco", "c", "11:00:00", "o2")
    project.execute(f"update {STREAM} set written_at = statement_timestamp() at time zone 'UTC'")
    project.dbt(*RUN)
    after = versions()
    assert list(after) == ["a", "b", "c"]
    assert {event_id: after[event_id] for event_id in before} == before
