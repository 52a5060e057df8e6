"""The documents at the top and in docs: one width, and links that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.commands import ROOT

WIDTH = 100
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def prose(document: Path) -> str:
    """The text of a document without its blocks of code."""
    return CODE.sub("", document.read_text(encoding="utf-8"))


def anchors(document: Path) -> set[str]:
    """What a link to a heading of a document may end with, as GitHub makes it."""
    titles = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(document)))
    return {title.replace(" ", "-") for title in titles}


def broken(document: Path) -> Iterator[str]:
    """The links of a document within the project that lead nowhere."""
    for link in LINK.findall(prose(document)):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_text_has_one_width(document: Path) -> None:
    """Tables may be wider, and what cannot be broken."""
    lines = [line for line in prose(document).splitlines() if not line.startswith("|")]
    assert [line for line in lines if len(line) > WIDTH and re.search(r"\S\s+\S", line[2:])] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    assert list(broken(document)) == []


@pytest.mark.parametrize("name", ["decisions.md", "tooling_decisions.md"])
def test_each_decision_has_a_heading_of_its_own(name: str) -> None:
    text = prose(ROOT / "docs" / name)
    headings = HEADING.findall(text)
    assert len(headings) == len(anchors(ROOT / "docs" / name)) > 5
    assert re.findall(r"^\*\*", text, re.MULTILINE) == []
