"""The page of the documentation on personal data, from the contract and from found canaries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from access.canaries import Place, personal_columns
from contract.raw import declared_tables
from project import ROOT

PAGE = ROOT / "docs/personal_data.md"
_MARK = "<!-- What follows is written by tests/python/access/test_canaries.py -->\n"


def written_page(page: str, found: Mapping[str, set[Place]], marts: list[str]) -> str:
    """The page with a new generated part: where canaries were found, and the marts without ids."""
    prose, mark, _ = page.partition(_MARK)
    assert mark, f"{PAGE} lacks the line {_MARK}"
    return (
        prose + mark + "\n" + "\n".join([*_columns(found), "", *_reasons(), "", *_tiers(found, marts)]) + "\n"
    )


def _columns(found: Mapping[str, set[Place]]) -> Iterator[str]:
    yield "## Columns"
    yield ""
    yield "| Raw column | Tables | Policy | In streams and models of events | In marts |"
    yield "|---|---:|---|---|---|"
    tables = [column["name"] for table in declared_tables() for column in table["columns"]]
    for name, policy in sorted(personal_columns().items()):
        below = _places(found.get(name, set()), "intermediate")
        marts = _places(found.get(name, set()), "marts")
        counted = [f"`{column}` ({len(relations)})" for column, relations in below.items()]
        listed = [f"`{relation}.{column}`" for column, relations in marts.items() for relation in relations]
        yield f"| `{name}` | {tables.count(name)} | {policy} | {_listed(counted)} | {_listed(listed)} |"


def _reasons() -> Iterator[str]:
    yield "## Why some values are kept"
    yield ""
    yield "| Raw column | Why |"
    yield "|---|---|"
    why = {
        column["name"]: column["config"]["meta"]["why"]
        for table in declared_tables()
        for column in table["columns"]
        if column["config"]["meta"].get("personal_data") == "keep"
    }
    for name, reason in sorted(why.items()):
        yield f"| `{name}` | {reason} |"


def _tiers(found: Mapping[str, set[Place]], marts: list[str]) -> Iterator[str]:
    policies = personal_columns()
    with_ids = {
        relation for name, places in found.items() if policies.get(name) == "keep" for relation, _ in places
    }
    yield "## Marts without ids"
    yield ""
    yield "| Mart |"
    yield "|---|"
    for mart in sorted(set(marts) - with_ids):
        yield f"| `{mart.partition('.')[2]}` |"


def _places(places: set[Place], layer: str) -> dict[str, list[str]]:
    """The relations of a layer by column, both sorted."""
    found = defaultdict(list)
    for relation, column in sorted(places, key=lambda place: place[::-1]):
        if re.match(rf"analytics_{layer}\.", relation):
            found[column].append(relation.partition(".")[2])
    return found


def _listed(items: list[str]) -> str:
    return ", ".join(items) or "-"
