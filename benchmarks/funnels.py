"""What funnels cost, beside a plain sort of the same events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.project import Project
from benchmarks.report import table

STEPS = (
    *("order_tracker_open", "order_unlock_coco", "order_unlock_coco_confirm"),
    *("deliveries_unlock_coco_success", "order_tracker_rating_submit"),
)
"""Every event is one of these, so that nothing is left out before the sort."""
MODES = ("order='this'", "order='this', counting='totals'", "order='exact'", "order='any'")
LINE = "sort of all columns, in one process"
PARALLEL_LINE = "sort of all columns, with parallel workers"
NARROW_LINE = "sort of the columns that a funnel reads, in one process"

_SCHEMA, _TABLE = "benchmark_funnels", "events"
_EVENTS = f"{_SCHEMA}.{_TABLE}"
_NEXT = "\n-- the next funnel\n"
# The columns of fct_events; ten events to an order, in two hours, spread over the table.
_CREATE = """
    create table {events} as
    with numbers as (
        select n, n * 7919::bigint % {orders} as order_number, abs(hashint8(n)) as random
        from generate_series(1::bigint, {size}) as n
    )
    select
        cast(md5(n::text)::uuid::text as varchar(512)) as event_id,
        cast(md5(order_number::text)::uuid::text as varchar(512)) as order_id,
        cast('robot-' || order_number % 500 as varchar(512)) as robot_id,
        cast(null as varchar(512)) as trip_id,
        cast(null as varchar(512)) as pilot_id,
        cast(md5((order_number / 3)::text)::uuid::text as varchar(512)) as anonymous_id,
        cast((array['{steps}'])[1 + random % {step_count}] as varchar(512)) as event_name,
        cast('unlock' as varchar(64)) as family,
        cast('tracker_web' as varchar(16)) as app,
        false as is_clock_suspect,
        start + random / 5 % 7200000 * interval '1 millisecond' as occurred_at,
        start + random / 5 % 7200000 * interval '1 millisecond' as received_at,
        start + interval '3 hours' as loaded_at
    from numbers
    cross join lateral (
        select timestamp '2026-01-01' + order_number * interval '31 seconds' as start
    ) as starts
"""


@dataclass
class FunnelReport:
    """Seconds by query on a table of `size` events; each query is measured in each round."""

    size: int
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, seconds: float) -> None:
        """Add a figure."""
        self.seconds.setdefault(name, []).append(seconds)

    def row(self, name: str) -> list[str]:
        """Cells of a query: its median seconds, and their ratios to those of the two sorts of all columns."""
        own = median(self.seconds[name])
        return [
            f"{own:.1f} s",
            *(f"{own / median(self.seconds[line]):.2f}" for line in (LINE, PARALLEL_LINE)),
        ]


def measure_funnels(
    project: Project, sizes: Sequence[int], rounds: int, tell: Callable[[str], None]
) -> list[FunnelReport]:
    """Take all figures on tables of these sizes, the smallest first."""
    relation = f"api.Relation.create(database=target.dbname, schema='{_SCHEMA}', identifier='{_TABLE}')"
    calls = [f"funnel({list(STEPS)}, window_minutes=60, events={relation}, {mode})" for mode in MODES]
    funnels = project.compile(_NEXT.join(f"{{{{ {call} }}}}" for call in calls)).split(_NEXT)
    line = f"select * from {_EVENTS} order by order_id, occurred_at"
    queries = {
        LINE: line,
        PARALLEL_LINE: line,
        NARROW_LINE: f"select order_id, occurred_at, event_name from {_EVENTS} order by 1, 2",
        **dict(zip(MODES, funnels, strict=True)),
    }
    reports = []
    for size in sorted(sizes):
        tell(f"{size:,} events of funnels")
        with project.cursor() as cursor:
            cursor.execute(f"create schema if not exists {_SCHEMA}; drop table if exists {_EVENTS}")
            values = {"events": _EVENTS, "size": size, "orders": size // 10}
            cursor.execute(_CREATE.format(**values, steps="', '".join(STEPS), step_count=len(STEPS)))
            cursor.execute(f"analyze {_EVENTS}")
        report = FunnelReport(size)
        for number in range(rounds):
            for name, query in queries.items():
                tell(f"{name}, round {number + 1}")
                # PostgreSQL computes the windows of a funnel in one process, however many workers it has.
                workers = "" if name == PARALLEL_LINE else "set local max_parallel_workers_per_gather = 0; "
                # Runs the query without sending its rows.
                explained = f"explain (analyze, buffers off, timing off, costs off) {query}"
                report.note(name, project.seconds_of(workers + explained))
        reports.append(report)
    return reports


def funnel_summary(reports: Sequence[FunnelReport]) -> str:
    """The figures, a few columns per size."""
    headings = ["five steps"]
    for report in reports:
        headings += [f"{report.size:,} events", f"/ {LINE}", f"/ {PARALLEL_LINE}"]
    names = (LINE, PARALLEL_LINE, NARROW_LINE, *MODES)
    return table(headings, [[name, *(cell for each in reports for cell in each.row(name))] for name in names])
