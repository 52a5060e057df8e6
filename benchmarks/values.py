"""What the cleaning of values costs, beside a copy of the same rows as they landed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.project import Project
from benchmarks.report import table

LINE = "limit line"
ALL = "all of these"
EMPTY_LIST, LIST = "nobody on the list of forgotten people", "one person on this list"

_SCHEMA = "benchmark_values"
_EVENTS, _COPY = f"{_SCHEMA}.events", f"{_SCHEMA}.copy"
_NEXT = "\n-- the next part\n"
_ID = "landed_to_id('{}', 'text', 'varchar(512)')"
_MASK = "masked_text('{0}', '{0}', 'varchar(512)')"
# For each kind of cleaning: the macro, and the columns to which it applies.
_KINDS = {
    "ids": (_ID, ("event_id", "order_id", "user_id", "anonymous_id")),
    "masks": (_MASK, ("page_path", "page_title")),
    "hosts": ("url_host('{}')", ("page_url", "page_referrer")),
    "devices": ("device_class('{0}', '{0}')", ("user_agent",)),
    "keyed hashes": ("keyed_hash('{}')", ("host_name",)),
}
_COLUMNS = ("app", "event_name", "received_at", *(name for _, names in _KINDS.values() for name in names))
# Half of the events have a user id, one path in four has an order id to mask, and half have a referrer.
_CREATE = """
    create table {events} as
    with numbers as (
        select n, md5((n / 20)::text)::uuid::text as order_id from generate_series(1::bigint, {size}) as n
    )
    select
        cast('tracker_web' as varchar(16)) as app,
        cast('page_viewed' as varchar(512)) as event_name,
        timestamp '2026-01-01' + n * interval '3 seconds' as received_at,
        md5(n::text)::uuid::text as event_id,
        order_id,
        case when n % 2 = 0 then 'cust_' || n / 40 end as user_id,
        md5((n / 30)::text)::uuid::text as anonymous_id,
        case when n % 4 = 0 then '/orders/' || order_id || '/track' else '/help/unlock' end as page_path,
        'Track your order, step ' || n % 9 as page_title,
        'https://track.example.com/orders/' || order_id || '?step=' || n % 9 as page_url,
        case when n % 2 = 0 then 'https://www.example.com/' || n % 9 end as page_referrer,
        (array[
            'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
                ' Version/18.6 Mobile/15E148 Safari/604.1',
            'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)'
                ' Chrome/140.0.0.0 Mobile Safari/537.36',
            'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)'
                ' Chrome/140.0.0.0 Safari/537.36'
        ])[1 + n % 3] as user_agent,
        'desk-' || n % 50 as host_name
    from numbers
"""


@dataclass
class ValueReport:
    """Seconds by kind of cleaning on a table of `size` rows; each kind is measured in each round."""

    size: int
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def cells(self, kind: str) -> list[str]:
        """The median seconds of a kind, their ratio to the line, and how much longer a row takes."""
        own, line = median(self.seconds[kind]), median(self.seconds[LINE])
        return [f"{own:.2f} s", f"{own / line:.2f}", f"{(own - line) / self.size * 1e6:+.2f} µs"]


def measure_values(
    project: Project, sizes: Sequence[int], rounds: int, tell: Callable[[str], None]
) -> list[ValueReport]:
    """Take all figures on tables of these sizes, the smallest first."""
    cleaned = {kind: _cleaned(project, *_KINDS[kind]) for kind in _KINDS}
    condition, list_table, entry = project.compile(
        _NEXT.join(
            (
                "{{ and_not_forgotten(['user_id'], {'forgotten ': none}) }}",
                "{{ watermark_table() }}",
                """{% if execute %}{{ forgotten_id("'cust_7'", "'cust_7'") }}{% endif %}""",
            )
        )
    ).split(_NEXT)
    lists = {EMPTY_LIST: "", LIST: f"insert into {list_table} (input_name) select {entry};"}
    statements = {
        LINE: _copy({}),
        **{kind: _copy(values) for kind, values in cleaned.items()},
        ALL: _copy({name: sql for values in cleaned.values() for name, sql in values.items()}),
        **{name: f"delete from {list_table}; {fill} {_copy({})}{condition}" for name, fill in lists.items()},
    }
    schema = list_table.split(".")[-2]
    reports = []
    for size in sorted(sizes):
        tell(f"{size:,} rows of values")
        with project.cursor() as cursor:
            cursor.execute(f"create schema if not exists {_SCHEMA}; create schema if not exists {schema}")
            cursor.execute(f"create table if not exists {list_table} (input_name varchar(128))")
            cursor.execute(f"drop table if exists {_EVENTS}")
            cursor.execute(_CREATE.format(events=_EVENTS, size=size))
            cursor.execute(f"analyze {_EVENTS}")
        report = ValueReport(size)
        for number in range(rounds):
            for kind, statement in statements.items():
                tell(f"{kind}, round {number + 1}")
                report.seconds.setdefault(kind, []).append(project.seconds_of(statement))
                with project.cursor() as cursor:
                    cursor.execute(f"drop table {_COPY}")
        reports.append(report)
    return reports


def value_summary(reports: Sequence[ValueReport]) -> str:
    """The figures, three columns per size."""
    headings = ["cleaning of"]
    for report in reports:
        headings += [f"{report.size:,} rows", f"/ {LINE}", "per row"]
    rows = [
        [kind, *(cell for report in reports for cell in report.cells(kind))]
        for kind in (LINE, *_KINDS, ALL, EMPTY_LIST, LIST)
    ]
    return table(headings, rows)


def _cleaned(project: Project, macro: str, names: Sequence[str]) -> dict[str, str]:
    """SQL of the cleaned values of these columns."""
    calls = _NEXT.join(f"{{{{ {macro.format(name)} }}}}" for name in names)
    return dict(zip(names, project.compile(calls).split(_NEXT), strict=True))


def _copy(cleaned: dict[str, str]) -> str:
    """`create table as select` of all columns, with some of them cleaned."""
    columns = ", ".join(f"{cleaned.get(name, name)} as {name}" for name in _COLUMNS)
    return f"create table {_COPY} as select {columns} from {_EVENTS} where event_id is not null"
