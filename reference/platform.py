"""Raw rows of all event tables to clean events, whatever their family: what reports over all domains read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reference.streams import Event, clean_id, clean_text, first_present, keep_latest_copies, read_event

BROWSER = "analytics.js"
"""The library that browsers use; any other one is a server's."""
BROWSER_APPS = {"unlock": "tracker_web", "pilot_trip": "pilot_web"}
"""Families whose events only one application in a browser sends; of others the page tells."""

COLUMNS = {
    "order_id": "order_id",
    "robot_id": "robot_id",
    "trip_id": "trip_id",
    "pilot_id": "pilot_id",
    "merchant_name": "merchant_name",
    "workstation_id": "hostname",
    "reported_troubleshooting_session_id": "troubleshooting_session_id",
    "page_name": "page_name",
    "button_name": "button_name",
    "faq_id": "faq_id",
}
"""What events say, and the column of the contract that says it."""


@dataclass(frozen=True)
class EventTable:
    """What the contract says of an event table.

    app: the application that sends the event; `unknown` where several could.
    raw_names: by column of the contract, the names under which it may land.
    """

    family: str
    app: str
    raw_names: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class PlatformEvent(Event):
    """One clean event of any table. The key is (event_name, event_id)."""

    family: str = ""
    app: str = "unknown"
    anonymous_id: str | None = None
    trip_id: str | None = None
    pilot_id: str | None = None
    workstation_id: str | None = None
    reported_troubleshooting_session_id: str | None = None
    page_name: str | None = None
    button_name: str | None = None
    faq_id: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What tells the event from all others."""
        return self.event_name, self.event_id


def read_platform_events(
    rows: Iterable[tuple[str, Mapping[str, object]]], tables: Mapping[str, EventTable]
) -> list[PlatformEvent]:
    """Read raw rows (event name; column name to value) as events, each event once."""
    read = (_read(name, row, tables[name]) for name, row in rows)
    return keep_latest_copies(event for event in read if event is not None)


def app_of(row: Mapping[str, object], table: EventTable) -> str:
    """Give the application that sent the event of a raw row: by its library, then by its page."""
    if table.app != "unknown":
        return table.app
    library = clean_text(row.get("context_library_name"))
    if library is None:
        return "unknown"
    if library != BROWSER:
        return "server"
    if table.family in BROWSER_APPS:
        return BROWSER_APPS[table.family]
    url, path = (clean_text(row.get(f"context_page_{part}")) for part in ("url", "path"))
    host = url.partition("://")[2].partition("/")[0].partition("?")[0].lower() if url else ""
    if "pilot" in host or "pilot" in (path or ""):
        return "pilot_web"
    return "tracker_web" if host or path else "unknown"


def _read(event_name: str, row: Mapping[str, object], table: EventTable) -> PlatformEvent | None:
    event = read_event(event_name, row)
    if event is None:
        return None
    return PlatformEvent(
        event_name=event.event_name,
        event_id=event.event_id,
        family=table.family,
        app=app_of(row, table),
        anonymous_id=clean_id(row.get("anonymous_id")),
        is_clock_suspect=event.is_clock_suspect,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        loaded_at=event.loaded_at,
        **{
            name: first_present(
                row, table.raw_names.get(column, ()), clean_id if column.endswith("_id") else clean_text
            )
            for name, column in COLUMNS.items()
        },
    )
