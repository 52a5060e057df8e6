"""Which column is made of which: the page of dbt-colibri, without telemetry and without a look for updates."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from shutil import move

from dbt_colibri.lineage_extractor.extractor import DbtColumnLineageExtractor
from dbt_colibri.report.generator import DbtColibriReportGenerator


def write(target: Path) -> None:
    """Write column_lineage.html into dbt's target folder, from manifest.json, with compiled SQL, and catalog.json.

    The command of dbt-colibri asks a registry for a newer version; its classes do not.
    """
    logging.getLogger("colibri").setLevel(logging.ERROR)
    extractor = DbtColumnLineageExtractor(str(target / "manifest.json"), str(target / "catalog.json"))
    report = DbtColibriReportGenerator(extractor, light_mode=True, disable_telemetry=True)
    with tempfile.TemporaryDirectory() as folder:
        report.generate_report(output_dir=folder)
        move(Path(folder) / "index.html", target / "column_lineage.html")
