"""A reader with an open transaction: which commands it blocks, and how dbt reports it."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest

import sessions
from contract.raw import land_rows
from project import Project

FACT = "analytics_marts.fct_unlock_attempts"
MODEL_LOCK = "analytics_intermediate.fct_unlock_attempts__watermarks"
RUN = ("run", "--select", "+fct_unlock_attempts")
CLICK = {"id": "a", "received_at": "2026-09-01 12:00:00+00", "order_id": "o1"}
TYPES = {"id": "varchar(1024)", "received_at": "timestamptz", "order_id": "text"}


def test_a_reader_with_an_open_transaction_is_named_and_stops_no_increment(project: Project) -> None:
    land_rows(project, "order_unlock_coco", TYPES, CLICK)
    project.dbt(*RUN)
    assert project.query("show lock_timeout") == [("10min",)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        project.execute(f"lock table {MODEL_LOCK} in access share mode", user="analyst")
    project.execute(
        f"alter role transformer in database {project.database.name} set lock_timeout to '50ms'",
        user="postgres",
    )
    sessions.end_idle()
    with closing(project.database.connect(user="analyst")) as connection, connection.cursor() as cursor:
        cursor.execute(f"lock table {FACT} in access share mode")
        land_rows(project, "order_unlock_coco", TYPES, CLICK | {"id": "b", "order_id": "o2"})
        project.dbt(*RUN)
        assert len(project.rows(FACT)) == 2

        results = project.dbt("run", "--full-refresh", "--select", "fct_unlock_attempts", succeeds=False)
        assert "lock timeout" in str(results["fct_unlock_attempts"].message)
        (warning,) = [each for each in project.warnings if "lock_timeout" in each]
        assert warning.startswith("fct_unlock_attempts waited for a lock longer than lock_timeout.")
        pid = connection.info.backend_pid
        assert f"user analyst (process {pid}, application )" in warning
        assert f"has AccessShareLock on {FACT}" in warning
        assert len(project.rows(FACT)) == 2
    project.dbt("run", "--full-refresh", "--select", "fct_unlock_attempts")
