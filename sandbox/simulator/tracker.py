"""Customers on the tracking page: visits, what they look at there, trouble with the page, ratings."""

from dataclasses import dataclass

import numpy as np

from sandbox.simulator.clock import DAY, HOUR, MINUTE, NEVER, SECOND
from sandbox.simulator.draws import Draws, Flags, Ints
from sandbox.simulator.keys import chance_number
from sandbox.simulator.loading import Loading
from sandbox.simulator.orders import OrderBook
from sandbox.simulator.trail import Trail
from sandbox.simulator.trips import Trips
from sandbox.simulator.unlock import Unlocking

STAGES = ("preparing", "on_the_way", "on_the_way", "arriving", "arrived", "delivered")
"""The delivery status at each visit, if it takes place."""
_AT_THE_DOOR = 4
_WEEK_HOURS = 7 * 24
_MAP_OUTAGE = (74, 75)
"""Hours (UTC) since midnight of Thursday: Saturday evening in the city, when maps fail."""
_SESSION_GAP = 30 * MINUTE
_BROWSERS_WITHOUT_SESSIONS = 0.04

POSITIONS = ("tracker_top", "tracker_bottom", "order_status")
_CLICK_SHARES = np.array((0.07, 0.03, 0.05))

UNDECLARED_EVENT = "app_banner_tapped"
"""What a release of the page sends in place of `app_banner_clicked`: an event that no contract declares."""
_RELEASE_DAYS = range(18, 21)
"""Days of the story, from 0, on which this release is out."""


@dataclass(frozen=True)
class Visits:
    """Visits to the tracking page, and by order the browser session at the door."""

    order: Ints
    """From 1."""
    at: Ints
    session: Ints
    """When the browser session began, in milliseconds; 0 if the browser has none."""
    stage: Ints
    door_session: Ints


def plan_visits(
    draws: Draws, book: OrderBook, loading: Loading, trips: Trips, unlocking: Unlocking
) -> Visits:
    """When customers look at the tracking page. Whoever unlocks there visits it just before."""
    count = len(book)
    follows = ~book.is_partner | draws.chance(count, 0.3)
    loaded, arrived = loading.loaded_at != NEVER, trips.arrived_at != NEVER
    clicked, finished = unlocking.first_click_at != NEVER, unlocking.ended_at != NEVER
    travel = np.maximum(trips.arrived_at - trips.departed_at, 0)
    lead = draws.between(count, 15 * SECOND, 120 * SECOND)
    at = np.stack(
        [
            book.ordered_at + draws.between(count, 30 * SECOND, 230 * SECOND),
            loading.loaded_at + draws.between(count, 0, 20 * SECOND),
            trips.departed_at + (travel * (0.05 + 0.4 * draws.uniform(count))).astype(np.int64),
            trips.departed_at + (travel * (0.6 + 0.3 * draws.uniform(count))).astype(np.int64),
            np.where(clicked, unlocking.first_click_at - lead, trips.arrived_at + 1_000),
            unlocking.ended_at + draws.between(count, 5 * MINUTE, 40 * MINUTE),
        ]
    )
    happens = np.stack(
        [
            follows & draws.chance(count, 0.85),
            follows & loaded & draws.chance(count, 0.35),
            follows & arrived & draws.chance(count, 0.55),
            follows & arrived & draws.chance(count, 0.3),
            clicked | (follows & arrived & draws.chance(count, 0.3)),
            follows & finished & draws.chance(count, 0.1),
        ]
    )
    session = _sessions(at, happens)
    session[:, chance_number(book.browsers, "sessions") < _BROWSERS_WITHOUT_SESSIONS] = 0
    stage, order = np.nonzero(happens)
    return Visits(
        order=order + 1,
        at=at[stage, order],
        session=session[stage, order],
        stage=stage + 1,
        door_session=session[_AT_THE_DOOR],
    )


def visit_pages(draws: Draws, book: OrderBook, unlocking: Unlocking, visits: Visits, trail: Trail) -> None:
    """What happens on the page in each visit."""
    count = len(visits.at)
    subjects = {"order": visits.order, "session": visits.session, "stage": visits.stage}
    everyone = np.ones(count, dtype=bool)

    trail.add("page_viewed", visits.at, where=everyone, **subjects)
    fails = draws.chance(count, 0.008)
    reloads = fails & draws.chance(count, 0.7)
    shown_at = visits.at + draws.between(count, 300, 2_000)
    trail.add("order_tracker_open_error", shown_at, where=fails, **subjects)
    reloaded_at = shown_at + draws.between(count, 2 * SECOND, 15 * SECOND)
    trail.add("page_viewed", reloaded_at, where=reloads, **subjects)
    opened_at = np.where(fails, reloaded_at + draws.between(count, 300, 2_000), shown_at)
    opens = ~fails | reloads
    trail.add("order_tracker_open", opened_at, where=opens, **subjects)

    is_stuck = unlocking.try_count[visits.order - 1] > 1
    asks = opens & draws.chance(count, np.where(is_stuck & (visits.stage > _AT_THE_DOOR), 0.12, 0.018))
    is_map_down = np.isin(visits.at // HOUR % _WEEK_HOURS, _MAP_OUTAGE)
    map_fails = opens & draws.chance(count, np.where(is_map_down, 0.7, 0.006))
    happenings: tuple[tuple[str, float | Flags, int, int], ...] = (
        ("order_tracker_faq_open", 0.06, 5, 60),
        ("order_tracker_faq_open", 0.015, 60, 120),
        ("app_download_faq_clicked", 0.012, 5, 90),
        ("order_tracker_text_support_click", asks, 10, 120),
        ("order_tracker_optout_error", 0.0015, 5, 60),
        ("button_clicked", 0.3, 3, 60),
        ("error_mercator_error", map_fails, 1, 4),
        ("merchant_asset_missing", 0.01, 1, 3),
    )
    for event, likely, soonest, latest in happenings:
        happens = opens & draws.chance(count, likely) if isinstance(likely, float) else likely
        at = opened_at + draws.between(count, soonest * SECOND, latest * SECOND)
        trail.add(event, at, where=happens, **subjects)
    _show_banners(draws, book, trail, visits, opened_at, opens)


def rate_deliveries(
    draws: Draws, book: OrderBook, unlocking: Unlocking, visits: Visits, trail: Trail
) -> None:
    """Ratings from 1 to 5, lower after trouble; some customers think again, a few pages send nonsense."""
    count = len(book)
    order = np.arange(1, count + 1)
    opened = unlocking.opened_at != NEVER
    rates = opened & (visits.door_session != NEVER) & draws.chance(count, 0.28)
    happy, unhappy = draws.pick(count, (3, 3, 7, 20, 67)), draws.pick(count, (22, 18, 22, 20, 18))
    rating = 1 + np.where(unlocking.try_count > 1, unhappy, happy)
    rating = np.where(draws.chance(count, 0.004), np.where(draws.chance(count, 0.5), 0, 10), rating)
    rated_at = unlocking.ended_at + draws.spread(count, 5 * SECOND, 25 * SECOND, 90 * SECOND, 20 * MINUTE)
    subjects = {"order": order, "session": np.maximum(visits.door_session, 0)}
    stage = np.full(count, len(STAGES))
    trail.add("order_tracker_rating_submit", rated_at, where=rates, rating=rating, stage=stage, **subjects)
    thinks_again = rates & draws.chance(count, 0.06)
    second = 1 + draws.pick(count, (1, 1, 1, 2, 3))
    again_at = rated_at + draws.between(count, 4 * SECOND, 3 * MINUTE)
    trail.add(
        "order_tracker_rating_submit", again_at, where=thinks_again, rating=second, stage=stage, **subjects
    )


def click_banners(trail: Trail, story_start: int, at: Ints, *, where: Flags, **banner: Ints) -> None:
    """Clicks on banners where `where` holds, under the name that the page gives them at the time."""
    is_undeclared = np.isin((at - story_start) // DAY, _RELEASE_DAYS)
    trail.add("app_banner_clicked", at, where=where & ~is_undeclared, **banner)
    trail.add(UNDECLARED_EVENT, at, where=where & is_undeclared, **banner)


def _sessions(at: Ints, happens: Flags) -> Ints:
    """The start of the browser session at each visit: a new one after half an hour without a visit."""
    session = np.full(at.shape, NEVER)
    began, last = np.full(at.shape[1], NEVER), np.full(at.shape[1], NEVER)
    for stage in range(len(at)):
        is_new = happens[stage] & ((last == NEVER) | (at[stage] - last > _SESSION_GAP))
        began = np.where(is_new, at[stage], began)
        last = np.where(happens[stage], at[stage], last)
        session[stage] = np.where(happens[stage], began, NEVER)
    return session


def _show_banners(
    draws: Draws, book: OrderBook, trail: Trail, visits: Visits, opened_at: Ints, opens: Flags
) -> None:
    count = len(visits.at)
    merchant_count = len(book.fleet.merchant_ids)
    same = 1 + book.merchant[visits.order - 1]
    other = 1 + draws.between(count, 0, merchant_count)
    merchant = np.where(draws.chance(count, 0.2), same, other)
    cents = 100 * draws.between(count, 1, 13) + 50 * draws.between(count, 0, 2)
    banner = {
        "order": visits.order,
        "session": visits.session,
        "stage": visits.stage,
        "merchant": merchant,
        "position": 1 + draws.pick(count, (5, 3, 2)),
        "cents": cents,
        "variant": 1 + draws.pick(count, (1, 1)),
    }
    seen = opens & draws.chance(count, 0.45)
    seen_at = opened_at + draws.between(count, 500, 4_000)
    trail.add("app_banner_viewed", seen_at, where=seen, **banner)
    clicks = draws.chance(count, _CLICK_SHARES[banner["position"] - 1])
    clicked_at = seen_at + draws.between(count, 1 * SECOND, 20 * SECOND)
    click_banners(trail, book.story_start, clicked_at, where=seen & clicks, **banner)
    dismisses = ~clicks & draws.chance(count, 0.12)
    dismissed_at = seen_at + draws.between(count, 1 * SECOND, 15 * SECOND)
    trail.add("app_banner_dismissed", dismissed_at, where=seen & dismisses, **banner)
