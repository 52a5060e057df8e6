"""Runs with `--empty`, unsupported timestamps, and staging views that block changes of raw tables."""

from __future__ import annotations

import psycopg2
import pytest

from builds.differences import assert_same_contents
from contract.raw import Value, land_rows
from project import INCREMENTS, Project
from properties.built import Manifest, outputs, row_versions
from sandbox.server import RAW_SCHEMA
from streams.test_exactly_once import TYPES
from years.conftest import CHEAP_RUN

TIMES_OF_A_ROW = dict.fromkeys(
    ("timestamp", "original_timestamp", "received_at", "uuid_ts"), "2026-09-01 10:00+00"
)


@pytest.mark.parametrize("option", [[], ["--full-refresh"]], ids=["increments", "full_refresh"])
def test_an_empty_run_leaves_what_exists(on_postgres: Project, option: list[str]) -> None:
    tables = Manifest.of(on_postgres).incremental
    before, versions = outputs(on_postgres), row_versions(on_postgres, tables)
    results = on_postgres.dbt("run", "--empty", *option)
    models = [result for result in results.values() if str(result.node.resource_type) == "model"]
    assert {str(result.message) for result in models} == {"EMPTY"}
    assert_same_contents(before, outputs(on_postgres))
    assert row_versions(on_postgres, tables) == versions


def test_an_empty_run_makes_what_does_not_exist_and_the_next_run_fills_it(project: Project) -> None:
    types = TYPES | {"timestamp": "timestamptz", "original_timestamp": "timestamptz"}
    land_rows(project, "order_unlock_coco", types, {"id": "1", "order_id": "o", **TIMES_OF_A_ROW})
    project.dbt("seed")
    project.dbt("run", "--empty")
    tables = Manifest.of(project).incremental
    assert len(tables) > 30
    assert sum(map(len, project.contents(tables).values())) == 0
    project.dbt("run")
    assert project.query("select order_id from analytics_marts.fct_orders") == [("o",)]


def test_times_outside_the_calendar_are_no_times(project: Project) -> None:
    """An increment and a full refresh agree on them, and nothing that is packed with them is shifted.

    The two raw columns of an order's id have different collations, and PostgreSQL does not merge such texts.
    """
    types = TYPES | {"timestamp": "timestamptz", "original_timestamp": "timestamptz"}
    types |= {"order_id": 'text collate "C"', "delivery_id": 'text collate "POSIX"'}
    odd = (
        "infinity",
        "-infinity",
        "52732-01-01",
        "294276-12-31",
        "0044-03-15 BC",
        "0999-12-31",
        "3000-01-01",
    )
    loads = []
    for load in (0, 1):
        rows = []
        for time in odd:
            row: dict[str, Value] = {
                "order_id": f"o {time}",
                "robot_id": f"r{load}",
                "received_at": f"2026-09-01 1{load}:00+00",
                "uuid_ts": f"2026-09-01 1{load}:30+00",
                "timestamp": f"2026-09-01 1{load}:00+00",
            }
            odd_times: list[dict[str, Value]] = [
                {"timestamp": time if load else None, "original_timestamp": time},
                {"uuid_ts": time},
                {"received_at": time, "uuid_ts": None},
                {"received_at": time, "uuid_ts": time},
            ]
            rows += [
                row | {"id": f"{load} {number} {time}"} | times for number, times in enumerate(odd_times)
            ]
        loads.append(rows)
    project.dbt("seed")
    for rows, selected in zip(loads, ((), INCREMENTS), strict=True):
        land_rows(project, "order_unlock_coco", types, *rows)
        project.dbt("run", *selected)
    orders = project.query("select distinct robot_id, last_robot_id from analytics_marts.fct_orders")
    assert orders == [("r0", "r1")]
    by_increments = outputs(project)
    project.dbt("run", "--full-refresh", *INCREMENTS)
    assert_same_contents(outputs(project), by_increments)


def test_staging_views_are_dropped_and_created_again(on_postgres: Project) -> None:
    before = outputs(on_postgres)
    change = f"alter table {RAW_SCHEMA}.order_unlock_coco alter column order_id type varchar(1024)"
    with pytest.raises(psycopg2.errors.FeatureNotSupported):
        on_postgres.execute(change, user="loader")
    on_postgres.dbt("run-operation", "drop_staging_views", "--args", "{raw_table: order_unlock_coco}")
    staging = "analytics_staging.stg_order_unlock_coco"
    assert staging not in on_postgres.tables("analytics_staging")
    assert len(on_postgres.tables("analytics_staging")) > 40
    on_postgres.execute(change, user="loader")
    on_postgres.dbt("run", *CHEAP_RUN)
    assert staging in on_postgres.tables("analytics_staging")
    on_postgres.dbt("run")
    assert_same_contents(before, outputs(on_postgres))

    on_postgres.dbt("run-operation", "drop_staging_views")
    assert on_postgres.tables("analytics_staging") == []
    on_postgres.dbt("run")
    assert_same_contents(before, outputs(on_postgres))


def test_an_unknown_raw_table_has_no_staging_view(
    on_postgres: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AssertionError, match="run-operation failed"):
        on_postgres.dbt("run-operation", "drop_staging_views", "--args", "{raw_table: page_veiwed}")
    assert "No staging view reads a raw table page_veiwed." in capfd.readouterr().out
    assert len(on_postgres.tables("analytics_staging")) > 40
