"""A developer's target reads what it has not built from the deployed schemas, and locks nothing there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from concurrency.commands import Command
from concurrency.unlocking import ATTEMPTS, EVENTS, GATES, RELATIONS, TABLES, Unlocking
from deep import deep

SCHEMA = "dev_ana"
WATERMARKS = f"{SCHEMA}_intermediate.{ATTEMPTS}__watermarks"


@pytest.fixture
def developer(unlocking: Unlocking) -> Iterator[Command]:
    """dbt on a target with another schema."""
    command = unlocking.command("developer", SCHEMA)
    yield command
    command.kill()


def locked_by(command: Command) -> set[str]:
    """The tables that a model's `lock` statements name."""
    sent = " ".join(command.gate.statements(ATTEMPTS)).replace('"', "")
    return {table.split(".", 1)[1] for table in re.findall(r"\block ([\w.]+);", sent)}


@deep
@pytest.mark.parametrize("_unlocking", GATES, indirect=True)
def test_deferred_parents_are_read_and_not_locked(unlocking: Unlocking, developer: Command) -> None:
    """The first build and an increment go on while a run holds the lock of the parent, and has written."""
    unlocking.first.run("compile", "--select", ATTEMPTS, "--write-json")
    state = str(unlocking.work / "first" / "target")
    deferred = ("run", "--select", ATTEMPTS, "--defer", "--state", state)
    unlocking.land_rest()
    unlocking.first.start(("run", *TABLES), held_before=unlocking.place(EVENTS, "written"))
    unlocking.first.wait_until_held()
    developer.start(deferred)
    unlocking.settle()
    assert unlocking.waited_for() == []
    unlocking.assert_all_succeed(developer)
    assert locked_by(developer) == {WATERMARKS}
    built = unlocking.project.content(f"{SCHEMA}_marts.{ATTEMPTS}")
    assert built == unlocking.project.content(RELATIONS[ATTEMPTS])
    unlocking.assert_all_succeed(unlocking.first)

    developer.start(deferred, held_before=unlocking.place(ATTEMPTS, "written"))
    developer.wait_until_held()
    assert unlocking.locked_exclusively() == [WATERMARKS]
    unlocking.assert_all_succeed(developer)
    assert locked_by(developer) == {WATERMARKS}
    written = unlocking.project.content(f"{SCHEMA}_marts.{ATTEMPTS}")
    assert built != written == unlocking.project.content(RELATIONS[ATTEMPTS])
