"""A few days of the fleet's life: every domain in turn, then all their events as batches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from sandbox.simulator.batch import Batch
from sandbox.simulator.clock import DAY
from sandbox.simulator.customer_messages import customer_batches, unlock_click_batches
from sandbox.simulator.draws import Draws, Ints
from sandbox.simulator.fleet import Fleet, make_fleet
from sandbox.simulator.loading import Loading, load_orders
from sandbox.simulator.orders import Calendar, OrderBook, make_calendar, place_orders
from sandbox.simulator.pilot_messages import pilot_batches
from sandbox.simulator.pilots import mend_idle_robots, mend_lids, watch_trips, work_shifts
from sandbox.simulator.rarities import STORY, Rarities, happen
from sandbox.simulator.server_messages import load_batches, node_batches, unlock_batches
from sandbox.simulator.settings import SimulationSettings
from sandbox.simulator.tracker import Visits, plan_visits, rate_deliveries, visit_pages
from sandbox.simulator.trail import Trail
from sandbox.simulator.trips import Trips, make_trips
from sandbox.simulator.troubleshooting import Sessions
from sandbox.simulator.unlock import Unlocking, check_lids, unlock_orders
from sandbox.simulator.unlock_tries import Tries

EVENTS_PER_ORDER = 24
_EVENTS_PER_CHUNK = 120_000


@dataclass(frozen=True)
class World:
    """What all chunks share."""

    settings: SimulationSettings

    @cached_property
    def fleet(self) -> Fleet:
        """The standing fleet."""
        return make_fleet(self.settings)

    @cached_property
    def calendar(self) -> Calendar:
        """The number of orders of each day."""
        return make_calendar(self.settings)

    @property
    def chunk_days(self) -> int:
        """How many days are simulated at once: as many as fit comfortably into memory, at least one."""
        return max(1, _EVENTS_PER_CHUNK // (self.settings.orders_per_day * EVENTS_PER_ORDER))

    @property
    def chunk_count(self) -> int:
        """How many chunks the whole simulation has."""
        return -(-self.settings.days // self.chunk_days)

    def chunk_end(self, number: int) -> int:
        """The midnight (UTC) that ends a chunk: its orders are placed before it, the next ones after."""
        days = min((number + 1) * self.chunk_days, self.settings.days)
        return (self.calendar.first_day + days) * DAY

    @property
    def ends_at(self) -> int:
        """The last midnight (UTC): no order is placed after it."""
        return (self.calendar.first_day + self.settings.days) * DAY


@dataclass(frozen=True)
class Chunk:
    """What happened in a few days."""

    number: int
    book: OrderBook
    loading: Loading
    trips: Trips
    unlocking: Unlocking
    lid_checks: Tries
    sessions: tuple[Sessions, Sessions, Sessions]
    """On trips, about closed lids, in the yard."""
    parked_at: Ints
    visits: Visits
    rarities: Rarities
    loads: Trail
    unlocks: Trail
    nodes: Trail
    pages: Trail
    pilots: Trail
    batches: list[Batch]


def simulate_chunk(world: World, number: int) -> Chunk:
    """Simulate the days of a chunk (counted from 0). No chunk needs another one."""
    settings, fleet, calendar = world.settings, world.fleet, world.calendar
    first = number * world.chunk_days
    last = min(first + world.chunk_days, settings.days)
    first_day, days = calendar.first_day + first, last - first

    def draws(domain: str) -> Draws:
        return Draws(settings.seed, domain, number)

    loads, unlocks, nodes, pages, pilots = Trail(), Trail(), Trail(), Trail(), Trail()
    book = place_orders(settings, fleet, calendar, number, first, last)
    loading = load_orders(draws("loading"), book, loads)
    trips = make_trips(draws("trips"), book, loading, pilots, nodes)
    unlocking = unlock_orders(draws("unlock"), book, trips, unlocks)
    lid_checks = check_lids(draws("lid checks"), fleet, unlocks, first_day, days)
    visits = plan_visits(draws("visits"), book, loading, trips, unlocking)
    visit_pages(draws("pages"), book, unlocking, visits, pages)
    rate_deliveries(draws("ratings"), book, unlocking, visits, pages)
    parked_at = watch_trips(draws("watching"), book, trips, unlocking, pilots)
    lid_sessions = mend_lids(draws("closed lids"), book, trips, unlocking, pilots)
    yard_sessions = mend_idle_robots(draws("yard"), fleet, pilots, first_day, days)
    work_shifts(draws("shifts"), fleet, pilots, first_day, days, world.ends_at)
    rarities = happen(draws("rarities"), fleet, pages, first_day, days, book.story_start)
    return Chunk(
        number=number,
        book=book,
        loading=loading,
        trips=trips,
        unlocking=unlocking,
        lid_checks=lid_checks,
        sessions=(trips.sessions, lid_sessions, yard_sessions),
        parked_at=parked_at,
        visits=visits,
        rarities=rarities,
        loads=loads,
        unlocks=unlocks,
        nodes=nodes,
        pages=pages,
        pilots=pilots,
        batches=[
            *load_batches(draws("load properties"), book, loads),
            *unlock_batches(draws("unlock properties"), book, unlocks),
            *node_batches(draws("node properties"), book, nodes),
            *customer_batches(draws("page properties"), book, pages),
            *unlock_click_batches(draws("click properties"), book, visits, unlocks),
            *pilot_batches(draws("pilot properties"), book, pilots),
            *_rare_batches(draws("rare properties"), book, rarities),
        ],
    )


def _rare_batches(draws: Draws, book: OrderBook, rarities: Rarities) -> Iterator[Batch]:
    for batch in (
        *load_batches(draws, book, rarities.loads),
        *node_batches(draws, book, rarities.nodes),
        *customer_batches(draws, book, rarities.pages),
        *pilot_batches(draws, book, rarities.pilots),
    ):
        yield replace(batch, story=STORY)
