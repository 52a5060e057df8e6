"""What servers send: loading, unlocking, the software of the robots."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from sandbox.simulator import actors
from sandbox.simulator.batch import Batch
from sandbox.simulator.clock import DAY
from sandbox.simulator.draws import Draws, Flags
from sandbox.simulator.keys import chance_number
from sandbox.simulator.orders import OrderBook
from sandbox.simulator.trail import Rows, Trail
from sandbox.simulator.unlock_tries import REQUESTERS
from sandbox.simulator.values import Field, Values, choice, milliseconds

_LOAD_METHODS = Values.of("pin", "qr", "app")
_REQUESTERS = Values.of(*REQUESTERS)
_STATUSES = Values.of("started", "succeeded", "failed")
_NODES = Values.of("trip_node", "drive_node")
_VERSIONS = Values.of("4.17.2", "4.18.0", "4.18.1", "4.19.0-rc2")
_FAIL_REASONS = Values.of("robot_offline", "lid_stuck", "too_far", "wrong_state", "timeout", "unknown")

_LID_CODES = Values.of("LID_STUCK", "LID_SENSOR", "LID_MOTOR_CURRENT", "LID_TIMEOUT")
_LID_TEXTS = Values.of(
    "lid did not reach its end position",
    'lid sensor says "open" and "closed" at once',
    "motor current above limit",
    "no answer from lid controller",
)
_OTHER_CODES = Values.of("ROBOT_OFFLINE", "WRONG_STATE", "TIMEOUT", "INTERNAL")
_OTHER_TEXTS = Values.of(
    "robot did not answer", "order is in another state", "gave up after 30 s", "unexpected error, see log"
)

_OLD_TRACKER = 0.08
"""Share of browsers with an old tracking page, which reports the unlock request by itself."""

_LID_EVENTS = frozenset({"server_load_order_close_lid_error", "server_unlock_bot_open_lid_error"})
_OTHER_ERRORS = frozenset(
    {"server_load_order_error", "server_unlock_bot_error", "deliveries_unlock_coco_fail"}
)


def load_batches(draws: Draws, book: OrderBook, trail: Trail) -> Iterator[Batch]:
    """The five loading events."""
    for event, rows in trail.events():
        fields = book.order_fields(rows.order, rows.robot)
        fields["load_attempt_id"] = _request_ids("lat_", book, rows)
        fields["load_method"] = Field(_LOAD_METHODS, rows.extra["method"])
        if event != "server_load_order_started":
            fields["duration_ms"] = milliseconds(rows.extra["length"])
        yield _server(event, rows, {**fields, **_failure(draws, event, len(rows))})


def unlock_batches(draws: Draws, book: OrderBook, trail: Trail) -> Iterator[Batch]:
    """The four server unlock events, and the two customer-path outcomes as far as a server reports them."""
    for event, rows in trail.events():
        if event.startswith("order_unlock"):
            continue
        if event.startswith("deliveries_"):
            rows = rows.take(~reported_by_page(book, rows))
            yield _server(event, rows, request_outcome_fields(draws, book, event, rows))
            continue
        fields = book.order_fields(rows.order, rows.robot)
        fields["unlock_request_id"] = _request_ids("ulr_", book, rows)
        fields["requested_by"] = Field(_REQUESTERS, rows.extra["requester"])
        if event != "server_unlock_bot_started":
            fields["duration_ms"] = milliseconds(rows.extra["length"])
        yield _server(event, rows, {**fields, **_failure(draws, event, len(rows))})


def node_batches(draws: Draws, book: OrderBook, trail: Trail) -> Iterator[Batch]:
    """The two events of a trip's launch."""
    for event, rows in trail.events():
        fields = {
            "trip_id": Field(book.trip_ids, rows.trip),
            "order_id": Field(book.order_ids, rows.order),
            "robot_id": Field(book.fleet.robot_ids, rows.robot),
            "node_name": choice(draws, len(rows), _NODES, (9, 1)),
        }
        if event == "node_auto_launch":
            fields["software_version"] = Field(_VERSIONS, 1 + rows.robot % len(_VERSIONS))
        else:
            status = rows.extra["status"]
            failure = _failure(draws, "server_unlock_bot_error", len(rows))
            fields["status"] = Field(_STATUSES, status)
            fields["duration_ms"] = milliseconds(rows.extra["length"])
            fields |= {name: field.where(status == 3) for name, field in failure.items()}
        yield _server(event, rows, fields)


def reported_by_page(book: OrderBook, rows: Rows) -> Flags:
    """Whether the customer's browser, and not a server, reports the outcome of the unlock request."""
    return np.asarray(chance_number(book.browsers[rows.order - 1], "old tracker") < _OLD_TRACKER)


def request_outcome_fields(draws: Draws, book: OrderBook, event: str, rows: Rows) -> dict[str, Field]:
    """The properties of a customer-path unlock outcome."""
    fields = book.order_fields(rows.order, rows.robot)
    fields["duration_ms"] = milliseconds(rows.extra["length"])
    if event == "deliveries_unlock_coco_fail":
        fields["reason"] = choice(draws, len(rows), _FAIL_REASONS, (30, 25, 15, 8, 17, 5))
    return {**fields, **_failure(draws, event, len(rows))}


def _server(event: str, rows: Rows, fields: dict[str, Field]) -> Batch:
    return Batch(event, "server", rows.at, actors.server(len(rows)), fields)


def _failure(draws: Draws, event: str, count: int) -> dict[str, Field]:
    if event in _LID_EVENTS:
        code = choice(draws, count, _LID_CODES, (5, 2, 2, 1))
        return {"error_code": code, "error_message": Field(_LID_TEXTS, code.codes)}
    if event in _OTHER_ERRORS:
        code = choice(draws, count, _OTHER_CODES, (5, 2, 3, 1))
        return {"error_code": code, "error_message": Field(_OTHER_TEXTS, code.codes)}
    return {}


def _request_ids(before: str, book: OrderBook, rows: Rows) -> Field:
    """Ids like `lat_ord_00000001_1`: one for each try, of its order and number, else its robot and day."""
    has_order = rows.order > 0
    order = Field(book.order_ids, rows.order).plain_texts()
    robot = Field(book.fleet.robot_ids, np.where(has_order, 0, rows.robot)).plain_texts()
    number = pl.Series(np.where(has_order, rows.extra["number"], rows.at // DAY)).cast(pl.String)
    subject = pl.DataFrame({"order": order, "robot": robot}).select(
        pl.coalesce("order", "robot").alias("subject")
    )
    return Field(Values.quoted(before + subject.to_series() + "_" + number), np.arange(1, len(rows) + 1))
