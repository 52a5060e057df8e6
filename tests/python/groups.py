"""Which tests one worker runs: those that share a fixture which takes long to make, or those of a file.

A pytest plugin, named in conftest.py. The marks are for `--dist loadgroup` of pytest-xdist, which gives the
next group to the worker that has almost finished its own.
"""

from __future__ import annotations

import pytest

from deep import IS_DEEP

SHARED = ("_two_loads", "_unlocking", "_built", "_built_on_postgres")
"""Fixtures of a whole run that take a minute or so. Of those that a test has, the first one counts."""
LONGEST = (*SHARED, "properties", "simulated", "conformance_pack")
"""Fixtures and folders whose tests take longest: they come first, for what comes last should be short."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its group, and sort the groups: the longest first."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=_place)


def plain_id(item: pytest.Item) -> str:
    """The id of a test without its group, which pytest-xdist adds."""
    return item.nodeid.removesuffix(f"@{_group(item)}")


def _group(item: pytest.Item) -> str:
    # In `make test-deep` tests take so long that a fixture made twice counts for little.
    return (not IS_DEEP and _shared(item)) or f"{item.path.parent.name}.{item.path.stem}"


def _shared(item: pytest.Item) -> str | None:
    names = getattr(item, "fixturenames", ())
    return next((name for name in SHARED if name in names), None)


def _place(item: pytest.Item) -> int:
    found = [place for place, name in enumerate(LONGEST) if name in (_shared(item), item.path.parent.name)]
    return min(found, default=len(LONGEST))
