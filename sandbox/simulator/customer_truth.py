"""What really happened on the tracking page: browser sessions, ratings, banners.

Which browser session an event is of, the process knows. Browsers that keep no sessions have none: there a
session is what lies between two pauses of more than half an hour, by the browser's own events.
"""

from datetime import timedelta

import numpy as np
import polars as pl

from sandbox.simulator.actors import App
from sandbox.simulator.chunk import Chunk
from sandbox.simulator.server_messages import reported_by_page
from sandbox.simulator.tracker import POSITIONS, STAGES, UNDECLARED_EVENT
from sandbox.simulator.truth_columns import Origin, ids, names, row_ids
from sandbox.simulator.values import moments

TRACKER_GAP = timedelta(minutes=30)
_RATING = "order_tracker_rating_submit"
_ERRORS = (
    "error_mercator_error",
    "merchant_asset_missing",
    "order_tracker_open_error",
    "order_tracker_optout_error",
)
_WEB: App = "tracker_web"
_NAVIGATION = ("page_viewed", "button_clicked", "app_download_faq_clicked")
"""Events of the page that are no part of a session, for they belong to the platform."""

_COUNTED = {
    "open_count": ("order_tracker_open",),
    "faq_count": ("order_tracker_faq_open",),
    "support_click_count": ("order_tracker_text_support_click",),
    "unlock_click_count": ("order_unlock_coco",),
    "banner_view_count": ("app_banner_viewed",),
    "error_count": _ERRORS,
}


def page_events(seed: int, chunk: Chunk) -> pl.DataFrame:
    """All declared events of customers' browsers in a chunk, by time; `order` is a position from 1."""
    found = []
    for trail in (chunk.pages, chunk.rarities.pages, chunk.unlocks):
        origin = Origin(seed, chunk.number, trail.story)
        for event, rows in trail.events():
            if event == UNDECLARED_EVENT or event.startswith("server_"):
                continue
            if event.startswith("deliveries_"):
                rows = rows.take(reported_by_page(chunk.book, rows))
            session = rows.extra.get("session")
            columns = {
                "event_name": pl.Series([event]).new_from_index(0, len(rows)),
                "event_id": origin.message_ids(event, _WEB, np.arange(len(rows))),
                "occurred_at": moments(rows.at),
                "order": rows.order,
                "session": chunk.visits.door_session[rows.order - 1] if session is None else session,
            }
            extra = ("merchant", "position", "cents", "stage", "rating")
            columns |= {name: rows.extra[name] for name in extra if name in rows.extra}
            found.append(pl.DataFrame(columns))
    return pl.concat(found, how="diagonal").sort("occurred_at", "event_id")


def tracker_sessions(chunk: Chunk, events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The sessions of browsers that keep sessions; and the events of the others, for `loose_sessions`."""
    book, order = chunk.book, events["order"].to_numpy()
    events = events.with_columns(
        anonymous_id=ids(book.browser_ids, order),
        user_id=book.users(order).plain_texts(),
        order_id=ids(book.order_ids, order),
    )
    events = events.filter(~pl.col("event_name").is_in(_NAVIGATION))
    keeps_sessions = pl.col("session") > 0
    loose = events.filter(~keeps_sessions).select(
        "event_name", "event_id", "occurred_at", "anonymous_id", "user_id", "order_id", "rating"
    )
    return _summed_up(events.filter(keeps_sessions)), loose


def loose_sessions(events: pl.DataFrame) -> pl.DataFrame:
    """The sessions of browsers that keep none, from all their events."""
    pause = pl.col("occurred_at").diff().over("anonymous_id") > TRACKER_GAP
    session = pause.fill_null(value=True).cum_sum().over("anonymous_id")
    return _summed_up(events.sort("occurred_at", "event_id").with_columns(session=session))


def _summed_up(events: pl.DataFrame) -> pl.DataFrame:
    """One row for each browser and session; events in order of time."""
    is_rating = (pl.col("event_name") == _RATING) & pl.col("rating").is_between(1, 5)
    sessions = events.group_by("anonymous_id", "session").agg(
        pl.col("event_name", "event_id").first(),
        pl.col("user_id").first(),
        pl.col("occurred_at").min().alias("started_at"),
        pl.col("occurred_at").max().alias("ended_at"),
        *(_count(name, counted) for name, counted in _COUNTED.items()),
        pl.col("rating").filter(is_rating).last().alias("rating"),
        pl.col("order_id").n_unique().cast(pl.Int64).alias("order_count"),
    )
    return sessions.select(
        row_ids(sessions["event_name"], sessions["event_id"]).alias("tracker_session_id"),
        pl.col("event_id").alias("anchor_event_id"),
        pl.exclude("event_name", "event_id", "session"),
    )


def _count(name: str, events: tuple[str, ...]) -> pl.Expr:
    return pl.col("event_name").is_in(events).sum().cast(pl.Int64).alias(name)


def ratings(chunk: Chunk, events: pl.DataFrame) -> pl.DataFrame:
    """What each order was rated: the last valid rating, and the first."""
    is_valid = pl.col("rating").is_between(1, 5)
    valid = pl.col("rating").filter(is_valid)
    found = (
        events.filter(pl.col("event_name") == _RATING)
        .group_by("order", maintain_order=True)
        .agg(
            pl.col("event_id").first().alias("anchor_event_id"),
            valid.last().alias("rating"),
            valid.first().alias("first_rating"),
            pl.len().cast(pl.Int64).alias("submit_count"),
            is_valid.any().alias("is_valid"),
            pl.col("occurred_at").filter(is_valid).last().alias("rated_at"),
        )
    )
    return found.select(
        ids(chunk.book.order_ids, found["order"].to_numpy()).alias("order_id"), pl.exclude("order")
    )


def banner_impressions(chunk: Chunk, events: pl.DataFrame) -> pl.DataFrame:
    """Which banner was shown in which order and where; savings are dollars, null where they are no amount."""
    viewed, clicked = (pl.col("event_name") == f"app_banner_{word}" for word in ("viewed", "clicked"))
    dollars = (pl.when(pl.col("cents") > 0).then("cents") / 100).cast(pl.Decimal(18, 2))
    found = (
        events.filter(pl.col("event_name").str.starts_with("app_banner"))
        .group_by("order", "merchant", "position", maintain_order=True)
        .agg(
            pl.col("event_name", "event_id").first(),
            *(_count(f"{word}_count", (f"app_banner_{word}ed",)) for word in ("view", "click")),
            _count("dismiss_count", ("app_banner_dismissed",)),
            pl.col("occurred_at").filter(viewed).first().alias("first_viewed_at"),
            pl.col("occurred_at").filter(clicked).first().alias("first_clicked_at"),
            dollars.filter(viewed).first().alias("displayed_savings"),
            pl.col("stage").filter(viewed).first(),
        )
    )
    order, merchant, position, stage = (
        found[name].fill_null(0).to_numpy() for name in ("order", "merchant", "position", "stage")
    )
    return found.select(
        row_ids(found["event_name"], found["event_id"]).alias("banner_impression_id"),
        pl.col("event_id").alias("anchor_event_id"),
        ids(chunk.book.order_ids, order).alias("order_id"),
        ids(chunk.book.fleet.merchant_names, merchant).alias("merchant_name"),
        names((None, *POSITIONS), position).alias("position"),
        pl.col("view_count", "click_count", "dismiss_count", "first_viewed_at", "first_clicked_at"),
        pl.col("displayed_savings"),
        names((None, *STAGES), stage).alias("delivery_status"),
        (pl.col("view_count") == 0).alias("is_orphan_click"),
    )


def contacts(chunk: Chunk, events: pl.DataFrame) -> pl.DataFrame:
    """What each order's customer did and met on the page."""
    opened = pl.col("occurred_at").filter(pl.col("event_name") == "order_tracker_open").first()
    counted = events.group_by("order").agg(
        opened.alias("first_tracker_opened_at"),
        *(_count(name, of) for name, of in _COUNTED.items() if name != "unlock_click_count"),
        _count("banner_click_count", ("app_banner_clicked",)),
    )
    return counted.select(
        ids(chunk.book.order_ids, counted["order"].to_numpy()).alias("order_id"), pl.exclude("order")
    )
