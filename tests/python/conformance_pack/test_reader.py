"""The reader tells what became of its queries, and ends with what it reads beside."""

from __future__ import annotations

import threading

import pytest

from conformance.dbt_project import ROOT
from conformance.reader import Reader
from conformance.warehouse import opened
from conformance_pack.conftest import Target


def test_queries_and_errors_are_counted_until_the_end(sandbox: Target) -> None:
    queries = {"a number": "select 1", "a relation": "select * from nowhere"}
    with opened(ROOT, sandbox.profiles, sandbox.name) as warehouse:
        reader = Reader(warehouse, queries)
        for _ in range(2):
            with reader.reading():
                pass
        threads = [thread.name for thread in threading.enumerate()]
    fine, failed = reader.readings["a number"], reader.readings["a relation"]
    assert (fine.count >= 2, fine.errors.total(), fine.longest_wait > 0) == (True, 0, True)
    assert failed.errors.total() == failed.count == fine.count
    (error,) = failed.errors
    assert error.startswith('UndefinedTable: relation "nowhere" does not exist')
    assert "reader" not in threads


def test_the_reader_ends_when_what_it_reads_beside_fails(sandbox: Target) -> None:
    with opened(ROOT, sandbox.profiles, sandbox.name) as warehouse:
        reader = Reader(warehouse, {"a number": "select 1"})
        with pytest.raises(ValueError, match="the build failed"), reader.reading():
            raise ValueError("the build failed")
    assert "reader" not in [thread.name for thread in threading.enumerate()]
