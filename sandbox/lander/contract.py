"""The raw tables and columns that the project's contract declares."""

from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import Any

import yaml

from sandbox.folders import PROJECT
from sandbox.lander.errors import LandingError

_SOURCES = PROJECT / "models" / "staging" / "_delivery_platform__sources.yml"


@cache
def declared_columns() -> Mapping[str, frozenset[str]]:
    """By raw table: all names under which its declared columns may land.

    Raises LandingError if the contract cannot be read.
    """
    try:
        sources = yaml.safe_load(_SOURCES.read_text(encoding="utf-8"))["sources"]
    except (OSError, yaml.YAMLError) as error:
        raise LandingError(f"The contract {_SOURCES} cannot be read: {error}. Correct it.") from error
    return {
        table.get("identifier", table["name"]): frozenset(
            chain.from_iterable(map(_raw_names, table["columns"]))
        )
        for source in sources
        for table in source["tables"]
    }


def _raw_names(column: Mapping[str, Any]) -> list[str]:
    meta = column.get("config", {}).get("meta", {})
    names: list[str] = meta.get("raw_names", [column["name"]])
    return names
