"""How values become typed columns."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from landing import Landing, track
from landing import landing as landing
from psycopg2.extensions import connection as Connection
from psycopg2.sql import Identifier

from sandbox.lander.column_types import CONVERTERS, ColumnType, is_time, type_of
from sandbox.lander.columns import Columns
from sandbox.lander.copying import copy_lines

EVENT = "order_unlock_coco"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("arrived", ColumnType.TEXT),
        ("", ColumnType.TEXT),
        ("5", ColumnType.TEXT),
        (5, ColumnType.BIGINT),
        (-(2**63), ColumnType.BIGINT),
        (2**63, ColumnType.NUMERIC),
        (5.0, ColumnType.NUMERIC),
        (True, ColumnType.BOOLEAN),
        ("2026-08-31T12:00:00.123Z", ColumnType.TIMESTAMP),
        ("2026-08-31", ColumnType.TIMESTAMP),
    ],
)
def test_the_first_value_types_the_column(value: object, expected: ColumnType) -> None:
    assert type_of(value) is expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-08-31T12:00:00Z",
        "2026-08-31T12:00:00.123456789Z",
        "2026-08-31T12:00:00+05:30",
        "2026-08-31T12:00:00-0800",
        "2026-08-31T12:00:00+05",
        "2026-08-31 12:00:00",
        "2024-02-29",
        "0001-01-01T00:00:00+15:00",
        "9999-12-31T23:59:59.999999999-15:59",
    ],
)
def test_iso_times_are_times_for_postgresql_too(text: str, landing: Landing) -> None:
    assert is_time(text)
    assert landing.rows(f"select '{text}'::timestamptz::text <> ''") == [(True,)]


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2025-02-29T00:00:00Z",
        "0000-01-01",
        "2026-08-31T24:00:00Z",
        "2026-08-31T12:00",
        "2026-08-31T12:00:00+16:00",
        "2026-W35-1T12:00:00.123",
        "20260831T120000Z",
        "2026-08",
        "now",
        "infinity",
        "٢٠٢٦-08-31",
        "2026-08-31T1٢:00:00Z",
        "2026-08-31T12:00:00Z\n",
    ],
)
def test_other_texts_are_no_times(text: str) -> None:
    assert not is_time(text)


@pytest.mark.parametrize(
    ("column_type", "value", "expected"),
    [
        (ColumnType.TEXT, 5, "5"),
        (ColumnType.TEXT, 5.5, "5.5"),
        (ColumnType.TEXT, True, "true"),
        (ColumnType.BIGINT, "42", "42"),
        (ColumnType.BIGINT, 5.9, "5"),
        (ColumnType.BIGINT, -5.9, "-5"),
        (ColumnType.BIGINT, "5.9", None),
        (ColumnType.BIGINT, "$5.00", None),
        (ColumnType.BIGINT, 2**63, None),
        (ColumnType.BIGINT, "9" * 19, None),
        (ColumnType.BIGINT, 1e300, None),
        (ColumnType.BIGINT, True, None),
        (ColumnType.NUMERIC, 5, "5"),
        (ColumnType.NUMERIC, "5.25", "5.25"),
        (ColumnType.NUMERIC, "1e3", "1e3"),
        (ColumnType.NUMERIC, "nan", None),
        (ColumnType.NUMERIC, "1e9999", None),
        (ColumnType.NUMERIC, "", None),
        (ColumnType.NUMERIC, False, None),
        (ColumnType.BOOLEAN, "True", "true"),
        (ColumnType.BOOLEAN, "yes", None),
        (ColumnType.BOOLEAN, 1, None),
        (ColumnType.TIMESTAMP, "2026-08-31", "2026-08-31"),
        (ColumnType.TIMESTAMP, "soon", None),
        (ColumnType.TIMESTAMP, 1756641600, None),
        *((column_type, None, None) for column_type in ColumnType),
        *((column_type, {}, None) for column_type in ColumnType),
    ],
)
def test_values_are_read_as_the_columns_type(
    column_type: ColumnType, value: object, expected: str | None
) -> None:
    assert CONVERTERS[column_type](value) == expected


def test_values_that_do_not_fit_land_as_null_and_are_counted(landing: Landing) -> None:
    values: list[Any] = [5, "$5.00", 7.5, None, "8", True, [1], 3.0]
    report = landing.land(
        *(track(messageId=str(number), properties={"savings": value}) for number, value in enumerate(values))
    )
    assert landing.types(EVENT)["savings"] == "bigint"
    assert landing.rows(f"select savings from {EVENT} order by id") == [
        *((5,), (None,), (7,), (None,), (8,), (None,), (None,), (3,))
    ]
    assert report.unfit_values == {(EVENT, "savings"): 3}
    assert report.truncated_values == {(EVENT, "savings"): 1}


def test_a_column_keeps_its_type_in_later_files(landing: Landing) -> None:
    landing.land(track(properties={"savings": "$5.00", "ratio": 0.5, "isOpen": True, "at": "2026-08-31"}))
    report = landing.land(
        track(properties={"savings": 5, "ratio": 2, "isOpen": "false", "at": "2026-09-01T00:00:00+02:00"})
    )
    assert landing.rows(f"select savings, ratio::text, is_open, at::text from {EVENT} order by savings") == [
        ("$5.00", "0.5", True, "2026-08-31 00:00:00+00"),
        ("5", "2", False, "2026-08-31 22:00:00+00"),
    ]
    assert not report.unfit_values
    assert not report.new_columns


def test_context_may_be_typed_otherwise_in_each_table(landing: Landing) -> None:
    def session(event: str, value: object) -> dict[str, Any]:
        return track(event, messageId=event, context={"actions": {"sessionId": value}})

    report = landing.land(session("A", "x"), session("B", 5), session("C", 6), session("C", "y"))
    column = "context_actions_session_id"
    assert [landing.types(table)[column] for table in "abc"] == ["text", "bigint", "bigint"]
    assert landing.types("tracks")[column] == "text"
    assert landing.rows(f"select event, {column} from tracks order by 1, 2") == [
        *(("a", "x"), ("b", "5"), ("c", "6"), ("c", "y"))
    ]
    assert landing.rows(f"select {column} from c order by 1") == [(6,), (None,)]
    assert report.unfit_values == {("c", column): 1}


def test_a_bad_time_lands_as_null(landing: Landing) -> None:
    report = landing.land(track(receivedAt="yesterday", sentAt=1756641600, originalTimestamp={"a": 1}))
    expected = [(None, None, None, "2026-08-31 12:00:00.123+00")]
    query = "select received_at, sent_at, original_timestamp, timestamp::text from "
    assert landing.rows(query + EVENT) == expected
    assert landing.rows(query + "tracks") == expected
    names = ("original_timestamp", "received_at", "sent_at")
    assert report.unfit_values == {(table, name): 1 for table in (EVENT, "tracks") for name in names}


def test_ids_land_as_text(landing: Landing) -> None:
    landing.land(track(messageId=7, userId=8, anonymousId=True), track(messageId="x" * 1024, userId=[1]))
    assert landing.rows(f"select id, user_id, anonymous_id from {EVENT} order by length(id)") == [
        ("7", "8", "true"),
        ("x" * 1024, None, "browser 1"),
    ]


def test_texts_land_as_they_are(landing: Landing) -> None:
    texts = ["a\\b", "\\N", "\\.", "tab\there", "line\nbreak", "cr\rlf\r\n", "\"'", "ä日本🛵", "plain"]
    landing.land(*(track(f"note{text}", messageId=text) for text in texts))
    assert landing.rows("select id, event_text from tracks order by id") == [
        (text, f"note{text}") for text in sorted(texts)
    ]
    landing.land(*(track("Note", messageId=text, properties={"tags": [text], "a": text}) for text in texts))
    query = "select id, tags::json ->> 0, a from note where tags is not null order by id"
    assert landing.rows(query) == [(text, text, text) for text in sorted(texts)]


def test_nul_is_left_out(landing: Landing) -> None:
    landing.land(track(anonymousId="a\0b"))
    assert landing.rows(f"select anonymous_id from {EVENT}") == [("ab",)]


@pytest.fixture
def connection(landing: Landing) -> Iterator[Connection]:
    with closing(landing.connect()) as connection:
        yield connection


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.none() | st.text(st.sampled_from('aN.\\\t\n\r\0\v\x1f"\x85ä🛵'), max_size=5), min_size=1
    )
)
def test_postgresql_reads_every_text_as_it_was(texts: list[str | None], connection: Connection) -> None:
    columns = Columns()
    columns.add("place", ColumnType.BIGINT, range(len(texts)))
    columns.add("note", ColumnType.TEXT, texts)
    with connection.cursor() as cursor:
        cursor.execute("create temp table notes (place bigint, note text)")
        copy_lines(cursor, Identifier("notes"), ["place", "note"], columns.lines())
        cursor.execute("select note from notes order by place")
        assert [note for (note,) in cursor] == [text and text.replace("\0", "") for text in texts]
    connection.rollback()
