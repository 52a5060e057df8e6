"""Mutants that are accepted as survivors, each with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from mutants.verdicts import Mutant, Verdict

FILE = Path(__file__).parent / "accepted.yml"


def accepted(path: Path = FILE) -> dict[str, str]:
    """Why each mutant is accepted, by its text, in which `…` stands for any characters."""
    listed = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {
        f"{model}: {change}": reason
        for model, reasons in listed.items()
        for reason, found in reasons.items()
        for change in found
    }


def survivors(mutants: Iterable[Mutant], reasons: Iterable[str]) -> list[Mutant]:
    """The mutants that survive and are not accepted."""
    entries = [*reasons]
    return [
        mutant
        for mutant in mutants
        if mutant.verdict is Verdict.SURVIVED and not any(_is_of(entry, mutant) for entry in entries)
    ]


def needless(reasons: Iterable[str], mutants: Iterable[Mutant]) -> list[str]:
    """Entries for models of these mutants without a mutant that survives."""
    found = list(mutants)
    models = {mutant.model for mutant in found}
    surviving = [mutant for mutant in found if mutant.verdict is Verdict.SURVIVED]
    return [
        entry
        for entry in reasons
        if entry.split(":")[0] in models and not any(_is_of(entry, mutant) for mutant in surviving)
    ]


def _is_of(entry: str, mutant: Mutant) -> bool:
    return bool(re.fullmatch(".*".join(map(re.escape, entry.split("…"))), str(mutant)))
