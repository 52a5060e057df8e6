"""Raw rows that are made by hand, each for a case that simulated rows do not have.

The first part ends at noon on 2026-09-02, and its newest clicks are loaded at midnight. Increments read again
what was loaded in the day before. The day of 2026-09-02 is reconciled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.server import RAW_SCHEMA

CLICK = "order_unlock_coco"
CONFIRMATION = "order_unlock_coco_confirm"
TABLES = (CLICK, CONFIRMATION, "deliveries_unlock_coco_success", "deliveries_unlock_coco_fail")
"""The event tables of one stream, whose events also have copies that differ in one column."""
STEP = "pilot_troubleshooting_step"
RESET = "pilot_soft_reset"
CANCELLATION = "pilot_cancel_trip"
RATING = "order_tracker_rating_submit"
ORDER = "case order"
ROBOT = "case robot"
"""The order and the robot that are reconciled."""
SIMILAR, FORGOTTEN = "case similar", "case forgotten"
"""People on the list of those to forget: the hashes of the first are replaced by others."""
FROM, TO = "2026-09-02", "2026-09-03"
"""The days that are reconciled."""
RETAINED_SINCE = "2026-08-10"
"""A full refresh copies what is older and no longer in the raw tables."""
OLD, RECENT, SECOND, FUTURE = "2026-08-31 06:00", "2026-09-01 12:00", "2026-09-02 13:00", "2999-12-31"
"""Load times: before the lookback, in the lookback, in the second part, after today."""
_OTHER = {"context_page_title": "copy"}
_UNLOCK_DUE, _RECOVERY_DUE = "2026-09-05 21:45", "2026-09-05 21:00"
"""What began then times out at the data horizon of the second part, to the second."""


@dataclass(frozen=True)
class Event:
    """A raw row. Its other columns have the values of another row of the table."""

    table: str
    name: str
    """Ends the ids of the event, its order, its robot and its browser."""
    at: str | None = "2026-08-31 05:00"
    """When it occurred and was received."""
    loaded: str | None = OLD
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def insert(self) -> str:
        """The statement that lands the row."""
        subject = f"case {self.name}"
        ids = dict.fromkeys(("id", "order_id", "robot_id", "anonymous_id"), subject)
        times = dict.fromkeys(("timestamp", "original_timestamp", "received_at"), self.at)
        row = json.dumps({**ids, **times, "uuid_ts": self.loaded, **self.values})
        table = f"{RAW_SCHEMA}.{self.table}"
        return (
            f"insert into {table} select copy.* from (select * from {table} order by id limit 1) as other,"
            f" jsonb_populate_record(null::{table}, to_jsonb(other) || '{row}') as copy"
        )


FIRST_PART = [
    # At the limits of the days, which are moved or deleted where an increment does not notice it.
    *(
        Event(CLICK, f"{change} at {limit}", limit, OLD)
        for change in ("moved", "deleted")
        for limit in (FROM, TO)
    ),
    # Loaded a day before the newest, to the second.
    Event(CLICK, "at the edge", loaded="2026-09-01"),
    # It leaves the order that is reconciled, where an increment does not notice it.
    Event(CLICK, "left", values={"order_id": ORDER}),
    # Past retention and deleted. Another event has the same id.
    Event(CLICK, "deleted in August", "2026-08-01", "2026-08-01"),
    Event(CONFIRMATION, "deleted in August"),
    # The oldest load that is retained is as old as its receipt.
    Event(CLICK, "oldest", "2026-08-20", None),
    # Without load time: one is changed to what loses against the copy that is gone, one gets a copy without.
    Event(CLICK, "without load time", loaded=None, values={"received_at": None}),
    *(Event(table, "copied without load time") for table in (CLICK, CONFIRMATION)),
    # Read in each run: one is deleted, one gets an older copy.
    Event(CLICK, "deleted in the future", loaded=FUTURE),
    Event(CLICK, "copied in the future", loaded=FUTURE),
    # It gets a copy that does not count, and another event gets its id.
    Event(CLICK, "shared", loaded=RECENT),
    # The only event of an order and of a robot has another one later.
    Event(CLICK, "left alone", loaded=RECENT),
    Event(RESET, "left alone", loaded=RECENT),
    # The last of two events of an order has another order later.
    Event(CLICK, "stays"),
    Event(CONFIRMATION, "leaves", "2026-08-31 05:01", RECENT, {"order_id": "case stays"}),
    # A session, and the next day two within 12 hours, of which the second gets an event later.
    *(
        Event(RESET, f"session at {time}", f"2026-08-{time}", values={"robot_id": "case sessions"})
        for time in ("30 10:00", "31 10:00", "31 10:05", "31 12:00", "31 12:05")
    ),
    # A session that gets an event 12 hours later, to the second.
    Event(STEP, "long session", "2026-08-31 00:00", values={"troubleshooting_session_id": "case session"}),
    # They are due at the new data horizon, to the second, or later.
    *(Event(CLICK, f"{state} click", _UNLOCK_DUE, OLD) for state in ("pending", "abandoned")),
    *(Event(RESET, f"{state} reset", _RECOVERY_DUE, OLD) for state in ("pending", "abandoned")),
    # They begin five minutes after the newest receipt, and a second later.
    *(
        Event(table, f"ahead {time}", f"2026-09-06 {time}", values={"received_at": OLD})
        for table in (CLICK, RESET)
        for time in ("00:05:00", "00:05:01")
    ),
    # Events of a person who is forgotten, and of one whose ids have digits on the list, but not their hashes.
    *(
        Event(CLICK, f"{name} {person}", values={"user_id": user_id, "anonymous_id": f"browser of {person}"})
        for person in (SIMILAR, FORGOTTEN)
        for name, user_id in (("user", person), ("browser", None))
    ),
    # The stream has the event twice, and another event has the same id.
    *(Event(table, "repeated") for table in (CLICK, CONFIRMATION)),
    # Trips that are cancelled come from another stream than robots that are reset.
    Event(CANCELLATION, "cancelled"),
    # Existing rows of these orders are changed by hand.
    *(
        Event(table, f"{place} at {limit}")
        for place in ("attempt event", "attempt", "order", "rating")
        for limit in (FROM, TO)
        for table in (CLICK, RATING)
    ),
]
SECOND_PART = [
    # At the limits of the days, landed where an increment does not notice it.
    *(Event(CLICK, f"late at {limit}", limit, OLD) for limit in (FROM, TO)),
    Event(CLICK, "session zero", loaded=SECOND, values={"context_actions_amplitude_session_id": 0}),
    Event(CLICK, "at the tolerance", "2026-09-02 12:05", SECOND, {"received_at": "2026-09-02 12:00"}),
    Event(CLICK, "at the delay", "2026-08-03 12:00", SECOND, {"received_at": "2026-09-02 12:00"}),
    *(
        Event(table, "copied without load time", None, None, {"timestamp": "2026-08-31", **_OTHER})
        for table in (CLICK, CONFIRMATION)
    ),
    Event(CLICK, "copied in the future", loaded=SECOND, values={**_OTHER}),
    Event(CLICK, "shared", loaded=SECOND, values={"uuid_ts": "2026-09-01 06:00", **_OTHER}),
    Event(CONFIRMATION, "shared", loaded=SECOND),
    Event(RESET, "late in session", "2026-08-31 12:08", SECOND, {"robot_id": "case sessions"}),
    Event(
        STEP,
        "late in long session",
        "2026-08-31 12:00",
        SECOND,
        {"robot_id": "case long session", "troubleshooting_session_id": "case session"},
    ),
    # Loaded later than what was received later.
    Event(CANCELLATION, "cancelled later", loaded="2026-09-10"),
    # The newest receipt, which is as much later than its load as clocks may differ.
    Event(CLICK, "newest", "2026-09-06 00:00", "2026-09-05 23:55"),
    # The limits of the calendar, and those of the days.
    *(
        Event(CLICK, f"{column} {time}", loaded=SECOND, values={column: time, **unless})
        for column, unless in (
            ("timestamp", {}),
            ("received_at", {"timestamp": None, "original_timestamp": None}),
            ("uuid_ts", {}),
        )
        for time in ("0999-12-31", "1000-01-01", FUTURE, "3000-01-01", FROM, TO)
    ),
]
CHANGES = f"""
update {RAW_SCHEMA}.{CLICK} set "timestamp" = "timestamp" - interval '3 days' where id like 'case moved %';
update {RAW_SCHEMA}.{CLICK} set "timestamp" = "timestamp" + interval '40 seconds'
where id = 'case at the edge';
update {RAW_SCHEMA}.{CLICK} set "timestamp" = "timestamp" - interval '40 seconds'
where id = 'case without load time';
update {RAW_SCHEMA}.{CLICK} set order_id = 'case left for' where id in ('case left', 'case left alone');
update {RAW_SCHEMA}.{CONFIRMATION} set order_id = 'case left for' where id = 'case leaves';
update {RAW_SCHEMA}.{RESET} set robot_id = 'case left for' where id = 'case left alone';
delete from {RAW_SCHEMA}.{CLICK} where id like 'case deleted %';
"""
"""Statements that change or delete raw rows of the first part."""
BY_HAND = (
    "".join(
        f"""
update analytics_intermediate.int_unlock_attempt_events set occurred_at = '{limit}'
where order_id = 'case attempt event at {limit}';
update analytics_marts.fct_unlock_attempts set click_count = 0
where order_id = 'case attempt event at {limit}';
update analytics_marts.fct_unlock_attempts set started_at = '{limit}'
where order_id = 'case attempt at {limit}';
update analytics_marts.fct_ratings set first_submitted_at = '{limit}'
where order_id = 'case rating at {limit}';
update analytics_marts.fct_orders set event_count = 0
where order_id in ('case attempt at {limit}', 'case rating at {limit}');
update analytics_marts.fct_orders set started_at = '{limit}' where order_id = 'case order at {limit}';
"""
        for limit in (FROM, TO)
    )
    + f"""
insert into analytics_intermediate.int_unlock_events
select * from analytics_intermediate.int_unlock_events
where event_id = 'case repeated' and event_name = '{CLICK}';
update analytics_intermediate.int_data_horizon set received_through = '2026-09-08';
update analytics_marts.fct_unlock_attempts set outcome = 'abandoned', click_count = 0
where order_id = 'case abandoned click';
update analytics_marts.fct_unlock_attempts set outcome = 'pending' where order_id = 'case pending click';
update analytics_marts.fct_recovery_actions set outcome = 'no_evidence'
where robot_id = 'case abandoned reset';
update analytics_marts.fct_recovery_actions set outcome = 'pending' where robot_id = 'case pending reset';
"""
)
"""Existing rows that somebody altered: some are at a limit of the days, others are corrected with these."""


def ties(table: str, columns: Mapping[str, str]) -> list[Event]:
    """Events with copies that differ in one column only. columns: their types, by name."""
    return [
        Event(table, f"tie of {column}", loaded=SECOND, values={column: value})
        for column, data_type in columns.items()
        if column not in ("id", "uuid_ts")
        for value in [None, *_VALUES.get(data_type, [1, 2])]
    ]


_VALUES: dict[str, list[Any]] = {
    "bool": [False, True],
    "text": ["https://ipad", "https://iphone", "iphone"],
    "timestamptz": ["2026-09-02", "2026-09-20", "2026-09-21"],
}
"""Values of columns by type."""
