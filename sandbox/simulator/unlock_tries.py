"""One try to open a robot's lid, by a customer's click or by the server alone.

The pauses keep clear of the edges of the rules that the marts apply: clicks of one try are 2 to 8 seconds
apart with no outcome between them, a server starts at most 3 seconds after the click (or, by clock
differences, at most 1.5 seconds before it), a restart comes within 50 seconds, and everything is over in
about two minutes.
"""

from dataclasses import dataclass, fields

import numpy as np

from sandbox.simulator.actors import App
from sandbox.simulator.clock import NEVER, SECOND
from sandbox.simulator.draws import Draws, Flags, Ints
from sandbox.simulator.trail import Trail

CLICK = "order_unlock_coco"
START = "server_unlock_bot_started"
ORIGINS = ("customer", "server_only")
ANCHORS: tuple[tuple[str, App], ...] = ((CLICK, "tracker_web"), (START, "server"))
"""The events that can begin a try, and who sends them."""

REQUESTERS = ("customer", "partner_app", "support", "pilot", "merchant")

_NONE, _SUCCESS, _FAIL, _FAIL_THEN_SUCCESS = range(4)


@dataclass(frozen=True)
class _Course:
    """What can happen in a customer's try."""

    weight: float
    starts: bool = True
    lid_error: bool = False
    bot_error: bool = False
    tries_again: bool = False
    opens: bool = False
    report: int = _NONE
    confirms: bool = True


_CUSTOMER_COURSES = (
    _Course(83.0, opens=True, report=_SUCCESS),
    _Course(3.0, lid_error=True, tries_again=True, opens=True, report=_SUCCESS),
    _Course(0.8, lid_error=True, tries_again=True, opens=True, report=_FAIL_THEN_SUCCESS),
    _Course(2.5, opens=True),
    _Course(0.9, opens=True, report=_FAIL),
    _Course(3.0, lid_error=True, report=_FAIL),
    _Course(0.8, lid_error=True, tries_again=True, bot_error=True, report=_FAIL),
    _Course(0.9, lid_error=True, report=_SUCCESS),
    _Course(0.6, lid_error=True),
    _Course(1.3, bot_error=True, report=_FAIL),
    _Course(0.3, bot_error=True),
    _Course(1.4, starts=False, report=_FAIL),
    _Course(0.6, report=_SUCCESS),
    _Course(0.2, starts=False, report=_SUCCESS),
    _Course(0.6, starts=False, confirms=False),
    _Course(0.3, starts=False),
    _Course(0.4),
)
_SERVER_COURSES = (
    _Course(91.0, opens=True),
    _Course(2.0, lid_error=True, tries_again=True, opens=True),
    _Course(1.2, tries_again=True, opens=True),
    _Course(2.4, lid_error=True),
    _Course(0.6, lid_error=True, tries_again=True),
    _Course(1.4, bot_error=True),
    _Course(1.2),
    _Course(0.2, tries_again=True),
)


class _Table:
    """Courses as columns."""

    def __init__(self, courses: tuple[_Course, ...]) -> None:
        self.weights = [course.weight for course in courses]
        self._columns = {
            field.name: np.array([getattr(course, field.name) for course in courses])
            for field in fields(_Course)
        }

    def draw(self, draws: Draws, count: int) -> dict[str, Ints]:
        course = draws.pick(count, self.weights)
        return {name: column[course] for name, column in self._columns.items()}


_CUSTOMER = _Table(_CUSTOMER_COURSES)
_SERVER = _Table(_SERVER_COURSES)


@dataclass(frozen=True)
class Tries:
    """Tries as columns: what really happened in each.

    Times may be `NEVER`. Outcomes are 0 none, 1 success, 2 fail.
    """

    order: Ints
    """From 1; 0 for a try that is about a robot only."""
    robot: Ints
    """From 1."""
    number: Ints
    """The how manyth of its order; 0 without an order."""
    origin: Ints
    """Position in `ORIGINS`."""
    started_at: Ints
    ended_at: Ints
    clicked_at: Ints
    last_click_at: Ints
    last_start_at: Ints
    click_count: Ints
    server_start_count: Ints
    confirmed_at: Ints
    request_succeeded_at: Ints
    opened_at: Ints
    customer_outcome: Ints
    server_outcome: Ints
    anchor: Ints
    """Position in `ANCHORS` of the event that begins the try."""
    anchor_row: Ints
    """Its row number."""

    def __len__(self) -> int:
        return len(self.order)

    def take(self, index: Ints | Flags) -> "Tries":
        """The rows that a mask or an array of positions picks."""
        return Tries(**{field.name: getattr(self, field.name)[index] for field in fields(self)})

    @classmethod
    def joined(cls, parts: "list[Tries]") -> "Tries":
        """Several sets of tries, one after another."""
        return cls(
            **{
                field.name: np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            }
        )


class _Notes:
    """Writes a try's events into the trail and remembers when the last one was."""

    def __init__(self, trail: Trail, order: Ints, robot: Ints, number: Ints, requester: Ints) -> None:
        self._trail, self._order, self._robot, self._number = trail, order, robot, number
        self._requester = requester
        self.last_at = np.full(len(order), NEVER)

    def __call__(self, event: str, at: Ints, where: Flags, since: Ints | None = None) -> Ints:
        self.last_at = np.where(where, np.maximum(self.last_at, at), self.last_at)
        length = np.full(len(at), -1) if since is None else np.maximum(at - since, 0)
        return self._trail.add(
            event,
            at,
            where=where,
            order=self._order,
            robot=self._robot,
            number=self._number,
            requester=self._requester,
            length=length,
        )


def customer_tries(
    draws: Draws,
    trail: Trail,
    order: Ints,
    robot: Ints,
    number: Ints,
    clicked_at: Ints,
    may_start_early: bool,
) -> Tries:
    """Customers click unlock. `may_start_early`: the server's clock may put its start before the click."""
    count = len(order)
    course = _CUSTOMER.draw(draws, count)
    note = _Notes(trail, order, robot, number, np.ones(count, dtype=np.int64))
    everyone = np.ones(count, dtype=bool)

    clicks = 1 + draws.pick(count, (87, 10, 3))
    row = note(CLICK, clicked_at, everyone)
    last_click = clicked_at
    for further in (2, 3):
        clicked_again = clicks >= further
        gap = draws.between(count, 2 * SECOND, 8 * SECOND)
        last_click = np.where(clicked_again, last_click + gap, last_click)
        note(CLICK, last_click, clicked_again)

    starts = course["starts"] > 0
    is_early = starts & draws.chance(count, 0.06) & may_start_early
    lead, lag = draws.between(count, 100, 1_500), draws.between(count, 200, 3_000)
    started_at = np.where(is_early, clicked_at - lead, clicked_at + lag)
    start_row = note(START, started_at, starts)
    starts_twice = starts & (clicks > 1) & draws.chance(count, 0.3)
    second_at = last_click + draws.between(count, 200, 1_500)
    note(START, second_at, starts_twice)
    base = np.maximum(last_click, np.where(starts, started_at, 0))
    base = np.where(starts_twice, np.maximum(base, second_at), base)

    result = _server_side(draws, note, course, base, (1 * SECOND, 6 * SECOND))
    report = course["report"]
    reported_at = base + draws.spread(count, 800, 1_800, 3_000, 5_000)
    fails_first = report == _FAIL_THEN_SUCCESS
    corrected_at = np.maximum(note.last_at, reported_at) + draws.between(count, 300, 1_500)
    note("deliveries_unlock_coco_fail", reported_at, (report == _FAIL) | fails_first, clicked_at)
    note("deliveries_unlock_coco_success", reported_at, report == _SUCCESS, clicked_at)
    note("deliveries_unlock_coco_success", corrected_at, fails_first, clicked_at)
    succeeded_at = np.where(report == _SUCCESS, reported_at, np.where(fails_first, corrected_at, NEVER))

    confirms = (course["confirms"] > 0) & draws.chance(count, 0.95)
    is_late = (note.last_at > last_click) & draws.chance(count, 0.3)
    late_at = note.last_at + draws.between(count, 500, 6_000)
    confirmed_at = np.where(is_late, late_at, clicked_at + draws.spread(count, 800, 1_700, 3_000, 6_000))
    note("order_unlock_coco_confirm", confirmed_at, confirms)

    retries = (course["tries_again"] > 0).astype(np.int64)
    return Tries(
        order=order,
        robot=robot,
        number=number,
        origin=np.zeros(count, dtype=np.int64),
        started_at=np.where(is_early, started_at, clicked_at),
        ended_at=note.last_at,
        clicked_at=clicked_at,
        last_click_at=last_click,
        last_start_at=np.maximum(result.last_start_at, np.where(starts, base, NEVER)),
        click_count=clicks,
        server_start_count=starts.astype(np.int64) + starts_twice + retries,
        confirmed_at=np.where(confirms, confirmed_at, NEVER),
        request_succeeded_at=succeeded_at,
        opened_at=result.opened_at,
        customer_outcome=np.where(report == _FAIL_THEN_SUCCESS, _SUCCESS, report),
        server_outcome=result.outcome,
        anchor=is_early.astype(np.int64),
        anchor_row=np.where(is_early, start_row, row),
    )


def server_tries(
    draws: Draws, trail: Trail, order: Ints, robot: Ints, number: Ints, started_at: Ints, requester: Ints
) -> Tries:
    """The server opens the lid for another `requester` (position from 1) than the customer's browser."""
    count = len(order)
    course = _SERVER.draw(draws, count)
    note = _Notes(trail, order, robot, number, requester)
    row = note(START, started_at, np.ones(count, dtype=bool))
    result = _server_side(draws, note, course, started_at, (12 * SECOND, 40 * SECOND))
    retries = (course["tries_again"] > 0).astype(np.int64)
    never, none = np.full(count, NEVER), np.zeros(count, dtype=np.int64)
    return Tries(
        order=order,
        robot=robot,
        number=number,
        origin=none + ORIGINS.index("server_only"),
        started_at=started_at,
        ended_at=note.last_at,
        clicked_at=never,
        last_click_at=never,
        last_start_at=np.maximum(result.last_start_at, started_at),
        click_count=none,
        server_start_count=1 + retries,
        confirmed_at=never,
        request_succeeded_at=never,
        opened_at=result.opened_at,
        customer_outcome=none,
        server_outcome=result.outcome,
        anchor=none + 1,
        anchor_row=row,
    )


@dataclass(frozen=True)
class _ServerResult:
    opened_at: Ints
    outcome: Ints
    last_start_at: Ints


def _server_side(
    draws: Draws, note: _Notes, course: dict[str, Ints], base: Ints, restart_pause: tuple[int, int]
) -> _ServerResult:
    """The robot's answers after its first start at `base`, with a second start where the course has one."""
    count = len(base)
    lid_error, bot_error, again, opens = (
        course[name] > 0 for name in ("lid_error", "bot_error", "tries_again", "opens")
    )
    first_at = base + draws.spread(count, 1_500, 2_600, 4_000, 8_000)
    note("server_unlock_bot_open_lid_error", first_at, lid_error, base)
    pause = draws.between(count, *restart_pause)
    restarted_at = np.where(lid_error, first_at, base) + pause
    note(START, restarted_at, again)
    begun_at = np.where(again, restarted_at, base)
    result_at = begun_at + draws.spread(count, 1_500, 2_600, 4_000, 8_000)
    note("server_unlock_bot_open_lid_success", result_at, opens, begun_at)
    error_at = begun_at + draws.spread(count, 2_000, 5_000, 9_000, 15_000)
    note("server_unlock_bot_error", error_at, bot_error, begun_at)
    fails = ~opens & (lid_error | bot_error)
    return _ServerResult(
        opened_at=np.where(opens, result_at, NEVER),
        outcome=np.where(opens, 1, np.where(fails, 2, 0)),
        last_start_at=np.where(again, restarted_at, NEVER),
    )
