"""What the tracking page in a customer's browser sends."""

from collections.abc import Iterator

import numpy as np

from sandbox.simulator.batch import Batch
from sandbox.simulator.clock import DAY
from sandbox.simulator.draws import Draws, Ints
from sandbox.simulator.orders import OrderBook
from sandbox.simulator.server_messages import reported_by_page, request_outcome_fields
from sandbox.simulator.tracker import POSITIONS, STAGES, Visits
from sandbox.simulator.trail import Rows, Trail
from sandbox.simulator.values import Field, Values, choice, constant, decimals, small_numbers, whole_numbers

_STATUSES = Values.of(*STAGES)
_SOURCES = Values.of("sms", "email", "partner_app")
_FAQS = Values.of("where_is_my_robot", "how_to_unlock", "refund", "robot_is_stuck", "opt_out")
_FAQ_TITLES = Values.of(
    "Where is my robot?",
    "How do I unlock it?",
    "How do refunds work?",
    "The robot does not move",
    "Stop messages",
)
_APP_FAQS = Values.of("why_an_app", "get_the_app")
_COMMENTS = Values.of(
    "so cute!",
    "food was cold",
    "had to press unlock three times",
    "\u00a1muy r\u00e1pido!",
    "10/10 \U0001f916",
    "",
)
_TAGS = Values.of(
    ["fast"], ["fast", "friendly_robot"], ["late"], ["cold_food", "late"], ["unlock_problem"], []
)
_NO_TAGS = 6
_CHANNELS = Values.of("sms")
_POSITIONS = Values.of(*POSITIONS)
_BANNERS = Values.of("bnr_free_delivery", "bnr_try_something_new", "bnr_weekend")
_VARIANTS = Values.of("a", "b")
_BUTTONS = Values.of("refresh_map", "call_merchant", "share_location", "show_pin")
_PAGES = Values.of("order_tracker")
_ASSETS = Values.of("logo", "image")
_ASSET_URLS = Values.of(*(f"https://assets.example/merchants/{number}.png" for number in range(1, 201)))
_COMPONENTS = Values.of("tracker_map", "eta_map")
_CODES = Values.of("NETWORK", "TIMEOUT", "NOT_FOUND", "INTERNAL")
_MESSAGES = Values.of("Failed to fetch", "The request timed out", "Order not found", "Something went wrong")
_HTTP_STATUSES = Values.of(0, 504, 404, 500)
_VERSIONS = Values.of("3.40.0", "3.41.0", "3.41.1")
_ATTEMPT_STATUSES = Values.of("ready", "retry")

_HALF_DOLLARS = range(1, 31)
_SAVINGS = Values.of(
    *(half / 2 if half % 2 else half // 2 for half in _HALF_DOLLARS),
    *(f"${half / 2:.2f}" for half in _HALF_DOLLARS),
    "free delivery",
    "$5 - $8",
)
"""On the first day every page sends the text that it shows, such as `$5.00`; later only variant b does.

The last two, for -1 and -2 cents, are no amounts. No cents are no text.
"""


def customer_batches(draws: Draws, book: OrderBook, trail: Trail) -> Iterator[Batch]:
    """All events of visits and ratings."""
    for event, rows in trail.events():
        session = _sessions(rows.extra["session"])
        if event.startswith("app_banner"):
            fields = _banner_fields(draws, book, rows)
        else:
            fields = {**book.order_fields(rows.order), **_own_fields(draws, book, event, rows)}
        actor = book.customer_actor(rows.order, session)
        yield Batch(event, "tracker_web", rows.at, actor, fields)


def unlock_click_batches(draws: Draws, book: OrderBook, visits: Visits, trail: Trail) -> Iterator[Batch]:
    """Clicks and confirmations, and the outcomes as far as the page reports them."""
    for event, rows in trail.events():
        if event.startswith("server_"):
            continue
        if event.startswith("deliveries_"):
            rows = rows.take(reported_by_page(book, rows))
            fields = request_outcome_fields(draws, book, event, rows)
        else:
            fields = book.order_fields(rows.order, rows.robot)
            fields["attempt_status"] = Field(_ATTEMPT_STATUSES, 1 + (rows.extra["number"] > 1))
            if event == "order_unlock_coco":
                distance = draws.spread(len(rows), 2, 15, 40, 90, 600)
                fields["distance_m"] = decimals(distance, 1)
        fields["app_version"] = Field(_VERSIONS, 1 + (rows.at // (14 * DAY)) % len(_VERSIONS))
        session = _sessions(visits.door_session[rows.order - 1])
        actor = book.customer_actor(rows.order, session)
        yield Batch(event, "tracker_web", rows.at, actor, fields)


def _sessions(began_at: Ints) -> Field:
    """Session ids; half of the browsers that have none say so with -1, the others nothing."""
    column = whole_numbers(np.where(began_at > 0, began_at, -1))
    return column.where((began_at > 0) | (np.arange(len(began_at)) % 2 == 0))


def _banner_fields(draws: Draws, book: OrderBook, rows: Rows) -> dict[str, Field]:
    cents, count = rows.extra["cents"], len(_HALF_DOLLARS)
    is_text = (rows.extra["variant"] == 2) | (rows.at < book.story_start + DAY)
    savings = np.where(cents > 0, cents // 50 + count * is_text, np.where(cents < 0, 2 * count - cents, 0))
    return {
        "order_id": Field(book.order_ids, rows.order),
        "merchant_name": Field(book.fleet.merchant_names, rows.extra["merchant"]),
        "position": Field(_POSITIONS, rows.extra["position"]),
        "displayed_savings": Field(_SAVINGS, savings),
        "delivery_status": _stage(rows),
        "banner_id": Field(_BANNERS, 1 + rows.extra["merchant"] % len(_BANNERS)),
        "variant": Field(_VARIANTS, rows.extra["variant"]),
    }


def _stage(rows: Rows) -> Field:
    return Field(_STATUSES, rows.extra["stage"])


def _own_fields(draws: Draws, book: OrderBook, event: str, rows: Rows) -> dict[str, Field]:
    """The properties of an event beside its order."""
    count = len(rows)
    if event == "order_tracker_open":
        left = np.maximum(6 - rows.extra["stage"], 0) * 7 + draws.between(count, 0, 6)
        return {
            "delivery_status": _stage(rows),
            "source": choice(draws, count, _SOURCES, (7, 1, 2)),
            "eta_minutes": small_numbers(left),
        }
    if event == "order_tracker_faq_open":
        faq = choice(draws, count, _FAQS, (5, 4, 1, 2, 1))
        return {"delivery_status": _stage(rows), "faq_id": faq, "faq_title": Field(_FAQ_TITLES, faq.codes)}
    if event == "order_tracker_text_support_click":
        return {"delivery_status": _stage(rows)}
    if event == "order_tracker_rating_submit":
        return {
            "rating": small_numbers(rows.extra["rating"]),
            "comment": choice(draws, count, _COMMENTS).where(draws.chance(count, 0.2)),
            "tags": Field(_TAGS, _tags(draws, rows.extra["rating"])).where(draws.chance(count, 0.5)),
        }
    if event == "order_tracker_optout_error":
        return {"channel": constant(_CHANNELS, count), **_error(draws, count)}
    if event == "order_tracker_open_error":
        error = _error(draws, count)
        return {"http_status": Field(_HTTP_STATUSES, error["error_code"].codes), **error}
    if event == "app_download_faq_clicked":
        return {"faq_id": choice(draws, count, _APP_FAQS)}
    if event == "error_mercator_error":
        return {"component": choice(draws, count, _COMPONENTS), **_error(draws, count)}
    if event == "merchant_asset_missing":
        asset = choice(draws, count, _ASSETS, (3, 1))
        merchant = book.merchant[rows.order - 1] % len(_ASSET_URLS)
        return {"asset_type": asset, "asset_url": Field(_ASSET_URLS, 1 + merchant)}
    page = {"page_name": constant(_PAGES, count)}
    return (
        {"button_name": choice(draws, count, _BUTTONS, (6, 1, 1, 2)), **page}
        if event == "button_clicked"
        else page
    )


def _tags(draws: Draws, rating: Ints) -> Ints:
    """Tags that agree with the rating: praise from 4 on, complaints up to 2, none between."""
    praise, complaint = draws.between(len(rating), 1, 3), draws.between(len(rating), 3, 6)
    return np.where(rating >= 4, praise, np.where(rating <= 2, complaint, _NO_TAGS))


def _error(draws: Draws, count: int) -> dict[str, Field]:
    code = choice(draws, count, _CODES, (5, 3, 1, 2))
    return {"error_code": code, "error_message": Field(_MESSAGES, code.codes)}
