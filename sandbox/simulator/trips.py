"""The trip from the merchant to the customer: launch, trouble on the way and what comes of it, arrival."""

from dataclasses import dataclass

import numpy as np

from sandbox.simulator.clock import MINUTE, NEVER, SECOND
from sandbox.simulator.draws import Draws, Flags, Ints
from sandbox.simulator.loading import Loading
from sandbox.simulator.orders import OrderBook
from sandbox.simulator.trail import Trail
from sandbox.simulator.troubleshooting import RESOLUTIONS, Sessions, Trouble, hold_sessions

_CATEGORIES_ON_THE_WAY = (30, 18, 16, 3, 12, 8, 9, 4)
"""How often each category is the trouble of a robot on a trip."""
_RESOLUTION_WEIGHTS = (76, 10, 6, 5, 3)


@dataclass(frozen=True)
class Trips:
    """How each order's trip went; times are `NEVER` where it did not come so far."""

    departed_at: Ints
    arrived_at: Ints
    robot: Ints
    """Position from 0 of the robot that arrives: not the first one if the order was reassigned."""
    trip: Ints
    """Position from 1 of the trip that arrives."""
    is_cancelled: Flags
    is_reassigned: Flags
    sessions: Sessions


def make_trips(draws: Draws, book: OrderBook, loading: Loading, trail: Trail, nodes: Trail) -> Trips:
    """Send every loaded order on its way.

    `trail` gets what pilots do, `nodes` what the robots' software tells.
    """
    count = len(book)
    order, dispatched = np.arange(1, count + 1), loading.loaded_at != NEVER
    departed = loading.loaded_at + draws.between(count, 20 * SECOND, 3 * MINUTE)
    travel = draws.spread(count, 6 * MINUTE, 10 * MINUTE, 13 * MINUTE, 18 * MINUTE, 30 * MINUTE)
    fraction = 0.15 + 0.65 * draws.uniform(count)
    midway = departed + (travel * fraction).astype(np.int64)
    launch(draws, nodes, departed, dispatched, order, book.robot + 1, order)

    troubled = dispatched & draws.chance(count, 0.06 * book.fleet.robot_trouble[book.robot])
    index = np.flatnonzero(troubled)
    trouble = Trouble(
        at=midway[index],
        robot=book.robot[index] + 1,
        order=index + 1,
        trip=index + 1,
        pilot=book.pilot[index] + 1,
        category=draws.pick(len(index), _CATEGORIES_ON_THE_WAY),
    )
    sessions = hold_sessions(draws, book.fleet, trail, trouble, _RESOLUTION_WEIGHTS)
    resolution = sessions.resolution
    goes_on_at, swapped_at = _after_sessions(draws, book, trail, sessions)

    delay = np.zeros(count, dtype=np.int64)
    delay[index] = goes_on_at - trouble.at
    is_cancelled = np.zeros(count, dtype=bool)
    is_cancelled[index] = resolution == RESOLUTIONS.index("trip_cancelled")
    is_reassigned = np.zeros(count, dtype=bool)
    is_reassigned[index] = resolution == RESOLUTIONS.index("reassigned")
    is_called_off = dispatched & ~troubled & draws.chance(count, 0.006)
    subjects = {"order": order, "robot": book.robot + 1, "trip": order, "pilot": book.pilot + 1}
    _cancel(draws, trail, midway, is_called_off, **subjects, case=0 * order)
    is_cancelled |= is_called_off

    _reports(draws, book, trail, departed, midway, dispatched & ~is_cancelled)
    arrives = dispatched & ~is_cancelled
    trips = Trips(
        departed_at=np.where(dispatched, departed, NEVER),
        arrived_at=np.where(arrives, departed + travel + delay, NEVER),
        robot=np.where(is_reassigned, book.spare_robot, book.robot),
        trip=np.where(is_reassigned, order + count, order),
        is_cancelled=is_cancelled,
        is_reassigned=is_reassigned,
        sessions=sessions,
    )
    swapped = index[is_reassigned[index]]
    relaunched_at = swapped_at[is_reassigned[index]] + draws.between(len(swapped), 3 * MINUTE, 6 * MINUTE)
    all_of_them = np.ones(len(swapped), dtype=bool)
    launch(
        draws, nodes, relaunched_at, all_of_them, swapped + 1, trips.robot[swapped] + 1, trips.trip[swapped]
    )
    return trips


def launch(draws: Draws, trail: Trail, at: Ints, where: Flags, order: Ints, robot: Ints, trip: Ints) -> None:
    """Start the robot's software for a trip: launch, initialization, in a few cases a second try.

    In a few cases nobody hears of the launch itself.
    """
    count = len(at)
    subjects = {"order": order, "robot": robot, "trip": trip}
    launch_row = trail.add("node_auto_launch", at, where=where & draws.chance(count, 0.97), **subjects)
    last_at, last_status, told_count = np.full(count, NEVER), np.zeros(count, dtype=np.int64), 0 * at

    def initialization(begun_at: Ints, status: int, length: Ints, happens: Flags) -> Ints:
        nonlocal last_at, last_status, told_count
        ended_at = begun_at + np.maximum(length, 0)
        statuses = np.full(count, status)
        last_at, last_status = np.where(happens, ended_at, last_at), np.where(happens, status, last_status)
        told_count = told_count + happens
        return trail.add(
            "node_initialization", ended_at, where=happens, status=statuses, length=length, **subjects
        )

    unknown = np.full(count, -1)
    begun_at = at + draws.between(count, 500, 2_500)
    first_row = initialization(begun_at, 1, unknown, where)
    is_silent, fails = draws.chance(count, 0.01), draws.chance(count, 0.03)
    length = draws.spread(count, 2 * SECOND, 5 * SECOND, 8 * SECOND, 25 * SECOND)
    initialization(begun_at, 2, length, where & ~fails & ~is_silent)
    initialization(begun_at, 3, length, where & fails)
    again_at = begun_at + np.maximum(length, 0) + draws.between(count, 5 * SECOND, 30 * SECOND)
    initialization(again_at, 1, unknown, where & fails)
    initialization(again_at, 2, length, where & fails)
    trail.tell(
        "launches",
        where,
        launched_at=np.where(launch_row >= 0, at, NEVER),
        launch_row=launch_row,
        first_at=begun_at,
        first_row=first_row,
        last_at=last_at,
        status=last_status,
        count=told_count,
        **subjects,
    )


def _after_sessions(draws: Draws, book: OrderBook, trail: Trail, sessions: Sessions) -> tuple[Ints, Ints]:
    """Escalate what sessions did not solve. Returns when orders go on and when their robots were swapped."""
    trouble, resolution, count = sessions.trouble, sessions.resolution, len(sessions.trouble)
    subjects = {
        "order": trouble.order,
        "robot": trouble.robot,
        "trip": trouble.trip,
        "pilot": sessions.last_pilot,
        "case": sessions.case,
    }
    decided_at = sessions.ended_at + draws.between(count, 20 * SECOND, 4 * MINUTE)

    calls_field = resolution == RESOLUTIONS.index("field_op")
    trail.add(
        "pilot_requested_field_op", decided_at, where=calls_field, category=trouble.category + 1, **subjects
    )
    reported_at = decided_at + draws.between(count, 30 * SECOND, 3 * MINUTE)
    reports = (calls_field & draws.chance(count, 0.25)) | draws.chance(count, 0.01)
    trail.add("pilot_incident_report", reported_at, where=reports, **subjects)

    swaps = resolution == RESOLUTIONS.index("reassigned")
    thinks_of_it = ~swaps & (resolution != RESOLUTIONS.index("trip_cancelled")) & draws.chance(count, 0.02)
    spare = book.spare_robot[trouble.order - 1] + 1
    swap = {"session": trouble.at, "reason": trouble.category + 1, **subjects}
    begins = swaps | thinks_of_it
    begun_row = trail.add("pilot_initiated_reassignment", decided_at, where=begins, **swap)
    swapped_at = decided_at + draws.between(count, 20 * SECOND, 3 * MINUTE)
    swap_row = trail.add("pilot_submitted_reassignment", swapped_at, where=swaps, spare=spare, **swap)
    trail.tell(
        "reassignments",
        begins,
        initiated_at=decided_at,
        initiated_row=begun_row,
        submitted_at=np.where(swaps, swapped_at, NEVER),
        submitted_row=swap_row,
        **subjects,
    )

    cancels = resolution == RESOLUTIONS.index("trip_cancelled")
    _cancel(draws, trail, decided_at, cancels, **subjects)

    waits = (
        draws.between(count, 30 * SECOND, 2 * MINUTE),
        draws.between(count, 10 * MINUTE, 35 * MINUTE),
        draws.between(count, 9 * MINUTE, 20 * MINUTE),
        np.zeros(count, dtype=np.int64),
        draws.between(count, 2 * MINUTE, 10 * MINUTE),
    )
    goes_on_at = decided_at + np.choose(resolution, waits)
    return goes_on_at, swapped_at


def _cancel(draws: Draws, trail: Trail, at: Ints, where: Flags, **subjects: Ints) -> None:
    is_blocked = where & draws.chance(len(at), 0.25)
    cancelled_at = np.where(is_blocked, at + draws.between(len(at), 20 * SECOND, 5 * MINUTE), at)
    _refuse(trail, at, is_blocked, cancelled_at, **subjects)
    row = trail.add("pilot_cancel_trip", cancelled_at, where=where, **subjects)
    trail.tell("cancellations", where, at=cancelled_at, row=row, **subjects)


def _refuse(trail: Trail, at: Ints, where: Flags, cancelled_at: Ints, **subjects: Ints) -> None:
    """A cancellation is refused; `cancelled_at` says when the next one is not, `NEVER` if there is none."""
    row = trail.add("pilot_unable_to_cancel_trip", at, where=where, **subjects)
    trail.tell("refusals", where, at=at, row=row, cancelled_at=cancelled_at, **subjects)


def _reports(draws: Draws, book: OrderBook, trail: Trail, departed: Ints, midway: Ints, where: Flags) -> None:
    """What pilots report on trips that go on: a missed acknowledgment, trouble with the route and so on."""
    count = len(book)
    order = np.arange(1, count + 1)
    subjects = {"order": order, "robot": book.robot + 1, "trip": order, "pilot": book.pilot + 1}
    missed_at = departed + draws.between(count, 30 * SECOND, 2 * MINUTE)
    missed = where & draws.chance(count, 0.015)
    trail.add("pilot_failed_to_acknowledge_delivery_in_progress", missed_at, where=missed, **subjects)
    reported_at = midway + draws.between(count, 0, 2 * MINUTE)
    trail.add("pilot_route_issue", reported_at, where=where & draws.chance(count, 0.025), **subjects)
    trail.add("pilot_no_route_found", midway, where=where & draws.chance(count, 0.008), **subjects)
    trail.add("pilot_incident_report", midway, where=where & draws.chance(count, 0.003), **subjects)
    refused = where & draws.chance(count, 0.002)
    _refuse(trail, midway, refused, np.full(count, NEVER), **subjects, case=0 * order)
