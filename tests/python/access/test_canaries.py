"""A canary in every personal column is found where the inventory says, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from access.canaries import (
    HIDDEN,
    HIDDEN_NAMES,
    ODD_NAME,
    ONLY_PLACE,
    SCHEMAS,
    TRACKED_NAMES,
    Place,
    found_places,
    land_canaries,
    passed_values,
    personal_columns,
)
from access.inventory import PAGE, written_page
from builds.runner import Outcome
from project import Project, open_project
from sandbox.server import RAW_SCHEMA, Server
from shallow_stack import in_shallow_stack

BUILD = (
    *("build", "--exclude-resource-type", "unit_test", "--select"),
    *("resource_type:model", "resource_type:seed", "test_name:matches_contract"),
)


@dataclass(frozen=True)
class Built:
    """The project after a build and its documentation, and the folder of all files that dbt wrote."""

    project: Project
    outcomes: list[Outcome]
    files: Path
    found: dict[str, set[Place]]


@pytest.fixture(scope="module")
def built(server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The project built on canaries, with the debug log of dbt."""
    with open_project(server, worker_id, tmp_path_factory) as project:
        land_canaries(project)
        files = tmp_path_factory.mktemp("canaries")
        runner = replace(project.runner, work=files, logging=("--quiet", "--log-level-file", "debug"))
        outcomes = []
        for command in (BUILD, ("docs generate", "--static")):
            run = partial(runner.run, *command, manifest=project.parsed)
            outcomes.append(in_shallow_stack(run))
        yield Built(project, outcomes, files, found_places(project))


def test_everything_is_built(built: Built) -> None:
    assert [outcome.failure for outcome in built.outcomes] == ["", ""]
    assert len(built.outcomes[0].results) > 150


def test_no_cell_has_a_hidden_canary(built: Built) -> None:
    assert built.found[HIDDEN] == ONLY_PLACE


def test_each_allowed_value_is_found(built: Built) -> None:
    """Otherwise a canary that never landed would look like a hidden one."""
    landed = {name for name, places in built.found.items() if any("_intermediate." in p for p, _ in places)}
    assert set(passed_values()) - landed == set()
    found = set().union(*built.found.values())
    kept = {name for name, policy in personal_columns().items() if policy == "keep"}
    missing = {
        (relation, column)
        for relation in built.project.tables(*SCHEMAS)
        for column in built.project.columns(relation)
        if column in kept and (relation, column) not in found
    }
    assert missing == set()


def test_no_file_and_no_message_has_a_hidden_canary(built: Built) -> None:
    written = [path for path in built.files.rglob("*") if path.is_file()]
    names = {path.name for path in written}
    assert {"manifest.json", "catalog.json", "run_results.json", "static_index.html", "dbt.log"} <= names
    assert sum(path.suffix == ".sql" for path in written) > 200
    assert [path for path in written if HIDDEN.encode() in path.read_bytes()] == []
    assert HIDDEN not in str(built.outcomes)


def test_no_definition_and_no_comment_has_a_hidden_canary(built: Built) -> None:
    definitions = built.project.query(
        "select pg_get_viewdef(pg_class.oid) || coalesce(obj_description(pg_class.oid, 'pg_class'), '')"
        " from pg_class inner join pg_namespace on relnamespace = pg_namespace.oid"
        f" where relkind = 'v' and nspname in {SCHEMAS}"
    )
    assert len(definitions) > 70
    assert HIDDEN not in str(definitions)


def test_names_of_tables_and_columns_are_literals_and_masked(built: Built) -> None:
    assert_names(built.project, ODD_NAME)


def assert_names(project: Project, odd_name: str) -> None:
    """Assert how the reports show names that the contract does not declare."""
    masked = [f"[masked {number}]" for number in range(1, 100)]
    drift = "select {} from analytics_marts.rpt_contract_drift where finding = '{}' order by 1"
    for finding, column in (("extra_table", "event_name"), ("extra_column", "column_name")):
        names = [name for (name,) in project.query(drift.format(column, finding))]
        assert odd_name in names
        assert len([name for name in names if name in masked]) == len(HIDDEN_NAMES)
        assert len(names) == len(HIDDEN_NAMES) + 1
    tracked = "select event_name, count(*) from analytics_intermediate.int_landed_tracks group by 1"
    assert project.query(tracked) == [("[masked]", len(TRACKED_NAMES))]


def test_the_inventory_has_the_places_of_the_build(built: Built) -> None:
    """With WRITE_INVENTORY in the environment, the page is written instead. Then read the difference."""
    page = PAGE.read_text(encoding="utf-8")
    written = written_page(page, built.found, built.project.tables("analytics_marts"))
    if "WRITE_INVENTORY" in os.environ:
        PAGE.write_text(written, encoding="utf-8")
    else:
        assert page == written


def test_nothing_can_violate_a_constraint(built: Built) -> None:
    """A message about a violated constraint or unique index shows the row. The project makes none."""
    found = built.project.query(
        f"""
        with relations as (
            select pg_class.oid, relname, relkind
            from pg_class inner join pg_namespace on relnamespace = pg_namespace.oid
            where nspname in {SCHEMAS}
        )
        select relname, 'constraint' from pg_constraint inner join relations on conrelid = relations.oid
        union all
        select relname, 'unique' from pg_index inner join relations on indrelid = relations.oid
        where indisunique
        union all
        select relname, 'not null' from pg_attribute inner join relations on attrelid = relations.oid
        where attnotnull and relkind = 'r' and attnum > 0
        """
    )
    assert found == []


def test_only_errors_of_constraints_show_a_row(built: Built) -> None:
    """Tables are changed by hand, so that each stream fails in another way. This test is the last one."""
    changes = {
        "unlock": ("alter column page_title type varchar(3) using 'abc'", "value too long for type"),
        "error": ("alter column page_path type bigint using 1", "The columns of"),
        "order_tracker": ("add check (anonymous_id is null) not valid", "Failing row contains"),
    }
    for family, (change, _) in changes.items():
        built.project.execute(f"alter table analytics_intermediate.int_{family}_events {change}")
    for event in ("order_unlock_coco", "order_tracker_open"):
        built.project.execute(f"update {RAW_SCHEMA}.{event} set id = id || ' again'", user="loader")
    streams = [f"int_{family}_events" for family in changes]
    results = built.project.dbt("run", "--select", *streams, succeeds=False)
    for stream, (_, part) in zip(streams, changes.values(), strict=True):
        message = str(results[stream].message)
        assert part in message
        assert ("plain " in message) is (part == "Failing row contains")
        assert HIDDEN not in message
