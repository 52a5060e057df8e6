"""Raw rows with a canary in every personal column, and where canaries are found after a build.

A canary is a unique value. It begins with `hiddencanary` if it may be nowhere but in the raw tables, and with
`plain` if its column's policy allows it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from access.test_hash_key import keyed_hash, set_keys
from contract.raw import TYPES, Value, declared_tables, land_rows
from project import Project

Place = tuple[str, str]
"""A relation and its column."""

HIDDEN = "hiddencanary"
KEY = f"{HIDDEN} $key$ ' \\ \" {{{{ 1 / 0 }}}} %s of the hashes"
HIDDEN_NAMES = (f"{HIDDEN}@mail.test", f"{HIDDEN}_mail_test", f"{HIDDEN}_0123456789abcdefghij")
LONG = "x" * (512 - len(HIDDEN))
TRACKED_NAMES = (*HIDDEN_NAMES, LONG + HIDDEN_NAMES[0], LONG + HIDDEN_NAMES[1])
"""Names of events in `tracks`. Only what is cut off from the last two shows that they are to be masked."""
ODD_NAME = """$view$||f()||'\\"$$ {{ 1/0 }} %s %% :a ? -- /*"""
"""A name that is harmless only as a literal."""
PLACES = {"latitude": 12.345678, "longitude": 87.654321}
SCHEMAS = ("analytics_staging", "analytics_intermediate", "analytics_marts")
ONLY_PLACE = {("analytics_staging.stg_pilot_workstation_hostname", "hostname")}
"""The staging column that the stream hashes."""

_START = datetime(2026, 9, 1, 12, tzinfo=timezone.utc)


def personal_columns() -> dict[str, str]:
    """The policies of the contract's personal columns, by their names."""
    return {
        column["name"]: column["config"]["meta"]["personal_data"]
        for table in declared_tables()
        for column in table["columns"]
        if "personal_data" in column["config"]["meta"]
    }


def land_canaries(project: Project, odd_name: str = ODD_NAME) -> None:
    """Set a key, and land three rows in every event table, half an hour apart, and names that must be masked.

    The second row has no pilot, the third no order, robot or trip, so that streams use other ids.
    """
    set_keys(project, KEY)
    for number, table in enumerate(declared_tables()):
        types = {
            column["name"]: TYPES.get(column["data_type"], column["data_type"]) for column in table["columns"]
        }
        rows = [_row(table, _START + timedelta(seconds=number, minutes=30 * n), n) for n in range(3)]
        if table["name"] == "page_viewed":
            types |= dict.fromkeys((*HIDDEN_NAMES, odd_name), "text")
            for row in rows:
                row.update(dict.fromkeys(HIDDEN_NAMES, f"{HIDDEN} value"))
        land_rows(project, table["name"], types, *rows)
    for name in (*HIDDEN_NAMES, odd_name):
        land_rows(project, name, {"id": "text"}, {"id": f"{HIDDEN} id"})
    tracks: list[dict[str, Value]] = [
        {"id": str(n), "event": name, "received_at": _START} for n, name in enumerate(TRACKED_NAMES)
    ]
    land_rows(project, "tracks", {"id": "text", "event": "text", "received_at": "timestamptz"}, *tracks)


def _row(table: Mapping[str, Any], at: datetime, number: int) -> dict[str, Value]:
    others: dict[str, Value] = {"timestamp": at, "bigint": 4, "double precision": 1.5, "boolean": True}
    row: dict[str, Value] = {"context_library_name": "analytics.js", "id": f"{table['name']} {number}"}
    for column in table["columns"]:
        name, policy = column["name"], column["config"]["meta"].get("personal_data")
        value = _canary(name, policy) if policy else others.get(column["data_type"], f"same {name}")
        row.setdefault(name, value)
    lacking = ((), ("pilot_id",), ("order_id", "robot_id", "trip_id"))[number]
    return row | dict.fromkeys(row.keys() & {*lacking})


def _canary(name: str, policy: str) -> Value:
    hidden = f"{HIDDEN}_{name}"
    return PLACES.get(name) or {
        "keep": f"plain {name}",
        "mask": f"plain {name}: {hidden}@mail.test {hidden}_0123456789abcdefghij",
        "host": f"https://plain-{name.replace('_', '-')}.test/{hidden}?{hidden}#{hidden}",
    }.get(policy, f"{hidden} iPhone")


def passed_values() -> dict[str, str]:
    """The values that policies allow, by personal column. Columns without such a value are left out."""
    passed = {
        name: {
            "keep": str(_canary(name, policy)),
            "mask": f"plain {name}: [masked] [masked]",
            "host": f"plain-{name.replace('_', '-')}.test",
            "hash": keyed_hash(KEY, f"{HIDDEN}_{name} iPhone"),
        }.get(policy)
        for name, policy in personal_columns().items()
    }
    return {name: value for name, value in passed.items() if value}


def found_places(project: Project) -> dict[str, set[Place]]:
    """The places of `passed_values`, and of hidden canaries under `HIDDEN`, except raw tables."""
    wanted = passed_values() | {HIDDEN: HIDDEN}
    found: dict[str, set[Place]] = defaultdict(set)
    for relation in project.tables(*SCHEMAS):
        for column, text in _cells(project, relation):
            for name, value in wanted.items():
                if value in text:
                    found[name].add((relation, column))
    return found


def _cells(project: Project, relation: str) -> Iterator[tuple[str, str]]:
    columns = project.columns(relation)
    names = ", ".join(f'"{column}"' for column in columns)
    for row in project.query(f"select {names} from {relation}", user="postgres"):
        yield from zip(columns, map(str, row), strict=True)
