"""dbt's parser, run on the project without a warehouse."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from builds.runner import Dbt
from house.commands import ROOT, run

PROFILES = ROOT / "profiles.example.yml"

_WARNINGS_AS_JSON = (
    *("--log-level", "warn", "--log-format", "json", "--log-level-file", "none"),
    "--no-use-colors",
)


@dataclass(frozen=True)
class ParsedProject:
    """The project as dbt parsed it for a target."""

    folder: Path  # the manifest is in its folder `target`
    warnings: list[str]
    manifest: dict[str, Any]


def targets() -> list[str]:
    """The names of the targets that the example profile has."""
    profile = yaml.safe_load(PROFILES.read_text(encoding="utf-8"))
    return list(profile["delivery_platform"]["outputs"])


def unset_variables() -> dict[str, str]:
    """The environment variables that the example profile needs. Their values do not matter to parsing."""
    return dict.fromkeys(re.findall(r"env_var\('(\w+)'\)", PROFILES.read_text(encoding="utf-8")), "unset")


def parse(target: str, work: Path) -> list[str]:
    """Parse the whole project for a target; what dbt warned of, deprecations included.

    The manifest is in `work/target` afterwards. Fails the test if dbt cannot parse.
    """
    shutil.copy(PROFILES, work / "profiles.yml")
    dbt = Dbt(ROOT, work, target, work=work, logging=_WARNINGS_AS_JSON)
    arguments = dbt.arguments("parse", "--no-partial-parse", "--show-all-deprecations")
    finished = run("dbt", *arguments, **unset_variables())
    if finished.returncode:
        pytest.fail(
            f"dbt cannot parse for target {target}\n{finished.stdout}{finished.stderr}", pytrace=False
        )
    return [json.loads(line)["info"]["msg"] for line in finished.stdout.splitlines()]
