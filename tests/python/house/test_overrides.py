"""What this project replaces of dbt and its adapters: who finds it, and what its file says of it."""

from __future__ import annotations

import re

import pytest

from house.adapters import Parsed
from house.adapters import on_adapter as on_adapter
from house.commands import ROOT
from house.test_lock_file import PINS

OVERRIDES = {
    path.name: path.read_text(encoding="utf-8") for path in (ROOT / "macros/overrides").glob("*.sql")
}
MACRO = re.compile(r"{%-?\s*macro (?:default|postgres|redshift)__(\w+)\(")
MATERIALIZATION = re.compile(r"{%-?\s*materialization (\w+),")

# By the name that dbt dispatches, what it finds for each adapter.
MACROS = {
    "collect_freshness": {
        "postgres": "macro.delivery_platform.default__collect_freshness",
        "redshift": "macro.delivery_platform.default__collect_freshness",
    },
    "safe_cast": {
        "postgres": "macro.dbt.default__safe_cast",
        "redshift": "macro.delivery_platform.redshift__safe_cast",
    },
}
MATERIALIZATIONS = {
    "incremental": {
        "postgres": "macro.delivery_platform.materialization_incremental_default",
        "redshift": "macro.delivery_platform.materialization_incremental_default",
    },
    "view": {
        "postgres": "macro.delivery_platform.materialization_view_default",
        "redshift": "macro.delivery_platform.materialization_view_redshift",
    },
}

# What a header calls them, and where dbt has their macros.
PACKAGES = {"dbt-adapters": "dbt", "dbt-postgres": "dbt_postgres", "dbt-redshift": "dbt_redshift"}
REPLACES = re.compile(r"Replaces `(\w+)` of (dbt-\w+) \(compared with ([\d.]+)\)")


def named(pattern: re.Pattern[str]) -> set[str]:
    """What a pattern finds in the folder of overrides."""
    return {name for text in OVERRIDES.values() for name in pattern.findall(text)}


def test_each_override_has_an_expectation() -> None:
    assert named(MACRO) == set(MACROS)
    assert named(MATERIALIZATION) == set(MATERIALIZATIONS)


def test_each_adapter_finds_the_expected_macros(on_adapter: Parsed) -> None:
    asked = "".join(
        f"{name} {{{{ adapter.dispatch('{name}', 'dbt').macro.unique_id }}}}\n" for name in MACROS
    )
    found = dict(line.split() for line in on_adapter.compile(asked).splitlines() if line)
    assert found == {name: expected[on_adapter.name] for name, expected in MACROS.items()}


def test_each_adapter_finds_the_expected_materializations(on_adapter: Parsed) -> None:
    found = {}
    for name in MATERIALIZATIONS:
        macro = on_adapter.manifest.find_materialization_macro_by_name(
            "delivery_platform", name, on_adapter.name
        )
        found[name] = macro.unique_id if macro else None
    assert found == {name: expected[on_adapter.name] for name, expected in MATERIALIZATIONS.items()}


@pytest.mark.parametrize("on_adapter", ["redshift"], indirect=True)
def test_a_table_on_redshift_is_made_by_its_adapter(on_adapter: Parsed) -> None:
    """A macro `postgres__create_table_as` in this project would come before the one with the keys."""
    called = on_adapter.compile("{{ adapter.dispatch('create_table_as', 'dbt').macro.unique_id }}")
    assert called == "macro.dbt_redshift.redshift__create_table_as"


@pytest.mark.parametrize("file", sorted(OVERRIDES))
@pytest.mark.parametrize("on_adapter", ["redshift"], indirect=True)
def test_a_header_names_what_it_replaces_and_the_version_it_was_compared_with(
    on_adapter: Parsed, file: str
) -> None:
    """A new version of dbt or an adapter fails here until somebody has compared its macro."""
    header, _, _ = OVERRIDES[file].partition("#}")
    replaced = REPLACES.search(" ".join(header.split()))
    assert replaced, f"{file} does not begin with: Replaces `macro` of dbt-… (compared with its version)"
    macro, package, version = replaced.groups()
    assert f"macro.{PACKAGES[package]}.{macro}" in on_adapter.manifest.macros
    assert version == dict(PINS)[package]
    assert header.partition(f"{version})")[2].count(".") > 0, f"{file} does not say why"
