"""Column lineage: the page of dbt-colibri, without its telemetry and its check for updates."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from shutil import move
from typing import Any

from dbt_colibri.lineage_extractor.extractor import DbtColumnLineageExtractor
from dbt_colibri.report.generator import DbtColibriReportGenerator


def write(target: Path) -> None:
    """Write column_lineage.html into dbt's target folder, from its manifest.json and catalog.json.

    The command of dbt-colibri asks a registry for a newer version; its classes do not.
    """
    logging.getLogger("colibri").setLevel(logging.CRITICAL)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    catalog = json.loads((target / "catalog.json").read_text(encoding="utf-8"))
    catalog["sources"] = {key: _declared(source) for key, source in manifest["sources"].items()}
    with tempfile.TemporaryDirectory() as folder:
        with_sources = Path(folder) / "catalog.json"
        with_sources.write_text(json.dumps(catalog), encoding="utf-8")
        extractor = DbtColumnLineageExtractor(str(target / "manifest.json"), str(with_sources))
        report = DbtColibriReportGenerator(extractor, light_mode=True, disable_telemetry=True)
        report.generate_report(output_dir=folder)
        move(Path(folder) / "index.html", target / "column_lineage.html")


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
