"""Which mutants the unit tests kill."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import Enum

import psycopg2
from psycopg2.extensions import connection as Connection

from mutants.changes import Change
from mutants.unit_tests import UnitTest
from sandbox.errors import SandboxError
from sandbox.server import Server

_SECONDS = 20


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


def judge(server: Server, database: str, tests: Sequence[UnitTest]) -> list[Mutant]:
    """All mutants of the model of these unit tests. Raises SandboxError if a test fails without a change."""
    with closing(server.connect(database, user="transformer", autocommit=True)) as connection:
        connection.cursor().execute(f"set statement_timeout = '{_SECONDS}s'")
        for test in tests:
            if not test.passes(connection):
                raise SandboxError(f"The unit test {test.name} fails as it is.")
        by_test = [test.changes for test in tests]
        kinds = {tuple((change.before, change.after) for change in found) for found in by_test}
        if len(kinds) > 1:
            raise SandboxError(f"The unit tests of {tests[0].model} compile it to different SQL.")
        return [
            Mutant(tests[0].model, versions[0], _verdict(connection, tests, versions))
            for versions in zip(*by_test, strict=True)
        ]


def _verdict(connection: Connection, tests: Sequence[UnitTest], versions: Sequence[Change]) -> Verdict:
    """versions: the change as it is in the query of each test."""
    errors = 0
    for test, change in zip(tests, versions, strict=True):
        try:
            if not test.passes(connection, change):
                return Verdict.KILLED
        except psycopg2.Error as error:
            if isinstance(error, psycopg2.DataError | psycopg2.errors.QueryCanceled):
                return Verdict.KILLED
            errors += 1
    return Verdict.INVALID if errors == len(tests) else Verdict.KILLED if errors else Verdict.SURVIVED
