"""The worked examples in the documentation are what the references make of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from reference.banner import BannerEvent, describe_impressions, place_banner_events
from reference.ratings import Submission, rate_orders, support_days, tags_of
from reference.tracker import OPEN, SUPPORT, TrackerEvent, describe_sessions, place_events
from worked_examples import MODELS, Row, as_text, documented_table, time_of

TRACKER_DOCS = MODELS / "marts" / "tracker" / "_tracker__docs.md"
BANNER_DOCS = MODELS / "marts" / "banner" / "_banner__docs.md"
AMOUNTS = {"$5.00": Decimal("5.00")}


def at(time: str | None) -> datetime:
    """A time of the day that the examples are about."""
    return datetime.fromisoformat(f"2026-09-01 {time}")


def table_of(first_heading: str, told: Iterable[Row], results: Mapping[str, object]) -> list[Row]:
    """Results by heading, written as a table with the columns that are told of."""
    return [
        {
            first_heading: row[first_heading],
            **{
                heading: text_of(getattr(result, row[first_heading] or ""))
                for heading, result in results.items()
            },
        }
        for row in told
    ]


def text_of(value: object) -> str | None:
    """A value as the documentation writes it."""
    return f"{value:.2f}" if isinstance(value, Decimal) else as_text(value)


def test_example_of_sessions_is_right() -> None:
    events = [
        TrackerEvent(
            event_name=row["Event"] or "",
            event_id=f"event_{number}",
            anonymous_id="b1",
            rating=5 if row["Event"] == "order_tracker_rating_submit" else None,
            amplitude_session_id=int(row["Amplitude"] or 0),
            occurred_at=at(row["Time"]),
        )
        for number, row in enumerate(documented_table(TRACKER_DOCS, "Time"))
    ]
    sessions = describe_sessions(place_events(events))
    results = {f"Session {number}": session for number, session in enumerate(sessions, start=1)}
    told = documented_table(TRACKER_DOCS, "Column")
    assert len(told) == 8
    assert table_of("Column", told, results) == told


def test_example_of_a_rating_is_right() -> None:
    submissions = [
        Submission(f"event_{number}", "o1", rating=int(row["Rating"] or 0), occurred_at=at(row["Submitted"]))
        for number, row in enumerate(documented_table(TRACKER_DOCS, "Submitted"))
    ]
    (rating,) = rate_orders(submissions)
    told = documented_table(TRACKER_DOCS, "Column of the order")
    assert len(told) == 8
    assert table_of("Column of the order", told, {"Value": rating}) == told


def test_example_of_tags_is_right() -> None:
    told = documented_table(TRACKER_DOCS, "rating_tags")
    submitted = [
        Submission("e", "o1", rating=5, occurred_at=at("12:00"), rating_tags=row["rating_tags"])
        for row in told
    ]
    tags = [tags_of(rating) for each in submitted for rating in rate_orders([each])]
    assert [", ".join(str(row["rating_tag"]) for row in rows) or None for rows in tags] == [
        row["Tags"] for row in told
    ]


def test_example_of_support_contacts_is_right() -> None:
    rows = documented_table(TRACKER_DOCS, "Order")
    events = [
        TrackerEvent(name, str(row["Order"]), order_id=row["Order"], occurred_at=time_of(row[column]))
        for row in rows
        for name, column in ((OPEN, "First opening"), (SUPPORT, "First click on support"))
    ]
    results = {str(day.start_date): day for day in support_days(events, [])}
    told = documented_table(TRACKER_DOCS, "Column of the day")
    assert (len(rows), len(told)) == (3, 4)
    assert table_of("Column of the day", told, results) == told


def test_example_of_a_banner_is_right() -> None:
    events = [
        BannerEvent(
            event_name=row["Event"] or "",
            event_id=f"event_{number}",
            order_id="o1",
            merchant_name=row["Merchant"],
            position=row["Position"],
            delivery_status=row["Status"],
            displayed_savings_text=row["Savings"],
            displayed_savings=AMOUNTS.get(row["Savings"] or ""),
            occurred_at=at(row["Time"]),
        )
        for number, row in enumerate(documented_table(BANNER_DOCS, "Time"))
    ]
    impressions = describe_impressions(place_banner_events(events))
    told = documented_table(BANNER_DOCS, "Column")
    assert len(told) == 7
    assert table_of("Column", told, {str(item.position): item for item in impressions}) == told
