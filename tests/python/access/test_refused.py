"""What somebody is told whom the warehouse does not let in, or not to the raw tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from builds.runner import Dbt
from contract.raw import land_empty_table, land_rows
from deep import deep
from project import ROOT, Project
from sandbox.server import RAW_SCHEMA

CLICK = {"id": "a", "received_at": "2026-09-01 12:00:00+00", "order_id": "o1"}
RUN = ("run", "--select", "+fct_unlock_attempts")
SCHEMA = f"schema {RAW_SCHEMA}"
REFUSED = f"1 of 50 event tables in {SCHEMA} may not be read by transformer"
TYPES = {"id": "varchar(1024)", "received_at": "timestamptz", "order_id": "text"}


@deep
def test_without_a_warehouse_dbt_says_so_and_nothing_else_does(project: Project, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    dbt = Dbt(ROOT, project.work, "sandbox", work=tmp_path, logging=("--no-use-colors",))
    build = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", *dbt.arguments("build")],
        env=os.environ | {"SANDBOX_HOST": str(nowhere)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert build.returncode == 2
    _, _, told = build.stdout.partition("Encountered an error:\n")
    assert told.split("\n", 2)[:2] == [
        "Database Error",
        f'  connection to server on socket "{nowhere}/.s.PGSQL.5432" failed: No such file or directory',
    ]
    assert "Is the server running locally" in told
    for ours in ("Traceback", "in macro", "Compilation Error", "event tables"):
        assert ours not in build.stdout + build.stderr


def test_without_rights_on_the_raw_tables_nothing_is_lost_and_the_cause_is_named(project: Project) -> None:
    land_empty_table(project)
    land_rows(project, "order_unlock_coco", TYPES, CLICK)
    project.dbt(*RUN)
    attempts = project.content("analytics_marts.fct_unlock_attempts")
    assert len(attempts) == 1
    project.execute(f"revoke select on {RAW_SCHEMA}.order_unlock_coco from transformer", user="loader")
    for reconcile in ("false", "true"):
        project.dbt(*RUN, "--vars", f"{{reconcile: {reconcile}}}")
        told = [warning for warning in project.warnings if "event tables" in warning]
        assert len(told) == 2
        assert any(
            warning.startswith(f"48 of 50 event tables have not landed in {SCHEMA}") for warning in told
        )
        assert any(
            warning.startswith(REFUSED) and warning.endswith(": order_unlock_coco.") for warning in told
        )
        assert project.content("analytics_marts.fct_unlock_attempts") == attempts


def test_without_rights_on_the_raw_schema_nothing_is_run(project: Project) -> None:
    land_rows(project, "order_unlock_coco", TYPES, CLICK)
    project.execute(f"revoke usage on {SCHEMA} from transformer", user="loader")
    assert project.dbt("run", "--select", "stg_order_unlock_coco", succeeds=False) == {}
    assert f"None of the 50 event tables can be read in {SCHEMA}" in project.exception
    assert "Grant usage on the schema and select on the tables to transformer." in project.exception
    assert project.tables("analytics_staging") == []
