"""What the project promises of its own files, beyond what the linters know."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml

from house.commands import ROOT, assert_passes
from parsing import ParsedProject

MOST_LINES = 400
# Looked up by name, not read to the end. What their tables share are YAML anchors, which end with the file.
LISTS = {
    ROOT / "models/staging/_delivery_platform__sources.yml",
    ROOT / "models/staging/_staging__models.yml",
}
WRITTEN_BY_HAND = {
    ".cfg",
    ".css",
    ".html",
    ".js",
    ".json",
    ".md",
    ".py",
    ".sh",
    ".sql",
    ".toml",
    ".yaml",
    ".yml",
}
NOT_OURS = {"dbt_packages", "logs", "results", "target"}

MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\s*\(")
DOCS_BLOCK = re.compile(r"{%\s*docs\s+(\w+)\s*%}")


def files(*suffixes: str, below: Path = ROOT) -> Iterator[Path]:
    """The project's files with these suffixes, without hidden folders and those that dbt writes."""
    for folder, folders, names in os.walk(below):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.startswith(".")]
        yield from (Path(folder, name) for name in names if Path(name).suffix in suffixes)


def texts(*suffixes: str, below: Path = ROOT) -> dict[Path, str]:
    """The text of each of `files`."""
    return {path: path.read_text(encoding="utf-8") for path in files(*suffixes, below=below)}


def names(paths: Iterable[Path]) -> list[str]:
    """Paths as they read in a message, sorted."""
    return sorted(str(path.relative_to(ROOT)) for path in paths)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="dbt-bouncer needs Python 3.11")
def test_dbt_bouncer_finds_nothing(parsed: ParsedProject) -> None:
    assert_passes("dbt-bouncer", "run", "--show-all-failures", DBT_PROJECT_DIR=str(parsed.folder))


def test_every_file_can_be_read_to_the_end() -> None:
    too_long = [
        path
        for path, text in texts(*WRITTEN_BY_HAND).items()
        if path not in LISTS and text.count("\n") > MOST_LINES
    ]
    assert names(too_long) == []


def test_every_file_ends_with_one_newline_and_no_line_with_blanks() -> None:
    untidy = [
        path
        for path, text in texts(*WRITTEN_BY_HAND, ".csv").items()
        if text
        and (not text.endswith("\n") or text.endswith("\n\n") or re.search(r"[ \t]+$", text, re.MULTILINE))
    ]
    assert names(untidy) == []


def test_every_macro_and_every_argument_is_described(parsed: ParsedProject) -> None:
    """`validate_macro_args` adds the arguments of signatures to the manifest and warns of any others."""
    configured = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert configured["flags"]["validate_macro_args"]
    macros = [
        macro
        for macro in parsed.content["macros"].values()
        if macro["package_name"] == parsed.content["metadata"]["project_name"]
    ]
    assert len(macros) > 100
    described_elsewhere = [
        macro["name"]
        for macro in macros
        if Path((macro["patch_path"] or "").partition("://")[2]).parent
        != Path(macro["original_file_path"]).parent
    ]
    assert described_elsewhere == []
    assert [macro["name"] for macro in macros if not macro["description"].strip()] == []
    undescribed_arguments = [
        f"{macro['name']}: {argument['name']}"
        for macro in macros
        if not macro["name"].startswith("materialization_")  # dbt adds an argument of its own
        for argument in macro["arguments"]
        if not (argument["description"].strip() and argument["type"])
    ]
    assert undescribed_arguments == []


def test_every_macro_is_used() -> None:
    sources = texts(".sql", ".yml")
    everything = "\n".join(sources.values())
    called_by_dbt = r"get_incremental_\w+_sql|generate_\w+_name|\w+__\w+"
    unused = [
        name
        for path, text in sources.items()
        if path.is_relative_to(ROOT / "macros")
        for name in MACRO.findall(text)
        if not re.fullmatch(called_by_dbt, name)
        and f"dbt run-operation {name}" not in everything
        and len(re.findall(rf"\b{name}\(", everything)) < 2
    ]
    assert unused == []


def test_every_docs_block_is_used() -> None:
    sources = texts(".md", ".yml", below=ROOT / "models") | texts(".yml", below=ROOT / "seeds")
    everything = "\n".join(sources.values())
    unused = [
        name
        for text in sources.values()
        for name in DOCS_BLOCK.findall(text)
        if not name.startswith("__") and not re.search(rf"\bdoc\(['\"]{name}['\"]\)", everything)
    ]
    assert unused == []


def test_a_duration_says_that_it_is_null_if_a_clock_is_suspect(parsed: ParsedProject) -> None:
    facts = {
        node["name"]: node["columns"]
        for node in parsed.content["nodes"].values()
        if node["name"].startswith("fct_") and "is_clock_suspect" in node["columns"]
    }
    durations = {
        f"{fact}.{column['name']}": column["description"]
        for fact, columns in facts.items()
        for column in columns.values()
        if column["name"].startswith("seconds_")
    }
    assert len(durations) > 15
    assert [name for name, text in durations.items() if "suspect" not in text] == []


def test_models_folder_has_only_models_and_what_describes_them() -> None:
    allowed = re.compile(r"(stg|int|fct|dim|rpt)_\w+\.sql|_\w+__\w+\.(yml|md)|(columns|overview)\.md")
    others = [
        path for path in (ROOT / "models").rglob("*") if path.is_file() and not allowed.fullmatch(path.name)
    ]
    assert names(others) == []
