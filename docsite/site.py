"""The site: dbt's static page with pictures and links in it, and the diagram of keys."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dbt.task.docs import DOCS_INDEX_FILE_PATH

from docsite import erd
from docsite.errors import DocsError
from docsite.keys import joins, marts

ROOT = Path(__file__).parents[1]
_PICTURE = re.compile(r"\]\((docs/images/[\w.-]+\.svg)\)")
_CHANGES = {
    # The lineage shows no tests at first, because there are far more of them than models.
    '"model","seed","snapshot","source","test","unit_test","analysis"': (
        '"model","seed","snapshot","source","analysis"'
    ),
    # Its lines are lighter than the background, and names on semantic models can be read.
    '"target-arrow-color":"#006f8a"': '"target-arrow-color":"#8cc4d6"',
    '"line-color":"#006f8a"': '"line-color":"#8cc4d6"',
    '"background-color":"#ffa8c2","border-color":"#ffa8c2"': (
        '"background-color":"#b83266","border-color":"#b83266"'
    ),
    # A wide table scrolls within its box, and has column names as they are. Names of relations are not cut.
    "</head>": """<style>
.model-markdown table { display: block; overflow-x: auto; }
.model-markdown th { text-transform: none; letter-spacing: normal; }
.model-markdown th, .model-markdown td { padding-left: .6em; padding-right: .6em; }
.detail-body, .detail { white-space: normal !important; }
.detail-value { overflow-wrap: anywhere; }
.switches .switch .switch-label { padding-left: .5rem; padding-right: .5rem; }
</style></head>""",
}
"""What replaces parts of dbt's page, each of which it has once."""


def write(target: Path) -> None:
    """Write static_index.html and erd.html into dbt's target folder.

    Raises DocsError if `dbt docs generate` has not been run there, or its page has another form.
    """
    manifest, catalog = _read(target, "manifest.json"), _read(target, "catalog.json")
    found = marts(manifest)
    (target / "erd.html").write_text(erd.page(found, joins(found)), encoding="utf-8")
    index = Path(DOCS_INDEX_FILE_PATH).read_text(encoding="utf-8")
    for part, changed in _CHANGES.items():
        if index.count(part) != 1:
            raise DocsError(f"The page of this version of dbt has no single {part}. See docsite/site.py.")
        index = index.replace(part, changed)
    _put_pictures_in(manifest)
    _add_links(manifest)
    for name, content in (("MANIFEST", manifest), ("CATALOG", catalog)):
        index = index.replace(f'"{name}.JSON INLINE DATA"', json.dumps(content).replace("</", "<\\/"))
    (target / "static_index.html").write_text(index, encoding="utf-8")


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
            f"[of each column](column_lineage.html?model={unique_id})",
        ]
        text = [f"**Lineage:** {', '.join(links)}."]
        if node["fqn"][1] == "marts":
            text.append(f"**Joins:** [keys and the marts that they lead to](erd.html#{name}).")
        questions = [each for each in analyses if unique_id in each["depends_on"]["nodes"]]
        if questions:
            named = (f"[{each['name']}](#!/analysis/{each['unique_id']})" for each in questions)
            text.append(f"**Worked questions:** {', '.join(named)}.")
        node["description"] = "\n\n".join([*text, node["description"]])
