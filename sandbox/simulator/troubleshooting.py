"""Troubleshooting sessions: a pilot steps through a flow and climbs the ladder of actions; some fail."""

from dataclasses import dataclass

import numpy as np

from sandbox.simulator.clock import SECOND
from sandbox.simulator.draws import Draws, Flags, Ints
from sandbox.simulator.fleet import Fleet
from sandbox.simulator.trail import Trail

CATEGORIES = ("connectivity", "gps", "motion", "lid", "camera", "power", "software", "other")

ACTIONS = (
    "pilot_reset_gps_hot",
    "pilot_reset_gps_cold",
    "pilot_modem_reset",
    "pilot_switch_sim_backup",
    "pilot_soft_reset",
    "pilot_hard_reset",
)
"""The ladder, lowest rung first."""
RESOLUTIONS = ("resumed", "field_op", "reassigned", "trip_cancelled", "unresolved")

_SOFT = ACTIONS.index("pilot_soft_reset")
_MOST_ACTIONS = 4
_LADDERS = np.array(
    [
        (2, 3, 4, 5),  # connectivity: modem, SIM, soft, hard
        (0, 1, 4, 5),  # gps: hot, cold, soft, hard
        (4, 4, 5, 5),
        (4, 5, 5, 5),
        (4, 5, 5, 5),
        (5, 5, 5, 5),
        (4, 4, 5, 5),
        (4, 5, 5, 5),
    ]
)
_RESET_FAILS = 0.14


@dataclass(frozen=True)
class Trouble:
    """Robots in trouble: one row per session to be held. Positions from 1, `order` and `trip` 0 for none."""

    at: Ints
    """When the session begins."""
    robot: Ints
    order: Ints
    trip: Ints
    pilot: Ints
    category: Ints

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class Sessions:
    """What the pilots did about it."""

    trouble: Trouble
    ended_at: Ints
    """The last step, action or failure."""
    last_pilot: Ints
    step_count: Ints
    action_count: Ints
    highest_action: Ints
    """Position from 1 in `ACTIONS`, 0 for none."""
    resolution: Ints
    """What came of it: position in `RESOLUTIONS`."""


def hold_sessions(
    draws: Draws, fleet: Fleet, trail: Trail, trouble: Trouble, resolution_weights: tuple[int, ...]
) -> Sessions:
    """Hold one session for each trouble; never more than five minutes between two of its events."""
    count = len(trouble)
    second_pilot = 1 + fleet.pilots_at(draws, trouble.at)
    taken_over = draws.chance(count, 0.05)
    opening_steps = 1 + draws.pick(count, (45, 30, 25))
    actions = draws.pick(count, (22, 38, 22, 12, 6))
    flow = trouble.category + 1
    now = trouble.at - 1
    ended_at, steps, highest = trouble.at, np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)

    def advance(happens: Flags, *pause: int) -> Ints:
        nonlocal now, ended_at
        now = np.where(happens, now + draws.spread(count, *pause), now)
        ended_at = np.where(happens, now, ended_at)
        return now

    def subjects(pilot: Ints) -> dict[str, Ints]:
        return {"order": trouble.order, "robot": trouble.robot, "trip": trouble.trip, "pilot": pilot}

    def step(happens: Flags, pilot: Ints, first: bool = False) -> None:
        nonlocal steps
        at = advance(happens, *((1, 1) if first else (8 * SECOND, 20 * SECOND, 45 * SECOND, 150 * SECOND)))
        steps = steps + happens
        trail.add(
            "pilot_troubleshooting_step",
            at,
            where=happens,
            flow=flow,
            index=steps,
            session=trouble.at,
            **subjects(pilot),
        )

    for number in range(3):
        step(opening_steps > number, trouble.pilot, first=number == 0)
    for number in range(_MOST_ACTIONS):
        pilot = np.where(taken_over & (number > 0), second_pilot, trouble.pilot)
        acts = actions > number
        rung = _LADDERS[trouble.category, number]
        at = advance(acts, 10 * SECOND, 25 * SECOND, 50 * SECOND, 180 * SECOND)
        for position, action in enumerate(ACTIONS):
            trail.add(action, at, where=acts & (rung == position), **subjects(pilot))
        highest = np.where(acts, np.maximum(highest, rung + 1), highest)
        fails = acts & (rung >= _SOFT) & draws.chance(count, _RESET_FAILS)
        at = advance(fails, 15 * SECOND, 40 * SECOND, 70 * SECOND, 120 * SECOND)
        for position in (_SOFT, _SOFT + 1):
            trail.add(f"{ACTIONS[position]}_fail", at, where=fails & (rung == position), **subjects(pilot))
        step(acts & draws.chance(count, 0.4), pilot)
    last_pilot = np.where(taken_over & (actions > 1), second_pilot, trouble.pilot)
    resolution = draws.pick(count, resolution_weights)
    return Sessions(trouble, ended_at, last_pilot, steps, actions, highest, resolution)
