"""Hostile messages: they are rejected or reported, and the good messages beside them land."""

import json
import random
from contextlib import closing

import pytest
import yaml
from landing import PROJECT, Landing, shown, track
from landing import landing as landing

from sandbox.access import RAW_SCHEMA
from sandbox.lander import raw_tables
from sandbox.lander.contract import declared_columns

TABLE = "order_unlock_coco"


def nested(levels: int, brackets: str = "{}") -> str:
    """JSON of a value in this number of nested objects or arrays."""
    opening = '{"a":' if brackets == "{}" else "["
    return opening * levels + "1" + brackets[1] * levels


def random_text(length: int, first: str = "A", last: str = "z") -> str:
    """A text that does not compress."""
    rng = random.Random(length)
    return "".join(chr(rng.randint(ord(first), ord(last))) for _ in range(length))


def identify(user_id: object, **traits: object) -> dict[str, object]:
    return {"type": "identify", "messageId": "i", "userId": user_id, "traits": traits}


def test_a_message_nested_too_deep_is_rejected_and_those_beside_it_land(landing: Landing) -> None:
    deep = [
        '{"type":"track","event":"Deep","properties":' + nested(261) + "}",
        '{"type":"track","event":"Deep","properties":' + nested(300) + "}",
        '{"type":"track","event":"Deep","context":' + nested(1_022) + "}",
        '{"type":"track","event":"Deep","properties":{"a":' + nested(255, "[]") + "}}",
        '{"type":"identify","traits":' + nested(1_000) + "}",
        '{"type":' + nested(300, "[]") + "}",
        '{"type":"page","name":' + nested(300) + "}",
        nested(1_024),
        nested(1_025),
    ]
    report = landing.land(
        track(messageId="before"),
        *deep,
        '{"type":"track","event":"Fair","messageId":"fair","properties":' + nested(259) + "}",
        track(messageId="after"),
    )
    assert landing.rows("select id from tracks order by id") == [("after",), ("before",), ("fair",)]
    assert landing.rows("select a_a_a_a_a from fair") == [(nested(254),)]
    assert landing.tables() == ["fair", TABLE, "tracks"]
    reasons = [bad.reason for bad in report.bad_lines]
    assert reasons[:7] == ["nested deeper than 254 levels below a column"] * 7
    assert reasons[7:] == ["no type", reasons[8]]
    assert reasons[8].startswith("no JSON: ")


def test_junk_leaves_room_for_the_columns_of_the_contract(landing: Landing) -> None:
    junk = {f"junk{number}": number for number in range(3_000)}
    landing.land(track(properties=junk, context=junk))
    declared = declared_columns()[TABLE]
    context = {name.removeprefix("context_"): "x" for name in declared if name.startswith("context_")}
    properties = {name: "x" for name in declared if not name.startswith("context_")}
    landing.land(track(messageId="m2", context=context, properties=properties))
    types = landing.types(TABLE)
    assert declared <= types.keys()
    assert len(types) == raw_tables.MAX_COLUMNS
    landing.land(track(messageId="m3", properties={"another": 1}))
    assert "another" not in landing.types(TABLE)
    assert landing.rows(f"select robot_id, context_ip from {TABLE} where id = 'm2'") == [("x", "x")]


def test_the_columns_of_the_contract_are_those_of_the_sources() -> None:
    path = PROJECT / "models/staging/_delivery_platform__sources.yml"
    (source,) = yaml.safe_load(path.read_text())["sources"]
    declared = declared_columns()
    assert declared.keys() == {table["name"] for table in source["tables"]}
    assert {"order_id", "delivery_id", "robot_id", "bot_id", "context_ip", "id"} <= declared[TABLE]


def test_a_full_row_fits_on_a_page(landing: Landing) -> None:
    """PostgreSQL stores values of fewer than 24 bytes always within the row."""
    crowd = {f"p{number}": random_text(22) + chr(97 + number % 26) for number in range(1_000)}
    report = landing.land(track(event="Wide", properties=crowd, context=crowd), track(messageId="m2"))
    assert report.bad_line_count == 0
    assert report.rows == {"wide": 1, TABLE: 1, "tracks": 2}
    assert len(landing.types("wide")) == len(landing.types("tracks")) == raw_tables.MAX_COLUMNS


@pytest.mark.parametrize(
    "message_id", ["x" * 1_025, "ä" * 1_025, "", "a\0", 7.5, 1e22, 2**64, True, ["m1"], {"id": "m1"}]
)
def test_a_message_id_that_could_be_mistaken_for_another_is_rejected(
    message_id: object, landing: Landing
) -> None:
    report = landing.land(track(messageId="m1"), track("Other", messageId=message_id))
    assert landing.rows("select id from tracks") == [("m1",)]
    assert landing.tables() == [TABLE, "tracks"]
    assert [(bad.line, bad.reason) for bad in report.bad_lines] == [
        (2, "a message id that is neither a text of 1 to 1,024 characters, without NUL, nor a whole number")
    ]


def test_usable_message_ids_land_as_they_are(landing: Landing) -> None:
    ids = ["x" * 1_024, "🛵" * 1_024, "tab\t", " ", "7", 8, -(2**63), 2**64 - 1, None]
    report = landing.land(*(track(messageId=message_id) for message_id in ids))
    assert report.bad_line_count == 0
    expected = sorted(str(message_id) for message_id in ids if message_id is not None)
    assert sorted(name for (name,) in landing.rows("select id from tracks where id is not null")) == expected


def test_users_with_long_ids_are_left_out_and_counted(landing: Landing) -> None:
    """The key of `users` has to fit into an index: 2,704 bytes at most."""
    long = random_text(1_024, "一", "龥")
    report = landing.land(
        identify(long, name="A"), identify(long[:-1] + "x", name="B"), identify("u" * 512, name="C")
    )
    assert landing.rows("select name from users") == [("C",)]
    assert landing.rows("select count(distinct user_id) from identifies") == [(3,)]
    assert report.discarded_values == {("users", "id (longer than 512 characters)"): 2}


def test_long_names_are_reported_with_their_short_forms(landing: Landing) -> None:
    long = "Pilot " + "Very " * 20
    report = landing.land(
        track(long + "Slow", properties={long + "Slow": 1}),
        track(long + "Fast", properties={long + "Fast": 2}),
    )
    table = ("pilot_" + "very_" * 20)[:63]
    assert landing.tables() == [table, "tracks"]
    assert landing.rows(f"select event_text, {table} from {table} order by 2") == [
        *((long + "Slow", 1), (long + "Fast", 2))
    ]
    assert report.long_names == {long + "Slow": table, long + "Fast": table}
    assert shown(report)[1:] == [
        "Names cut to 63 characters, which others may share: 2",
        f"  {long}Slow is {table}",
        f"  {long}Fast is {table}",
    ]


def test_two_properties_with_one_column_are_counted(landing: Landing) -> None:
    report = landing.land(
        track(properties={"orderId": "a", "order_id": "b", "Order ID": "c", "userId": 1, "user": {"id": 2}}),
        track(properties={"orderId": "same", "order_id": "same"}),
    )
    assert landing.rows(f"select order_id from {TABLE} order by 1") == [("c",), ("same",)]
    assert report.discarded_values == {
        (TABLE, "order_id (given more than once)"): 2,
        (TABLE, "userId"): 1,
        (TABLE, "user_id"): 1,
    }


def test_thousands_of_properties_with_one_column_are_counted(landing: Landing) -> None:
    report = landing.land(track(properties={"a" + "_" * number: number for number in range(1_400)}))
    assert landing.rows(f"select a from {TABLE}") == [(1_399,)]
    assert report.discarded_values == {(TABLE, "a (given more than once)"): 1_399}


def test_events_named_like_indexes_have_tables(landing: Landing) -> None:
    report = landing.land(
        identify("u1", name="A"),
        track("X"),
        *(
            track(event)
            for event in ("X Coalesce Idx", "X coalesce idx1", "Users Pkey", "e" * 60 + "_idx_and")
        ),
    )
    assert not report.bad_line_count
    assert landing.tables() == sorted(
        [
            *("identifies", "users", "tracks", "x", "x_coalesce_idx_", "x_coalesce_idx1_", "users_pkey_"),
            "e" * 60 + "_id",
        ]
    )
    again = landing.land(track("X Coalesce Idx", messageId="m2"))
    assert again.new_tables == []
    assert landing.rows("select count(*) from x_coalesce_idx_") == [(2,)]


def test_junk_events_leave_room_for_the_tables_of_the_contract(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_tables, "MAX_TABLES", 4)
    report = landing.land(*(track(f"Junk {number}") for number in range(10)), track(), track("Junk 1"))
    assert landing.rows("select count(*) from tracks") == [(6,)]
    assert [(bad.line, bad.reason) for bad in report.bad_lines] == [
        (line, f"no table for the event: the schema has too many, or something else is named junk_{line - 1}")
        for line in range(5, 11)
    ]
    again = landing.land(track("Junk 0"), track("Junk 7"), track("Order Unlock Coco Confirm"))
    assert [bad.line for bad in again.bad_lines] == [2]
    assert landing.rows("select count(*) from order_unlock_coco_confirm") == [(1,)]


def test_an_event_named_like_a_view_is_rejected(landing: Landing) -> None:
    with closing(landing.connect()) as connection, connection, connection.cursor() as cursor:
        cursor.execute(f"create view {RAW_SCHEMA}.mine as select 1")
    report = landing.land(track(), track("Mine"), track(messageId="m2"))
    assert [bad.line for bad in report.bad_lines] == [2]
    assert landing.rows("select count(*) from tracks") == [(2,)]


def test_changed_texts_and_numbers_are_counted(landing: Landing) -> None:
    report = landing.land(
        track(properties={"size": 0.5, "note": "a\0b"}),
        '{"type":"track","event":"Order Unlock Coco","messageId":"m2","properties":'
        '{"size":123456789012345678901,"note":123456789012345678902}}',
        track(messageId="m3", properties={"size": 2**64 - 1, "note": 2.5}),
    )
    assert landing.rows(f"select note, size::text from {TABLE} order by id") == [
        ("ab", "0.5"),
        ("1.2345678901234568e+20", "123456789012345680000"),
        ("2.5", "18446744073709551615"),
    ]
    assert report.rounded_values == {(TABLE, "size"): 1, (TABLE, "note"): 1}
    assert report.stripped_values == {(TABLE, "note"): 1}
    assert shown(report)[1:] == [
        f"Numbers of more than 64 bits, rounded: 2 ({TABLE}.size 1, {TABLE}.note 1)",
        f"Texts without their NUL characters: 1 ({TABLE}.note 1)",
    ]


ESCAPES = "\x1b]0;owned\x07\x1b[31m\x9b31m\r\n\u202eevil\u2028\u200b\ud800"


def test_control_characters_in_names_are_escaped(landing: Landing) -> None:
    escapes = ESCAPES.removesuffix("\ud800")
    landing.land(track())
    (landing.folder / escapes).mkdir()
    file = landing.file(
        track(properties={f"{escapes}{'x' * 70}": 1, f"userId{escapes}": 1, f"{escapes}userId": {"日": 2}}),
        track(escapes + "e" * 70),
        {"type": escapes},
        {"type": [escapes]},
        name=f"{escapes}/{escapes}.ndjson",
    )
    lines = shown(landing.land_files(file))
    assert len(lines) > 8
    for line in lines:
        assert line.isprintable(), line
    assert any("\\x1b]0;owned" in line for line in lines)


def test_a_huge_name_is_shown_in_part(landing: Landing) -> None:
    landing.land(track())
    report = landing.land(track(properties={"日" * 100_000: 1, "x" * 100_000: 1}), track("y" * 100_000))
    assert max(map(len, shown(report))) < 400
    assert report.long_names.keys() == {"x" * 200 + "…", "y" * 200 + "…"}


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"track","event":"E","properties":{"a":NaN}}',
        '{"type":"track","event":"E","properties":{"a":-Infinity}}',
        '{"type":"track","event":"E","properties":{"a":1e400}}',
        '{"type":"track","event":"E","properties":{"a":"\\ud800"}}',
        '{"type":"track","event":"E","properties":{"\\udfff":1}}',
        '{"type":"track","event":"E"}}',
        '{"type":"track","event":"E"} {"type":"track","event":"E"}',
        "\0",
        "\x1f\x8b",
        "[" + json.dumps({"type": "track", "event": "E"}) + "]",
    ],
)
def test_invalid_json_is_reported(line: str, landing: Landing) -> None:
    report = landing.land(track(), line, track(messageId="m2"))
    assert [bad.line for bad in report.bad_lines] == [2]
    assert landing.rows("select count(*) from tracks") == [(2,)]


def test_of_a_repeated_key_the_last_value_lands(landing: Landing) -> None:
    landing.land('{"type":"track","event":"A","event":"B","properties":{"n":1,"n":2}}')
    assert landing.rows("select n from b") == [(2,)]
