"""The models against the reference, row for row, on histories that sit on the edges of the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import pytest
from hypothesis import given, settings

from builds.differences import Row, assert_same_rows
from compiled_models import compiled_models
from project import Project
from reference.banner import BannerEvent, banner_days, describe_impressions, place_banner_events
from reference.possible_dates import on_possible_dates
from reference.ratings import Submission, number_submissions, rate_orders, support_days, tags_of
from reference.tracked_orders import tracked_orders
from reference.tracker import RATING, STREAMS, TrackerEvent, describe_sessions, place_events, tie_browsers
from tracker.strategies import banner_batches, submission_batches, tracker_batches

PLACED, SESSIONS = "int_tracker_session_events", "int_tracker_sessions"
TIED, TRACKED, SUPPORT = "fct_tracker_sessions", "fct_tracked_orders", "rpt_support_contacts_daily"
SUBMITTED, RATINGS, TAGS = "int_rating_events", "fct_ratings", "fct_rating_tags"
EVENT_KEYS = ("browser_key", "tracker_key", "entity_key")
SEEN, IMPRESSIONS, BANNER_DAYS = "int_banner_events", "fct_banner_impressions", "rpt_banner_performance_daily"


def about(events: Sequence[object]) -> Callable[[list[Row]], str]:
    """Tell the events that share a browser or an order with rows that differ, a line each."""

    def tell(rows: list[Row]) -> str:
        keys = {row.get("entity_key") for row in rows} - {None}
        told = [
            event
            for event in events
            if not keys or {getattr(event, name, None) for name in EVENT_KEYS} & keys
        ]
        return "\n".join(f"event: {event}" for event in told)

    return tell


def assert_as_derived(
    built: Mapping[str, Sequence[Row]], derived: Mapping[str, Sequence[Row]], events: Sequence[object]
) -> None:
    """Assert that each model holds what the reference derives."""
    for model, rows in derived.items():
        assert_same_rows(rows, built[model], about(events))


def stream_row(stream: str, event: TrackerEvent) -> Row:
    """An event as its stream has it, as far as the models read it."""
    names = set(TrackerEvent.__dataclass_fields__)
    if stream != "int_order_tracker_events":
        names -= {"rating", "entry_channel", "merchant_name", "delivery_status"}
    row = {name: getattr(event, name) for name in names}
    return row | {"tracker_key": event.tracker_key, "entity_key": f"order:{event.order_id}"}


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it shrinks before anyone has to read it
def test_sessions_and_support_contacts_are_those_of_the_reference(project: Project) -> None:
    @settings(deadline=None, max_examples=2 * settings().max_examples)
    @given(events=tracker_batches())
    def agree(events: list[TrackerEvent]) -> None:
        rows = {
            stream: [stream_row(stream, event) for event in events if event.event_name in names]
            for stream, names in STREAMS.items()
        }
        built = models.build(rows, filled=(PLACED, SESSIONS), read=(TIED, TRACKED, SUPPORT))
        placed = place_events(events)
        sessions = describe_sessions(placed)
        derived: dict[str, list[Row]] = {
            PLACED: [item.row() for item in placed],
            SESSIONS: [asdict(session) for session in sessions],
            TIED: tie_browsers(sessions),
            TRACKED: [asdict(order) for order in tracked_orders(events)],
            SUPPORT: on_possible_dates(map(asdict, support_days(events, sessions)), None),
        }
        assert_as_derived(built, derived, events)

    with compiled_models(project, SUPPORT) as models:
        agree()


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_ratings_are_those_of_the_reference(project: Project) -> None:
    @settings(deadline=None, max_examples=2 * settings().max_examples)
    @given(submissions=submission_batches())
    def agree(submissions: list[Submission]) -> None:
        fields = Submission.__dataclass_fields__
        rows = [
            {name: getattr(submission, name) for name in fields}
            | {"event_name": RATING, "entity_key": submission.entity_key}
            for submission in submissions
        ]
        built = models.build({"int_order_tracker_events": rows}, filled=(SUBMITTED, RATINGS), read=(TAGS,))
        rated = rate_orders(submissions)
        derived: dict[str, list[Row]] = {
            SUBMITTED: [*number_submissions(submissions)],
            RATINGS: [asdict(rating) for rating in rated],
            TAGS: [row for rating in rated for row in tags_of(rating)],
        }
        assert_as_derived(built, derived, submissions)

    with compiled_models(project, TAGS) as models:
        agree()


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_banner_impressions_are_those_of_the_reference(project: Project) -> None:
    @settings(deadline=None, max_examples=2 * settings().max_examples)
    @given(events=banner_batches())
    def agree(events: list[BannerEvent]) -> None:
        rows = [asdict(event) | {"entity_key": event.entity_key} for event in events]
        built = models.build({"int_app_banner_events": rows}, filled=(SEEN, IMPRESSIONS), read=(BANNER_DAYS,))
        placed = place_banner_events(events)
        impressions = describe_impressions(placed)
        derived: dict[str, list[Row]] = {
            SEEN: [item.row() for item in placed],
            IMPRESSIONS: [asdict(impression) for impression in impressions],
            BANNER_DAYS: on_possible_dates(map(asdict, banner_days(impressions)), None),
        }
        assert_as_derived(built, derived, events)

    with compiled_models(project, BANNER_DAYS) as models:
        agree()
