"""Loading at the merchant: the robot's lid, restarts, errors and new tries."""

from dataclasses import dataclass

import numpy as np

from sandbox.simulator.clock import MINUTE, NEVER, SECOND
from sandbox.simulator.draws import Draws, Flags, Ints
from sandbox.simulator.orders import OrderBook
from sandbox.simulator.trail import Trail

_MOST_TRIES = 3

# What can happen in a try: weight, close_lid_error events, close_lid_success, last word.
_COURSES = (
    (88.0, 0, True, "success"),
    (4.0, 1, True, "success"),
    (0.7, 2, True, "success"),
    (2.5, 1, False, "error"),
    (0.6, 2, False, "error"),
    (2.2, 0, True, "error"),
    (1.0, 0, False, "error"),
    (0.5, 1, False, "none"),
    (0.5, 0, False, "none"),
)
_LID_ERRORS = np.array([course[1] for course in _COURSES])
_LID_CLOSES = np.array([course[2] for course in _COURSES])
_SUCCEEDS = np.array([course[3] == "success" for course in _COURSES])
_FAILS = np.array([course[3] == "error" for course in _COURSES])

OUTCOMES = ("loaded", "failed", "failed_inferred", "no_result")
LID_OUTCOMES = (None, "success", "error")


@dataclass(frozen=True)
class Loading:
    """How each order's loading went, and every try."""

    loaded_at: Ints
    """`NEVER` where no try succeeded: then no trip begins."""
    try_count: Ints
    tries: dict[str, Ints]
    """Columns by try: what the truth tells. `outcome` and `lid_outcome` are positions in the names above."""


def load_orders(draws: Draws, book: OrderBook, trail: Trail) -> Loading:
    """Load every order in up to three tries: each begins more than a minute after the last one's end."""
    count = len(book)
    loaded_at = np.full(count, NEVER)
    try_count = np.zeros(count, dtype=np.int64)
    tries: list[dict[str, Ints]] = []
    active = np.arange(count)
    started_at = book.ordered_at + draws.spread(
        count, 4 * MINUTE, 9 * MINUTE, 13 * MINUTE, 18 * MINUTE, 32 * MINUTE
    )
    for number in range(1, _MOST_TRIES + 1):
        seen = _one_try(draws, book, trail, active, started_at, number)
        tries.append(seen)
        try_count[active] = number
        is_loaded = seen["outcome"] == 0
        loaded_at[active[is_loaded]] = seen["ended_at"][is_loaded]
        again = ~is_loaded & draws.chance(len(active), 0.85)
        active = active[again]
        started_at = seen["ended_at"][again] + draws.between(len(active), 75 * SECOND, 6 * MINUTE)
    return Loading(
        loaded_at, try_count, {name: np.concatenate([seen[name] for seen in tries]) for name in tries[0]}
    )


def _one_try(
    draws: Draws, book: OrderBook, trail: Trail, active: Ints, started_at: Ints, number: int
) -> dict[str, Ints]:
    count = len(active)
    numbers = np.full(count, number)
    course = _courses(draws, book, active)
    order, robot = active + 1, book.robot[active] + 1
    method = draws.pick(count, (6, 3, 1)) + 1

    def note(event: str, at: Ints, where: Flags, begun_at: Ints) -> Ints:
        return trail.add(
            event,
            at,
            where=where,
            order=order,
            robot=robot,
            method=method,
            number=numbers,
            length=at - begun_at,
        )

    anchor = note("server_load_order_started", started_at, np.ones(count, dtype=bool), started_at)
    is_restarted = draws.chance(count, 0.04)
    restarted_at = started_at + draws.between(count, 5 * SECOND, 40 * SECOND)
    note("server_load_order_started", restarted_at, is_restarted, restarted_at)
    begun_at = np.where(is_restarted, restarted_at, started_at)
    now = begun_at
    for lid_error in (1, 2):
        fails = _LID_ERRORS[course] >= lid_error
        now = np.where(
            fails, now + draws.spread(count, 3 * SECOND, 8 * SECOND, 15 * SECOND, 40 * SECOND), now
        )
        note("server_load_order_close_lid_error", now, fails, begun_at)
    closes = _LID_CLOSES[course]
    now = np.where(closes, now + draws.spread(count, 4 * SECOND, 12 * SECOND, 25 * SECOND, 80 * SECOND), now)
    note("server_load_order_close_lid_success", now, closes, begun_at)
    succeeds, fails = _SUCCEEDS[course], _FAILS[course]
    now = np.where(succeeds | fails, now + draws.spread(count, 300, 900, 2 * SECOND, 8 * SECOND), now)
    note("server_load_order_success", now, succeeds, begun_at)
    note("server_load_order_error", now, fails, begun_at)
    lid_errors = _LID_ERRORS[course]
    return {
        "order": order,
        "robot": robot,
        "attempt_number": numbers,
        "started_at": started_at,
        "ended_at": now,
        "start_count": 1 + is_restarted,
        "lid_error_count": lid_errors,
        "lid_outcome": np.where(closes, 1, np.where(lid_errors > 0, 2, 0)),
        "outcome": np.where(succeeds, 0, np.where(fails, 1, np.where(lid_errors > 0, 2, 3))),
        "anchor_row": anchor,
    }


def _courses(draws: Draws, book: OrderBook, active: Ints) -> Ints:
    """A course for each try; some merchants have more trouble than others."""
    weights = np.array([course[0] for course in _COURSES])
    bad = weights.copy()
    bad[1:] *= 3.0
    is_bad = book.fleet.merchant_trouble[book.merchant[active]] > 1
    return np.where(is_bad, draws.pick(len(active), bad), draws.pick(len(active), weights))
