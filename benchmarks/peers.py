"""How other ways to run increments drift from their own full refresh, beside ours, on the same loads.

The two other ways are common ones, each in a few lines of our own SQL. Both cut the events of a browser into
sessions at every pause of half an hour, and in each run compute the last three days, by the events' own time,
anew.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from psycopg2.extensions import cursor as Cursor

from benchmarks.history import fill_raw_tables, find_history
from benchmarks.project import Project
from benchmarks.report import table
from builds.differences import difference
from sandbox.lander import land
from sandbox.server import Server
from sandbox.simulator import Mess, SimulationSettings, simulate, write

_DAYS = 45
_LATE = {"every event in time": 0.0, "5 % late": 0.05}
_OUR_RUNS = 5

_SESSIONS = """
    with paused as (
        select
            *,
            coalesce(occurred_at > lag(occurred_at) over in_order + interval '30 minutes', true) as begins
        from peer_events
        where occurred_at >= {since}
        window in_order as (partition by browser_id order by occurred_at, event_id)
    ),
    numbered as (
        select *, sum(cast(begins as integer)) over in_order as session_number
        from paused
        window in_order as (partition by browser_id order by occurred_at, event_id)
    )
    select
        browser_id,
        session_number,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as event_count
    from numbered
    group by browser_id, session_number
"""
_KEYED = """
    select md5(browser_id || started_at), browser_id, started_at, ended_at, event_count
    from ({sessions}) as found
"""
_NUMBERED = """
    select
        found.browser_id || '-' || (coalesce(stored.session_count, 0) + found.session_number),
        found.browser_id, found.started_at, found.ended_at, found.event_count
    from ({sessions}) as found
    left join (
        select browser_id, count(*) as session_count
        from {table}
        group by browser_id
    ) as stored on found.browser_id = stored.browser_id
"""
_WAYS = {
    "look-back window on the event time, key from the session's first event": _KEYED,
    "the same, key renumbered per browser": _NUMBERED,
}


@dataclass(frozen=True)
class Drift:
    """How a result of increments differs from a full refresh on the same raw rows."""

    rows: int
    """Of the full refresh."""
    differing: int
    """Of these, not exactly so in the result of the increments."""
    excess: int
    """Rows of the increments that the full refresh does not have, beyond the differing ones."""

    @property
    def text(self) -> str:
        """The shares, of the rows of the full refresh."""
        return (
            f"{self.differing / self.rows:.1%} of {self.rows:,}, and {self.excess / self.rows:.1%} too many"
        )


def drift(server: Server, folder: Path, tell: Callable[[str], None]) -> str:
    """Measure all ways on loads with more and more late events. A Markdown table."""
    columns = []
    for number, (_, late) in enumerate(_LATE.items()):
        tell(f"increments with {late:.0%} late events")
        name = f"peers_{number}"
        server.create_database(name)
        project = Project(server, name, folder / "dbt")
        columns.append(_drifts(project, folder / name, late))
    rows = [[way, *(column[way].text for column in columns)] for way in columns[0]]
    return table(["rows that differ from a full refresh", *_LATE], rows)


def _drifts(project: Project, folder: Path, late: float) -> dict[str, Drift]:
    settings = SimulationSettings(start=date(2026, 7, 1), days=_DAYS, orders_per_day=40, mess=Mess(late=late))
    write(simulate(settings), folder)
    with project.cursor("postgres") as cursor:
        cursor.execute(
            "create schema archive authorization loader; grant usage on schema archive to transformer"
        )
        cursor.execute("create schema peers authorization transformer")
        cursor.execute(
            "alter default privileges for role loader in schema archive grant select on tables to transformer"
        )
    with closing(project.server.connect(project.database, user="loader")) as connection:
        land(connection, [folder], schema="archive")
    drifts = {}
    with project.cursor() as cursor:
        cursor.execute("set search_path to peers")
        for way, select in _WAYS.items():
            drifts[way] = _drift_of_peer(cursor, select)
    for name, found in _drift_of_ours(project).items():
        drifts[f"this project, `{name}`"] = found
    return drifts


def _drift_of_peer(cursor: Cursor, select: str) -> Drift:
    cursor.execute("drop table if exists peer_events, by_increments, by_full_refresh")
    cursor.execute(
        "create table peer_events (browser_id text, event_id text, occurred_at timestamptz);"
        "create table by_increments (session_id text, browser_id text, started_at timestamptz,"
        " ended_at timestamptz, event_count bigint);"
        "create table by_full_refresh (like by_increments)"
    )
    cursor.execute("select distinct uuid_ts from archive.tracks order by 1")
    for (loaded_at,) in cursor.fetchall():
        cursor.execute(
            "insert into peer_events select anonymous_id, id, timestamp from archive.tracks"
            " where uuid_ts = %s and context_library_name = 'analytics.js'",
            (loaded_at,),
        )
        cursor.execute(
            "select coalesce(date_trunc('day', max(started_at)) - interval '3 days', '-infinity')"
            " from by_increments"
        )
        since = f"cast('{cursor.fetchall()[0][0]}' as timestamptz)"
        cursor.execute(f"delete from by_increments where started_at >= {since}")
        cursor.execute("insert into by_increments " + _filled(select, "by_increments", since))
    cursor.execute("insert into by_full_refresh " + _filled(select, "by_full_refresh", "'-infinity'"))
    return _drift(cursor, "by_full_refresh", "by_increments", "*")


def _filled(select: str, stored: str, since: str) -> str:
    return select.format(sessions=_SESSIONS.format(since=since), table=stored)


def _drift_of_ours(project: Project) -> dict[str, Drift]:
    """The project's facts, views among them: increments after each fifth of the loads, then full refresh."""
    history = find_history(project, fleets=1)
    marts = [
        model
        for model in project.models.values()
        if model.fqn[1] == "marts" and model.name.startswith("fct_")
    ]
    upstream = [f"+{mart.name}" for mart in marts]
    for run in range(_OUR_RUNS):
        since, until = (
            history.load_at((_DAYS + 1) * part / _OUR_RUNS) for part in (_OUR_RUNS - run, _OUR_RUNS - run - 1)
        )
        fill_raw_tables(project, history, since, until)
        project.run(*upstream)
    with project.cursor() as cursor:
        for mart in marts:
            cursor.execute(f"create table peers.{mart.name} as select * from {mart.relation_name}")
    project.run(*upstream, full_refresh=True)
    drifts = {}
    with project.cursor() as cursor:
        for mart in marts:
            columns = ", ".join(name for name in mart.columns if name != "written_at")
            drifts[mart.name] = _drift(cursor, str(mart.relation_name), f"peers.{mart.name}", columns)
    return drifts


def _drift(cursor: Cursor, full_refresh: str, increments: str, columns: str) -> Drift:
    expected, found = (_rows(cursor, relation, columns) for relation in (full_refresh, increments))
    differing = difference(expected, found)
    missing, unexpected = differing.missing.total(), differing.unexpected.total()
    return Drift(rows=len(expected), differing=missing, excess=max(0, unexpected - missing))


def _rows(cursor: Cursor, relation: str, columns: str) -> list[tuple[Any, ...]]:
    cursor.execute(f"select {columns} from {relation}")
    return cursor.fetchall()
