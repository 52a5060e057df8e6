"""Which models have changed since their mutants were last checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ModelNode

FILE = Path(__file__).parent / "checked.yml"


def fingerprints(manifest: Manifest) -> dict[str, str]:
    """Hash of the SQL, unit tests and project macros of each model with unit tests, by model."""
    texts: dict[str, list[str]] = {}
    for test in manifest.unit_tests.values():
        texts.setdefault(test.model, []).append(test.checksum or "")
    for node in manifest.nodes.values():
        if node.name in texts and isinstance(node, ModelNode):
            macros = _macros(manifest, node.depends_on.macros)
            texts[node.name] += [node.raw_code, *(manifest.macros[macro].macro_sql for macro in macros)]
    return {model: _hash(*sorted(texts[model])) for model in sorted(texts)}


def checked(path: Path = FILE) -> dict[str, str]:
    """The fingerprints of the models when their mutants were last checked, by name."""
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def changed(found: Mapping[str, str], path: Path = FILE) -> list[str]:
    """The models that have another fingerprint than when their mutants were checked."""
    before = checked(path)
    return [model for model, fingerprint in found.items() if before.get(model) != fingerprint]


def record(found: Mapping[str, str], models: Iterable[str], path: Path = FILE) -> None:
    """Record that the mutants of these models were checked. Models that no longer exist are removed."""
    before = checked(path)
    now = {model: found[model] if model in {*models} else before.get(model) for model in found}
    lines = [f"{model}: {fingerprint}\n" for model, fingerprint in now.items() if fingerprint]
    path.write_text("".join(lines), encoding="utf-8")


def _macros(manifest: Manifest, called: Iterable[str]) -> list[str]:
    """The project's macros among these, and those that they call."""
    project = manifest.metadata.project_name
    found: set[str] = set()
    ahead = [*called]
    while ahead:
        macro = ahead.pop()
        if macro not in found and manifest.macros[macro].package_name == project:
            found.add(macro)
            ahead += manifest.macros[macro].depends_on.macros
    return sorted(found)


def _hash(*texts: str) -> str:
    return hashlib.md5("\n".join(texts).encode()).hexdigest()
