"""The tests of a property fail if the project's code is changed so that it no longer has the property."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest

from contract.test_drift import test_missing_retyped_and_extra_columns as drift_on_postgres
from crash.test_killed import test_a_run_whose_dbt_is_killed_is_made_good as killed_on_postgres
from crash.two_loads import TwoLoads
from dbt_process import DbtProcess
from deep import deep
from parsing import ParsedProject, manifest_for, parsed_for
from plans.test_increments import test_no_increment_reads_a_history_from_end_to_end as plans_on_postgres
from project import Project
from properties import test_arrival, test_clocks, test_duplicates, test_reconciliation, test_tables
from properties.breaks import BREAKS, Break
from redshift import test_faults, test_landed, test_parity, test_statements
from redshift import test_tables as test_tables_on_redshift
from redshift.conftest import OnRedshift, project_on
from redshift.test_parity import projects as projects
from redshift_lookalike.conftest import lookalike as lookalike
from redshift_lookalike.lookalike import Lookalike
from sandbox.server import Server
from warehouse import Database
from years import test_years
from years.conftest import _built as _built
from years.conftest import _built_on_postgres as _built_on_postgres
from years.conftest import built as built
from years.conftest import on_postgres as on_postgres
from years.conftest import on_redshift as on_redshift
from years.conftest import settings as settings

Test = Callable[..., None]

ROWS_DIFFER = r"rows (missing|unexpected)|laws broken|Differing items"
ARRIVAL = test_arrival.test_hostile_rows_in_some_loads_end_as_in_a_full_refresh
PARITY = test_parity.test_hostile_rows_in_the_types_of_each_warehouse_come_to_the_same
LACKS_ONE = r"column .*does not exist|assert '\w+' in \["
NOTHING_NEW = (
    test_statements.test_with_nothing_new_a_table_gets_five_statements_a_view_none_and_no_row_is_written
)
CHANGED_IN_PLACE = test_years.test_what_changed_in_place_is_read_again


def cut_on_redshift(built: OnRedshift, rng: random.Random) -> None:
    """The test of cut increments on Redshift, with the project as it is now."""
    process = DbtProcess(built.project.runner, built.lookalike.env, built.project.parsed)
    try:
        with test_faults.increments_of(built, process, "replace_entities") as increments:
            test_faults.test_an_increment_cut_at_any_statement_is_made_good(increments, True, rng)
    finally:
        process.kill()


CASES: list[tuple[str, Test, dict[str, Any], str]] = [
    ("Arrival invariance", ARRIVAL, {"number": 0}, ROWS_DIFFER),
    ("Arrival invariance", CHANGED_IN_PLACE, {"in_use": "on_redshift"}, ROWS_DIFFER),
    ("Idempotence", ARRIVAL, {"number": 0}, "Differing items"),
    ("Idempotence", NOTHING_NEW, {}, "create temporary"),
    ("Duplicate insensitivity", test_duplicates.test_exact_copies_are_not_even_written, {}, ROWS_DIFFER),
    ("Duplicate insensitivity", PARITY, {}, r"Left contains \d+ more item"),
    ("Determinism", ARRIVAL, {"number": 0}, ROWS_DIFFER),
    ("Determinism", PARITY, {}, ROWS_DIFFER),
    ("Conservation", ARRIVAL, {"number": 0}, "not once in their streams"),
    ("Conservation", PARITY, {}, r"Left contains \d+ more item"),
    (
        "No phantoms",
        test_reconciliation.test_a_reconciliation_of_everything_equals_a_full_refresh,
        {},
        ROWS_DIFFER,
    ),
    ("No phantoms", CHANGED_IN_PLACE, {"in_use": "on_redshift"}, ROWS_DIFFER),
    ("Clock safety", test_clocks.test_a_lying_stamp_hides_no_row, {}, r"true \d"),
    ("Clock safety", PARITY, {}, ROWS_DIFFER),
    ("Table independence", test_tables.test_a_late_table_affects_only_its_own, {}, "0 > 0|rows missing"),
    (
        "Table independence",
        test_tables_on_redshift.test_a_late_table_is_read_from_its_beginning,
        {},
        ROWS_DIFFER,
    ),
    ("Schema safety", drift_on_postgres, {}, "missing_column"),
    (
        "Schema safety",
        test_landed.test_a_table_without_a_grant_is_unreadable_and_not_missing,
        {},
        "missing_column",
    ),
    ("Metric laws", ARRIVAL, {"number": 0}, "opened_rate between 0 and 1"),
    ("Metric laws", PARITY, {}, ROWS_DIFFER),
    ("Crash convergence", killed_on_postgres, {"model": "int_unlock_attempt_events"}, ROWS_DIFFER),
    ("Crash convergence", cut_on_redshift, {}, "state"),
    ("Dialect parity", PARITY, {}, ROWS_DIFFER),
    ("Cost law", plans_on_postgres, {}, "Scan on"),
    (
        "Cost law",
        NOTHING_NEW,
        {},
        "first extra item: 'int_order_events: analytics_intermediate.int_order_inputs'",
    ),
    *(
        (name, test, {"in_use": adapter}, reason)
        for name, test, reason in (
            ("Clock steps", test_years.test_a_clock_that_was_ahead_hides_no_row, "analytics_|rows missing"),
            ("Changed raw rows", CHANGED_IN_PLACE, "analytics_|rows missing"),
            ("Retention", test_years.test_pruned_raw_tables_lose_nothing, "rows missing"),
            ("Changed rules", test_years.test_changed_rules_are_reported, "Differing items"),
            ("New columns", test_years.test_a_table_gets_the_columns_that_it_lacks, LACKS_ONE),
        )
        for adapter in ("on_postgres", "on_redshift")
    ),
]
"""A property, a test of it, arguments that are no fixtures, and what the failure says without the property.

`in_use` names the fixture of an adapter.
"""


@pytest.fixture
def opened(server: Server, lookalike: Lookalike, tmp_path: Path) -> Iterator[Project]:
    """The project on the look-alike of a database that is empty at first, for one test."""
    with project_on(lookalike, Database(server, lookalike.env["REDSHIFT_DATABASE"]), tmp_path) as project:
        yield project


@deep
@pytest.mark.parametrize(
    ("name", "test", "given", "reason"),
    CASES,
    ids=[
        " ".join([name, test.__name__, *map(str, given.values())]).replace(" ", "-")
        for name, test, given, _ in CASES
    ],
)
def test_a_test_fails_without_its_property(
    request: pytest.FixtureRequest, name: str, test: Test, given: dict[str, Any], reason: str
) -> None:
    values = {}
    for parameter in inspect.signature(test).parameters:
        if parameter in given and parameter != "in_use":
            values[parameter] = given[parameter]
        else:
            values[parameter] = request.getfixturevalue(given.get(parameter, parameter))
    with broken(BREAKS[name], values.values()), pytest.raises(AssertionError, match=reason):
        test(**values)


def test_each_change_has_a_test_that_notices_it() -> None:
    assert {name for name, *_ in CASES} == {*BREAKS}


@contextmanager
def broken(change: Break, values: Iterable[object]) -> Iterator[None]:
    """Change the project of these fixtures, for all that dbt runs meanwhile."""
    processes = [value for value in values if isinstance(value, TwoLoads)]
    projects = [project for value in values for project in projects_of(value)]
    whole = [project.parsed for project in projects]
    for loads in processes:
        loads.end_processes()
    parse = ParsedProject.manifest

    def parse_changed(parsed: ParsedProject, *names: str) -> Manifest:
        manifest = parse(parsed, *names)
        change.apply(manifest)
        return manifest

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ParsedProject, "manifest", parse_changed)
        manifest_for.cache_clear()
        for project in projects:
            project.parsed = parsed_for(project.target).manifest(project.database.name)
        try:
            yield
        finally:
            manifest_for.cache_clear()
            for project, parsed in zip(projects, whole, strict=True):
                project.parsed = parsed
            for loads in processes:
                loads.end_processes()


def projects_of(value: object) -> Iterator[Project]:
    """The projects that a fixture has. Of both adapters' it is Redshift's, so that they differ then."""
    if isinstance(value, Project):
        yield value
    elif isinstance(value, OnRedshift | TwoLoads):
        yield value.project
    elif isinstance(value, dict):
        yield value["redshift"]
