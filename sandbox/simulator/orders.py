"""Orders: how many, when, by whom, where, and with which robot and pilot."""

from dataclasses import dataclass
from functools import cache
from math import fsum

import numpy as np
import polars as pl

from sandbox.simulator.actors import ADDRESSES, PHONES, Actor
from sandbox.simulator.clock import CITY_UTC_OFFSET, DAY, HOUR, day_start
from sandbox.simulator.draws import Draws, Flags, Floats, Ints
from sandbox.simulator.fleet import Fleet
from sandbox.simulator.keys import Keys, chance_number, hex_texts, mixed, number_below, row_keys
from sandbox.simulator.settings import SimulationSettings
from sandbox.simulator.values import Field, Values

_WEEKDAY_HOURS = (0.3, 1.0, 1.7, 1.2, 0.6, 0.5, 0.8, 1.4, 1.7, 1.4, 0.8, 0.4)
_WEEKEND_HOURS = (0.6, 1.1, 1.4, 1.4, 1.1, 0.9, 1.0, 1.5, 1.7, 1.4, 1.0, 0.6)
_OPENING_HOUR = 10
_WEEKDAYS = (0.88, 0.90, 0.94, 1.00, 1.16, 1.12, 1.00)
"""Demand by weekday of the city, Monday first."""


@dataclass(frozen=True)
class OrderBook:
    """The orders of a chunk, as columns; an order's position in them is its number here, from 0."""

    fleet: Fleet
    story_start: int
    """The first midnight of the whole simulation."""
    ordered_at: Ints
    merchant: Ints
    robot: Ints
    spare_robot: Ints
    """Takes over if the order is reassigned."""
    pilot: Ints
    customer: Ints
    browsers: Keys
    """A number for each order's browser; customers come back with the same one."""
    is_partner: Flags
    """Ordered in a partner's app, which has an unlock button of its own."""
    order_ids: Values
    trip_ids: Values
    """First trips of all orders, then the second trips (after a reassignment)."""
    delivery_attempt_ids: Values
    browser_ids: Values
    user_ids: Values
    pages: Values
    """The tracking page of each order."""

    def __len__(self) -> int:
        return len(self.ordered_at)

    def order_fields(self, order: Ints, robot: Ints | None = None) -> dict[str, Field]:
        """The properties that name an order (positions from 1, 0 for none) and its merchant."""
        merchant = np.where(order > 0, 1 + self.merchant[order - 1], 0)
        fields = {
            "order_id": Field(self.order_ids, order),
            "attempt_id": Field(self.delivery_attempt_ids, order),
            "merchant_id": Field(self.fleet.merchant_ids, merchant),
            "merchant_name": Field(self.fleet.merchant_names, merchant),
        }
        return fields if robot is None else {**fields, "robot_id": Field(self.fleet.robot_ids, robot)}

    def customer_actor(self, order: Ints, session: Field) -> Actor:
        """The browser of an order's customer (order positions from 1), on its tracking page."""
        browsers = self.browsers[order - 1]
        home = len(PHONES) // 2
        is_away = chance_number(browsers, "away") < 0.04
        fields = {
            "anonymous": Field(self.browser_ids, order),
            "user": self.users(order),
            "device": Field(PHONES, 1 + number_below(browsers, "device", home) + home * is_away),
            "address": Field(ADDRESSES, 1 + number_below(browsers, "address", len(ADDRESSES))),
            "session": session,
            "page": Field(self.pages, order),
        }
        return Actor(fields, browsers)

    def users(self, order: Ints) -> Field:
        """The customers of orders as users of the tracking page; absent where they are not signed in."""
        is_signed_in = chance_number(mixed(self.customer[order - 1]), "signed in") < 0.3
        return Field(self.user_ids, np.where(is_signed_in, order, 0))


@dataclass(frozen=True)
class Calendar:
    """How many orders are placed on each day, and how many before it."""

    first_day: int
    counts: Ints
    before: Ints


def make_calendar(settings: SimulationSettings) -> Calendar:
    """The demand of every day: by weekday, with a tenth up or down."""
    draws = Draws(settings.seed, "calendar")
    first_day = day_start(settings.start) // DAY
    weekly = [fsum(_hour_weights(day)) for day in range(7)]
    share = np.array([weekly[(first_day + day) % 7] for day in range(settings.days)]) / (fsum(weekly) / 7)
    luck = 0.9 + 0.2 * draws.uniform(settings.days)
    counts = np.maximum(1, np.floor(settings.orders_per_day * share * luck)).astype(np.int64)
    return Calendar(first_day, counts, np.cumsum(counts) - counts)


def place_orders(
    settings: SimulationSettings, fleet: Fleet, calendar: Calendar, chunk: int, first: int, last: int
) -> OrderBook:
    """The orders of the days from `first` to before `last`."""
    draws = Draws(settings.seed, "orders", chunk)
    times = [
        _times_of_day(draws, calendar.first_day + day, int(calendar.counts[day]))
        for day in range(first, last)
    ]
    ordered_at = np.concatenate(times)
    count = len(ordered_at)
    number = calendar.before[first] + np.arange(count)
    robot_count = len(fleet.robot_ids)
    robot = number % robot_count
    customer = (draws.uniform(count) ** 2 * fleet.customer_count).astype(np.int64)
    browsers = row_keys(settings.seed, "browser", 0, customer * 2 + draws.chance(count, 0.12))
    texts = pl.Series(number + 1).cast(pl.String).str.zfill(8)
    order_texts = _joined("ord_", texts)
    return OrderBook(
        fleet=fleet,
        story_start=calendar.first_day * DAY,
        ordered_at=ordered_at,
        merchant=draws.pick(count, fleet.merchant_weights),
        robot=robot,
        spare_robot=(robot + robot_count // 2) % robot_count,
        pilot=fleet.pilots_at(draws, ordered_at),
        customer=customer,
        browsers=browsers,
        is_partner=draws.chance(count, 0.25),
        order_ids=Values.quoted(order_texts),
        trip_ids=Values.quoted(pl.concat([_joined("trip_", texts), _joined("trip_", texts, "_b")])),
        delivery_attempt_ids=Values.quoted(_joined("dat_", texts)),
        browser_ids=Values.quoted(hex_texts(browsers, dashes=True)),
        user_ids=Values.quoted(_joined("cust_", pl.Series(customer + 1).cast(pl.String).str.zfill(6))),
        pages=Values(_pages(order_texts, hex_texts(browsers, dashes=False).str.slice(0, 10))),
    )


def _times_of_day(draws: Draws, day: int, count: int) -> Ints:
    """Sorted times of orders within a UTC day, by the hours of the city."""
    weights = _hour_weights(day % 7)
    ends = np.cumsum(weights)
    spot = np.sort(draws.uniform(count)) * ends[-1]
    hour = np.minimum(np.searchsorted(ends, spot, side="right"), 23)
    part = (spot - (ends[hour] - weights[hour])) / weights[hour]
    within = np.minimum((part * HOUR).astype(np.int64), HOUR - 1)
    return np.asarray(day * DAY + hour * HOUR + np.maximum(within, 0), dtype=np.int64)


@cache
def _hour_weights(day: int) -> Floats:
    """The demand in the 24 UTC hours of a day; `day` is days since 1970 modulo 7 (0 is a Thursday)."""
    weights = np.full(24, 1e-9)
    for utc_hour in range(24):
        city_hour = utc_hour + CITY_UTC_OFFSET // HOUR
        weekday = (day + 3 + city_hour // 24) % 7
        opened_for = city_hour % 24 - _OPENING_HOUR
        hours = _WEEKEND_HOURS if weekday >= 5 else _WEEKDAY_HOURS
        if 0 <= opened_for < len(hours):
            weights[utc_hour] = hours[opened_for] * _WEEKDAYS[weekday]
    return weights


def _joined(before: str, texts: pl.Series, after: str = "") -> pl.Series:
    return before + texts + after if after else before + texts


def _pages(order_texts: pl.Series, tokens: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"order": order_texts, "token": tokens})
    order, token = pl.col("order"), pl.col("token")
    parts = (
        pl.lit('{"path":"/track/'), order,
        pl.lit('","referrer":"https://partner.example/orders","search":"?t='), token,
        pl.lit('","title":"Track your order","url":"https://track.example/track/'), order,
        pl.lit("?t="), token, pl.lit('"}'),
    )  # fmt: skip
    return frame.select(pl.concat_str(parts).alias("page")).to_series()
