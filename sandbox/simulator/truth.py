"""What really happened, one table per domain: from the generating process, not by rules over its events.

Times are UTC without a zone, in microseconds; what did not happen is null.
"""

import numpy as np
import polars as pl

from sandbox.simulator import loading, unlock_tries
from sandbox.simulator.batch import series_name
from sandbox.simulator.chunk import Chunk
from sandbox.simulator.clock import MINUTE, NEVER
from sandbox.simulator.draws import Flags, Ints
from sandbox.simulator.keys import row_keys
from sandbox.simulator.render import message_id_texts
from sandbox.simulator.troubleshooting import ACTIONS, CATEGORIES, RESOLUTIONS
from sandbox.simulator.unlock_tries import Tries
from sandbox.simulator.values import Field, Values

HORIZON_MARGIN = 120 * MINUTE
ATTEMPT_WINDOW = 15 * MINUTE

_OPEN = "open"
"""The outcome of an attempt without one, until it is known what is pending."""


def chunk_truth(seed: int, chunk: Chunk) -> dict[str, pl.DataFrame]:
    """The truth of one chunk, before `settled`."""
    return {
        "orders": _orders(chunk),
        "load_attempts": _load_attempts(seed, chunk),
        "unlock_attempts": _unlock_attempts(seed, chunk),
        "troubleshooting_sessions": _troubleshooting_sessions(chunk),
    }


def settled(parts: dict[str, pl.DataFrame], received_through: int) -> dict[str, pl.DataFrame]:
    """The truth in the light of the latest receivedAt of all messages. Rows are in order of time.

    An attempt without an outcome is pending until its window has passed the horizon.
    """
    horizon = received_through - HORIZON_MARGIN
    is_pending = pl.col("started_at").dt.epoch("ms") + ATTEMPT_WINDOW > horizon

    def attempts(name: str, after: str) -> pl.DataFrame:
        outcome = (
            pl.when(pl.col("outcome").is_in([_OPEN, "failed_inferred"]) & is_pending).then(pl.lit("pending"))
            .when(pl.col("outcome") == _OPEN).then(pl.lit(after))
            .otherwise("outcome")
        )  # fmt: skip
        return parts[name].with_columns(outcome=outcome).sort("started_at", "anchor_event_id")

    loads, unlocks = attempts("load_attempts", "no_result"), attempts("unlock_attempts", "abandoned")
    last_words = (
        _last_word(loads, "load_outcome", ("loaded",)),
        _last_word(
            unlocks.filter(pl.col("order_id").is_not_null()),
            "unlock_outcome",
            ("opened", "opened_unverified"),
        ),
    )
    orders = parts["orders"]
    for words in last_words:
        orders = orders.join(words, on="order_id", how="left")
    return {
        "orders": orders.sort("order_id"),
        "load_attempts": loads,
        "unlock_attempts": unlocks,
        "troubleshooting_sessions": parts["troubleshooting_sessions"].sort("started_at", "robot_id"),
    }


def _last_word(attempts: pl.DataFrame, name: str, best: tuple[str, ...]) -> pl.DataFrame:
    """How each order ended: the best good outcome of any attempt, else the outcome of the last one."""
    word = pl.col("outcome").sort_by("attempt_number").last()
    for outcome in reversed(best):
        word = pl.when((pl.col("outcome") == outcome).any()).then(pl.lit(outcome)).otherwise(word)
    return attempts.group_by("order_id").agg(word.alias(name))


def _unlock_attempts(seed: int, chunk: Chunk) -> pl.DataFrame:
    tries = Tries.joined([chunk.unlocking.tries, chunk.lid_checks])
    server, customer = tries.server_outcome, tries.customer_outcome
    outcome = np.select([server == 1, server == 2, customer == 1, customer == 2], [1, 2, 3, 2], 0)
    by_click, by_start = (
        message_id_texts(app, row_keys(seed, series_name(event, app), chunk.number, tries.anchor_row))
        for event, app in unlock_tries.ANCHORS
    )
    return pl.DataFrame(
        {
            "order_id": _ids(chunk.book.order_ids, tries.order),
            "robot_id": _ids(chunk.book.fleet.robot_ids, tries.robot),
            "attempt_number": _numbers(tries.number, tries.number > 0),
            "origin": _names(unlock_tries.ORIGINS, tries.origin),
            "started_at": _moments(tries.started_at),
            "click_count": tries.click_count,
            "server_start_count": tries.server_start_count,
            "confirmed_at": _moments(tries.confirmed_at),
            "request_succeeded_at": _moments(tries.request_succeeded_at),
            "opened_at": _moments(tries.opened_at),
            "customer_outcome": _names((None, "success", "fail"), customer),
            "server_outcome": _names((None, "success", "fail"), server),
            "outcome": _names((_OPEN, "opened", "failed", "opened_unverified"), outcome),
            "anchor_event_id": by_click.zip_with(pl.Series(tries.anchor == 0), by_start),
        }
    )


def _load_attempts(seed: int, chunk: Chunk) -> pl.DataFrame:
    tries = chunk.loading.tries
    keys = row_keys(
        seed, series_name("server_load_order_started", "server"), chunk.number, tries["anchor_row"]
    )
    outcomes = tuple(_OPEN if outcome == "no_result" else outcome for outcome in loading.OUTCOMES)
    return pl.DataFrame(
        {
            "order_id": _ids(chunk.book.order_ids, tries["order"]),
            "robot_id": _ids(chunk.book.fleet.robot_ids, tries["robot"]),
            "attempt_number": tries["attempt_number"],
            "started_at": _moments(tries["started_at"]),
            "ended_at": _moments(tries["ended_at"]),
            "start_count": tries["start_count"],
            "lid_error_count": tries["lid_error_count"],
            "lid_outcome": _names(loading.LID_OUTCOMES, tries["lid_outcome"]),
            "outcome": _names(outcomes, tries["outcome"]),
            "anchor_event_id": message_id_texts("server", keys),
        }
    )


def _troubleshooting_sessions(chunk: Chunk) -> pl.DataFrame:
    book = chunk.book
    parts = [
        pl.DataFrame(
            {
                "robot_id": _ids(book.fleet.robot_ids, sessions.trouble.robot),
                "order_id": _ids(book.order_ids, sessions.trouble.order),
                "trip_id": _ids(book.trip_ids, sessions.trouble.trip),
                "first_pilot_id": _ids(book.fleet.pilot_ids, sessions.trouble.pilot),
                "last_pilot_id": _ids(book.fleet.pilot_ids, sessions.last_pilot),
                "problem_category": _names(CATEGORIES, sessions.trouble.category),
                "started_at": _moments(sessions.trouble.at),
                "ended_at": _moments(sessions.ended_at),
                "step_count": sessions.step_count,
                "action_count": sessions.action_count,
                "highest_action": _names((None, *ACTIONS), sessions.highest_action),
                "resolution": _names(RESOLUTIONS, sessions.resolution),
            }
        )
        for sessions in chunk.sessions
    ]
    return pl.concat(parts)


def _orders(chunk: Chunk) -> pl.DataFrame:
    book, trips, unlocking = chunk.book, chunk.trips, chunk.unlocking
    count = len(book)
    order = np.arange(1, count + 1)
    troubled = np.concatenate([sessions.trouble.order for sessions in chunk.sessions])
    return pl.DataFrame(
        {
            "order_id": _ids(book.order_ids, order),
            "merchant_id": _ids(book.fleet.merchant_ids, book.merchant + 1),
            "merchant_name": _ids(book.fleet.merchant_names, book.merchant + 1),
            "first_robot_id": _ids(book.fleet.robot_ids, book.robot + 1),
            "last_robot_id": _ids(book.fleet.robot_ids, trips.robot + 1),
            "pilot_id": _ids(book.fleet.pilot_ids, book.pilot + 1),
            "customer_number": book.customer + 1,
            "is_partner_order": book.is_partner,
            "ordered_at": _moments(book.ordered_at),
            "load_attempt_count": chunk.loading.try_count,
            "loaded_at": _moments(chunk.loading.loaded_at),
            "departed_at": _moments(trips.departed_at),
            "arrived_at": _moments(trips.arrived_at),
            "is_cancelled": trips.is_cancelled,
            "is_reassigned": trips.is_reassigned,
            "unlock_attempt_count": unlocking.try_count,
            "first_click_at": _moments(unlocking.first_click_at),
            "opened_at": _moments(unlocking.opened_at),
            "parked_at": _moments(chunk.parked_at),
            "troubleshooting_session_count": np.bincount(troubled, minlength=count + 1)[1:],
            "tracker_visit_count": np.bincount(chunk.visits.order, minlength=count + 1)[1:],
            "first_rating": _numbers(chunk.ratings.first, chunk.ratings.first >= 0),
            "last_rating": _numbers(chunk.ratings.last, chunk.ratings.last >= 0),
        }
    )


def _moments(times: Ints) -> pl.Series:
    microseconds = (pl.col("time") * 1_000).cast(pl.Datetime("us"))
    return (
        pl.DataFrame({"time": times}).select(pl.when(pl.col("time") != NEVER).then(microseconds)).to_series()
    )


def _numbers(numbers: Ints, known: Flags) -> pl.Series:
    columns = pl.DataFrame({"number": numbers, "known": known})
    return columns.select(pl.when("known").then("number")).to_series()


def _names(names: tuple[str | None, ...], positions: Ints) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(positions)


def _ids(values: Values, codes: Ints) -> pl.Series:
    return Field(values, codes).plain_texts()
