"""The project with other configs of its models."""

from __future__ import annotations

from typing import Any

from dbt.contracts.graph.nodes import ModelNode

from parsing import parsed_for
from project import Project


def configured(project: Project, layer: str, **configs: Any) -> Project:
    """The project on the same database, with these configs for the models of one layer.

    layer: staging, intermediate or marts.  configs: attributes of a node's config, such as `grants`.
    """
    manifest = parsed_for(project.target).manifest(project.database.name)
    for node in manifest.nodes.values():
        if isinstance(node, ModelNode) and node.fqn[1] == layer:
            for name, value in configs.items():
                assert hasattr(node.config, name)
                setattr(node.config, name, value)
    return Project(project.database, project.work, project.target, project.threads, manifest)
