"""Which tests one worker runs: those that share a fixture which takes long to make, or those of a file.

The hooks in conftest.py call it. pytest-xdist has groups of its own, `--dist loadgroup`, but writes them into
ids of tests in a way that pytest 9.2 ignores.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from deep import IS_DEEP

SHARED = ("_two_loads", "_built", "_unlocking", "_built_on_postgres")
"""Fixtures of a whole run that take a minute or so. Of those that a test has, the first one counts.

The first two parse the project for different targets, so that no worker waits for the other.
"""
LONGEST = (*SHARED, "properties", "simulated", "conformance_pack", "years", "plans")
"""Fixtures and folders whose tests take longest: they come first, for what comes last should be short."""


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a worker the next group when it has almost finished its own.

    written: the file in which the workers write the group of each test, by its id.
    """

    def __init__(self, config: pytest.Config, log: Producer | None, written: Path) -> None:
        super().__init__(config, log)
        self._written = written
        self._groups: dict[str, str] = {}

    def _split_scope(self, nodeid: str) -> str:
        self._groups = self._groups or json.loads(self._written.read_text(encoding="utf-8"))
        return self._groups[nodeid]


def write_groups(items: list[pytest.Item], written: Path) -> None:
    """Write the groups of tests to a file, by test."""
    # All workers write the same. A file that is half written is never seen, for it gets its name at the end.
    unfinished = written.with_suffix(f".{id(items)}")
    unfinished.write_text(json.dumps({item.nodeid: _group(item) for item in items}), encoding="utf-8")
    unfinished.rename(written)


def sort_groups(items: list[pytest.Item]) -> None:
    """Sort tests by group: the longest first."""
    items.sort(key=_place)


def _group(item: pytest.Item) -> str:
    # In `make test-deep` tests take so long that a fixture made twice counts for little.
    return (not IS_DEEP and _shared(item)) or f"{item.path.parent.name}.{item.path.stem}"


def _shared(item: pytest.Item) -> str | None:
    names = getattr(item, "fixturenames", ())
    return next((name for name in SHARED if name in names), None)


def _place(item: pytest.Item) -> int:
    found = [place for place, name in enumerate(LONGEST) if name in (_shared(item), item.path.parent.name)]
    return min(found, default=len(LONGEST))
