"""The declared contract: fifty event tables, one meaning per name, types that the built relations have."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from contract.raw import land_empty_table
from house.commands import ROOT
from parsing import ParsedProject
from project import Project

EVENT_TABLES = 50

# Raw names that mean something else in each event. Staging gives each meaning a name of its own.
MANY_MEANINGS = {"reason"}


def sources(parsed: ParsedProject) -> list[dict[str, Any]]:
    """The declared event tables."""
    return list(parsed.content["sources"].values())


def models(parsed: ParsedProject, *folders: str) -> list[dict[str, Any]]:
    """The models in these folders of `models/`."""
    nodes = parsed.content["nodes"].values()
    return [node for node in nodes if node["resource_type"] == "model" and node["fqn"][1] in folders]


def several(pairs: Iterable[tuple[str, object]]) -> dict[str, list[str]]:
    """The names that come with more than one value, with their values."""
    values = defaultdict(set)
    for name, value in pairs:
        values[name].add(str(value))
    return {name: sorted(found) for name, found in values.items() if len(found) > 1}


def columns(nodes: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """All columns of some sources or models."""
    for node in nodes:
        yield from node["columns"].values()


def test_there_are_fifty_event_tables_in_one_source(parsed: ParsedProject) -> None:
    tables = {table["name"] for table in sources(parsed)}
    assert len(tables) == EVENT_TABLES
    assert {table["source_name"] for table in sources(parsed)} == {"delivery_platform"}
    assert {model["name"] for model in models(parsed, "staging")} == {f"stg_{table}" for table in tables}


def test_every_event_is_in_the_models_of_all_events(parsed: ParsedProject) -> None:
    nodes = parsed.content["nodes"]
    streams = {
        child
        for model in models(parsed, "staging")
        for child in parsed.content["child_map"][model["unique_id"]]
        if child.startswith("model.") and nodes[child]["config"]["materialized"] == "incremental"
    }
    staging = {model["unique_id"] for model in models(parsed, "staging")}
    assert set(nodes["model.delivery_platform.int_landed_rows"]["depends_on"]["nodes"]) == staging
    assert set(nodes["model.delivery_platform.fct_events"]["depends_on"]["nodes"]) == streams


def test_a_table_is_read_in_the_folder_of_its_family(parsed: ParsedProject) -> None:
    nodes = parsed.content["nodes"]
    elsewhere = [
        f"{table['name']}: {child}"
        for table in sources(parsed)
        for child in parsed.content["child_map"][table["unique_id"]]
        if child.startswith("model.")
        and nodes[child]["fqn"][1:3] != ["staging", table["config"]["meta"]["family"]]
    ]
    assert elsewhere == []


def test_all_tables_are_declared_in_one_file_and_all_of_staging_in_another(parsed: ParsedProject) -> None:
    """Columns that they share are written once, as anchors, and an anchor ends with its file."""
    declared = {table["original_file_path"] for table in sources(parsed)}
    assert declared == {"models/staging/_delivery_platform__sources.yml"}
    described = {model["patch_path"] for model in models(parsed, "staging")}
    assert described == {"delivery_platform://models/staging/_staging__models.yml"}


def test_the_event_catalogue_is_as_the_contract_declares(parsed: ParsedProject) -> None:
    with (ROOT / "seeds" / "event_catalogue.csv").open(encoding="utf-8", newline="") as file:
        catalogue = {row["event_name"]: row for row in csv.DictReader(file)}
    declared = {}
    for table in sources(parsed):
        meta = table["config"]["meta"]
        declared[table["name"]] = {
            "event_name": table["name"],
            "family": meta["family"],
            "app": meta["app"],
            "event_role": meta["role"],
            "meaning": table["description"],
        }
    assert catalogue == declared


def test_a_raw_column_has_a_type_a_meaning_and_a_provenance(parsed: ParsedProject) -> None:
    types = re.compile(r"varchar\(512\)|bigint|double precision|boolean|timestamp")
    incomplete = [
        f"{table['name']}.{column['name']}"
        for table in sources(parsed)
        for column in table["columns"].values()
        if not types.fullmatch(column["data_type"] or "")
        or not column["description"]
        or column["config"]["meta"].get("provenance") not in ("stated", "assumed", "segment")
    ]
    assert incomplete == []


def test_a_raw_column_is_the_same_in_every_table(parsed: ParsedProject) -> None:
    found = list(columns(sources(parsed)))
    assert several((column["name"], column["data_type"]) for column in found) == {}
    # Whether a column is stated or assumed may differ between events; that Segment adds it may not.
    assert (
        several((column["name"], column["config"]["meta"]["provenance"] == "segment") for column in found)
        == {}
    )
    for key in ("raw_names", "personal_data"):
        assert several((column["name"], column["config"]["meta"].get(key)) for column in found) == {}
    meanings = several((column["name"], column["description"]) for column in found)
    assert set(meanings) == MANY_MEANINGS


def test_a_column_has_one_type_in_all_models(parsed: ParsedProject) -> None:
    found = columns(models(parsed, "staging", "intermediate", "marts"))
    assert several((column["name"], column["data_type"]) for column in found) == {}


def test_a_column_has_one_meaning_in_staging_and_streams(parsed: ParsedProject) -> None:
    streams = [
        model
        for model in models(parsed, "intermediate")
        if "macro.delivery_platform.event_stream" in model["depends_on"]["macros"]
    ]
    found = columns([*models(parsed, "staging"), *streams])
    assert len(streams) > 1
    assert several((column["name"], column["description"]) for column in found) == {}


def test_relations_have_the_declared_columns_in_their_order(parsed: ParsedProject, project: Project) -> None:
    land_empty_table(project)
    project.dbt("run", "--select", "staging", "intermediate")
    built = {
        f"{relation}.{column}": kind
        for relation, column, kind in project.query(
            """
            select relation.relname, attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)
            from pg_attribute as attribute
            inner join pg_class as relation on attribute.attrelid = relation.oid
            inner join pg_namespace as schema on relation.relnamespace = schema.oid
            where
                schema.nspname in ('analytics_staging', 'analytics_intermediate')
                and relation.relkind in ('r', 'v')
                and not starts_with(reverse(relation.relname), reverse('__watermarks'))
                and attribute.attnum > 0
                and not attribute.attisdropped
            order by relation.relname, attribute.attnum
            """
        )
    }
    declared = {
        f"{model['name']}.{name}": in_catalog(column["data_type"])
        for model in sorted(models(parsed, "staging", "intermediate"), key=itemgetter("name"))
        for name, column in model["columns"].items()
    }
    assert sorted(built.keys() ^ declared.keys()) == []
    assert list(built) == list(declared)
    assert [
        f"{name} is {built[name]}, not {declared[name]}" for name in built if built[name] != declared[name]
    ] == []


def in_catalog(declared_type: str) -> str:
    """A type as PostgreSQL's catalog names it."""
    if declared_type == "timestamp":
        return "timestamp without time zone"
    return re.sub(r"^varchar\b", "character varying", declared_type).replace(", ", ",")


def test_a_column_is_in_a_mart_or_its_absence_is_explained(parsed: ParsedProject) -> None:
    streams = [node for node in models(parsed, "intermediate") if node["fqn"][2] == "streams"]
    of_events = [node for node in streams if "event_id" in node["columns"]]
    in_streams = {column["name"] for column in columns(of_events)}
    in_marts = {column["name"] for column in columns(models(parsed, "marts"))}
    staging = "\n".join(node["raw_code"] for node in models(parsed, "staging"))
    not_staged = {
        column["name"]
        for column in columns(sources(parsed))
        if not re.search(rf"\b(has_)?{column['name']}(_host)?\b", staging)
    }
    explained = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/columns_without_mart.md").read_text(), re.M)
    assert explained == sorted(in_streams - in_marts | not_staged)
