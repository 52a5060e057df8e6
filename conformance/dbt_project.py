"""The dbt project in schemas of a run's own, through a profile made from the user's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from dbt.contracts.graph.manifest import Manifest

from builds.runner import Dbt, Outcome
from conformance.errors import ConformanceError

ROOT = Path(__file__).resolve().parent.parent
HASH_KEY = "known to everybody, for fixtures only"
"""The key of the keyed hashes: the expected rows have these."""
HISTORY_STARTS_ON = "2025-01-01"
"""Shortly before the fixtures, so that few dates are expected of `dim_date`."""


class DbtProject:
    """The project on one target, all its schemas beginning with `scratch`; `work` is a folder of its own."""

    def __init__(self, work: Path, profiles: Path, target: str, scratch: str) -> None:
        """Raises ConformanceError if there is no such target in `profiles`/profiles.yml."""
        self.work = work
        self.scratch = scratch
        self.raw_schema = f"{scratch}_raw"
        self.privacy_schema = f"{scratch}_privacy"
        self._dbt = Dbt(ROOT, work, target, work=work)
        self._parsed: Manifest | None = None
        (work / "profiles.yml").write_text(own_profile(profiles, target, scratch), encoding="utf-8")
        self._parsed = self._run("parse").manifest
        assert self._parsed is not None
        self.manifest: Mapping[str, Any] = self._parsed.writable_manifest().to_dict()

    def _nodes(self, *resource_types: str) -> list[Mapping[str, Any]]:
        nodes = self.manifest["nodes"].values()
        return [node for node in nodes if node["resource_type"] in resource_types]

    @property
    def schemas(self) -> set[str]:
        """The schemas that a run writes to. Raises ConformanceError if one is not of this run."""
        found = {
            self.raw_schema,
            self.privacy_schema,
            *(node["schema"] for node in self._nodes("model", "seed")),
        }
        if foreign := sorted(name for name in found if not name.startswith(self.scratch)):
            raise ConformanceError(
                f"The project would write to {', '.join(foreign)}. Is there a generate_schema_name?"
            )
        return found

    @property
    def making_hash_key(self) -> tuple[str, str]:
        """The statements that make the key of the keyed hashes, in a schema that is there."""
        table = f"{self.privacy_schema}.hash_key"
        return f"create table {table} (secret varchar(512))", f"insert into {table} values ('{HASH_KEY}')"

    @property
    def relations(self) -> dict[str, str]:
        """What is compared: streams, facts, marts and seeds. The relation, `schema.name`, by node name."""
        return {
            node["name"]: f"{node['schema']}.{node['alias']}"
            for node in sorted(self._nodes("model", "seed"), key=lambda node: str(node["name"]))
            if node["fqn"][1] != "staging"
        }

    def run(self, command: str, *arguments: str, **variables: object) -> int:
        """Run a dbt command; the number of nodes it ran. Raises ConformanceError with dbt's words."""
        return len(self._run(command, *arguments, **variables).results)

    def _run(self, command: str, *arguments: str, **variables: object) -> Outcome:
        given = {"raw_schema": self.raw_schema, "history_starts_on": HISTORY_STARTS_ON, **variables}
        # dbt parses again whenever any var has changed, though `raw_schema` alone changes what is parsed.
        outcome = self._dbt.run(command, *arguments, variables=given, manifest=self._parsed)
        if not outcome.success:
            raise ConformanceError(f"dbt {command} failed.\n{outcome.failure}")
        return outcome

    def column_types(self) -> dict[str, list[tuple[str, str]]]:
        """Name and type of the columns of `relations`, in order, by the catalog; see `plain_type`."""
        self.run("docs generate", "--no-compile", "--exclude", "source:*")
        return catalogued_types(self.work / "target", self.relations)


def catalogued_types(target: Path, nodes: Mapping[str, object]) -> dict[str, list[tuple[str, str]]]:
    """Name and type of the columns of these nodes, in order, from dbt's `target`/catalog.json."""
    catalog = json.loads((target / "catalog.json").read_text(encoding="utf-8"))
    types = {}
    for identifier, node in catalog["nodes"].items():
        columns = sorted(node["columns"].values(), key=lambda column: int(column["index"]))
        types[identifier.rpartition(".")[2]] = [(c["name"], plain_type(c["type"])) for c in columns]
    return {name: types.get(name, []) for name in nodes}


def plain_type(catalogued: str) -> str:
    """A type that a catalog names, in the words of the contract: `character varying(8)` is `varchar(8)`."""
    words = {
        "character varying": "varchar",
        "timestamp without time zone": "timestamp",
        "timestamp with time zone": "timestamptz",
        "integer": "integer",
        "float8": "double precision",
    }
    name, opened, size = catalogued.lower().partition("(")
    return words.get(name.strip(), name.strip()) + opened + size.replace(" ", "")


def own_profile(profiles: Path, target: str, scratch: str) -> str:
    """The user's profile with this target alone, its schema replaced. Secrets stay names of variables."""
    try:
        name = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["profile"]
        outputs = yaml.safe_load((profiles / "profiles.yml").read_text(encoding="utf-8"))[name]["outputs"]
        output = outputs[target]
    except (OSError, KeyError, TypeError) as error:
        raise ConformanceError(
            f"{profiles / 'profiles.yml'} has no target {target}. Copy it from profiles.example.yml."
        ) from error
    made = {name: {"target": target, "outputs": {target: output | {"schema": scratch}}}}
    return yaml.safe_dump(made, allow_unicode=True)
