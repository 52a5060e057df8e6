"""`python -m mutants`: see `--help`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from mutants.accepted import FILE, accepted, needless, survivors
from mutants.checked import changed, fingerprints, record
from mutants.engine import ENGINE, engine_mutants
from mutants.unit_tests import unit_tests
from mutants.verdicts import Mutant, Verdict, judge
from mutants.warehouse import Warehouse, own_warehouse
from sandbox.errors import SandboxError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and return the exit code.

    0: each valid mutant is killed or accepted. 1: a mutant survived, an entry of accepted.yml is needless, or
    no mutant was killed. 2: an error.
    """
    options = _parser().parse_args(arguments)
    try:
        with own_warehouse() as warehouse:
            found = fingerprints(warehouse.manifest)
            models = options.models or (changed(found) if options.changed else [*found])
            unknown = sorted({*models} - {*found, ENGINE})
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


def mutants(warehouse: Warehouse, models: Sequence[str]) -> list[Mutant]:
    """All mutants of these models, and of the engine if it is among them. Raises SandboxError."""
    found: list[Mutant] = []
    tested = [model for model in models if model != ENGINE]
    if tested:
        tests = unit_tests(warehouse, tested)
        with ThreadPoolExecutor() as workers:
            for of_model in workers.map(lambda of_model: judge(warehouse, of_model), tests.values()):
                found += of_model
    if ENGINE in models:
        with own_warehouse() as another:
            found += engine_mutants(another)
    return found


def report(found: Sequence[Mutant]) -> int:
    """Print survivors, needless entries and counts.

    Return 1 if there is a needless entry or a survivor that is not accepted, or if no mutant was killed;
    else 0.
    """
    reasons = accepted()
    unaccepted = survivors(found, reasons)
    for mutant in unaccepted:
        print(f"survived  {mutant}")
    stale = needless(reasons, found)
    for entry in stale:
        print(f"accepted, but no survivor  {entry}")
    counts = Counter(mutant.verdict for mutant in found)
    print(
        f"{len(found)} mutants of {len({m.model for m in found})} models: {counts[Verdict.KILLED]} killed,"
        f" {len(unaccepted)} survived, {counts[Verdict.SURVIVED] - len(unaccepted)} accepted in {FILE.name},"
        f" {counts[Verdict.INVALID]} are no valid SQL."
    )
    return 1 if unaccepted or stale or not counts[Verdict.KILLED] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mutants", description=sys.modules["mutants"].__doc__)
    parser.add_argument(
        "models", nargs="*", help=f"names of models (default: all that have unit tests), or {ENGINE}"
    )
    parser.add_argument("--changed", action="store_true", help="the models that changed since the last check")
    return parser


if __name__ == "__main__":
    sys.exit(main())
