"""The reference models against the worked examples, which are the dbt unit tests of the tracker's models.

The examples were worked by hand. dbt shows that the models give what they expect; here the references
have to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from reference.banner import KINDS as BANNER_KINDS
from reference.banner import (
    BannerEvent,
    BannerImpression,
    PlacedBannerEvent,
    banner_days,
    describe_impressions,
    place_banner_events,
)
from reference.ratings import Submission, number_submissions, rate_orders, support_days
from reference.tracked_orders import tracked_orders
from reference.tracker import (
    KINDS,
    OPEN,
    SUPPORT,
    PlacedEvent,
    TrackerEvent,
    TrackerRules,
    TrackerSession,
    describe_sessions,
    place_events,
    tie_browsers,
)
from worked_examples import Example, Row, as_text, each_example, expected, given, possible, time_of

UNSAID: dict[str, Any] = dict.fromkeys(field.name for field in fields(TrackerSession))
UNSAID |= dict.fromkeys(("support_click_count", "optout_error_count"), 0)
UNSAID |= dict.fromkeys(("started_at", "ended_at"), datetime(2026, 9, 1))

EVENT_NAMES = {kind: name for kinds in (KINDS, BANNER_KINDS) for name, kind in kinds.items()}


def rules_of(example: Example) -> TrackerRules:
    """Give the rules under the variables that an example overrides."""
    told = example.get("overrides", {}).get("vars", {})
    return TrackerRules(
        gap=timedelta(minutes=told.get("tracker_gap_minutes", 30)),
        rating_min=told.get("rating_min", 1),
        rating_max=told.get("rating_max", 5),
    )


def values_of(row: Row, kind: type) -> dict[str, Any]:
    """Read those columns of a row that a dataclass has, numbers, booleans and times as such."""
    read: dict[str, Any] = {}
    for item in fields(kind):
        text = row.get(item.name)
        if text is None:
            continue
        if item.name.endswith("_at"):
            read[item.name] = time_of(text)
        elif item.name.startswith(("is_", "has_")):
            read[item.name] = text == "true"
        elif item.name.endswith("_count") or item.name in ("rating", "amplitude_session_id"):
            read[item.name] = int(text)
        elif item.name.endswith("_date"):
            read[item.name] = date.fromisoformat(text)
        else:
            read[item.name] = Decimal(text) if item.name == "displayed_savings" else text
    return read


def tracker_event(row: Row, **told: Any) -> TrackerEvent:
    """Read a fixture's row as an event of the tracker; where it names only the kind, any id will do."""
    kind = row.get("event_kind")
    names = {"event_name": EVENT_NAMES[kind], "event_id": "any"} if kind else {}
    return TrackerEvent(**{**names, **values_of(row, TrackerEvent), **told})


def text_of(value: object) -> str | None:
    """Write a value as the examples do."""
    return f"{value:.2f}" if isinstance(value, Decimal) else as_text(value)


def assert_expected(example: Example, results: Sequence[Mapping[str, object]]) -> None:
    """Compare results with an example's expectation in the columns that it names, in any order of rows."""
    rows = expected(example)
    found = [{column: text_of(result[column]) for column in rows[0]} for result in results]

    def values(row: Row) -> list[str]:
        return [value or "" for value in row.values()]

    assert sorted(found, key=values) == sorted(rows, key=values)


@each_example("int_tracker_session_events")
def test_reference_places_events_as_worked_by_hand(example: Example) -> None:
    events = [
        tracker_event(row, app="server" if row.get("unmatched_reason") == "other_app" else "tracker_web")
        for row in given(example, "int_tracker_session_inputs")
    ]
    assert_expected(example, [item.row() for item in place_events(events, rules_of(example))])


@each_example("int_tracker_sessions")
def test_reference_describes_sessions_as_worked_by_hand(example: Example) -> None:
    placed = [
        PlacedEvent(
            event=tracker_event(row),
            tracker_session_id=row["tracker_session_id"],
            unmatched_reason=None if row["tracker_session_id"] else "no_time",
            tracker_event_number=int(row["tracker_event_number"] or 0),
        )
        for row in given(example, "int_tracker_session_events")
    ]
    assert_expected(example, [asdict(session) for session in describe_sessions(placed)])


@each_example("fct_tracker_sessions")
def test_reference_ties_browsers_as_worked_by_hand(example: Example) -> None:
    sessions = [
        TrackerSession(**{**UNSAID, **values_of(row, TrackerSession)})
        for row in given(example, "int_tracker_sessions")
    ]
    assert_expected(example, tie_browsers(sessions))


@each_example("int_rating_events")
def test_reference_numbers_submissions_as_worked_by_hand(example: Example) -> None:
    submissions = [Submission(**values_of(row, Submission)) for row in given(example, "int_rating_inputs")]
    assert_expected(example, number_submissions(submissions, rules_of(example)))


@each_example("fct_ratings")
def test_reference_rates_orders_as_worked_by_hand(example: Example) -> None:
    submissions = [
        Submission(**values_of(row, Submission))
        for row in given(example, "int_rating_events")
        if row.get("unmatched_reason") is None
    ]
    assert_expected(example, [asdict(rating) for rating in rate_orders(submissions)])


@each_example("fct_tracked_orders")
def test_reference_describes_tracked_orders_as_worked_by_hand(example: Example) -> None:
    events = [tracker_event(row) for row in given(example, "int_order_tracker_events")]
    assert_expected(example, [asdict(order) for order in tracked_orders(events)])


@each_example("rpt_support_contacts_daily")
def test_reference_counts_support_contacts_as_worked_by_hand(example: Example) -> None:
    # a fixture's order is as an opening and a click at its times
    events = [
        TrackerEvent(
            name, f"{row['order_id']}", order_id=row["order_id"], occurred_at=time_of(row.get(column))
        )
        for row in given(example, "fct_tracked_orders")
        for name, column in ((OPEN, "opened_at"), (SUPPORT, "contacted_at"))
    ]
    sessions = [
        TrackerSession(
            **{
                **UNSAID,
                "optout_error_count": int(row["optout_error_count"] or 0),
                "started_at": time_of(f"{row['start_date']} 00:00:00"),
            }
        )
        for row in given(example, "fct_tracker_sessions")
    ]
    assert_expected(example, possible(example, [asdict(day) for day in support_days(events, sessions)]))


@each_example("int_banner_events")
def test_reference_places_banner_events_as_worked_by_hand(example: Example) -> None:
    events = [
        BannerEvent(
            **values_of(row, BannerEvent),
            displayed_savings_text="unreadable" if row.get("has_unreadable_savings") == "true" else None,
        )
        for row in given(example, "int_banner_inputs")
    ]
    assert_expected(example, [item.row() for item in place_banner_events(events)])


@each_example("fct_banner_impressions")
def test_reference_describes_impressions_as_worked_by_hand(example: Example) -> None:
    placed = []
    for row in given(example, "int_banner_events"):
        unreadable = "unreadable" if row["has_unreadable_savings"] == "true" else None
        names = {"event_name": EVENT_NAMES[row["event_kind"] or ""], "event_id": "any"}
        told = {**values_of(row, BannerEvent), "displayed_savings_text": unreadable}
        placed.append(
            PlacedBannerEvent(
                event=BannerEvent(**{**names, **told}),
                banner_impression_id=row["banner_impression_id"],
                impression_event_number=int(row["impression_event_number"] or 0),
            )
        )
    assert_expected(example, [asdict(impression) for impression in describe_impressions(placed)])


@each_example("rpt_banner_performance_daily")
def test_reference_counts_banners_by_day_as_worked_by_hand(example: Example) -> None:
    unsaid: dict[str, Any] = dict.fromkeys(field.name for field in fields(BannerImpression))
    impressions = [
        BannerImpression(**{**unsaid, **values_of(row, BannerImpression)})
        for row in given(example, "fct_banner_impressions")
    ]
    assert_expected(example, possible(example, [asdict(day) for day in banner_days(impressions)]))
