"""Any file: each line lands or is reported, and so is each value."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from landing import Landing, Message, shown, track
from landing import landing as landing
from psycopg2.extensions import connection as Connection

from sandbox.lander import LandingReport, land
from sandbox.lander.naming import identifier, snake_case

SCHEMA = "any_file"
STANDARD = ("messageId", "receivedAt", "sentAt", "timestamp", "originalTimestamp", "anonymousId", "userId")
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "track": ("properties", ()),
    "identify": ("traits", ()),
    "page": ("properties", ("name", "category")),
    "screen": ("properties", ("name", "category")),
    "group": ("traits", ("groupId",)),
    "alias": ("traits", ("previousId",)),
}

names = st.text(max_size=4) | st.sampled_from(
    [
        *("a", "A", "a_b", "aB", "B", "user", "id", "userId", "context", "ip", "ctid", "2nd", "", "日", "\0"),
        *("\x1b[31m", "event", "a coalesce idx", "users pkey", "tracks", "users", "x" * 70, "X" * 62),
    ]
)
texts = names | st.sampled_from(
    [
        "2026-08-31T12:00:00Z",
        "2026-02-30",
        "9999-12-31 23:59:59.9-15:59",
        "true",
        "5",
        "1e999",
        "\\N",
        "\\.\t\r\n",
    ]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(names, values, max_size=5)
messages = st.fixed_dictionaries(
    {"type": st.sampled_from([*PARTS, "track", "track", None]), "event": st.none() | names | names},
    optional={
        **dict.fromkeys((*STANDARD, "name", "category", "groupId", "previousId"), values),
        "messageId": st.sampled_from(["m1", "m2", 7]) | values,
        **dict.fromkeys(("properties", "traits", "context"), objects),
    },
).map(json.dumps)
lines = messages | st.text(max_size=20) | st.builds("{}{}".format, st.just("\ufeff"), messages)
files = st.lists(lines.filter(lambda line: "\n" not in line), max_size=5)


def given_values(message: Message) -> Counter[str]:
    """Numbers of values of a message for its table's columns, with separate counts for repeated values."""
    part, own = PARTS[message["type"]]
    found: list[tuple[str, object]] = []
    _collect(message.get(part) or {}, "", found)
    _collect({name: message.get(name) for name in own}, "", found)
    _collect(message.get("context") or {}, "context_", found)
    counts = Counter(given=sum(message.get(name) is not None for name in STANDARD) + len(found))
    counts["given"] += message["type"] == "track"  # its event
    columns: dict[str, object] = {}
    for column, value in found:
        counts["repeating"] += column in columns and columns[column] == value
        columns[column] = value
    return counts


def _collect(fields: Message, prefix: str, found: list[tuple[str, object]], depth: int = 5) -> None:
    for key, value in fields.items():
        word = snake_case(key)
        if isinstance(value, dict) and word and depth > 1:
            _collect(value, f"{prefix}{word}_", found, depth - 1)
        elif value is not None:
            is_json = isinstance(value, (dict, list))
            column = identifier(prefix + word) if word else f"-{prefix}{key}"
            found.append((column, orjson.dumps(value) if is_json else value))


@pytest.fixture
def connection(landing: Landing) -> Iterator[Connection]:
    with closing(landing.connect()) as connection:
        connection.set_session(autocommit=True)
        yield connection


def stored(connection: Connection) -> tuple[Counter[str], Counter[str]]:
    """Rows by raw table, and their values that are not null, without the lander's own columns."""
    rows: Counter[str] = Counter()
    values: Counter[str] = Counter()
    count = (
        'select count(*), coalesce(sum((select count(*) from jsonb_each_text(to_jsonb("a row")) as column_'
        " where value is not null and key not in ('uuid_ts', 'event'))), 0)::int from {} as \"a row\""
    )
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = %s", (SCHEMA,))
        for (table,) in cursor.fetchall():
            cursor.execute(count.format(f'{SCHEMA}."{table}"'))
            ((rows[table], values[table]),) = cursor.fetchall()
    return rows, values


def check(connection: Connection, content: list[str], report: LandingReport) -> None:
    bad = {line.line for line in report.bad_lines}
    present = {number: line.removeprefix("\ufeff") for number, line in enumerate(content, 1)}
    present = {number: line for number, line in present.items() if line.strip(" \t\r\v\f")}
    good = [orjson.loads(line) for number, line in present.items() if number not in bad]
    assert bad <= present.keys()
    assert len(good) == report.message_count
    rows, values = stored(connection)
    assert rows.pop("tracks", 0) == sum(message["type"] == "track" for message in good)
    rows.pop("users", 0)
    assert rows.total() == len(good)
    counts = sum(map(given_values, good), Counter[str]())
    kept = sum(count for table, count in values.items() if table in rows)
    lost = sum(
        count
        for losses in (report.unfit_values, report.discarded_values)
        for (table, _), count in losses.items()
        if table in rows
    )
    assert kept + lost + counts["repeating"] == counts["given"]
    assert all(line.isprintable() for line in shown(report))


def message(**parts: Any) -> list[str]:
    return [json.dumps(track("A", **parts))]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=files, gzipped=st.booleans())
@example(content=message(properties={"a": {"b": 1}, "aB": 2, "a_b": 2, "A B": 3}), gzipped=False)
@example(content=message(properties={"user": {"id": 1}, "userId": 2, "日": [None], "日2": {}}), gzipped=True)
@example(
    content=['{"type":"page","name":"a","properties":{"name":"b","Name":"a"}}', "\ufeff", "{"], gzipped=False
)
def test_every_line_and_value_lands_or_is_reported(
    content: list[str], gzipped: bool, landing: Landing, connection: Connection
) -> None:
    data = "\n".join(content).encode()
    file = landing.folder / "any.ndjson"
    file.write_bytes(gzip.compress(data) if gzipped else data)
    with connection.cursor() as cursor:
        cursor.execute(f"create schema {SCHEMA}")
        try:
            report = land(connection, [file], schema=SCHEMA)
            check(connection, content, report)
        finally:
            cursor.execute(f"drop schema {SCHEMA} cascade")
            cursor.execute("delete from _sandbox.landed_files")
