"""Column lineage: the page of dbt-colibri, without its telemetry and its check for updates."""

from __future__ import annotations

import json
import logging
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from shutil import move
from typing import Any

from dbt_colibri.lineage_extractor.extractor import DbtColumnLineageExtractor
from dbt_colibri.report.generator import DbtColibriReportGenerator
from sqlglot.optimizer.scope import Scope

_BOOKKEEPING = re.compile(r'from ("\w+"\.)+"(\w+__watermarks|hash_key)"')
"""Tables that are no models, so no catalog has them. dbt-colibri gives up a model that reads one."""
_ITS_COLUMNS = "from (select '' as input_name, '' as watermark, '' as secret) as bookkeeping"

# Its present name. dbt-colibri uses the one that sqlglot 30 began with, and silently gives up each union.
Scope.union_scopes = property(lambda scope: scope.set_operation_scopes)  # type: ignore[attr-defined]


def write(target: Path) -> set[str]:
    """Write column_lineage.html into dbt's target folder, from its manifest.json and catalog.json.

    Returns the names of models none of whose columns has a line, because they come from no column.
    The command of dbt-colibri asks a registry for a newer version; its classes do not.
    """
    logging.getLogger("colibri").setLevel(logging.CRITICAL)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    catalog = json.loads((target / "catalog.json").read_text(encoding="utf-8"))
    catalog["sources"] = {key: _declared(source) for key, source in manifest["sources"].items()}
    for node in manifest["nodes"].values():
        if node.get("compiled_code"):
            node["compiled_code"] = _BOOKKEEPING.sub(_ITS_COLUMNS, node["compiled_code"])
    with tempfile.TemporaryDirectory() as folder:
        files = {"manifest.json": manifest, "catalog.json": catalog}
        for name, content in files.items():
            (Path(folder) / name).write_text(json.dumps(content), encoding="utf-8")
        extractor = DbtColumnLineageExtractor(*(str(Path(folder) / name) for name in files))
        # in its light mode the page says of each model that it has no lineage
        report = DbtColibriReportGenerator(extractor, light_mode=False, disable_telemetry=True)
        report.generate_report(output_dir=folder)
        lineage = json.loads((Path(folder) / "colibri-manifest.json").read_text(encoding="utf-8"))["lineage"]
        move(Path(folder) / "index.html", target / "column_lineage.html")
    drawn = {edge["target"] for edge in lineage["edges"] if edge["targetColumn"]}
    nodes = manifest["nodes"].items()
    return {node["name"] for key, node in nodes if node["resource_type"] == "model" and key not in drawn}


def _declared(source: Mapping[str, Any]) -> dict[str, Any]:
    """A raw table as dbt's catalog would have it, under all names that its contract accepts.

    The catalog of this project has no raw tables, because these may have undeclared columns.
    """
    columns = source["columns"].values()
    names = [name for each in columns for name in each["config"]["meta"].get("raw_names", [each["name"]])]
    return {
        "unique_id": source["unique_id"],
        "metadata": {
            "type": "BASE TABLE",
            "database": source["database"],
            "schema": source["schema"],
            "name": source["identifier"],
            "comment": None,
            "owner": None,
        },
        "columns": {
            name: {"name": name, "type": "text", "index": index, "comment": None}
            for index, name in enumerate(dict.fromkeys(names), start=1)
        },
        "stats": {},
    }
