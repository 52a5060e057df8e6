"""Programs of the project's environment, run at its root."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

_PROGRAMS = Path(sys.executable).parent


def run(program: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program that is installed beside this Python, with these variables added to the environment."""
    return subprocess.run(
        [_PROGRAMS / program, *arguments],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "160"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def assert_passes(program: str, *arguments: str | Path, **environment: str) -> None:
    """Run a program and fail the test with all it printed, unless it exits with 0."""
    finished = run(program, *arguments, **environment)
    if finished.returncode:
        command = shlex.join([program, *map(str, arguments)])
        pytest.fail(
            f"{command} exited with {finished.returncode}\n{finished.stdout}{finished.stderr}", pytrace=False
        )
