"""Quality of the data: repeated rows, suspect clocks, unmatched events, silent tables."""

from __future__ import annotations

from report.charts.axes import share_axis
from report.charts.bars import plain_bars
from report.charts.days import counts_by_day, shares_by_day
from report.charts.drawing import NEUTRAL, Drawing
from report.marts import Marts, Row
from report.period import Period
from report.section import Section, Table, span, without_data
from report.statistics import Share
from report.words import counted, duration, listed, percent, short_day, spelt

_MOST_ROWS = 10


def quality(marts: Marts, period: Period) -> Section:
    """Rows loaded by day, and the share of events that fit no attempt or session."""
    key, title = "data-health", "Can the data be trusted?"
    sources = ["rpt_event_quality_daily", "rpt_contract_drift"]
    rows = [row for row in marts.rows("data_health", period) if row["row_count"]]
    if not rows:
        return without_data(key, title, sources, "rows loaded", period)
    total = sum(row["row_count"] for row in rows)
    sums = {
        name: sum(row[f"{name}_count"] for row in rows)
        for name in ("duplicate", "clock_suspect", "unmatched")
    }
    events = sum(row["event_count"] for row in rows)
    drift = {row["finding"]: row["finding_count"] for row in marts.rows("drift")}
    sentence = (
        f"Of {counted(total, 'row')} loaded {span(period)}, {percent(sums['duplicate'] / total)} repeat an "
        f"event and {percent(sums['clock_suspect'] / total)} have a suspect clock"
    )
    if events:
        sentence += f"; {percent(sums['unmatched'] / events)} of events fit no attempt or session"
    found = listed([counted(count, spelt(name)) for name, count in drift.items()])
    sentence += (
        f". The raw tables differ from the contract: {found}" if drift else ". The raw tables are as declared"
    )
    shares = [
        (row["loaded_date"], Share(row["unmatched_count"], row["event_count"]))
        for row in rows
        if row["event_count"]
    ]
    drawings = []
    if shares:
        axis = share_axis([end for _, share in shares for end in (share.low, share.high)])
        records = [
            {"day": day.isoformat(), "share": share.value, "low": share.low, "high": share.high}
            for day, share in shares
        ]
        title_of = "Share of events that fit no attempt or session, by day of loading"
        drawings.append(Drawing(title_of, sentence, shares_by_day(records, period.days, axis), axis.notes))
    counts = [{"day": row["loaded_date"].isoformat(), "count": row["row_count"]} for row in rows]
    drawings.append(
        Drawing("Rows by day of loading", f"{total:,} in all.", counts_by_day(counts, period.days))
    )
    table = Table(
        ["Loaded (UTC)", "Rows", "Repeats", "Suspect clocks", "Events", "Fit nowhere"],
        [
            [
                f"{row['loaded_date']:%a} {short_day(row['loaded_date'])}",
                *(
                    f"{row[f'{name}_count']:,}"
                    for name in ("row", "duplicate", "clock_suspect", "event", "unmatched")
                ),
            ]
            for row in rows
        ],
    )
    notes = [
        "Above: the share of events that fit no attempt or session. Below: rows. Days are days of loading "
        "(UTC).",
    ]
    return Section(key, title, f"{sentence}.", sources, drawings, table, notes)


def silence(marts: Marts, period: Period) -> Section:
    """How long event tables have been silent, whatever the period."""
    key, title, sources = "silence", "Which events are silent?", ["rpt_event_silence"]
    rows = marts.rows("silence")
    landed = [row for row in rows if row["seconds_silent"] is not None]
    if not landed:
        return Section(key, title, "No event has been received.", sources)
    silent = [row for row in landed if row["is_silent"]]
    absent = len(rows) - len(landed)
    received = f"{counted(len(landed), 'kind of event', 'kinds of events')} received"
    if silent:
        are = "is" if len(silent) == 1 else "are"
        longest = sorted(silent, key=_silence)
        names = listed([row["event_name"] for row in longest])
        sentence = f"Of {received}, {names} {are} silent for longer than usual"
    else:
        sentence = f"None of {received} is silent for longer than usual"
    if absent:
        sentence += f"; {absent:,} {'has' if absent == 1 else 'have'} never been received"
    shown = sorted(landed, key=lambda row: (not row["is_silent"], *_silence(row)))[:_MOST_ROWS]
    records = [
        {
            "name": row["event_name"],
            "value": row["seconds_silent"],
            "text": duration(row["seconds_silent"]) + (" \u00b7 silent" if row["is_silent"] else ""),
            "is_bad": row["is_silent"],
        }
        for row in shown
    ]
    table = Table(
        ["Event", "App", "Last received (UTC)", "Since then", "Silent"],
        [
            [
                row["event_name"],
                row["app"],
                f"{row['last_received_at']:%Y-%m-%d %H:%M}",
                duration(row["seconds_silent"]),
                "yes" if row["is_silent"] else "no",
            ]
            for row in sorted(landed, key=_silence)
        ],
    )
    notes = [
        "Time from the last event to the data horizon, as of the last run of dbt and not of the period. Rare "
        "events are quiet for long; silent are those that had events in the same hours of earlier weeks.",
    ]
    drawing = Drawing("Time since the last event", sentence, plain_bars(records, NEUTRAL))
    return Section(key, title, f"{sentence}.", sources, [drawing], table, notes)


def _silence(row: Row) -> tuple[int, str]:
    return -row["seconds_silent"], row["event_name"]
