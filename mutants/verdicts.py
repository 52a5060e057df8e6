"""Which mutants the unit tests kill."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import Enum

import psycopg2
from psycopg2.extensions import connection as Connection

from mutants.changes import Change
from mutants.unit_tests import UnitTest
from mutants.warehouse import Warehouse
from sandbox.errors import SandboxError

SECONDS = 20
"""Timeout of a statement. A mutant that exceeds it counts as killed."""


NOTICED = (psycopg2.DataError, psycopg2.IntegrityError, psycopg2.errors.QueryCanceled)
"""Errors that come of rows or time, and not of SQL that is invalid. They kill a mutant."""


class Verdict(Enum):
    """What came of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    INVALID = "invalid"
    """No query of the model runs with it."""


@dataclass(frozen=True)
class Mutant:
    """A change of a model's SQL."""

    model: str
    change: Change
    verdict: Verdict

    def __str__(self) -> str:
        return f"{self.model}: {self.change}"


def judge(warehouse: Warehouse, tests: Sequence[UnitTest]) -> list[Mutant]:
    """All mutants of the model of these unit tests. Raises SandboxError if a test fails without a change."""
    with closing(warehouse.connect(autocommit=True)) as connection:
        connection.cursor().execute(f"set statement_timeout = '{SECONDS}s'")
        for test in tests:
            if not test.passes(connection):
                raise SandboxError(f"The unit test {test.name} fails as it is.")
        return [
            Mutant(tests[0].model, next(iter(versions.values())), _verdict(connection, versions))
            for versions in _by_place(tests).values()
        ]


def _by_place(tests: Sequence[UnitTest]) -> dict[tuple[str, int], dict[UnitTest, Change]]:
    """Each change as it is in the query of each test: the same change of the same line, counted from above.

    A test with other vars may compile the model to other lines.
    """
    places: defaultdict[tuple[str, int], dict[UnitTest, Change]] = defaultdict(dict)
    for test in tests:
        seen: Counter[str] = Counter()
        for change in test.changes:
            places[str(change), seen[str(change)]][test] = change
            seen[str(change)] += 1
    return places


def _verdict(connection: Connection, versions: Mapping[UnitTest, Change]) -> Verdict:
    errors = 0
    for test, change in versions.items():
        try:
            if not test.passes(connection, change):
                return Verdict.KILLED
        except NOTICED:
            return Verdict.KILLED
        except psycopg2.Error:
            errors += 1
    return Verdict.INVALID if errors == len(versions) else Verdict.KILLED if errors else Verdict.SURVIVED
