"""The raw rows of the fixtures: eight of every declared event table, and the histories of histories.csv.

Everything follows from the contract and from the histories; nothing is drawn by chance. A table that is
declared later gets its rows without a line more.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.raw_rows import RawRow, RawTable, Value

HISTORIES = Path(__file__).parent / "histories.csv"
ERASED = "order-erased"
"""The order whose raw rows are deleted before the reconciliation."""

LOADED = {1: datetime(2025, 3, 10, 6), 2: datetime(2025, 3, 10, 18), 3: datetime(2025, 3, 8)}
"""When Segment loaded the rows of a load, it says. Those of the third land last and look older than all."""
NOON = datetime(2025, 3, 9, 12)
FUTURE = datetime(2038, 1, 19)
AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile",
    "Mozilla/5.0 (iPad) tablet",
    "Mozilla/5.0 (Windows NT 10.0)",
    "examplebot/2.1",
    "curl/8.0",
)
RETYPED = {"displayed_savings": "double precision"}
"""Columns that land with another type than declared, in every other table."""

ENVELOPE = (
    *("id", "event", "event_text", "anonymous_id", "user_id"),
    *("timestamp", "original_timestamp", "sent_at", "received_at", "uuid_ts"),
)


@dataclass(frozen=True)
class Fixtures:
    """The raw tables, by name, and all rows that land in them."""

    tables: Mapping[str, RawTable]
    rows: list[RawRow]

    def of_load(self, number: int) -> list[RawRow]:
        """The rows of one load."""
        return [row for row in self.rows if row.load == number]

    def up_to(self, load: int) -> list[RawRow]:
        """The rows that there are after a load."""
        return [row for row in self.rows if row.load <= load]


def fixtures(manifest: Mapping[str, Any]) -> Fixtures:
    """The fixtures for the event tables that a manifest of dbt declares."""
    declared = sorted(manifest["sources"].values(), key=lambda source: str(source["identifier"]))
    tables: dict[str, RawTable] = {}
    rows: list[RawRow] = []
    for number, source in enumerate(declared):
        table = Columns(number, source["columns"])
        tables[source["identifier"]] = RawTable(source["identifier"], table.types)
        last = number == len(declared) - 1
        for load, values in table.events(source["identifier"]):
            rows.append(RawRow(source["identifier"], 2 if last else load, values))
    rows += list(_histories(tables))
    return Fixtures(tables, rows)


class Columns:
    """The raw columns of the table of this number, from the columns that its contract declares."""

    def __init__(self, number: int, declared: Mapping[str, Mapping[str, Any]]) -> None:
        self.number = number
        self.declared = declared
        self.types: dict[str, str] = {}
        self._policies: dict[str, str | None] = {}
        self._meanings: dict[str, str] = {}
        for name, column in declared.items():
            meta = column["config"].get("meta", {})
            raw_names = meta.get("raw_names") or [name]
            for raw_name in raw_names:
                retyped = RETYPED.get(raw_name) if number % 2 == 0 else None
                self.types.setdefault(raw_name, retyped or column["data_type"])
            # Where several names are accepted, tables take turns in which one they have.
            chosen = raw_names[number % len(raw_names)]
            landed = raw_names[0] if chosen in declared else chosen
            self._policies[landed] = meta.get("personal_data")
            self._meanings[landed] = name

    def events(self, table: str) -> Iterator[tuple[int, dict[str, Value]]]:
        """Load and values of eight rows: what may happen to events happens to these."""
        time = datetime(2025, 3, 3, 8) + timedelta(minutes=self.number)
        first = self._event(table, 1, time)
        yield 1, first
        yield 1, first  # the very same
        plain = {name: value for name, value in self._event(table, 2, time).items() if name in ENVELOPE}
        yield 1, plain | {"uuid_ts": FUTURE if self.number % 5 == 0 else LOADED[1]}
        yield 1, first | {"id": None}
        yield 1, first | {"id": "  "}
        yield 2, self._event(table, 3, time - timedelta(days=40), load=2)  # late by weeks
        yield 2, self._event(table, 1, time + timedelta(seconds=1), load=2)  # a copy that differs
        newest = self._event(table, 4, time + timedelta(days=2), load=2)
        if self.number % 3 == 0:  # nothing says when it was loaded, and the clock is ahead
            received_at = LOADED[2] - timedelta(hours=1)
            newest |= {
                "uuid_ts": None,
                "received_at": received_at,
                "timestamp": received_at + timedelta(hours=2),
            }
        yield 2, newest

    def _event(self, table: str, event: int, time: datetime, load: int = 1) -> dict[str, Value]:
        properties = [name for name in self._policies if name not in ENVELOPE]
        if load == 1 and self.number % 2:
            properties = properties[:-1]  # this column appears with the second load
        return {
            "id": f"{table}-{event}",
            "event": table,
            "event_text": table,
            "anonymous_id": f"browser-{self.number % 11}",
            "user_id": f"customer-{self.number % 7}" if event % 2 else None,
            "timestamp": None if event == 4 and self.number % 4 == 0 else time,
            "original_timestamp": time,
            "sent_at": time + timedelta(seconds=1),
            "received_at": min(time + timedelta(seconds=2.5), LOADED[load]),
            "uuid_ts": LOADED[load],
        } | {name: self._value(name, event, load) for name in properties}

    def _value(self, name: str, event: int, load: int) -> Value:
        kind, policy = self.types[name].partition("(")[0], self._policies[name]
        texts = {
            "device": AGENTS[(self.number + event) % len(AGENTS)],
            "host": f"https://Shop{self.number % 3}.example.com/menu?order={event}",
        }
        if kind == "bigint":
            return 100 * self.number + event
        if kind == "double precision":
            return self.number + event / 4  # a whole number, too
        if kind == "boolean":
            return (self.number + event) % 2 == 0
        if kind == "timestamp":
            return NOON + timedelta(minutes=self.number, microseconds=event)
        if policy in texts:
            return texts[policy]
        if self._meanings[name].endswith("_id"):
            return f"{self._meanings[name].removesuffix('_id')}-{self.number % 9}" + (
                "  " if event == 3 else ""
            )
        if name == "displayed_savings":
            return f"${event},{self.number:03}.50"
        if name == "context_page_title" and event == 4:
            return "x" * 600  # more than a raw column holds on Redshift
        return f"{name} é {event}, load {load}"


def _histories(tables: Mapping[str, RawTable]) -> Iterator[RawRow]:
    """The unlock histories. A reason lands where the table has one, else as an error code."""
    with HISTORIES.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            columns = tables[line["event"]].columns
            load = int(line["load"])
            time = NOON + timedelta(seconds=float(line["seconds"]))
            values: dict[str, Value] = {
                "id": line["id"],
                "event": line["event"],
                "event_text": line["event"],
                "timestamp": time,
                "received_at": min(time + timedelta(seconds=1), LOADED[2]),
                "uuid_ts": LOADED[load],
                "order_id": line["order_id"] or None,
                "robot_id": line["robot_id"] or None,
                "reason" if "reason" in columns else "error_code": line["reason"] or None,
            }
            yield RawRow(
                line["event"], load, {name: value for name, value in values.items() if name in columns}
            )


def without_erased(rows: Iterable[RawRow]) -> list[RawRow]:
    """The rows that are left when those of the order `ERASED` are deleted."""
    return [row for row in rows if row.values.get("order_id") != ERASED]
