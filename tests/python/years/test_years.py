"""Runs after clocks, raw rows, rules or columns have changed, or raw tables were pruned."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import yaml

from builds.differences import assert_same_contents
from project import INCREMENTS, ROOT, Project
from properties.built import Manifest, outputs
from redshift_lookalike.database import SEARCH_PATH
from sandbox.server import RAW_SCHEMA
from years.conftest import CHEAP_RUN, land_next_load, raw_columns, with_other_sql

AHEAD = "interval '30 days'"
RENAMED = "anonymous_id"
"""A raw column that has one accepted name, and is given another one."""


def assert_as_after_full_refresh(project: Project) -> None:
    """What increments made is what a full refresh makes."""
    by_increments = outputs(project)
    project.dbt("run", "--full-refresh", *INCREMENTS)
    assert_same_contents(outputs(project), by_increments)


def test_a_clock_that_was_ahead_hides_no_row(in_use: Project) -> None:
    """Clock steps: all `written_at` and watermarks are 30 days ahead of the present clock."""
    manifest = Manifest.of(in_use)
    models = [relation.split(".")[1] for relation in manifest.incremental]
    names = ", ".join(f"'{model}'" for model in models)
    for relation in manifest.incremental:
        if in_use.query(f"select 1 from {relation} limit 1") and "written_at" in in_use.columns(relation):
            in_use.execute(f"update {relation} set written_at = written_at + {AHEAD}")
    for model in models:
        in_use.execute(
            f"update analytics_intermediate.{model}__watermarks set watermark = watermark + {AHEAD}"
            f" where input_name in ({names})"
        )
    before = outputs(in_use)
    land_next_load(in_use)
    in_use.dbt("run", *INCREMENTS)
    after = outputs(in_use)
    assert [relation for relation in manifest.incremental if before[relation] == after[relation]] == []
    assert_as_after_full_refresh(in_use)


def test_what_changed_in_place_is_read_again(in_use: Project) -> None:
    """Changed raw rows: rows of the last hours have other values, and the load time that they had."""
    land_next_load(in_use)
    in_use.dbt("run", *INCREMENTS)
    before = outputs(in_use)
    changed = set()
    for table, columns in raw_columns(in_use).items():
        names = [name for name in ("order_id", "robot_id", "anonymous_id", "trip_id") if name in columns]
        for name, prefix in zip(names, ("'!'", "'~'", "'!'", "'~'"), strict=False):
            in_use.execute(
                f"update {RAW_SCHEMA}.{table} set {name} = {prefix} || {name} where {name} is not null"
                f" and uuid_ts > (select max(uuid_ts) - interval '20 hours' from {RAW_SCHEMA}.{table})",
                user="loader",
            )
            changed.add(Manifest.of(in_use).event_tables[table])
    assert changed == set(Manifest.of(in_use).event_tables.values())
    in_use.dbt("run", *INCREMENTS)
    after = outputs(in_use)
    assert [stream for stream in changed if before[stream] == after[stream]] == []
    assert_as_after_full_refresh(in_use)


def test_pruned_raw_tables_lose_nothing(in_use: Project) -> None:
    """Retention: a stream loses no event because raw tables were pruned, or the run stops."""
    manifest = Manifest.of(in_use)
    streams, tables = sorted(set(manifest.event_tables.values())), manifest.incremental
    before = in_use.contents(tables)
    days = (datetime.now(timezone.utc) - datetime(2026, 9, 2, 12, tzinfo=timezone.utc)).days
    cutoff = (datetime.now(timezone.utc) - timedelta(days=days)).replace(tzinfo=None)
    for table in raw_columns(in_use):
        in_use.execute(
            f"delete from {RAW_SCHEMA}.{table} where coalesce(uuid_ts, received_at) < '{cutoff}'",
            user="loader",
        )
    for option in (["--full-refresh"], ["--vars", "{reconcile: true}"]):
        results = in_use.dbt("run", *INCREMENTS, *option, succeeds=False)
        for stream in streams:
            message = str(results[stream.split(".")[1]].message)
            assert "would lose events that the raw tables no longer have" in message, stream
            assert "raw_retention_days" in message
        assert_same_contents(before, in_use.contents(tables))

    declared = json.dumps({"raw_retention_days": days})
    in_use.dbt("run", "--full-refresh", "--vars", declared)
    assert_same_contents(before, in_use.contents(tables))
    in_use.dbt("run", *CHEAP_RUN, "--vars", json.dumps({"raw_retention_days": days, "reconcile": True}))
    assert_same_contents(before, in_use.contents(tables))


def test_changed_rules_are_reported(in_use: Project) -> None:
    """Changed rules: each model warns of each changed var that its SQL names, of SQL and of raw names."""
    changed_vars: dict[str, object] = {"reporting_time_zone": "Asia/Kolkata", "event_delay_max_days": 60}
    changed_vars |= {
        name: 3 * value
        for name, value in yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"].items()
        if re.search("_(minutes|seconds|hours)$", name)
        and name not in ("load_overlap_hours", "horizon_margin_minutes", "newest_load_max_hours")
    }
    content = Manifest.of(in_use).content
    expected = {
        node["name"]: rules_of(node, content, changed_vars)
        for node in content["nodes"].values()
        if node["config"]["materialized"] == "incremental" and node["name"] != "int_data_horizon"
    }
    assert len(expected) == len(Manifest.of(in_use).incremental) - 1
    assert set().union(*expected.values()) >= {*changed_vars, "raw_names"} - {"cancel_after_block_minutes"}

    in_use.dbt("run", *CHEAP_RUN)
    assert warned_of_rules(in_use) == {}
    changed_vars["raw_names"] = {RENAMED: [RENAMED, "another_name"]}
    changed, other = json.dumps(changed_vars), with_other_sql(in_use)
    other.dbt("run", *CHEAP_RUN, "--vars", changed)
    assert warned_of_rules(other) == expected
    other.dbt("run", *CHEAP_RUN, "--vars", json.dumps(changed_vars | {"reconcile": True}))
    assert warned_of_rules(other) == {}
    other.dbt("run", "--exclude", "path:models/staging", "--vars", changed)
    assert warned_of_rules(other) == {}
    reconciled = outputs(other)
    other.dbt("run", "--full-refresh", "--exclude", "path:models/staging", "--vars", changed)
    assert_same_contents(outputs(other), reconciled)


def rules_of(node: Mapping[str, Any], content: Mapping[str, Any], changed_vars: Collection[str]) -> set[str]:
    """The changed rules of a table: its SQL, vars that it names, and names of the raw columns it reads."""
    text, raw_columns, waiting = node["raw_code"], set[str](), [*node["depends_on"]["nodes"]]
    while waiting:
        name = waiting.pop()
        parent = content["nodes"].get(name)
        if name in content["sources"]:
            raw_columns |= {*content["sources"][name]["columns"]}
        elif parent and parent["config"]["materialized"] == "view":
            text += parent["raw_code"]
            waiting += parent["depends_on"]["nodes"]
    names = {name for name in changed_vars if f"'{name}'" in text} | {"SQL"}
    if RENAMED in raw_columns:
        names.add("raw_names")
    if node["config"]["incremental_strategy"] == "replace_events":
        names |= {"clock_skew_tolerance_minutes", "event_delay_max_days"}
    return names


def warned_of_rules(project: Project) -> dict[str, set[str]]:
    """The rules that the last run said have changed, by model."""
    found = {}
    for warning in project.warnings:
        match = re.search(
            "The rules of (\\w+) have changed since its rows were computed: (.*?)[.] This", warning
        )
        if match:
            found[match[1]] = {change.split()[0] for change in match[2].split(", ")}
    return found


def test_a_table_gets_the_columns_that_it_lacks(in_use: Project) -> None:
    """New columns: a run without new rows adds the missing column of each table.

    Only rows written later have values in it.
    """
    manifest = Manifest.of(in_use)
    in_use.execute(f"set search_path to {SEARCH_PATH}; drop view {', '.join(manifest.views_on_models)}")
    lacking = {relation: manifest.plain_columns[relation][-1] for relation in manifest.incremental}
    for relation, column in lacking.items():
        in_use.execute(f"alter table {relation} drop column {column}")
    in_use.dbt("run")
    for relation, column in lacking.items():
        assert column in in_use.columns(relation)
    land_next_load(in_use)
    in_use.dbt("run", *INCREMENTS)
    partly = [
        relation
        for relation, column in lacking.items()
        if in_use.query(f"select 1 from {relation} where {column} is null limit 1")
        and in_use.query(f"select 1 from {relation} where {column} is not null limit 1")
    ]
    assert len(partly) > 20, partly
    in_use.dbt("run", *INCREMENTS, "--vars", "{reconcile: true}")
    assert_as_after_full_refresh(in_use)
