"""What happens once in a while: situations that the main story never brings, a few of each.

They have trails and draws of their own, so that they change nothing of the main story. Robots that stand in
the yard between the early repairs and the first order take part in one of them a day at most.
"""

from dataclasses import dataclass

import numpy as np

from sandbox.simulator.clock import DAY, HOUR, MINUTE, NEVER, SECOND
from sandbox.simulator.draws import Draws, Flags, Ints
from sandbox.simulator.fleet import Fleet
from sandbox.simulator.loading import LID_OUTCOMES, OUTCOMES
from sandbox.simulator.tracker import click_banners
from sandbox.simulator.trail import Trail
from sandbox.simulator.troubleshooting import ACTIONS, CATEGORIES, RESOLUTIONS, Sessions, Trouble

STORY = "rare"

_SHARE_OF_ROBOT_DAYS = 0.04
_SHARE_OF_DAYS = 0.15
_SHARE_OF_ORDERS = 0.05
_SHARE_OF_RATINGS = 0.01
_YARD_STORIES = (6, 4, 4, 3, 3)
"""How often: loading is rehearsed, a reset fails that nobody saw begin, a robot is given up, it is launched
without any initialization, and with one that fails."""

_BANNER_STORIES = (4, 3, 3)
"""How often: a click without a view, savings that are no amount, no savings at all."""

# How a rehearsal of loading can go: what the lid does, what the server says, both in order; and the outcome.
_REHEARSALS = (
    (("success",), (), "no_result"),
    (("success",), ("error", "success"), "loaded"),
    (("success",), ("success", "error"), "failed"),
    (("error",), ("error", "success"), "loaded"),
    (("success", "error"), ("error",), "failed"),
)


@dataclass(frozen=True)
class Rarities:
    """The trails of these stories, and what really happened in them."""

    loads: Trail
    nodes: Trail
    pages: Trail
    pilots: Trail
    load_tries: dict[str, Ints]
    """Columns as in `Loading`; order and attempt number are 0."""
    sessions: tuple[Sessions, ...]


def happen(draws: Draws, fleet: Fleet, pages: Trail, first_day: int, days: int, story_start: int) -> Rarities:
    """What happens once in a while on some days; `pages` is what customers saw in the main story."""
    trails = {name: Trail(STORY) for name in ("loads", "nodes", "pages", "pilots")}
    robot_count = len(fleet.robot_ids)
    robot = np.tile(np.arange(1, robot_count + 1), days)
    day = np.repeat(first_day + np.arange(days), robot_count)
    chosen = draws.chance(len(robot), _SHARE_OF_ROBOT_DAYS)
    robot, day = robot[chosen], day[chosen]
    at = day * DAY + 16 * HOUR + draws.between(len(day), 0, 40 * MINUTE)
    story = draws.pick(len(day), _YARD_STORIES)
    stories = [(robot[story == number], at[story == number]) for number in range(len(_YARD_STORIES))]

    load_tries = _rehearse_loading(draws, trails["loads"], *stories[0])
    orphans = _fail_without_reset(draws, fleet, trails["pilots"], *stories[1])
    _give_up_robots(draws, fleet, trails["pilots"], *stories[2])
    _launch_in_the_yard(draws, trails["nodes"], *stories[3], is_initialized=False)
    _launch_in_the_yard(draws, trails["nodes"], *stories[4], is_initialized=True)
    lessons = _learn_the_flow(draws, fleet, trails["pilots"], first_day, days)
    _show_odd_banners(draws, fleet, pages, trails["pages"], story_start)
    _rate_nonsense(draws, pages, trails["pages"])
    return Rarities(**trails, load_tries=load_tries, sessions=(orphans, lessons))


def _rehearse_loading(draws: Draws, trail: Trail, robot: Ints, at: Ints) -> dict[str, Ints]:
    """A merchant's staff learns to load: there is a robot and no order."""
    count = len(robot)
    course = draws.pick(count, (1,) * len(_REHEARSALS))
    none, one = np.zeros(count, dtype=np.int64), np.ones(count, dtype=np.int64)

    def note(event: str, at: Ints, where: Flags, length: Ints) -> Ints:
        return trail.add(event, at, where=where, robot=robot, method=one, number=one, length=length)

    now = at
    anchor = note("server_load_order_started", at, one > 0, none)
    lid_errors, lid_outcome = none, none
    for part, prefix in ((0, "server_load_order_close_lid_"), (1, "server_load_order_")):
        for number in (0, 1):
            for word in ("success", "error"):
                says = _in_course(course, part, number, word)
                now = np.where(says, now + draws.between(count, 4 * SECOND, 30 * SECOND), now)
                note(f"{prefix}{word}", now, says, now - at)
                if part == 0:
                    lid_errors = lid_errors + (says & (word == "error"))
                    lid_outcome = np.where(says, LID_OUTCOMES.index(word), lid_outcome)
    outcomes = np.array([OUTCOMES.index(outcome) for _, _, outcome in _REHEARSALS])
    return {
        "order": none,
        "robot": robot,
        "attempt_number": none,
        "started_at": at,
        "ended_at": now,
        "start_count": one,
        "lid_error_count": lid_errors,
        "lid_outcome": lid_outcome,
        "outcome": outcomes[course],
        "anchor_row": anchor,
    }


def _in_course(course: Ints, part: int, number: int, word: str) -> Flags:
    says = [len(rehearsal[part]) > number and rehearsal[part][number] == word for rehearsal in _REHEARSALS]
    return np.array(says)[course]


def _fail_without_reset(draws: Draws, fleet: Fleet, trail: Trail, robot: Ints, at: Ints) -> Sessions:
    """A pilot looks at a robot; then a reset fails that the page never said was asked for."""
    count = len(robot)
    sessions = _one_step(draws, fleet, trail, robot, at, "software")
    trouble = sessions.trouble
    failed_at = trouble.at + draws.between(count, 20 * SECOND, 3 * MINUTE)
    everyone = np.ones(count, dtype=bool)
    is_hard = draws.chance(count, 0.5)
    action = np.where(is_hard, ACTIONS.index("pilot_hard_reset"), ACTIONS.index("pilot_soft_reset"))
    subjects = {"robot": robot, "pilot": trouble.pilot, "case": sessions.case}
    rows = [
        trail.add(f"{name}_fail", failed_at, where=action == ACTIONS.index(name), **subjects)
        for name in ("pilot_soft_reset", "pilot_hard_reset")
    ]
    trail.tell(
        "actions",
        everyone,
        at=failed_at,
        failed_at=failed_at,
        action=action,
        row=np.max(rows, axis=0),
        number=np.ones(count, dtype=np.int64),
        order=trouble.order,
        trip=trouble.trip,
        **subjects,
        is_orphan=np.ones(count, dtype=np.int64),
    )
    return Sessions(
        trouble=trouble,
        case=sessions.case,
        ended_at=failed_at,
        last_pilot=trouble.pilot,
        pilot_count=sessions.pilot_count,
        step_count=sessions.step_count,
        action_count=np.ones(count, dtype=np.int64),
        highest_action=action + 1,
        ends_with_failure=everyone,
        resolution=sessions.resolution,
        anchor_row=sessions.anchor_row,
    )


def _learn_the_flow(draws: Draws, fleet: Fleet, trail: Trail, first_day: int, days: int) -> Sessions:
    """A new pilot clicks through the flow, without any robot."""
    day = (first_day + np.arange(days))[draws.chance(days, _SHARE_OF_DAYS)]
    at = day * DAY + 16 * HOUR + draws.between(len(day), 0, 40 * MINUTE)
    return _one_step(draws, fleet, trail, np.zeros(len(day), dtype=np.int64), at, "other")


def _one_step(draws: Draws, fleet: Fleet, trail: Trail, robot: Ints, at: Ints, category: str) -> Sessions:
    """Sessions of one step and no consequence."""
    count = len(robot)
    none, one = np.zeros(count, dtype=np.int64), np.ones(count, dtype=np.int64)
    flow = none + CATEGORIES.index(category)
    trouble = Trouble(at, robot, order=none, trip=none, pilot=1 + fleet.pilots_at(draws, at), category=flow)
    case = trail.open_cases(count)
    row = trail.add(
        "pilot_troubleshooting_step",
        at,
        robot=robot,
        pilot=trouble.pilot,
        case=case,
        flow=flow + 1,
        index=one,
        session=at,
    )
    return Sessions(
        trouble=trouble,
        case=case,
        ended_at=at,
        last_pilot=trouble.pilot,
        pilot_count=one,
        step_count=one,
        action_count=none,
        highest_action=none,
        ends_with_failure=np.zeros(count, dtype=bool),
        resolution=none + RESOLUTIONS.index("unresolved"),
        anchor_row=row,
    )


def _give_up_robots(draws: Draws, fleet: Fleet, trail: Trail, robot: Ints, at: Ints) -> None:
    """A robot without an order is replaced from a list, where nothing says that this was begun."""
    count = len(robot)
    pilot = 1 + fleet.pilots_at(draws, at)
    row = trail.add(
        "pilot_submitted_reassignment",
        at,
        robot=robot,
        pilot=pilot,
        session=at,
        reason=1 + draws.between(count, 0, len(CATEGORIES)),
        spare=1 + robot % len(fleet.robot_ids),
    )
    none, never = np.zeros(count, dtype=np.int64), np.full(count, NEVER)
    trail.tell(
        "reassignments",
        np.ones(count, dtype=bool),
        initiated_at=never,
        initiated_row=never,
        submitted_at=at,
        submitted_row=row,
        order=none,
        robot=robot,
        trip=none,
        pilot=pilot,
        case=none,
    )


def _launch_in_the_yard(draws: Draws, trail: Trail, robot: Ints, at: Ints, *, is_initialized: bool) -> None:
    """A robot's software is launched for no trip; it says nothing more, or that it failed."""
    count = len(robot)
    none, never = np.zeros(count, dtype=np.int64), np.full(count, NEVER)
    launch_row = trail.add("node_auto_launch", at, robot=robot)
    first_at = at + draws.between(count, 500, 2_500)
    length = draws.between(count, 2 * SECOND, 20 * SECOND)
    first_row = never
    if is_initialized:
        begun, failed = none + 1, none + 3
        first_row = trail.add("node_initialization", first_at, robot=robot, status=begun, length=never)
        trail.add("node_initialization", first_at + length, robot=robot, status=failed, length=length)
    trail.tell(
        "launches",
        np.ones(count, dtype=bool),
        launched_at=at,
        launch_row=launch_row,
        first_at=first_at if is_initialized else never,
        first_row=first_row,
        last_at=first_at + length if is_initialized else never,
        status=none + 3 * is_initialized,
        count=none + 2 * is_initialized,
        order=none,
        robot=robot,
        trip=none,
    )


def _show_odd_banners(draws: Draws, fleet: Fleet, pages: Trail, trail: Trail, story_start: int) -> None:
    """Banners in orders that saw none else: a blocked view, a text that is no amount, no text."""
    opens, views = pages.rows("order_tracker_open"), pages.rows("app_banner_viewed")
    if opens is None:
        return
    _, first = np.unique(opens.order, return_index=True)
    opens = opens.take(first)
    seen = np.zeros(0, dtype=np.int64) if views is None else views.order
    opens = opens.take(~np.isin(opens.order, seen) & draws.chance(len(opens), _SHARE_OF_ORDERS))
    count = len(opens)
    story = draws.pick(count, _BANNER_STORIES)
    banner = {
        "order": opens.order,
        "session": opens.extra["session"],
        "stage": opens.extra["stage"],
        "merchant": 1 + draws.between(count, 0, len(fleet.merchant_ids)),
        "position": 1 + draws.pick(count, (5, 3, 2)),
        "cents": np.where(story == 1, -1 - draws.pick(count, (1, 1)), 0),
        "variant": 1 + draws.pick(count, (1, 1)),
    }
    seen_at = opens.at + draws.between(count, 500, 4_000)
    trail.add("app_banner_viewed", seen_at, where=story > 0, **banner)
    clicked_at = seen_at + draws.between(count, 1 * SECOND, 20 * SECOND)
    click_banners(trail, story_start, clicked_at, where=story == 0, **banner)


def _rate_nonsense(draws: Draws, pages: Trail, trail: Trail) -> None:
    """After a rating a page sends another that is on no scale."""
    ratings = pages.rows("order_tracker_rating_submit")
    if ratings is None:
        return
    ratings = ratings.take(draws.chance(len(ratings), _SHARE_OF_RATINGS))
    count = len(ratings)
    trail.add(
        "order_tracker_rating_submit",
        ratings.at + draws.between(count, 4 * MINUTE, 6 * MINUTE),
        order=ratings.order,
        rating=11 * draws.pick(count, (1, 1)),
        stage=ratings.extra["stage"],
        session=ratings.extra["session"],
    )
