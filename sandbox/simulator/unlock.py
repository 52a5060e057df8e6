"""Unlocking at the customer's door: who tries how often, until the lid is open or everyone gives up."""

from dataclasses import dataclass

import numpy as np

from sandbox.simulator.clock import DAY, HOUR, MINUTE, NEVER, SECOND
from sandbox.simulator.draws import Draws, Flags, Ints
from sandbox.simulator.fleet import Fleet
from sandbox.simulator.orders import OrderBook
from sandbox.simulator.trail import Trail
from sandbox.simulator.trips import Trips
from sandbox.simulator.unlock_tries import ORIGINS, REQUESTERS, Tries, customer_tries, server_tries

_MOST_TRIES = 4

_PAUSE_AFTER_CLICK = 40 * SECOND
"""The next try after a click without an outcome comes later than this: so it is no re-click."""
_PAUSE_AFTER_START = 90 * SECOND
"""The next server start after one without a click comes later than this: so it is no restart."""
_PAUSE_BEFORE_SUPPORT = 390 * SECOND
"""Others open the lid this long after the customer's last click: so the server no longer serves it."""


@dataclass(frozen=True)
class Unlocking:
    """All tries, and by order how many, the first click, when the lid first opened and the last one ended."""

    tries: Tries
    try_count: Ints
    first_click_at: Ints
    opened_at: Ints
    ended_at: Ints


def unlock_orders(draws: Draws, book: OrderBook, trips: Trips, trail: Trail) -> Unlocking:
    """Unlock the robots of all orders that arrived, in up to four tries, one strictly after the other."""
    active = np.flatnonzero(trips.arrived_at != NEVER)
    by_server = book.is_partner[active] & draws.chance(len(active), 0.85)
    wait = draws.spread(len(active), 15 * SECOND, 60 * SECOND, 130 * SECOND, 4 * MINUTE, 9 * MINUTE)
    begins_at = trips.arrived_at[active] + wait
    rounds: list[Tries] = []
    for number in range(1, _MOST_TRIES + 1):
        tries = _one_round(draws, book, trips, trail, active, by_server, begins_at, number)
        rounds.append(tries)
        is_open = tries.server_outcome == 1
        seems_open = ~is_open & (tries.customer_outcome == 1)
        again = draws.chance(len(tries), np.where(is_open, 0.015, np.where(seems_open, 0.3, 0.88)))
        tries = tries.take(again)
        active = tries.order - 1
        by_server = draws.chance(len(active), np.where(tries.click_count > 0, 0.15, 0.7))
        begins_at = _next_begin(draws, tries, by_server)
    return _summed_up(len(book), Tries.joined(rounds))


def check_lids(draws: Draws, fleet: Fleet, trail: Trail, first_day: int, days: int) -> Tries:
    """Lids opened without an order, before the first shift: a merchant or a pilot checks a robot."""
    robot_count = len(fleet.robot_ids)
    robot = np.tile(np.arange(1, robot_count + 1), days)
    day = np.repeat(first_day + np.arange(days), robot_count)
    checked = draws.chance(len(robot), 0.04)
    robot, day = robot[checked], day[checked]
    begins_at = day * DAY + 11 * HOUR + draws.between(len(robot), 0, 90 * MINUTE)
    requester = 1 + np.where(
        draws.chance(len(robot), 0.5), REQUESTERS.index("pilot"), REQUESTERS.index("merchant")
    )
    none = np.zeros(len(robot), dtype=np.int64)
    return server_tries(draws, trail, none, robot, none, begins_at, requester)


def _one_round(
    draws: Draws,
    book: OrderBook,
    trips: Trips,
    trail: Trail,
    active: Ints,
    by_server: Flags,
    begins_at: Ints,
    number: int,
) -> Tries:
    requesters = np.where(
        book.is_partner[active], REQUESTERS.index("partner_app"), REQUESTERS.index("support")
    )
    parts = []
    for is_server in (False, True):
        mine = by_server == is_server
        order, robot = active[mine] + 1, trips.robot[active[mine]] + 1
        numbers = np.full(len(order), number)
        if is_server:
            parts.append(
                server_tries(draws, trail, order, robot, numbers, begins_at[mine], 1 + requesters[mine])
            )
        else:
            parts.append(customer_tries(draws, trail, order, robot, numbers, begins_at[mine], number == 1))
    return Tries.joined(parts)


def _next_begin(draws: Draws, tries: Tries, by_server: Flags) -> Ints:
    """When the next try begins: after everything of the last one, and clear of the rules' windows."""
    count = len(tries)
    pause = np.where(
        draws.chance(count, 0.7),
        draws.spread(count, 3 * SECOND, 12 * SECOND, 30 * SECOND, 60 * SECOND),
        draws.between(count, 2 * MINUTE, 9 * MINUTE),
    )
    begins_at = tries.ended_at + pause
    is_open = tries.server_outcome == 1
    has_outcome = (tries.server_outcome > 0) | (tries.customer_outcome > 0)
    clicked, server_only = tries.click_count > 0, tries.origin == ORIGINS.index("server_only")
    earliest = np.where(clicked & ~has_outcome, tries.last_click_at + _PAUSE_AFTER_CLICK, 0)
    for_server = np.where(server_only, tries.last_start_at + _PAUSE_AFTER_START, 0)
    for_server = np.where(clicked & ~is_open, tries.last_click_at + _PAUSE_BEFORE_SUPPORT, for_server)
    return np.maximum(begins_at, np.where(by_server, np.maximum(earliest, for_server), earliest))


def _summed_up(order_count: int, tries: Tries) -> Unlocking:
    try_count = np.bincount(tries.order, minlength=order_count + 1)[1:]
    far = np.iinfo(np.int64).max
    first_click, opened = np.full(order_count + 1, far), np.full(order_count + 1, far)
    ended = np.full(order_count + 1, NEVER)
    clicked = tries.click_count > 0
    np.minimum.at(first_click, tries.order[clicked], tries.clicked_at[clicked])
    is_open = tries.opened_at != NEVER
    np.minimum.at(opened, tries.order[is_open], tries.opened_at[is_open])
    np.maximum.at(ended, tries.order, tries.ended_at)
    return Unlocking(
        tries=tries,
        try_count=try_count.astype(np.int64),
        first_click_at=np.where(first_click == far, NEVER, first_click)[1:],
        opened_at=np.where(opened == far, NEVER, opened)[1:],
        ended_at=ended[1:],
    )
