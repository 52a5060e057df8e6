"""The locks have all requirements of pyproject.toml, and name no index of packages."""

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

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)
DEVELOPERS, PRODUCTION = "requirements.txt", "requirements-production.txt"
LOCKS = {name: (ROOT / name).read_text(encoding="utf-8") for name in (DEVELOPERS, PRODUCTION)}
PINS = PIN.findall(LOCKS[DEVELOPERS])
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def of_production() -> list[Requirement]:
    """The requirements of pyproject.toml without dependency groups."""
    return [Requirement(entry) for entry in PROJECT["project"]["dependencies"]]


def of_developers() -> list[Requirement]:
    """The requirements in the dependency groups of pyproject.toml."""
    entries = [entry for group in PROJECT["dependency-groups"].values() for entry in group]
    return [Requirement(entry) for entry in entries if isinstance(entry, str)]


def entries(lock: str) -> list[str]:
    """The packages of a lock, each with version, conditions and hashes, without comments."""
    return [each for each in re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n", "", lock, flags=re.MULTILINE)) if each]


@pytest.mark.parametrize(
    ("lock", "requirement"),
    [
        *((DEVELOPERS, each) for each in of_production() + of_developers()),
        *((PRODUCTION, each) for each in of_production()),
    ],
    ids=str,
)
def test_every_requirement_is_pinned_within_its_bounds(lock: str, requirement: Requirement) -> None:
    pinned = [
        version
        for name, version in PIN.findall(LOCKS[lock])
        if canonicalize_name(name) == canonicalize_name(requirement.name)
    ]
    assert pinned, f"{requirement.name} is not in {lock}: run `make lock`"
    assert [version for version in pinned if version not in requirement.specifier] == []


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS.keys())
def test_every_pin_has_a_hash(lock: str) -> None:
    assert [entry.split(" ")[0] for entry in entries(lock) if "--hash=sha256:" not in entry] == []
    assert len(PIN.findall(lock)) == len(entries(lock))


def test_production_has_only_versions_of_the_developers_lock() -> None:
    """Versions and hashes are the same. Conditions on interpreters and systems may differ."""
    pinned = {
        name: [re.sub(r" ;[^\\]*", " ", each) for each in entries(lock)] for name, lock in LOCKS.items()
    }
    assert [each.split(" ")[0] for each in pinned[PRODUCTION] if each not in pinned[DEVELOPERS]] == []
    names = {canonicalize_name(name) for name, _ in PIN.findall(LOCKS[PRODUCTION])}
    dbt_needs_too = {"psycopg2-binary"}
    assert names & {canonicalize_name(each.name) for each in of_developers()} <= dbt_needs_too
    assert len(pinned[PRODUCTION]) < len(pinned[DEVELOPERS])


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS.keys())
def test_no_registry_is_named(lock: str) -> None:
    assert re.findall(r".*(?:://|--(?:extra-)?index-url|--find-links|--trusted-host).*", lock) == []


@pytest.mark.parametrize("name", ["Makefile", "README.md", "SECURITY.md", "sandbox/programs.py"])
def test_documented_commands_install_the_lock_without_resolving(name: str) -> None:
    """A pip that resolves may refuse `name[extra]==1` if another package needs `name` and 2 is out."""
    options = re.findall(r"pip install (.*?)--require-hashes", (ROOT / name).read_text(encoding="utf-8"))
    assert options
    assert [each for each in options if "--no-deps" not in each.split()] == []


def test_dbt_is_one_that_installs_in_a_closed_network() -> None:
    versions = {Version(version).release[:2] for name, version in PINS if name == "dbt-core"}
    assert versions == {(1, 11)}
