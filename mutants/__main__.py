"""`python -m mutants`: see `--help`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from mutants.accepted import FILE, accepted, needless
from mutants.checked import changed, fingerprints, record
from mutants.unit_tests import DATABASE, Warehouse
from mutants.verdicts import Mutant, Verdict, judge
from sandbox.errors import SandboxError
from sandbox.server import Server


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 0 if all mutants are killed or accepted, 1 if not, 2 if nothing could be run."""
    options = _parser().parse_args(arguments)
    try:
        with own_warehouse() as warehouse:
            found = fingerprints(warehouse.manifest())
            models = options.models or (changed(found) if options.changed else [*found])
            unknown = sorted({*models} - {*found})
            if unknown:
                raise SandboxError(f"No model with unit tests is named {', '.join(unknown)}.")
            failed = report(mutants(warehouse, models)) if models else 0
            if not failed:
                record(found, models)
    except SandboxError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    if not models:
        print("No model has changed since its mutants were checked.")
    return failed


@contextmanager
def own_warehouse() -> Iterator[Warehouse]:
    """A warehouse on a server of its own, which is removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    folder.chmod(0o711)  # the server may have an account of its own
    server = Server(folder / "server", durable=False)
    try:
        server.start()
        (folder / "dbt").mkdir()
        environment = {
            "SANDBOX_HOST": str(server.socket_dir),
            "SANDBOX_PORT": str(server.port),
            "SANDBOX_DATABASE": DATABASE,
        }
        with patch.dict(os.environ, environment):
            yield Warehouse(server, folder / "dbt")
    finally:
        server.delete()
        shutil.rmtree(folder)


def mutants(warehouse: Warehouse, models: Sequence[str]) -> list[Mutant]:
    """All mutants of these models. Raises SandboxError."""
    tests = warehouse.unit_tests(models)
    with ThreadPoolExecutor() as workers:
        judged = workers.map(lambda of_model: judge(warehouse, of_model), tests.values())
        return [mutant for of_model in judged for mutant in of_model]


def report(found: Sequence[Mutant]) -> int:
    """Print survivors and counts; 0 if all survivors are accepted and all that are accepted survive."""
    reasons = accepted()
    survivors = [m for m in found if m.verdict is Verdict.SURVIVED and str(m) not in reasons]
    for mutant in survivors:
        print(f"survived  {mutant}")
    stale = needless(reasons, found)
    for entry in stale:
        print(f"accepted, but no survivor  {entry}")
    counts = Counter(mutant.verdict for mutant in found)
    print(
        f"{len(found)} mutants of {len({m.model for m in found})} models: {counts[Verdict.KILLED]} killed,"
        f" {len(survivors)} survived, {counts[Verdict.SURVIVED] - len(survivors)} accepted in {FILE.name},"
        f" {counts[Verdict.INVALID]} are no valid SQL."
    )
    return 1 if survivors or stale or not counts[Verdict.KILLED] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mutants", description=sys.modules["mutants"].__doc__)
    parser.add_argument("models", nargs="*", help="names of models (default: all that have unit tests)")
    parser.add_argument("--changed", action="store_true", help="the models that changed since the last check")
    return parser


if __name__ == "__main__":
    sys.exit(main())
