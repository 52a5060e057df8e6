"""`python -m mutants`: see `--help`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mutants.accepted import FILE, accepted, needless
from mutants.unit_tests import unit_tests
from mutants.verdicts import Mutant, Verdict, judge
from sandbox.errors import SandboxError
from sandbox.server import Server

LEAST_KILLED = 0.97
_DATABASE = "mutants"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 if enough mutants are killed, 1 if not, 2 if nothing could be run."""
    models = _parser().parse_args(arguments).models
    try:
        found = mutants(models)
    except SandboxError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    return report(found)


def mutants(models: Sequence[str] = ()) -> list[Mutant]:
    """All mutants of these models, or of all models with unit tests. Raises SandboxError."""
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    folder.chmod(0o711)  # the server may have an account of its own
    server = Server(folder / "server", durable=False)
    try:
        server.start()
        server.create_database(_DATABASE)
        (folder / "dbt").mkdir()
        tests = unit_tests(server, _DATABASE, folder / "dbt", models)
        with ThreadPoolExecutor() as workers:
            judged = workers.map(lambda of_model: judge(server, _DATABASE, of_model), tests.values())
            return [mutant for of_model in judged for mutant in of_model]
    finally:
        server.delete()
        shutil.rmtree(folder)


def report(found: Sequence[Mutant]) -> int:
    """Print survivors and the share of the killed; 0 if it is enough and the accepted ones do survive."""
    reasons = accepted()
    survivors = [m for m in found if m.verdict is Verdict.SURVIVED and str(m) not in reasons]
    for mutant in survivors:
        print(f"survived  {mutant}")
    stale = needless(reasons, found)
    for entry in stale:
        print(f"accepted, but no survivor  {entry}")
    counts = Counter(mutant.verdict for mutant in found)
    judged = counts[Verdict.KILLED] + len(survivors)
    share = counts[Verdict.KILLED] / judged if judged else 0
    print(
        f"{len(found)} mutants of {len({m.model for m in found})} models: {counts[Verdict.KILLED]} killed,"
        f" {len(survivors)} survived, {counts[Verdict.SURVIVED] - len(survivors)} accepted in {FILE.name},"
        f" {counts[Verdict.INVALID]} are no valid SQL."
        f" Killed: {share:.1%}, at least {LEAST_KILLED:.0%} are needed."
    )
    return 0 if share >= LEAST_KILLED and not stale else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mutants", description=sys.modules["mutants"].__doc__)
    parser.add_argument("models", nargs="*", help="names of models (default: all that have unit tests)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
