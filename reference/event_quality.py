"""Raw rows to the daily quality of each event, and receipts to silences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from reference.streams import (
    MOST_BYTES,
    WHITE_SPACE,
    clean_id,
    clean_time,
    first_present,
    first_time,
    has_refused_time,
    is_off,
)
from reference.unlock_funnel import percentile

KEYS = {"order": "order_id", "robot": "robot_id", "trip": "trip_id", "pilot": "pilot_id"}
"""The names of the keys in the report, and the columns of the contract that hold them."""

EventKey = tuple[str, str]


@dataclass(frozen=True)
class LandedRow:
    """A row of the raw table `event_name`. `keys`: those that the event has by its contract."""

    event_name: str
    event_id: str | None
    keys: Mapping[str, str | None]
    occurred_at: datetime | None
    received_at: datetime | None
    loaded_at: datetime | None
    has_refused_time: bool = False
    refused_value_count: int = 0
    cut_value_count: int = 0

    @property
    def day(self) -> date | None:
        """The day of loading."""
        return self.loaded_at.date() if self.loaded_at else None

    @property
    def seconds_late(self) -> int | None:
        """Seconds, by the clock's face, from event to load; null where the load is before the event."""
        if self.loaded_at is None or self.occurred_at is None or self.loaded_at < self.occurred_at:
            return None
        elapsed = self.loaded_at.replace(microsecond=0) - self.occurred_at.replace(microsecond=0)
        return elapsed // timedelta(seconds=1)


def read_landed_row(
    event_name: str, row: Mapping[str, object], raw_names: Mapping[str, Sequence[str]]
) -> LandedRow:
    """Read one raw row (column name to value).

    raw_names: of the columns that the contract declares for this event, the names under which they may land.
    """
    received_at = clean_time(row.get("received_at"))
    occurred_at = first_time(
        clean_time(row.get("timestamp")), clean_time(row.get("original_timestamp")), received_at
    )
    ids = {
        name: column == "id" or column.endswith("_id")
        for column, names in reversed([*raw_names.items()])
        for name in names
    }
    keys = {key: first_present(row, raw_names[column]) for key, column in KEYS.items() if column in raw_names}
    return LandedRow(
        event_name=event_name,
        event_id=clean_id(row.get("id")),
        keys=keys | {"browser": clean_id(row.get("anonymous_id"))},
        occurred_at=occurred_at,
        received_at=received_at,
        loaded_at=first_time(clean_time(row.get("uuid_ts")), received_at),
        has_refused_time=has_refused_time(row),
        refused_value_count=sum(_is_refused(row.get(name), name_is_id) for name, name_is_id in ids.items()),
        cut_value_count=sum(_is_cut(row.get(name)) for name, name_is_id in ids.items() if not name_is_id),
    )


def _is_refused(value: object, is_id: bool) -> bool:
    """Say whether a value is given, and is no id or no time of an event."""
    if isinstance(value, datetime):
        return clean_time(value) is None
    return is_id and isinstance(value, str) and value.strip(WHITE_SPACE) != "" and clean_id(value) is None


def _is_cut(value: object) -> bool:
    """Say whether a text is, or may have been, cut."""
    return isinstance(value, str) and len(value.encode()) > MOST_BYTES


@dataclass
class _Day:
    """The rows of one event that were loaded on one day."""

    rows: list[LandedRow] = field(default_factory=list)
    duplicate_count: int = 0
    event_count: int = 0
    unmatched_count: int = 0


def daily_quality(
    rows: Iterable[LandedRow],
    families: Mapping[str, str],
    unmatched: Collection[EventKey],
    clock_skew_tolerance: timedelta = timedelta(minutes=5),
) -> list[dict[str, object]]:
    """Describe what was loaded of each event on each day, as rows of the report.

    families: by event name.  unmatched: events that some domain has no place for.
    """
    days: dict[tuple[str, date | None], _Day] = defaultdict(_Day)
    copies: dict[EventKey, list[LandedRow]] = defaultdict(list)
    for row in rows:
        days[row.event_name, row.day].rows.append(row)
        if row.event_id is not None:
            copies[row.event_name, row.event_id].append(row)
    for key, landed in copies.items():
        by_load = sorted(landed, key=lambda row: row.loaded_at or datetime.max)
        for duplicate in by_load[1:]:
            days[key[0], duplicate.day].duplicate_count += 1
        latest = max(landed, key=lambda row: row.loaded_at or datetime.min)
        days[key[0], latest.day].event_count += 1
        days[key[0], latest.day].unmatched_count += key in unmatched
    return [
        _described(day, name, loaded_date, families[name], clock_skew_tolerance)
        for (name, loaded_date), day in days.items()
    ]


def _described(
    day: _Day, event_name: str, loaded_date: date | None, family: str, tolerance: timedelta
) -> dict[str, object]:
    late = [row.seconds_late for row in day.rows if row.seconds_late is not None]
    suspects = [
        row for row in day.rows if row.has_refused_time or is_off(row.occurred_at, row.received_at, tolerance)
    ]
    ids = [row.event_id for row in day.rows if row.event_id is not None]
    without = {
        f"without_{key}_count": sum(row.keys[key] is None for row in day.rows)
        if key in day.rows[0].keys
        else None
        for key in (*KEYS, "browser")
    }
    return without | {
        "event_name": event_name,
        "family": family,
        "row_count": len(day.rows),
        "id_count": len(set(ids)),
        "duplicate_count": day.duplicate_count,
        "without_id_count": len(day.rows) - len(ids),
        "clock_suspect_count": len(suspects),
        "refused_value_count": sum(row.refused_value_count for row in day.rows),
        "cut_value_count": sum(row.cut_value_count for row in day.rows),
        "event_count": day.event_count,
        "unmatched_count": day.unmatched_count,
        "p50_seconds_late": percentile(late, 0.5),
        "p95_seconds_late": percentile(late, 0.95),
        "max_seconds_late": max(late, default=None),
        "loaded_date": loaded_date,
    }


@dataclass(frozen=True)
class Silence:
    """How long an event has not been received, and the fewest of the like hours in earlier weeks."""

    seconds_silent: int
    least_event_count: int | None
    is_silent: bool
    last_received_at: datetime


def silence_of(
    receipts: Iterable[datetime], newest: datetime, margin: timedelta, weeks: int, least: int
) -> Silence | None:
    """Judge the silence of one event by the times of its receipts; null if none of them is credible.

    newest: the newest credible receipt of any event.
    """
    credible = sorted(time for time in receipts if time <= newest)
    if not credible:
        return None
    last, horizon = credible[-1], newest - margin
    if last >= horizon:
        return Silence(0, None, False, last)
    seconds = (horizon.replace(microsecond=0) - last.replace(microsecond=0)) // timedelta(seconds=1)
    weeks_filled = timedelta(seconds=seconds) // timedelta(weeks=1)
    counts = []
    for number in range(1, weeks + 1):
        shift = timedelta(weeks=weeks_filled + number)
        assert horizon - shift <= last, "the silence is not compared with itself"
        counts.append(sum(last - shift < time <= horizon - shift for time in credible))
    return Silence(seconds, min(counts), min(counts) >= least, last)
