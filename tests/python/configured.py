"""The project with other configs of its models, in a folder of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from project import Project


def configured(project: Project, root: Path, layer: str, configs: Mapping[str, Any]) -> Project:
    """The project on the same database, with these configs for one layer of models, in place of its own.

    root: a folder that does not exist yet.  layer: staging, intermediate or marts.
    configs: by their names in dbt_project.yml; None takes a config away.
    """
    root.mkdir()
    for path in project.root.iterdir():
        if path.name not in ("dbt_project.yml", "target", "logs"):
            (root / path.name).symlink_to(path)
    settings = yaml.safe_load((project.root / "dbt_project.yml").read_text(encoding="utf-8"))
    of_layer = settings["models"]["delivery_platform"][layer]
    for name, value in configs.items():
        of_layer.pop(name, None)
        if value is not None:
            of_layer[name] = value
    (root / "dbt_project.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return project.elsewhere(root)
