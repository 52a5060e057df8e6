"""Two runs, `forget_user` and a reader go on at once, held at random statements."""

from __future__ import annotations

import random
from contextlib import closing
from typing import Any

import pytest

from concurrency.commands import Command
from concurrency.gates import FORGET_USER
from concurrency.people import Person, known_people
from concurrency.unlocking import GATES, INCREMENTAL, JOIN, RELATIONS, STREAM, TABLES, Unlocking
from deep import IS_DEEP, first_of
from streams.loads import arrive_in_cuts

ROUNDS = 20 if IS_DEEP else 1


@pytest.mark.parametrize("_unlocking", first_of(*GATES), indirect=True)
def test_nobody_waits_for_ever_and_no_reader_waits(unlocking: Unlocking, rng: random.Random) -> None:
    """After each round the next run ends as a full refresh would."""
    read_while_held = 0
    for number, arrived in enumerate(arrive_in_cuts(unlocking.project, ROUNDS, rng), 1):
        known = known_people(unlocking.project, RELATIONS[STREAM])
        person = rng.choice(known)
        print(f"round {number}: {sum(arrived.values())} rows land, {person.user_id} of {len(known)} leaves")
        read_while_held += play(unlocking, person, rng)
        unlocking.assert_next_run_is_as_a_full_refresh()
    assert read_while_held > ROUNDS


def play(unlocking: Unlocking, person: Person, rng: random.Random) -> int:
    """Start two runs and `forget_user`, each held somewhere; let them go on, one after the other.

    A transaction of a reader is open all the time, and reads whenever all have come as far as they can. Gives
    how often it did while a command was held.
    """
    read_while_held = 0
    commands = rng.sample([unlocking.first, unlocking.second, unlocking.third], 3)
    with closing(unlocking.first.gate.reader()) as reader:
        cursor = reader.cursor()
        cursor.execute("begin")
        for command in commands:
            start(unlocking, command, person, rng)
            read_while_held += read_when_settled(unlocking, cursor)
        for command in rng.sample(commands, 3):
            command.go_on()
            read_while_held += read_when_settled(unlocking, cursor)
        assert unlocking.waited_for() == [], "nobody waits for a reader"
        unlocking.assert_all_succeed(*commands)
        cursor.execute("commit")
    return read_while_held


def start(unlocking: Unlocking, command: Command, person: Person, rng: random.Random) -> None:
    """Start a run, or as the third command `forget_user`, to be held before a statement that is drawn."""
    is_run = command is not unlocking.third
    name = rng.choice(INCREMENTAL) if is_run else FORGET_USER
    place = name, rng.randint(1, len(unlocking.statements[name]))
    print("held before statement", place[1], "of", name)
    if not is_run:
        person.delete_raw()
    command.start(("run", *TABLES) if is_run else person.forget, held_before=place)


def read_when_settled(unlocking: Unlocking, cursor: Any) -> bool:
    """Let a reader join a parent and a child; whether a command was held meanwhile."""
    unlocking.settle()
    held = [command for command in unlocking.commands if command.is_held]
    cursor.execute(JOIN)
    assert cursor.fetchall()[0][0] > 0
    assert all(command.is_held for command in held)
    return bool(held)
