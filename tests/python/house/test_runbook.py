"""The runbook has a section for each message of the macros, and a row for each kind of data test."""

from __future__ import annotations

import re
from collections.abc import Iterator

from house.commands import ROOT
from parsing import ParsedProject

RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
OF_DBT = {"The selection criterion … does not match any enabled nodes"}
NOT_MESSAGES = {"Mend bad rows"}

CALL = re.compile(r"exceptions\.(?:raise_compiler_error|warn)\(")
FAILED_CAST = re.compile(r"cast\('([A-Z][^']+)' \|\|")
"""A text that a statement casts to a number, so that it fails with this text."""
TOKEN = re.compile(r"""'([^']*)'|"([^"]*)"|([()])|[^'"()]+""")


def template(text: str, start: int) -> str:
    """The message that begins at an opening parenthesis: its literals, and `…` for the rest."""
    parts, depth = [""], 0
    for token in TOKEN.finditer(text, start):
        single, double, parenthesis = token.groups()
        depth += {"(": 1, ")": -1}.get(parenthesis, 0)
        if depth == 0:
            break
        literal = single if single is not None else double
        if depth == 1 and literal is not None:
            parts.append(literal)
        elif depth > 1 or token.group().replace("~", "").strip(" \n("):
            parts.append("…")
    return re.sub("…+", "…", "".join(parts))


def messages() -> Iterator[str]:
    """The messages of all macros."""
    for path in sorted((ROOT / "macros").glob("*/*.sql")):
        text = path.read_text(encoding="utf-8")
        yield from (template(text, match.end() - 1) for match in CALL.finditer(text))
        yield from FAILED_CAST.findall(text)


def sections() -> set[str]:
    """The headings that are messages, without a `…` at the end."""
    headings = re.findall(r"^### (.+)$", RUNBOOK, re.MULTILINE)
    return {heading.removesuffix("…").strip() for heading in headings} - OF_DBT - NOT_MESSAGES


def test_each_message_has_a_section_and_each_section_a_message() -> None:
    found = list(messages())
    assert len(found) > 15
    lacking = [message for message in found if not any(message.startswith(each) for each in sections())]
    assert lacking == []
    surplus = [each for each in sections() if not any(message.startswith(each) for message in found)]
    assert surplus == []


def test_each_section_of_a_message_links_to_a_test_that_exists() -> None:
    texts = dict(re.findall(r"^### (.+)\n((?:(?!##).*\n)+)", RUNBOOK, re.MULTILINE))
    links = {heading: re.findall(r"\[Test\]\(\.\./(.+?)\)", text) for heading, text in texts.items()}
    assert [heading for heading in links if not links[heading] and heading not in NOT_MESSAGES] == []
    assert [path for paths in links.values() for path in paths if not (ROOT / path).is_file()] == []


def test_each_data_test_of_our_own_is_named(parsed: ParsedProject) -> None:
    kinds = {path.stem for path in (ROOT / "tests/generic").glob("*.sql")}
    named = {
        node["name"]
        for node in parsed.content["nodes"].values()
        if node["resource_type"] == "test"
        and node.get("test_metadata", {}).get("name") == "expression_is_true"
        and (node["config"]["severity"].lower() == "warn" or node["config"]["error_if"] != "!= 0")
    }
    assert len(named) > 1
    assert [name for name in sorted(kinds | named) if f"`{name}`" not in RUNBOOK] == []


def test_names_of_data_tests_are_no_longer_than_those_of_tables(parsed: ParsedProject) -> None:
    """`--store-failures` makes a table of the test's alias, which PostgreSQL would cut."""
    tests = [node for node in parsed.content["nodes"].values() if node["resource_type"] == "test"]
    assert [node["alias"] for node in tests if len(node["alias"]) > 63] == []
    assert {node["config"]["store_failures"] for node in tests} == {None}
