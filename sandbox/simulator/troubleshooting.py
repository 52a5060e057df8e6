"""Troubleshooting sessions: a pilot steps through a flow and climbs the ladder of actions; some fail."""

from dataclasses import dataclass

import numpy as np

from sandbox.simulator.clock import NEVER, SECOND
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
ACTION_WORDS = ("gps_hot", "gps_cold", "modem_reset", "sim_switch", "soft_reset", "hard_reset")
"""What the marts call them."""
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
    case: Ints
    ended_at: Ints
    """The last step, action or failure."""
    last_pilot: Ints
    pilot_count: Ints
    step_count: Ints
    action_count: Ints
    highest_action: Ints
    """Position from 1 in `ACTIONS`, 0 for none."""
    ends_with_failure: Flags
    """The last action is a reset that failed."""
    resolution: Ints
    """What came of it: position in `RESOLUTIONS`."""
    anchor_row: Ints
    """The row number of the first step."""


def hold_sessions(
    draws: Draws, fleet: Fleet, trail: Trail, trouble: Trouble, resolution_weights: tuple[int, ...]
) -> Sessions:
    """Hold one session for each trouble; never more than five minutes between two of its events.

    Two sessions of one robot are more than an hour apart: it comes to a trip every two hours at the soonest.
    """
    count = len(trouble)
    case = trail.open_cases(count)
    second_pilot = 1 + fleet.pilots_at(draws, trouble.at)
    taken_over = draws.chance(count, 0.05)
    opening_steps = 1 + draws.pick(count, (45, 30, 25))
    actions = draws.pick(count, (22, 38, 22, 12, 6))
    flow = trouble.category + 1
    now = trouble.at - 1
    ended_at, steps, highest = trouble.at, np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    ends_with_failure = np.zeros(count, dtype=bool)

    def advance(happens: Flags, *pause: int) -> Ints:
        nonlocal now, ended_at
        now = np.where(happens, now + draws.spread(count, *pause), now)
        ended_at = np.where(happens, now, ended_at)
        return now

    def subjects(pilot: Ints) -> dict[str, Ints]:
        about = {"order": trouble.order, "robot": trouble.robot, "trip": trouble.trip}
        return {**about, "pilot": pilot, "case": case}

    def step(happens: Flags, pilot: Ints, first: bool = False) -> Ints:
        nonlocal steps
        at = advance(happens, *((1, 1) if first else (8 * SECOND, 20 * SECOND, 45 * SECOND, 150 * SECOND)))
        steps = steps + happens
        return trail.add(
            "pilot_troubleshooting_step",
            at,
            where=happens,
            flow=flow,
            index=steps,
            session=trouble.at,
            **subjects(pilot),
        )

    anchor_row = step(opening_steps > 0, trouble.pilot, first=True)
    for number in (1, 2):
        step(opening_steps > number, trouble.pilot)
    for number in range(_MOST_ACTIONS):
        pilot = np.where(taken_over & (number > 0), second_pilot, trouble.pilot)
        acts = actions > number
        rung = _LADDERS[trouble.category, number]
        acted_at = advance(acts, 10 * SECOND, 25 * SECOND, 50 * SECOND, 180 * SECOND)
        rows = [
            trail.add(action, acted_at, where=acts & (rung == position), **subjects(pilot))
            for position, action in enumerate(ACTIONS)
        ]
        highest = np.where(acts, np.maximum(highest, rung + 1), highest)
        fails = acts & (rung >= _SOFT) & draws.chance(count, _RESET_FAILS)
        at = advance(fails, 15 * SECOND, 40 * SECOND, 70 * SECOND, 120 * SECOND)
        for position in (_SOFT, _SOFT + 1):
            trail.add(f"{ACTIONS[position]}_fail", at, where=fails & (rung == position), **subjects(pilot))
        ends_with_failure = np.where(acts, fails, ends_with_failure)
        told = {
            "at": acted_at,
            "failed_at": np.where(fails, at, NEVER),
            "action": rung,
            "row": np.max(rows, axis=0),
        }
        numbers = np.full(count, number + 1)
        trail.tell("actions", acts, **told, number=numbers, **subjects(pilot), is_orphan=numbers * 0)
        step(acts & draws.chance(count, 0.4), pilot)
    last_pilot = np.where(taken_over & (actions > 1), second_pilot, trouble.pilot)
    return Sessions(
        trouble=trouble,
        case=case,
        ended_at=ended_at,
        last_pilot=last_pilot,
        pilot_count=1 + (last_pilot != trouble.pilot),
        step_count=steps,
        action_count=actions,
        highest_action=highest,
        ends_with_failure=ends_with_failure,
        resolution=draws.pick(count, resolution_weights),
        anchor_row=anchor_row,
    )
