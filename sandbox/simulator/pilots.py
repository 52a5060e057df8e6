"""Pilots beside their trips: shifts, breaks, parked robots, idle robots in trouble, and what they click."""

import numpy as np

from sandbox.simulator.actors import own_delay
from sandbox.simulator.clock import DAY, HOUR, MINUTE, NEVER, SECOND
from sandbox.simulator.draws import Draws, Ints
from sandbox.simulator.fleet import Fleet, roster_of, shift_start
from sandbox.simulator.orders import OrderBook
from sandbox.simulator.trail import Trail
from sandbox.simulator.trips import Trips
from sandbox.simulator.troubleshooting import CATEGORIES, RESOLUTIONS, Sessions, Trouble, hold_sessions
from sandbox.simulator.unlock import Unlocking

_IN_THE_YARD = (20, 10, 8, 2, 10, 25, 20, 5)
"""How often each category is the trouble of a robot that stands idle."""


def work_shifts(draws: Draws, fleet: Fleet, trail: Trail, first_day: int, days: int, story_end: int) -> None:
    """Log in, look around, take one or two breaks: for every pilot whose shift begins on one of the days.

    Nothing of it happens after `story_end`.
    """
    begins = (first_day + np.arange(days)) * DAY
    shifts = [
        (shift, fleet.roster(int(roster_of(shift)[0])))
        for day in begins
        for shift in (shift_start(np.array([day + 13 * HOUR])), shift_start(np.array([day + 22 * HOUR])))
    ]
    pilot = 1 + np.concatenate([pilots for _, pilots in shifts])
    begun_at = np.concatenate([np.repeat(shift, len(pilots)) for shift, pilots in shifts])
    at = begun_at + own_delay(pilot, begun_at)
    count = len(pilot)
    everyone = np.ones(count, dtype=bool)
    page, button = np.ones(count, dtype=np.int64), np.ones(count, dtype=np.int64)
    trail.add("pilot_workstation_hostname", at + 500, pilot=pilot)
    trail.add("page_viewed", at, pilot=pilot, page=page)
    again_at = at + draws.between(count, 1 * HOUR, 5 * HOUR)
    logs_in_again = draws.chance(count, 0.15) & (again_at < story_end)
    trail.add("pilot_workstation_hostname", again_at, where=logs_in_again, pilot=pilot)
    pauses = (
        (120 * MINUTE, 210 * MINUTE, 1, everyone),
        (290 * MINUTE, 380 * MINUTE, 2, draws.chance(count, 0.6)),
    )
    for soonest, latest, kind, takes in pauses:
        break_at = at + draws.between(count, soonest, latest)
        takes = takes & (break_at < story_end)
        trail.add("pilot_start_break", break_at, where=takes, pilot=pilot, kind=np.full(count, kind))
        trail.add("button_clicked", break_at - SECOND, where=takes, pilot=pilot, button=button)


def watch_trips(draws: Draws, book: OrderBook, trips: Trips, unlocking: Unlocking, trail: Trail) -> Ints:
    """Pages and buttons while a robot is under way, and the parked confirmation after it.

    Returns when each order's robot was confirmed as parked, `NEVER` if it was not.
    """
    count = len(book)
    order = np.arange(1, count + 1)
    departed = trips.departed_at != NEVER
    subjects = {"order": order, "pilot": book.pilot + 1}
    for likely, page, soonest, latest in ((0.8, 3, 0, 2 * MINUTE), (0.5, 1, 3 * MINUTE, 12 * MINUTE)):
        at = trips.departed_at + draws.between(count, soonest, latest)
        looks = departed & draws.chance(count, likely)
        trail.add("page_viewed", at, where=looks, page=np.full(count, page), **subjects)
        presses = looks & draws.chance(count, 0.6)
        pressed_at = at + draws.between(count, 2 * SECOND, 50 * SECOND)
        button = 2 + draws.pick(count, (3, 2, 1))
        trail.add("button_clicked", pressed_at, where=presses, button=button, **subjects)
    map_fails = departed & draws.chance(count, 0.01)
    failed_at = trips.departed_at + draws.between(count, 1 * SECOND, 5 * SECOND)
    trail.add("error_mercator_error", failed_at, where=map_fails, **subjects)

    parks = (unlocking.ended_at != NEVER) & draws.chance(count, 0.92)
    parked_at = unlocking.ended_at + draws.spread(count, 4 * MINUTE, 8 * MINUTE, 12 * MINUTE, 20 * MINUTE)
    robot = {"robot": trips.robot + 1, "trip": trips.trip}
    trail.add("pilot_confirm_bot_parked_success", parked_at, where=parks, **robot, **subjects)
    return np.where(parks, parked_at, NEVER)


def mend_lids(draws: Draws, book: OrderBook, trips: Trips, unlocking: Unlocking, trail: Trail) -> Sessions:
    """Sessions about lids that nobody could open, for orders that had no trouble on the way."""
    had_session = np.zeros(len(book), dtype=bool)
    had_session[trips.sessions.trouble.order - 1] = True
    closed = (unlocking.ended_at != NEVER) & (unlocking.opened_at == NEVER) & ~had_session
    index = np.flatnonzero(closed & draws.chance(len(book), 0.6))
    trouble = Trouble(
        at=unlocking.ended_at[index] + draws.between(len(index), MINUTE, 3 * MINUTE),
        robot=trips.robot[index] + 1,
        order=index + 1,
        trip=trips.trip[index],
        pilot=book.pilot[index] + 1,
        category=np.full(len(index), CATEGORIES.index("lid")),
    )
    sessions = hold_sessions(draws, book.fleet, trail, trouble, (0, 50, 0, 0, 50))
    _call_field(draws, trail, sessions)
    return sessions


def mend_idle_robots(draws: Draws, fleet: Fleet, trail: Trail, first_day: int, days: int) -> Sessions:
    """Sessions with robots in the yard, in the two hours before the early shift meets its first order."""
    robot_count = len(fleet.robot_ids)
    robot = np.tile(np.arange(robot_count), days)
    day = np.repeat(first_day + np.arange(days), robot_count)
    troubled = draws.chance(len(robot), 0.03 * fleet.robot_trouble[robot])
    robot, day = robot[troubled], day[troubled]
    count = len(robot)
    at = day * DAY + 13 * HOUR + draws.between(count, 20 * MINUTE, 120 * MINUTE)
    none = np.zeros(count, dtype=np.int64)
    trouble = Trouble(
        at=at,
        robot=robot + 1,
        order=none,
        trip=none,
        pilot=1 + fleet.pilots_at(draws, at),
        category=draws.pick(count, _IN_THE_YARD),
    )
    sessions = hold_sessions(draws, fleet, trail, trouble, (80, 15, 0, 0, 5))
    _call_field(draws, trail, sessions)
    parks = draws.chance(count, 0.5)
    parked_at = sessions.ended_at + draws.between(count, 5 * MINUTE, 20 * MINUTE)
    subjects = {"robot": robot + 1, "pilot": sessions.last_pilot}
    trail.add("pilot_confirm_bot_parked_success", parked_at, where=parks, **subjects)
    return sessions


def _call_field(draws: Draws, trail: Trail, sessions: Sessions) -> None:
    trouble = sessions.trouble
    at = sessions.ended_at + draws.between(len(trouble), 20 * SECOND, 4 * MINUTE)
    trail.add(
        "pilot_requested_field_op",
        at,
        where=sessions.resolution == RESOLUTIONS.index("field_op"),
        category=trouble.category + 1,
        order=trouble.order,
        robot=trouble.robot,
        trip=trouble.trip,
        pilot=sessions.last_pilot,
        case=sessions.case,
    )
