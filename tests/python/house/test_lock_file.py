"""The lock file installs what pyproject.toml asks for, from whichever index pip is told to use."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from house.commands import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
PINS = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", LOCK, re.MULTILINE)


def required() -> list[Requirement]:
    """What pyproject.toml asks for, with all dependency groups."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups: dict[str, list[Any]] = project["dependency-groups"]
    entries = [*project["project"]["dependencies"], *(entry for group in groups.values() for entry in group)]
    return [Requirement(entry) for entry in entries if isinstance(entry, str)]


@pytest.mark.parametrize("requirement", required(), ids=lambda requirement: requirement.name)
def test_every_requirement_is_pinned_within_its_bounds(requirement: Requirement) -> None:
    pinned = [
        version for name, version in PINS if canonicalize_name(name) == canonicalize_name(requirement.name)
    ]
    assert pinned, f"{requirement.name} is not in requirements.txt: run `make lock`"
    assert [version for version in pinned if version not in requirement.specifier] == []


def test_every_pin_has_a_hash() -> None:
    entries = re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n", "", LOCK, flags=re.MULTILINE))
    assert [entry.split(" ")[0] for entry in entries if entry and "--hash=sha256:" not in entry] == []
    assert len(PINS) == len([entry for entry in entries if entry])


def test_no_registry_is_named() -> None:
    assert re.findall(r".*(?:://|--(?:extra-)?index-url|--find-links|--trusted-host).*", LOCK) == []


def test_dbt_is_one_that_installs_in_a_closed_network() -> None:
    versions = {Version(version).release[:2] for name, version in PINS if name == "dbt-core"}
    assert versions == {(1, 11)}
