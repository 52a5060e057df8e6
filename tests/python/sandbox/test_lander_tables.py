"""Which raw tables and columns messages make."""

from datetime import datetime, timezone

import pytest
from landing import Landing, track
from landing import landing as landing

STANDARD = {
    "id": "character varying(1024)",
    "received_at": "timestamp with time zone",
    "sent_at": "timestamp with time zone",
    "timestamp": "timestamp with time zone",
    "original_timestamp": "timestamp with time zone",
    "uuid_ts": "timestamp with time zone",
    "anonymous_id": "text",
    "user_id": "text",
}
LIBRARY = {"context_library_name": "text", "context_library_version": "text"}


def test_a_track_message_lands_in_its_table_and_in_tracks(landing: Landing) -> None:
    message = track(
        userId="u1",
        context={"library": {"name": "analytics.js", "version": "1"}, "page": {"url": "https://t.example/"}},
        properties={
            "orderId": "ord_1",
            "robot": {"id": "R0042", "tags": ["a", "b"]},
            "isLate": False,
            "n": 3,
        },
    )
    loaded_at = datetime(2026, 8, 31, 18, tzinfo=timezone.utc)
    report = landing.land_files(landing.file(message), loaded_at=loaded_at)

    assert landing.tables() == ["order_unlock_coco", "tracks"]
    context = LIBRARY | {"context_page_url": "text"}
    event = {"event": "text", "event_text": "text"}
    properties = {
        "order_id": "text",
        "robot_id": "text",
        "robot_tags": "text",
        "is_late": "boolean",
        "n": "bigint",
    }
    assert landing.types("tracks") == STANDARD | event | context
    assert landing.types("order_unlock_coco") == STANDARD | event | context | properties

    common = """
        select
            id, received_at::text, sent_at::text, timestamp::text, original_timestamp::text, uuid_ts::text,
            anonymous_id, user_id, event, event_text,
            context_library_name, context_library_version, context_page_url
        from
    """
    expected = (
        *("m1", "2026-08-31 12:00:02.123+00", "2026-08-31 12:00:09+00", "2026-08-31 12:00:00.123+00"),
        *("2026-08-31 12:00:07+00", "2026-08-31 18:00:00+00", "browser 1", "u1"),
        *("order_unlock_coco", "Order Unlock Coco", "analytics.js", "1", "https://t.example/"),
    )
    assert landing.rows(common + "tracks") == [expected]
    assert landing.rows(common + "order_unlock_coco") == [expected]
    assert landing.rows("select order_id, robot_id, robot_tags, is_late, n from order_unlock_coco") == [
        ("ord_1", "R0042", '["a","b"]', False, 3)
    ]
    assert report.rows == {"order_unlock_coco": 1, "tracks": 1}
    assert report.new_tables == ["order_unlock_coco", "tracks"]
    assert report.message_count == 1


def test_all_spellings_of_an_event_share_a_table(landing: Landing) -> None:
    spellings = ["Order Tracker Open", "orderTrackerOpen", "order_tracker_open"]
    landing.land(*(track(spelling) for spelling in spellings))
    assert landing.tables() == ["order_tracker_open", "tracks"]
    assert landing.rows("select event, event_text from order_tracker_open order by event_text") == [
        ("order_tracker_open", spelling) for spelling in sorted(spellings)
    ]


def test_columns_come_with_their_first_value(landing: Landing) -> None:
    first = landing.land(track(properties={"orderId": "a", "rating": None}))
    assert "rating" not in landing.types("order_unlock_coco")
    assert not first.new_columns
    second = landing.land(
        track("Other"), track(messageId="m2", properties={"rating": 5}), track("Other", context={"ip": "::1"})
    )
    assert landing.types("order_unlock_coco")["rating"] == "bigint"
    assert landing.rows("select id, order_id, rating from order_unlock_coco order by id") == [
        *(("m1", "a", None), ("m2", None, 5))
    ]
    assert [tuple(column) for column in second.new_columns] == [
        *(("order_unlock_coco", "rating", "bigint"), ("tracks", "context_ip", "text"))
    ]
    assert second.new_tables == ["other"]


def test_the_first_value_counts_whatever_else_its_message_has(landing: Landing) -> None:
    shown = track(properties={"position": 1})
    other_context = track(properties={"savings": 5}, context={"ip": "::1"})
    landing.land(
        shown, other_context, track(properties={"savings": "$5.00"}), track(properties={"savings": 6})
    )
    assert landing.types("order_unlock_coco")["savings"] == "bigint"
    assert landing.rows("select savings from order_unlock_coco order by savings") == [
        (5,),
        (6,),
        (None,),
        (None,),
    ]


def test_reserved_properties_are_discarded(landing: Landing) -> None:
    properties = {
        "id": "x",
        "userId": "x",
        "event": "x",
        "timestamp": "x",
        "contextIp": "x",
        "orderId": "ord_1",
    }
    report = landing.land(track(properties=properties), track(properties={"userId": "y", "日本": 1}))
    table = "order_unlock_coco"
    assert landing.types(table) == STANDARD | {"event": "text", "event_text": "text"} | LIBRARY | {
        "order_id": "text"
    }
    assert landing.rows(f"select id, user_id, event, order_id from {table} order by order_id") == [
        *(("m1", None, table, "ord_1"), ("m1", None, table, None))
    ]
    names = {"id": 1, "userId": 2, "event": 1, "timestamp": 1, "contextIp": 1, "日本": 1}
    assert report.discarded_values == {(table, name): count for name, count in names.items()}


def test_a_full_table_discards_further_columns(landing: Landing) -> None:
    report = landing.land(track("Wide", properties={f"p{number}": "x" * 100 for number in range(1_000)}))
    types = landing.types("wide")
    assert len(types) == 330
    assert types["p317"] == "text"
    assert report.discarded_values == {("wide", f"p{number}"): 1 for number in range(318, 1_000)}
    assert landing.rows("select p0, p317 from wide") == [("x" * 100, "x" * 100)]


@pytest.mark.parametrize(
    ("event", "table"),
    [
        ("101 Account Update", "_101_account_update"),
        ("Tracks", "_tracks"),
        ("Users", "_users"),
        ("Select", "select"),
        ("e" * 70, "e" * 63),
    ],
)
def test_any_event_name_finds_a_table(event: str, table: str, landing: Landing) -> None:
    landing.land(track(event, properties={"select": 1, "xmin": 2, "2nd": 3, "c" * 70: 4}))
    assert landing.tables() == sorted([table, "tracks"])
    assert landing.rows(f'select "select", _xmin, _2nd, {"c" * 63}, event, event_text from "{table}"') == [
        (1, 2, 3, 4, table, event)
    ]


def test_other_messages_have_tables_of_their_own(landing: Landing) -> None:
    def message(message_type: str, **parts: object) -> dict[str, object]:
        return {"type": message_type, "messageId": message_type, "anonymousId": "a", "userId": "u"} | parts

    report = landing.land(
        message("page", name="Home", properties={"name": "x", "path": "/"}, context={"ip": "::1"}),
        message("screen", name="Start", category={"main": "Top"}),
        message("group", groupId="g1", traits={"employeeCount": 7}),
        message("alias", previousId="old"),
    )
    assert landing.types("pages") == STANDARD | {"context_ip": "text", "name": "text", "path": "text"}
    assert landing.rows("select id, user_id, name, path, context_ip from pages") == [
        ("page", "u", "Home", "/", "::1")
    ]
    assert landing.rows("select id, anonymous_id, name, category_main from screens") == [
        ("screen", "a", "Start", "Top")
    ]
    assert landing.rows("select id, group_id, employee_count from groups") == [("group", "g1", 7)]
    assert landing.rows("select id, user_id, previous_id from aliases") == [("alias", "u", "old")]
    assert landing.tables() == ["aliases", "groups", "pages", "screens"]
    assert report.rows == {"aliases": 1, "groups": 1, "pages": 1, "screens": 1}


def identify(
    user_id: object, received_at: str = "2026-08-31T12:00:00Z", **traits: object
) -> dict[str, object]:
    return {
        "type": "identify",
        "messageId": "i",
        "anonymousId": "a",
        "userId": user_id,
        "receivedAt": received_at,
        "traits": traits,
    }


def test_users_hold_the_latest_traits(landing: Landing) -> None:
    landing.land(
        identify("u1", name="Ann", city="Here"), identify(None, name="Nobody"), identify("u1", city="There")
    )
    landing.land(
        identify("u2", name="Bob", city="Else"),
        identify("u1", "2026-09-01T12:00:00Z", name="Anna", isPilot=True),
    )
    assert len(landing.rows("select from identifies")) == 5
    assert landing.types("users") == {
        "id": "character varying(1024)",
        "received_at": "timestamp with time zone",
        "uuid_ts": "timestamp with time zone",
        "name": "text",
        "city": "text",
        "is_pilot": "boolean",
    }
    assert landing.rows(
        "select id, name, city, is_pilot, received_at::date::text from users order by id"
    ) == [
        ("u1", "Anna", "There", True, "2026-09-01"),
        ("u2", "Bob", "Else", None, "2026-08-31"),
    ]


def test_users_need_a_usable_id(landing: Landing) -> None:
    unusable: tuple[object, ...] = (None, "", "\0", {"a": 1}, {}, [], [0])
    usable = (7, "7", "7\0", 0, False, 1.5)
    report = landing.land(*map(identify, (*unusable, *usable)))
    users = [("0",), ("1.5",), ("7",), ("false",)]
    assert landing.rows("select id from users order by id") == users
    given = "select distinct user_id from identifies where user_id <> '' order by 1"
    assert landing.rows(given) == users
    assert report.rows == {"identifies": len(unusable) + len(usable), "users": len(users)}
    assert report.unfit_values == {("identifies", "user_id"): 4}


def test_what_is_missing_lands_as_null(landing: Landing) -> None:
    report = landing.land({"type": "track", "event": "Bare"}, track("Bare", messageId=None, properties=None))
    assert landing.rows(
        "select id, received_at, uuid_ts is null, context_library_name from bare order by 2"
    ) == [
        (None, datetime(2026, 8, 31, 12, 0, 2, 123000, tzinfo=timezone.utc), False, "analytics.js"),
        (None, None, False, None),
    ]
    assert not report.bad_line_count


def test_dbt_may_read_what_lands(landing: Landing) -> None:
    landing.land(track())
    connection = landing.database.connect(user="transformer")
    with connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from delivery_platform_prod.order_unlock_coco")
        assert cursor.fetchall() == [(1,)]
    connection.close()
