"""Runs dbt in this process and shows how far it is."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from sandbox import profiles
from sandbox.errors import SandboxError
from sandbox.folders import shown


@dataclass
class BuildSummary:
    """What a `dbt build` did: nodes by resource type and status, warnings, seconds by the wall clock."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    drifting: list[str] = field(default_factory=list)
    """Raw tables that are not as the contract declares them."""
    seconds: float = 0.0

    def count(self, *resource_types: str, status: str | None = None) -> int:
        """Nodes of these types, with this status if one is given."""
        return sum(
            number
            for (kind, found), number in self.counts.items()
            if kind in resource_types and status in (None, found)
        )


def build(console: Console, project: Path, vars_: str) -> BuildSummary:
    """Run `dbt build` on the target `sandbox`, with vars in YAML and a progress bar.

    It is a full refresh, for what an earlier build has left may be of models that have changed since. It has
    no unit tests, which do not depend on data.
    Raises SandboxError with dbt's words if it fails.
    """
    from builds.runner import Dbt

    summary = BuildSummary()
    began = monotonic()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with bar as progress:
        task = progress.add_task("dbt build: reading the project", total=None)

        def follow(event: Any) -> None:
            name = event.info.name
            if name == "LogStartLine":
                progress.update(task, total=event.data.total, description="dbt build")
            elif name == "NodeFinished":
                progress.advance(task)
            elif name == "JinjaLogWarning":
                summary.warnings.append(event.info.msg)

        dbt = Dbt(project, profiles.location(project).parent, "sandbox", logging=("--log-level", "none"))
        outcome = dbt.run("build", "--full-refresh", "--selector", "daily", "--vars", vars_, listen=follow)
    if not outcome.success:
        log = Path(os.environ.get("DBT_LOG_PATH") or project / "logs") / "dbt.log"
        raise SandboxError(f"dbt build failed. {outcome.failure}\nMore is in {shown(log)}.")
    results = outcome.results.values()
    summary.counts.update((str(result.node.resource_type), str(result.status)) for result in results)
    summary.drifting = sorted(
        result.node.sources[0][1]
        for result in results
        if result.status == "warn" and result.node.name.startswith("source_matches_contract")
    )
    summary.seconds = monotonic() - began
    return summary
