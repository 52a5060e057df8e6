"""Silences against their reference, on receipts that sit on the edges of the hours compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builds.differences import assert_same_rows
from compiled_models import compiled_models, horizon_rows
from project import Project
from reference.event_quality import silence_of

EVENTS = ("page_viewed", "button_clicked", "app_download_faq_clicked")
MART = "rpt_event_silence"
NEWEST = datetime(2026, 9, 29, 15)
MARGIN = timedelta(minutes=120)
WEEKS, LEAST = 4, 5
COLUMNS = ("event_name", "seconds_silent", "least_event_count", "is_silent", "last_received_at")

Receipts = list[datetime]

_WEEK = timedelta(weeks=1)
_TICKS = st.sampled_from([timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1)])
_SILENCES = st.sampled_from(
    [timedelta(0), timedelta(hours=1), timedelta(days=3), _WEEK, timedelta(days=10), 2 * _WEEK]
)
_LIES = st.sampled_from([[], [], [NEWEST], [NEWEST + timedelta(microseconds=1)], [datetime(2038, 1, 19)]])


@st.composite
def receipts(draw: st.DrawFn) -> Receipts:
    """Draw the receipts of one event: the last one, and earlier ones on the edges of the hours compared."""
    silence = draw(_SILENCES) + draw(_TICKS)
    last = NEWEST - MARGIN - silence
    found = [last, *draw(_LIES)] if draw(st.integers(0, 9)) else []
    usual = draw(st.sampled_from([LEAST - 1, LEAST, LEAST, LEAST + 1]))
    for week in range(1, WEEKS + 4):
        edge = draw(st.sampled_from([last, NEWEST - MARGIN])) + draw(_TICKS) - week * _WEEK
        inside = last + silence / 2 - week * _WEEK
        count = usual - draw(st.sampled_from([0, 0, 0, 0, 1]))
        found += [edge, *[inside] * (count - 1)]
    return found


def told(
    receipts_of: Mapping[str, Sequence[datetime]], newest: datetime | None
) -> list[Mapping[str, object]]:
    """What the reference says of each event."""
    rows: list[Mapping[str, object]] = []
    for event, times in receipts_of.items():
        silence = silence_of(times, newest, MARGIN, WEEKS, LEAST) if newest else None
        values = (
            (silence.seconds_silent, silence.least_event_count, silence.is_silent, silence.last_received_at)
            if silence
            else (None, None, False, None)
        )
        rows.append(dict(zip(COLUMNS, (event, *values), strict=True)))
    return rows


def test_silences_are_those_of_the_reference(project: Project) -> None:

    @settings(deadline=None)
    @given(drawn=st.lists(receipts(), min_size=len(EVENTS), max_size=len(EVENTS)))
    def agree(drawn: list[Receipts]) -> None:
        receipts_of = dict(zip(EVENTS, drawn, strict=True))
        rows = [
            {"event_id": f"{event} {number}", "event_name": event, "received_at": time, "loaded_at": time}
            for event, times in receipts_of.items()
            for number, time in enumerate(times)
        ]
        built = models.build(
            {"int_ui_navigation_events": rows, "int_data_horizon": horizon_rows([NEWEST, None])}, [], [MART]
        )
        found = [
            {column: row[column] for column in COLUMNS} for row in built[MART] if row["event_name"] in EVENTS
        ]
        assert_same_rows(told(receipts_of, NEWEST), found, lambda _: str(receipts_of))

    with compiled_models(project, MART) as models:
        agree()
