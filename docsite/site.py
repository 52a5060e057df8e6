"""The site: dbt's static page with pictures and links in it, the diagram of keys, and column lineage."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dbt.task.docs import DOCS_INDEX_FILE_PATH

from docsite import column_lineage, erd
from docsite.errors import DocsError
from docsite.keys import joins, marts

ROOT = Path(__file__).parents[1]
_PICTURE = re.compile(r"\]\((docs/images/[\w.-]+\.svg)\)")
_ALL_TYPES = '"model","seed","snapshot","source","test","unit_test","analysis"'
_WITHOUT_TESTS = '"model","seed","snapshot","source","analysis"'
"""The types that the lineage shows at first. There are far more tests than models."""


def write(target: Path) -> None:
    """Write static_index.html, erd.html and column_lineage.html into dbt's target folder.

    Raises DocsError if `dbt docs generate` has not been run there, or its page has another form.
    """
    manifest, catalog = _read(target, "manifest.json"), _read(target, "catalog.json")
    found = marts(manifest)
    (target / "erd.html").write_text(erd.page(found, joins(found)), encoding="utf-8")
    column_lineage.write(target)
    index = Path(DOCS_INDEX_FILE_PATH).read_text(encoding="utf-8")
    if index.count(_ALL_TYPES) != 1:
        raise DocsError(
            "The page of this version of dbt has another list of types for its lineage. See docsite/site.py."
        )
    _put_pictures_in(manifest)
    _add_links(manifest)
    page = index.replace(_ALL_TYPES, _WITHOUT_TESTS)
    for name, content in (("MANIFEST", manifest), ("CATALOG", catalog)):
        page = page.replace(f'"{name}.JSON INLINE DATA"', json.dumps(content).replace("</", "<\\/"))
    (target / "static_index.html").write_text(page, encoding="utf-8")


def _read(target: Path, name: str) -> dict[str, Any]:
    path = target / name
    if not path.exists():
        raise DocsError(f"There is no {path}. Run dbt docs generate first.")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _put_pictures_in(manifest: Mapping[str, Any]) -> None:
    """Embed each picture in the page, so that the page can be moved without them."""
    for block in manifest["docs"].values():
        block["block_contents"] = _PICTURE.sub(_inline, block["block_contents"])


def _inline(link: re.Match[str]) -> str:
    picture = base64.b64encode((ROOT / link[1]).read_bytes()).decode()
    return f"](data:image/svg+xml;base64,{picture})"


def _add_links(manifest: Mapping[str, Any]) -> None:
    """Add to each model's page links to its lineage and analyses, and to a mart's those to the diagram."""
    analyses = [node for node in manifest["nodes"].values() if node["resource_type"] == "analysis"]
    for node in manifest["nodes"].values():
        if node["resource_type"] not in ("model", "seed"):
            continue
        name, unique_id, kind = node["name"], node["unique_id"], node["resource_type"]
        page = f"#!/{kind}/{unique_id}?g_v=1&g_i="
        links = [
            f"[two steps up, one down]({page}2%2B{name}%2B1)",
            f"[all it is made of]({page}%2B{name})",
            f"[all that is made of it]({page}{name}%2B)",
        ]
        text = [f"**Lineage:** {', '.join(links)}."]
        if node["fqn"][1] == "marts":
            text.append(f"**Joins:** [keys and the marts that they lead to](erd.html#{name}).")
        questions = [each for each in analyses if unique_id in each["depends_on"]["nodes"]]
        if questions:
            named = (f"[{each['name']}](#!/analysis/{each['unique_id']})" for each in questions)
            text.append(f"**Worked questions:** {', '.join(named)}.")
        node["description"] = "\n\n".join([*text, node["description"]])
