"""Staging gives the declared shape whatever has landed: other types, names, blanks, time zones."""

from __future__ import annotations

from datetime import datetime

import pytest

from contract.raw import land_rows
from project import Project, Rows

RECEIVED = "2026-09-01 12:00:00+00"
COMMON = {"id": "varchar(1024)", "received_at": "timestamptz"}


def staged(project: Project, event: str, *columns: str) -> Rows:
    """Build the staging view of an event and read columns of it, in the order of ids."""
    project.dbt("run", "--select", f"stg_{event}")
    return project.query(f"select {', '.join(columns)} from analytics_staging.stg_{event} order by event_id")


@pytest.mark.parametrize(
    ("landed_type", "values", "savings", "texts"),
    [
        ("bigint", [5, None], [5, None], ["5", None]),
        ("double precision", [5.5, 1234.567], [5.5, 1234.57], ["5.5", "1234.567"]),
        ("numeric", ["5.00", "0.1"], [5, 0.1], ["5", "0.1"]),
        ("numeric", ["100", "120.50"], [100, 120.5], ["100", "120.5"]),
        ("text", ["$5.00", "1,234.50"], [5, 1234.5], ["$5.00", "1,234.50"]),
        ("text", ["five", "  "], [None, None], ["five", None]),
        ("boolean", [True, False], [None, None], ["true", "false"]),
    ],
)
def test_displayed_savings_of_any_landed_type(
    project: Project,
    landed_type: str,
    values: list[object],
    savings: list[float | None],
    texts: list[str | None],
) -> None:
    rows = [
        {"id": f"e{n}", "received_at": RECEIVED, "displayed_savings": value} for n, value in enumerate(values)
    ]
    land_rows(project, "app_banner_viewed", COMMON | {"displayed_savings": landed_type}, *rows)  # type: ignore[arg-type]
    found = staged(project, "app_banner_viewed", "displayed_savings", "displayed_savings_text")
    assert [None if value is None else float(value) for value, _ in found] == savings
    assert [text for _, text in found] == texts


def test_session_id_as_text_and_what_does_not_fit(project: Project) -> None:
    types = COMMON | {"context_actions_amplitude_session_id": "text", "rating": "text"}
    rows = [("1788264000000", "5"), (" -1 ", "4.5"), ("none", "five"), ("", "99999999999999999999")]
    land_rows(
        project,
        "order_tracker_rating_submit",
        types,
        *(
            {
                "id": f"e{n}",
                "received_at": RECEIVED,
                "context_actions_amplitude_session_id": session,
                "rating": rating,
            }
            for n, (session, rating) in enumerate(rows)
        ),
    )
    assert staged(project, "order_tracker_rating_submit", "amplitude_session_id", "rating") == [
        (1788264000000, 5),
        (-1, None),
        (None, None),
        (None, None),
    ]


def test_ids_are_text_trimmed_and_taken_from_the_first_accepted_name_that_has_one(
    project: Project,
) -> None:
    types = COMMON | {"order_id": "text", "delivery_id": "bigint", "bot_serial": "bigint"}
    land_rows(
        project,
        "server_load_order_started",
        types,
        {"id": "a ", "received_at": RECEIVED, "order_id": "o1  ", "delivery_id": 7, "bot_serial": 42},
        {"id": "b", "received_at": RECEIVED, "order_id": "  ", "delivery_id": 8},
        {"id": " ", "received_at": RECEIVED},
    )
    assert staged(project, "server_load_order_started", "event_id", "order_id", "robot_id") == [
        ("a", "o1", "42"),
        ("b", "8", None),
        (None, None, None),
    ]


def test_a_var_names_the_raw_columns_of_a_team(project: Project) -> None:
    types = COMMON | {"robot_id": "text", "vehicle": "text"}
    row = {"id": "a", "received_at": RECEIVED, "robot_id": "ignored", "vehicle": "R1"}
    land_rows(project, "server_load_order_started", types, row)
    project.dbt(
        "run", "--select", "stg_server_load_order_started", "--vars", "{raw_names: {robot_id: [vehicle]}}"
    )
    assert project.query("select robot_id from analytics_staging.stg_server_load_order_started") == [("R1",)]


def test_times_come_out_in_utc_whatever_their_type_and_the_session(project: Project) -> None:
    types = COMMON | {"timestamp": "text", "original_timestamp": "timestamp", "uuid_ts": "timestamptz"}
    name = project.database.name
    project.execute(f"alter database {name} set timezone to 'America/Los_Angeles'", user="postgres")
    land_rows(
        project,
        "pilot_start_break",
        types,
        {
            "id": "a",
            "received_at": RECEIVED,
            "timestamp": "2026-09-01T05:00:00.5-07:00",
            "uuid_ts": "2026-09-01 20:00:00+02",
        },
        {"id": "b", "received_at": RECEIVED, "timestamp": "2026-09-01T12:00:00Z"},
        {"id": "c", "received_at": RECEIVED, "timestamp": "2026-09-01 12:00:00"},
        {
            "id": "d",
            "received_at": RECEIVED,
            "timestamp": "2026-02-30T12:00:00Z",
            "original_timestamp": "2026-08-01 00:00:00",
        },
        {"id": "e", "received_at": RECEIVED, "timestamp": "yesterday"},
    )
    noon = datetime(2026, 9, 1, 12)
    assert staged(project, "pilot_start_break", "occurred_at", "received_at", "loaded_at") == [
        (noon.replace(microsecond=500000), noon, datetime(2026, 9, 1, 18)),
        (noon, noon, noon),
        (noon, noon, noon),
        (datetime(2026, 8, 1), noon, noon),
        (noon, noon, noon),
    ]


def test_booleans_and_decimals_of_other_types(project: Project) -> None:
    types = COMMON | {"is_blocking": "text", "latitude": "text", "longitude": "bigint"}
    land_rows(
        project,
        "pilot_route_issue",
        types,
        {"id": "a", "received_at": RECEIVED, "is_blocking": "TRUE", "latitude": "34.05", "longitude": -118},
        {"id": "b", "received_at": RECEIVED, "is_blocking": "no", "latitude": "north"},
        {"id": "c", "received_at": RECEIVED, "is_blocking": "maybe", "latitude": "1e400"},
    )
    assert staged(project, "pilot_route_issue", "is_blocking", "latitude", "longitude") == [
        (True, 34.05, -118.0),
        (False, None, None),
        (None, None, None),
    ]
