"""Unit tests kill the mutants of changed models; with the deep profile those of all models and the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from deep import IS_DEEP
from mutants.__main__ import mutants, report
from mutants.checked import changed, checked, fingerprints, record
from mutants.engine import ENGINE
from mutants.warehouse import own_warehouse
from parsing import parsed_for


def test_the_mutants_of_changed_models_are_killed(capsys: pytest.CaptureFixture[str]) -> None:
    manifest = parsed_for("sandbox").manifest("unset")
    found = fingerprints(manifest)
    models = [*found, ENGINE] if IS_DEEP else changed(found)
    if models:
        with own_warehouse() as warehouse:
            failed = report(mutants(warehouse, models))
        assert not failed, (
            f"{capsys.readouterr().out}Add a unit test that kills each survivor (for the engine, rows in"
            " mutants/cases.py), or list it in mutants/accepted.yml."
            f" To repeat: make mutants MODELS='{' '.join(models)}'"
        )
    assert set(checked()) <= set(found)


def test_a_model_has_changed_until_its_mutants_are_checked(tmp_path: Path) -> None:
    file = tmp_path / "checked.yml"
    file.write_text("a: 1\nb: 2\ngone: 3\n", encoding="utf-8")
    found = {"a": "x", "b": "y", "c": "z"}
    record(found, ["b"], file)
    assert checked(file) == {"a": 1, "b": "y"}
    assert changed(found, file) == ["a", "c"]


def test_a_model_changes_with_its_macros_and_unit_tests() -> None:
    manifest = parsed_for("sandbox").manifest("unset")
    before = fingerprints(manifest)

    manifest.macros["macro.delivery_platform.next_evidence_at"].macro_sql += " "
    manifest.nodes["model.delivery_platform.fct_pilot_days"].raw_code += " "
    test = next(test for test in manifest.unit_tests.values() if test.model == "fct_ratings")
    test.checksum = "other"

    after = fingerprints(manifest)
    assert {model for model in before if before[model] != after[model]} == {
        "fct_pilot_days",
        "fct_ratings",
        "fct_recovery_actions",
        "fct_troubleshooting_sessions",
    }
