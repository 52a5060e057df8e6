"""The run: two loads, a run without news, a reconciliation; after each, what relations hold is compared.

Somebody reads meanwhile. Columns of other types and, on Redshift, the keys of tables come last.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from conformance import contents
from conformance.contents import BOOKKEEPING, Content
from conformance.dbt_project import ROOT, DbtProject
from conformance.errors import ConformanceError
from conformance.fixtures import ERASED, Fixtures, fixtures, without_erased
from conformance.keys import key_findings
from conformance.raw_rows import RawRow, RawTable, landing
from conformance.reader import QUERIES, Reader, Reading
from conformance.retyped import retyped, staging_views
from conformance.statements import LOGGED, Statement, slowest
from conformance.unlock_reference import NOT_FROM_UNLOCK_EVENTS, expected_marts
from conformance.warehouse import Warehouse, opened

EXPECTED = Path(__file__).parent / "expected"
SECOND_LOAD, RECONCILED, RETYPED = "second_load", "reconciliation", "retyped_columns"
TYPES = "column_types"
SLOWEST = 10
"""Statements that are told of."""

Contents = dict[str, Content]


@dataclass(frozen=True)
class Check:
    """Something that was looked at.

    stage: what had been run.  about: what was looked at.  count: rows, columns or nodes compared.
    findings: what was wrong, a line each; none if it passed.
    """

    stage: str
    about: str
    count: int
    findings: Sequence[str] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing was wrong."""
        return not self.findings


@dataclass
class Outcome:
    """What a run found. `scratch` begins the names of its schemas."""

    target: str
    scratch: str
    adapter: str = ""
    version: str = ""
    checks: list[Check] = field(default_factory=list)
    expected: dict[str, Contents] = field(default_factory=dict)
    """What the relations held after a stage, by its name: what would be expected if this run was right."""
    readings: Sequence[Reading] = ()
    """What became of the queries that ran while dbt built."""
    slowest: Sequence[Statement] = ()

    @property
    def passed(self) -> bool:
        """Whether all was looked at and nothing was wrong."""
        return bool(self.checks) and all(check.passed for check in self.checks)


def run(
    target: str, profiles: Path, scratch: str, expected: Path = EXPECTED, own_tests: bool = True
) -> Outcome:
    """Run all checks on a target of `profiles`/profiles.yml, in schemas whose names begin with `scratch`.

    expected: the folder of the expected contents.  own_tests: run the project's data and unit tests, too.
    The schemas are dropped at the end, however it ends. Raises ConformanceError if nothing can be run at all.
    """
    outcome = Outcome(target, scratch)
    with tempfile.TemporaryDirectory() as work:
        project = DbtProject(Path(work), profiles, target, outcome.scratch)
        with (
            opened(ROOT, Path(work), target) as warehouse,
            opened(ROOT, Path(work), target) as read_from,
        ):
            outcome.adapter, outcome.version = warehouse.adapter, warehouse.version
            try:
                warehouse.make_schemas(project.schemas)
                for statement in project.making_hash_key:
                    warehouse.execute(statement)
                Run(project, warehouse, read_from, expected, outcome).go(own_tests)
            finally:
                with opened(ROOT, Path(work), target) as fresh:  # the other one may have been lost on the way
                    fresh.drop_schemas(warehouse.made)
                    left = sorted(name for name in fresh.schemas() if name.startswith(outcome.scratch))
        outcome.slowest = slowest(Path(work) / "logs" / "dbt.log", SLOWEST)
    findings = [f"{name} is there" for name in left]
    outcome.checks.append(Check("at the end", "scratch schemas dropped", len(warehouse.made), findings))
    return outcome


class Run:
    """The stages on one warehouse, in its scratch schemas."""

    def __init__(
        self,
        project: DbtProject,
        warehouse: Warehouse,
        read_from: Warehouse,
        expected: Path,
        outcome: Outcome,
    ) -> None:
        """`read_from` is a connection for the reader alone."""
        self.project = project
        self.warehouse = warehouse
        self.read_from = read_from
        self.expected = expected
        self.outcome = outcome
        self.fixtures: Fixtures = fixtures(project.manifest)

    def go(self, own_tests: bool) -> None:
        """All stages, one after the other, until dbt or the warehouse fails."""
        stages: list[Callable[[], None]] = [
            self._first_load,
            self._second_load,
            self._nothing_new,
            self._reconciliation,
            self._reader_during_builds,
        ]
        if own_tests:
            stages.append(self._own_tests)
        stages.append(self._retyped_columns)  # it replaces raw tables, so nothing is built after it
        if self.warehouse.adapter == "redshift":
            stages.append(self._keys)  # may lack the right to see them, so nothing else waits for it
        for stage in stages:
            name = stage.__name__.strip("_").replace("_", " ")
            try:
                stage()
            except Exception as error:  # whatever the driver raises is a finding, and the schemas are to go
                self._note(name, "runs to its end", 1, f"{type(error).__name__}: {error}".splitlines())
                return

    def _first_load(self) -> None:
        self._land_load(1)
        self._dbt("first load", "build", "--exclude-resource-type", "test", "unit_test", "saved_query")
        self._compare_with_reference("first load", 1, erased=False, found=self._contents())

    def _second_load(self) -> None:
        self._land_load(2)
        with self.reader.reading():
            self._dbt("second load", "run")
        found = self._contents()
        self._compare_types()
        self._compare(SECOND_LOAD, found)
        self._compare_with_reference("second load", 2, erased=False, found=found)

    def _nothing_new(self) -> None:
        before = self._contents()
        with self.reader.reading():
            self._dbt("nothing new", "run", "--select", "config.materialized:incremental")
        after = self._contents()
        for name, found in before.items():
            findings = contents.findings(found, after[name])
            self._note("nothing new", f"{name} is as it was", len(found.rows), findings)

    def _reconciliation(self) -> None:
        for table in sorted(
            {row.table for row in self.fixtures.rows if row.values.get("order_id") == ERASED}
        ):
            self.warehouse.execute(
                f"delete from {self.project.raw_schema}.{table} where order_id = '{ERASED}'"
            )
        self._land_load(3)
        with self.reader.reading():
            self._dbt("reconciliation", "run", "--select", "config.materialized:incremental", reconcile=True)
        found = self._contents()
        self._compare(RECONCILED, found)
        self._compare_with_reference("reconciliation", 3, erased=True, found=found)

    @cached_property
    def reader(self) -> Reader:
        """Who reads marts while they are built. They must have been built once."""
        relations = self.project.relations
        queries = {about: query.format_map(relations) for about, query in QUERIES.items()}
        reader = Reader(self.read_from, queries)
        self.outcome.readings = [*reader.readings.values()]
        return reader

    def _reader_during_builds(self) -> None:
        for reading in self.outcome.readings:
            findings = [f"{count} times {error}" for error, count in reading.errors.items()]
            self._note("reader during builds", reading.about, reading.count, findings)

    def _own_tests(self) -> None:
        self._dbt("the project's own tests", "test")

    def _retyped_columns(self) -> None:
        tables, rows = retyped()
        for table in tables:
            self.warehouse.execute(f"drop table {self.project.raw_schema}.{table} cascade")
        self._land(tables, rows, [])
        views = staging_views(self.project.manifest, tables)
        self._dbt(RETYPED, "run", "--select", *views)
        self._compare(RETYPED, {name: self._content(relation) for name, relation in views.items()}, RETYPED)

    def _keys(self) -> None:
        for relation, findings in key_findings(self.project.manifest, self.warehouse):
            self._note("keys", f"keys of {relation.partition('.')[2]}", 2, findings)

    def _land_load(self, load: int) -> None:
        self._land(self.fixtures.tables, self.fixtures.of_load(load), self.fixtures.up_to(load - 1))

    def _land(self, tables: Mapping[str, RawTable], rows: Sequence[RawRow], landed: Sequence[RawRow]) -> None:
        for statement in landing(self.warehouse.adapter, self.project.raw_schema, tables, rows, landed):
            self.warehouse.execute(statement)

    def _dbt(self, stage: str, command: str, *arguments: str, **variables: object) -> None:
        count = self.project.run(command, *LOGGED, *arguments, **variables)
        self._note(stage, f"dbt {command}", count)

    def _contents(self) -> Contents:
        """What all relations hold, bookkeeping and all."""
        return {name: self._content(relation) for name, relation in self.project.relations.items()}

    def _content(self, relation: str) -> Content:
        columns, rows = self.warehouse.select(relation)
        return contents.content(columns, rows)

    def _compare(self, stage: str, found: Mapping[str, Content], known: str = SECOND_LOAD) -> None:
        """Compare with what is expected. The stage `known` has a file of each relation."""
        kept = {name: held.without(BOOKKEEPING) for name, held in found.items()}
        self.outcome.expected[stage] = kept
        wanted = {path.stem for path in (self.expected / known).glob("*.csv")} | {*kept}
        for name in sorted(wanted):
            about = f"rows of {name}"
            path = self._expectation(stage, name)
            if not path.exists():
                self._note(
                    stage, about, 0, [f"{path.name} is missing: nothing is expected of this relation yet"]
                )
            elif name not in kept:
                self._note(stage, about, 0, ["the project has no such relation"])
            else:
                rows = len(kept[name].rows)
                self._note(stage, about, rows, contents.findings(contents.read(path), kept[name]))

    def _expectation(self, stage: str, name: str) -> Path:
        """The file of what is expected of a relation: after the second load, unless a stage has its own."""
        own = self.expected / stage / f"{name}.csv"
        return own if own.exists() else self.expected / SECOND_LOAD / f"{name}.csv"

    def _compare_types(self) -> None:
        rows = [
            (name, str(place), column, kind)
            for name, columns in self.project.column_types().items()
            for place, (column, kind) in enumerate(columns, 1)
        ]
        found = contents.content(["relation", "position", "column", "type"], rows)
        self.outcome.expected[""] = {TYPES: found}
        path = self.expected / f"{TYPES}.csv"
        findings = (
            contents.findings(contents.read(path), found) if path.exists() else [f"{path.name} is missing"]
        )
        self._note("second load", "names, order and types of columns", len(rows), findings)

    def _compare_with_reference(
        self, stage: str, load: int, erased: bool, found: Mapping[str, Content]
    ) -> None:
        rows = self.fixtures.up_to(load)
        for name, wanted in expected_marts(without_erased(rows) if erased else rows).items():
            held = found[name].without((*BOOKKEEPING, *NOT_FROM_UNLOCK_EVENTS)).with_sorted_columns()
            known = wanted.without(NOT_FROM_UNLOCK_EVENTS).with_sorted_columns()
            findings = contents.findings(known, held)
            self._note(stage, f"{name} is what the reference model gives", len(held.rows), findings)

    def _note(self, stage: str, about: str, count: int, findings: Sequence[str] = ()) -> None:
        self.outcome.checks.append(Check(stage.replace("_", " "), about, count, findings))


def write_expected(outcome: Outcome, folder: Path = EXPECTED) -> None:
    """Keep what a run found as what is expected of all others.

    Raises ConformanceError, and changes nothing, if the run did not get to its end or was not on PostgreSQL.
    """
    if outcome.adapter != "postgres" or RETYPED not in outcome.expected:
        raise ConformanceError("Only a run on PostgreSQL that got to its end tells what is to be expected.")
    for stage in (SECOND_LOAD, RECONCILED, RETYPED):
        for path in (folder / stage).glob("*.csv"):
            path.unlink()
    for stage, relations in outcome.expected.items():
        for name, kept in relations.items():
            if stage != RECONCILED or kept != outcome.expected[SECOND_LOAD][name]:
                contents.write(folder / stage / f"{name}.csv", kept)
