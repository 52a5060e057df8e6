"""Landed values and their staged values, on every warehouse."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contract.raw import Value, land_rows
from project import Project

RECEIVED = datetime(2026, 9, 1, 12)
OCCURRED = "occurred_at"
WHITE_SPACE = " \t\n\v\f\r\u00a0\u2003\u202f\u3000\ufeff"
LONGEST_ID = "x" * 508


@dataclass(frozen=True)
class Landing:
    """A raw column and the staged column that it becomes.

    values: each landed value, the staged one, and how many values were refused and cut.
    """

    event: str
    raw_name: str
    landed_type: str
    staged_name: str
    values: Sequence[tuple[Value, Value, int, int]]


def refused(*values: Value, staged: Value = None) -> list[tuple[Value, Value, int, int]]:
    """Refused values; `staged` is the value in their place."""
    return [(value, staged, 1, 0) for value in values]


def taken(*pairs: tuple[Value, Value]) -> list[tuple[Value, Value, int, int]]:
    """Accepted values, with their staged values."""
    return [(value, staged, 0, 0) for value, staged in pairs]


ROUTE_ISSUE, RATING, ERROR = "pilot_route_issue", "order_tracker_rating_submit", "order_tracker_open_error"
TEXT = "varchar(4096)"

with Path(__file__).with_name("user_agents.csv").open(encoding="utf-8", newline="") as file:
    USER_AGENTS = [(line["user_agent"], line["device_class"]) for line in csv.DictReader(file)]
"""User agents of browsers and programs, with their expected classes."""

LANDINGS = [
    Landing(
        *(RATING, "context_user_agent", TEXT, "device_class"), taken(*USER_AGENTS, (None, None), (" ", None))
    ),
    Landing(
        *(ROUTE_ISSUE, "latitude", TEXT, "latitude"),
        [
            *taken(("34.05", 34.05), (" -7 ", -7.0), ("1e-7", 1e-7), ("0.30000000000000004", 0.1 + 0.2)),
            *taken(("3.405E1", 34.05), ("5.", 5.0), (".5", 0.5), ("", None), ("  ", None), (None, None)),
            *taken(("-0", -0.0), ("007", 7.0), ("9" * 30, 1e30)),
            *refused("1e100", "9" * 31, "1_000", "٣", "1 000", "inf", "$5", "34.05°", "5\n"),
            *refused("1e400", "1e-400", "north", "1.2.3", "NaN", "Infinity", "0x10", "1,5", "e5", "."),
        ],
    ),
    Landing(
        *(ROUTE_ISSUE, "longitude", "double precision", "longitude"),
        [*taken((34.05, 34.05), (0.0, 0.0), (-1e299, -1e299)), *refused("NaN", "Infinity", "-Infinity")],
    ),
    Landing(
        *(RATING, "rating", TEXT, "rating"),
        [
            *taken(("4", 4), ("4.0", 4), ("4.00", 4), ("4.", 4), ("4e0", 4), ("40E-1", 4), ("+4", 4)),
            *taken((" 4 ", 4), ("-4.0", -4), ("1.788264e12", 1788264000000), ("9" * 18, 10**18 - 1)),
            *taken(("-0", 0), ("007", 7), ("9e15", 9 * 10**15)),
            *refused("123456789012345e3", "1_000", "0x10", "٣", "true", "1e17"),
            *refused("4.5", "4.0000000000000001", "45e-1", "1e400", "4e18", "1" + "9" * 18, "five"),
        ],
    ),
    Landing(
        *(RATING, "context_actions_amplitude_session_id", "double precision", "amplitude_session_id"),
        [*taken((4.0, 4), (-4.0, -4)), *refused(4.5, 1e18, "NaN", "Infinity")],
    ),
    Landing(
        *(ROUTE_ISSUE, "robot_id", "double precision", "robot_id"),
        [
            *taken((1234567890123456.0, "1234567890123456"), (7.0, "7"), (-7.0, "-7"), (7.5, "7.5")),
            *taken((2.0**53, "9007199254740992"), (1e15, "1000000000000000"), (-0.0, "0")),
            *refused(2.0**53 + 2, 1e18, "NaN", "Infinity", "-Infinity"),
        ],
    ),
    Landing(
        *(ROUTE_ISSUE, "pilot_id", "char(20)", "pilot_id"),
        [*taken(("p1", "p1"), (" p1 ", "p1"), ("", None)), *refused("undefined", "NULL")],
    ),
    Landing(
        *(ROUTE_ISSUE, "user_id", "real", "user_id"),
        [*taken((7.0, "7"), (7.5, "7.5"), (2.0**24, "16777216")), *refused(2.0**24 + 2, 123456789.0, "NaN")],
    ),
    Landing(*(ROUTE_ISSUE, "trip_id", "bigint", "trip_id"), taken((1234567890123456, "1234567890123456"))),
    Landing(
        *(ROUTE_ISSUE, "order_id", TEXT, "order_id"),
        [
            *taken(
                ("ord_1", "ord_1"), (LONGEST_ID, LONGEST_ID), ("a b", "a b"), ("Undefined7", "Undefined7")
            ),
            *taken(*((f"{space}ord_1{space}", "ord_1") for space in WHITE_SPACE)),
            *taken(("", None), (WHITE_SPACE, None), (f"{WHITE_SPACE}é{WHITE_SPACE}", "é")),
            *refused("undefined", "null", "NULL", "NaN", "none", "None", "[object Object]", " null\n"),
            *refused(f"{LONGEST_ID}y", "x" * 512, "é" * 255),
        ],
    ),
    Landing(
        *(ROUTE_ISSUE, "issue_type", TEXT, "issue_type"),
        [*taken(("undefined", "undefined")), (LONGEST_ID + "yy", LONGEST_ID + "yy", 0, 1)],
    ),
    Landing(
        *(ROUTE_ISSUE, "timestamp", TEXT, OCCURRED),
        [
            *taken(("2028-02-29T10:00:00Z", datetime(2028, 2, 29, 10))),
            *taken(("2024-02-29 23:00:00-02:00", datetime(2024, 3, 1, 1))),
            *taken(("2000-02-29T10:00:00", datetime(2000, 2, 29, 10))),
            *taken(("2026-09-01 10:00:00.5-07", datetime(2026, 9, 1, 17, 0, 0, 500000))),
            *taken(("2026-09-01T00:30:00+14", datetime(2026, 8, 31, 10, 30))),
            *refused("2999-12-31T23:59:59.9999999", "2999-12-31T23:59:59.9999999Z", staged=RECEIVED),
            *refused(
                "2026-09-01T24:00:00Z", "2026-09-01T23:59:60Z", "2026-09-01T10:00:00+15", staged=RECEIVED
            ),
            *refused("2026-W36-2T10:00:00Z", "epoch", "now", staged=RECEIVED),
            *taken(("1000-01-01T00:00:00Z", datetime(1000, 1, 1)), ("", RECEIVED), (None, RECEIVED)),
            *taken(("2999-12-31T23:59:59.999999Z", datetime(2999, 12, 31, 23, 59, 59, 999999))),
            *refused("2026-02-29T10:00:00Z", "2100-02-29T10:00:00Z", "1900-02-29T10:00:00Z", staged=RECEIVED),
            *refused("1000-01-01T00:00:00+01:00", "2999-12-31T23:59:59-01:00", staged=RECEIVED),
            *refused("infinity", "0001-12-31 BC", "52732-01-01T00:00:00Z", "yesterday", staged=RECEIVED),
        ],
    ),
    Landing(
        *(ROUTE_ISSUE, "original_timestamp", "timestamp", OCCURRED),
        [
            *taken(*((time, time) for time in (datetime(1970, 1, 1), datetime(2999, 12, 31)))),
            *refused("infinity", "-infinity", "294276-12-31", "52732-01-01", "3000-01-01", staged=RECEIVED),
            *refused("4714-11-24 BC", "0001-12-31 BC", "0999-12-31 23:59:59", staged=RECEIVED),
        ],
    ),
]

OF_POSTGRESQL = [
    *(
        Landing("pilot_no_route_found", raw_name, 'text collate "POSIX"', staged_name, values)
        for raw_name, staged_name, values in (
            ("longitude", "longitude", [*taken(("34.05", 34.05)), *refused("north")]),
            ("order_id", "order_id", [*taken((" Ord_1 ", "Ord_1")), *refused("Undefined", " NULL ")]),
            ("context_page_title", "page_title", taken(("Map", "Map"), ("jane@mail.test", "[masked]"))),
            ("context_user_agent", "device_class", taken(("iPhone Mobile", "mobile"), ("curl/8", "bot"))),
            ("timestamp", OCCURRED, taken(("2028-02-29T10:00:00Z", datetime(2028, 2, 29, 10)))),
        )
    ),
    Landing(
        *("pilot_no_route_found", "robot_id", 'char(20) collate "C"', "robot_id"),
        [*taken(("r1", "r1")), *refused("undefined")],
    ),
    Landing(
        *("pilot_requested_field_op", "latitude", "numeric", "latitude"),
        [
            *taken(("34.05", 34.05), ("0", 0.0), ("1e-299", 1e-299), (None, None)),
            *refused("1e400", "-1e400", "1e-400", "-1e-400", "NaN", "Infinity", "-Infinity"),
        ],
    ),
    Landing(
        *(ERROR, "http_status", "numeric", "http_status"),
        [*taken(("4.0", 4)), *refused("4.5", "1e400", "NaN", "Infinity")],
    ),
    Landing(
        *(ERROR, "order_id", "numeric", "order_id"),
        [
            *taken(("1234567890123456.000", "1234567890123456"), ("1" * 30, "1" * 30)),
            *refused("1e600", "NaN", "Infinity", "-Infinity"),
        ],
    ),
    Landing(
        *(ERROR, "timestamp", "timestamptz", OCCURRED),
        [
            *taken(("1970-01-01 00:00:00+00", datetime(1970, 1, 1))),
            *refused("infinity", "-infinity", "294276-12-31 23:59:59+00", staged=RECEIVED),
            *refused("3000-01-01 00:00:00+00", "4714-11-24 BC", "0001-12-31 BC", staged=RECEIVED),
        ],
    ),
    Landing(
        *(ERROR, "original_timestamp", "date", OCCURRED),
        [
            *taken(("2024-02-29", datetime(2024, 2, 29))),
            *refused("infinity", "5874897-12-31", "4714-11-24 BC", staged=RECEIVED),
        ],
    ),
]
"""Types that Redshift lacks, or that Segment does not use there."""


def assert_staged(project: Project, landings: Sequence[Landing]) -> None:
    """Land the values, each in a row of its own, build the staging views, and compare."""
    by_event: dict[str, list[Landing]] = defaultdict(list)
    for landing in landings:
        by_event[landing.event].append(landing)
    for event, of_event in by_event.items():
        types = {"id": "varchar(512)", "received_at": "timestamp"}
        types |= {landing.raw_name: landing.landed_type for landing in of_event}
        rows = [
            {"id": f"{landing.raw_name} {number:02}", "received_at": RECEIVED, landing.raw_name: value}
            for landing in of_event
            for number, (value, *_) in enumerate(landing.values)
        ]
        land_rows(project, event, types, *rows)
    project.dbt("run", "--select", *(f"stg_{event}" for event in by_event))
    wrong = []
    for landing in landings:
        found = project.query(
            f"select {landing.staged_name}, refused_value_count, cut_value_count, has_refused_time"
            f" from analytics_staging.stg_{landing.event}"
            f" where event_id like '{landing.raw_name} %' order by event_id"
        )
        for (value, staged, refusals, cuts), row in zip(landing.values, found, strict=True):
            is_time = landing.staged_name == OCCURRED and refusals > 0
            if (*map(repr, row),) != (*map(repr, (staged, refusals, cuts, is_time)),):
                wrong.append(f"{landing.raw_name} {landing.landed_type} {value!r:.50}: {row}")
    assert not wrong, "\n".join(wrong)
