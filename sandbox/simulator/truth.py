"""What really happened, one table per fact: from the generating process, not by rules over its events.

Times are UTC without a zone, in microseconds; what did not happen is null. A table has the columns of the
mart of its name as far as the process knows them, the `<row>_id` that the mart gives the row, and
`anchor_event_id`, the message that this id comes from.
"""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from sandbox.simulator import customer_truth, loading, pilot_truth, unlock_tries
from sandbox.simulator.chunk import Chunk
from sandbox.simulator.clock import MINUTE, NEVER
from sandbox.simulator.draws import Ints
from sandbox.simulator.orders import OrderBook
from sandbox.simulator.rarities import STORY
from sandbox.simulator.truth_columns import Origin, ids, names, numbers_where
from sandbox.simulator.unlock_tries import Tries
from sandbox.simulator.values import moments

HORIZON_MARGIN = 120 * MINUTE
ATTEMPT_WINDOW = timedelta(minutes=15)

_EPOCH = datetime(1970, 1, 1)
_OPEN = "open"
"""The outcome of an attempt without one, until it is known what is pending."""


def chunk_truth(seed: int, chunk: Chunk) -> dict[str, pl.DataFrame]:
    """The truth of one chunk, before `settled`; beside its tables what `settled` makes them of."""
    book, rare = chunk.book, chunk.rarities
    main, other = Origin(seed, chunk.number), Origin(seed, chunk.number, STORY)
    parts = [
        {"load_attempts": _load_attempts(origin, book, tries)}
        for origin, tries in ((main, chunk.loading.tries), (other, rare.load_tries))
    ]
    for origin, pilots, held in ((main, chunk.pilots, chunk.sessions), (other, rare.pilots, rare.sessions)):
        sessions = [pilot_truth.sessions_of(origin, book, sessions) for sessions in held]
        parts.append(pilot_truth.pilot_facts(origin, book, pilots, sessions))
    launches = [
        pilot_truth.launches(origin, book, nodes)
        for origin, nodes in ((main, chunk.nodes), (other, rare.nodes))
    ]
    parts.extend({"node_launches": found} for found in launches)
    events = customer_truth.page_events(seed, chunk)
    kept, loose = customer_truth.tracker_sessions(chunk, events)
    parts.append(
        {
            "evidence": pilot_truth.evidence(book, chunk.loads, chunk.unlocks, chunk.pilots, rare.loads),
            "tracker_sessions": kept,
            "loose_tracker_events": loose,
            "ratings": customer_truth.ratings(chunk, events),
            "banner_impressions": customer_truth.banner_impressions(chunk, events),
            "orders": _orders(chunk).join(customer_truth.contacts(chunk, events), on="order_id", how="left"),
            "unlock_attempts": _unlock_attempts(main, chunk),
        }
    )
    return joined(parts)


def joined(parts: list[dict[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    """Several parts of the truth as one."""
    names_of_all = dict.fromkeys(name for part in parts for name in part)
    return {name: pl.concat([part[name] for part in parts if name in part]) for name in names_of_all}


def settled(parts: dict[str, pl.DataFrame], received_through: int) -> dict[str, pl.DataFrame]:
    """The truth in the light of the latest receivedAt of all messages. Rows are in order of time.

    What has no outcome is pending until its window has passed the horizon.
    """
    horizon = _EPOCH + timedelta(milliseconds=received_through - HORIZON_MARGIN)
    is_pending = pl.col("started_at") + ATTEMPT_WINDOW > horizon

    def attempts(name: str, after: str) -> pl.DataFrame:
        outcome = (
            pl.when(pl.col("outcome").is_in([_OPEN, "failed_inferred"]) & is_pending).then(pl.lit("pending"))
            .when(pl.col("outcome") == _OPEN).then(pl.lit(after))
            .otherwise("outcome")
        )  # fmt: skip
        return parts[name].with_columns(outcome=outcome).sort("started_at", "anchor_event_id")

    loads, unlocks = attempts("load_attempts", "no_result"), attempts("unlock_attempts", "abandoned")
    is_failed = pl.col("outcome").is_in(["failed", "failed_inferred"])
    is_of_lid = pl.col("lid_outcome") == "error"
    cause = pl.when(is_failed & is_of_lid).then(pl.lit("lid")).when(is_failed).then(pl.lit("other"))
    tracker_sessions = [
        parts["tracker_sessions"],
        customer_truth.loose_sessions(parts["loose_tracker_events"]),
    ]
    return {
        "orders": _settled_orders(parts, loads, unlocks),
        "load_attempts": loads.with_columns(
            failure_cause=cause,
            is_lid_error_recovered=(pl.col("outcome") == "loaded") & (pl.col("lid_error_count") > 0),
        ),
        "unlock_attempts": unlocks,
        **pilot_truth.settle(parts, horizon),
        "tracker_sessions": pl.concat(tracker_sessions).sort("started_at", "anchor_event_id"),
        "ratings": parts["ratings"].sort("order_id"),
        "banner_impressions": parts["banner_impressions"].sort("order_id", "merchant_name", "position"),
    }


def _settled_orders(
    parts: dict[str, pl.DataFrame], loads: pl.DataFrame, unlocks: pl.DataFrame
) -> pl.DataFrame:
    """Orders with how their attempts ended, what came of them at the desk, and their ratings."""
    rated = parts["ratings"].select("order_id", "rating", "first_rating", "rated_at")
    orders = parts["orders"]
    for more in (
        _last_word(loads, "load_outcome", ("loaded",)),
        _last_word(unlocks, "unlock_outcome", ("opened", "opened_unverified")),
        pilot_truth.escalated_orders(parts["escalations"]),
        rated,
    ):
        orders = orders.join(more, on="order_id", how="left")
    return orders.with_columns(pl.col("^.*_count$").fill_null(0)).sort("order_id")


def _last_word(attempts: pl.DataFrame, name: str, best: tuple[str, ...]) -> pl.DataFrame:
    """How each order ended: the best good outcome of any attempt, else the outcome of the last one."""
    word = pl.col("outcome").sort_by("attempt_number").last()
    for outcome in reversed(best):
        word = pl.when((pl.col("outcome") == outcome).any()).then(pl.lit(outcome)).otherwise(word)
    attempts = attempts.filter(pl.col("order_id").is_not_null())
    return attempts.group_by("order_id").agg(word.alias(name))


def _unlock_attempts(origin: Origin, chunk: Chunk) -> pl.DataFrame:
    tries = Tries.joined([chunk.unlocking.tries, chunk.lid_checks])
    server, customer = tries.server_outcome, tries.customer_outcome
    outcome = np.select([server == 1, server == 2, customer == 1, customer == 2], [1, 2, 3, 2], 0)
    begun_by = [
        (event, app, np.where(tries.anchor == number, tries.anchor_row, -1))
        for number, (event, app) in enumerate(unlock_tries.ANCHORS)
    ]
    return pl.DataFrame(
        {
            **origin.anchors("unlock_attempt", *begun_by),
            "order_id": ids(chunk.book.order_ids, tries.order),
            "robot_id": ids(chunk.book.fleet.robot_ids, tries.robot),
            "attempt_number": numbers_where(tries.number, tries.number > 0),
            "origin": names(unlock_tries.ORIGINS, tries.origin),
            "started_at": moments(tries.started_at),
            "click_count": tries.click_count,
            "server_start_count": tries.server_start_count,
            "confirmed_at": moments(tries.confirmed_at),
            "request_succeeded_at": moments(tries.request_succeeded_at),
            "opened_at": moments(tries.opened_at),
            "customer_outcome": names((None, "success", "fail"), customer),
            "server_outcome": names((None, "success", "fail"), server),
            "outcome": names((_OPEN, "opened", "failed", "opened_unverified"), outcome),
        }
    )


def _load_attempts(origin: Origin, book: OrderBook, tries: dict[str, Ints]) -> pl.DataFrame:
    outcomes = tuple(_OPEN if outcome == "no_result" else outcome for outcome in loading.OUTCOMES)
    order = tries["order"]
    merchant = np.where(order > 0, 1 + book.merchant[order - 1], 0)
    return pl.DataFrame(
        {
            **origin.anchors("load_attempt", ("server_load_order_started", "server", tries["anchor_row"])),
            "entity_type": names(("robot", "order"), order > 0),
            "order_id": ids(book.order_ids, order),
            "robot_id": ids(book.fleet.robot_ids, tries["robot"]),
            "merchant_name": ids(book.fleet.merchant_names, merchant),
            "attempt_number": numbers_where(tries["attempt_number"], order > 0),
            "started_at": moments(tries["started_at"]),
            "ended_at": moments(tries["ended_at"]),
            "start_count": tries["start_count"],
            "lid_error_count": tries["lid_error_count"],
            "lid_outcome": names(loading.LID_OUTCOMES, tries["lid_outcome"]),
            "outcome": names(outcomes, tries["outcome"]),
        }
    )


def _orders(chunk: Chunk) -> pl.DataFrame:
    book, trips, unlocking = chunk.book, chunk.trips, chunk.unlocking
    count = len(book)
    order = np.arange(1, count + 1)
    troubled = np.concatenate([sessions.trouble.order for sessions in chunk.sessions])
    tries = chunk.loading.tries
    is_first = tries["attempt_number"] == 1
    began_at = np.full(count, NEVER)
    began_at[tries["order"][is_first] - 1] = tries["started_at"][is_first]
    return pl.DataFrame(
        {
            "order_id": ids(book.order_ids, order),
            "merchant_id": ids(book.fleet.merchant_ids, book.merchant + 1),
            "merchant_name": ids(book.fleet.merchant_names, book.merchant + 1),
            "robot_id": ids(book.fleet.robot_ids, book.robot + 1),
            "last_robot_id": ids(book.fleet.robot_ids, trips.robot + 1),
            "pilot_id": ids(book.fleet.pilot_ids, book.pilot + 1),
            "customer_number": book.customer + 1,
            "is_partner_order": book.is_partner,
            "ordered_at": moments(book.ordered_at),
            "load_attempt_count": chunk.loading.try_count,
            "first_load_started_at": moments(began_at),
            "order_loaded_at": moments(chunk.loading.loaded_at),
            "departed_at": moments(trips.departed_at),
            "arrived_at": moments(trips.arrived_at),
            "is_cancelled": trips.is_cancelled,
            "is_reassigned": trips.is_reassigned,
            "unlock_attempt_count": unlocking.try_count,
            "first_clicked_at": moments(unlocking.first_click_at),
            "opened_at": moments(unlocking.opened_at),
            "parked_at": moments(chunk.parked_at),
            "troubleshooting_session_count": np.bincount(troubled, minlength=count + 1)[1:],
            "tracker_visit_count": np.bincount(chunk.visits.order, minlength=count + 1)[1:],
        }
    )
