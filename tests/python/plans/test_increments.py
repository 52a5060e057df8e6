"""An increment reads what it needs by index, never a history from end to end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from plans.explaining import PlanLog, run_explained
from plans.history import ROWS, land_history, land_next_day, vacuum
from project import Project
from sandbox.server import RAW_SCHEMA

SCHEMAS = (RAW_SCHEMA, "analytics_intermediate", "analytics_marts")
LARGEST_SHARE = 0.5


@dataclass(frozen=True)
class Read:
    """What was read of a table since it was made."""

    rows: int
    """That it has."""
    scans: int
    """In sequence."""
    fetched: int
    """Rows by index."""


def reads(project: Project) -> dict[str, Read]:
    """The counters of all tables with history, by `schema.name`.

    A session may add its reads to the counters only when it ends, some time after dbt has closed it. So all
    other sessions are ended first.
    """
    project.query(
        "select pg_terminate_backend(pid, 60000) from pg_stat_activity"
        " where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()",
        user="postgres",
    )
    rows = project.query(
        "select schemaname || '.' || relname, n_live_tup, seq_scan, coalesce(idx_tup_fetch, 0)"
        f" from pg_stat_user_tables where schemaname in {SCHEMAS} and n_live_tup >= {ROWS // 2}",
        user="postgres",
    )
    return {name: Read(*counts) for name, *counts in rows}


def incremental_models(project: Project) -> dict[str, str]:
    """The relations of the project's incremental models, as `schema.name`, by name."""
    return {
        node["name"]: f"{node['schema']}.{node['alias']}"
        for node in project.manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "incremental"
    }


def whole_scans(log: PlanLog, histories: Mapping[str, Read], scanned: Collection[str]) -> list[str]:
    """Where a plan reads a table with history from end to end.

    Not where it would read a table in sequence and never came to do so, for it was not `scanned`.
    """
    return [
        f"{scan.model}: {scan.kind} on {scan.relation or scan.index} in {scan.statement[:400]}"
        for scan in log.scans
        if scan.is_whole and (not scan.relation or scan.relation in histories)
        if scan.kind != "Seq Scan" or scan.relation in scanned
    ]


def test_no_increment_reads_a_history_from_end_to_end(
    project: Project, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = land_history(project, seed, tmp_path)
    project.dbt("run")
    vacuum(project)
    land_next_day(project, tables)
    before = reads(project)
    incremental = incremental_models(project)
    assert before.keys() >= {f"{RAW_SCHEMA}.{table}" for table in tables}
    assert {*incremental.values()} - before.keys() == {"analytics_intermediate.int_data_horizon"}

    log = run_explained(project, monkeypatch)
    after = reads(project)

    assert incremental.keys() <= log.models
    scanned = [name for name, read in before.items() if after[name].scans > read.scans]
    found = whole_scans(log, before, scanned)
    assert not found, "\n".join(found)
    assert scanned == []
    shares = {name: (after[name].fetched - read.fetched) / read.rows for name, read in before.items()}
    assert max(shares.values()) > 0
    assert {name: share for name, share in shares.items() if share > LARGEST_SHARE} == {}
