"""When customers get an open lid: by day, by hour of the week, and step by step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from report.charts.axes import share_axis
from report.charts.bars import plain_bars
from report.charts.days import counts_by_day, shares_by_day
from report.charts.drawing import FROM_BAD_TO_GOOD, Drawing
from report.charts.grid import Cells, grid
from report.marts import Marts, Row
from report.period import Period
from report.section import Section, Table, span, without_data
from report.statistics import TAIL, Share
from report.words import WEEKDAYS, counted, duration, highest, listed, percent, short_day

_LEAST_IN_A_CELL = 5
_WHAT = "decided unlock attempts of customers"


def by_day(marts: Marts, period: Period) -> Section:
    """The share that opened, and how many attempts there were, by local day."""
    key, title, sources = "unlocks-by-day", "Do customers get an open lid?", ["rpt_unlock_funnel_daily"]
    rows = [row for row in marts.rows("unlocks_by_day", period) if row["decided_count"]]
    if not rows:
        return without_data(key, title, sources, _WHAT, period)
    shares = {row["start_date"]: Share(row["opened_count"], row["decided_count"]) for row in rows}
    whole = _sum(rows)
    sentence = f"{percent(whole.value)} of {counted(whole.whole, 'decided attempt')} opened {span(period)}"
    if len(shares) > 1:
        sentence += f"; {_low_days(shares, whole)}"
    axis = share_axis([end for share in shares.values() for end in (share.low, share.high)])
    records = [
        {"day": day.isoformat(), "share": share.value, "low": share.low, "high": share.high}
        for day, share in shares.items()
    ]
    counts = [{"day": row["start_date"].isoformat(), "count": row["decided_count"]} for row in rows]
    drawings = [
        Drawing(
            "Share of attempts that opened, by day",
            sentence,
            shares_by_day(records, period.days, axis),
            axis.notes,
        ),
        Drawing("Decided attempts, by day", f"{whole.whole:,} in all.", counts_by_day(counts, period.days)),
    ]
    table = Table(
        ["Local day", "Decided attempts", "Opened", "Share"],
        [
            [f"{day:%a} {short_day(day)}", f"{share.whole:,}", f"{share.part:,}", percent(share.value)]
            for day, share in shares.items()
        ],
    )
    notes = [
        "Above: the share, with its 95% interval. Below: the number of attempts. Pending attempts are left "
        "out.",
    ]
    return Section(key, title, f"{sentence}.", sources, drawings, table, notes)


def by_hour(marts: Marts, period: Period) -> Section:
    """The share that opened, by weekday and hour."""
    key, title, sources = "unlocks-by-hour", "When does it go wrong?", ["fct_unlock_attempts"]
    rows = marts.rows("unlocks_by_hour", period)
    if not rows:
        return without_data(key, title, sources, _WHAT, period)
    whole = _sum(rows)
    large = [row for row in rows if row["decided_count"] >= _LEAST_IN_A_CELL]
    table = Table(
        ["Weekday and hour", "Decided attempts", "Opened", "Share"],
        [
            [_hour(row), f"{row['decided_count']:,}", f"{row['opened_count']:,}", percent(_of(row).value)]
            for row in rows
        ],
    )
    busy = highest(rows, lambda row: float(row["decided_count"]))
    busiest = f"Most attempts, {busy[0]['decided_count']:,}, were on {listed([_hour(row) for row in busy])}"
    if not large:
        return Section(
            key, title, f"{busiest}. No hour has {_LEAST_IN_A_CELL} attempts.", sources, table=table
        )
    sentence = f"{_low_hours(large, whole)}. {busiest}."
    hours = range(min(row["start_hour"] for row in large), max(row["start_hour"] for row in large) + 1)
    records = [
        {
            "row": _weekday(row)[:3],
            "column": str(row["start_hour"]),
            "share": _of(row).value,
            "text": f"{row['decided_count']:,}",
        }
        for row in large
    ]
    cells = Cells(
        [day[:3] for day in WEEKDAYS],
        [str(hour) for hour in hours],
        records,
        FROM_BAD_TO_GOOD,
    )
    drawing = Drawing(
        "Share of attempts that opened, by weekday and hour", sentence, grid(cells, turn_if_narrow=True)
    )
    notes = [
        "Colour: the share that opened. Number: attempts. "
        f"Hours with fewer than {_LEAST_IN_A_CELL} are blank.",
        f"By chance alone about {len(large) * TAIL:.0f} would lie below.",
    ]
    return Section(key, title, sentence, sources, [drawing], table, notes)


def _low_days(shares: Mapping[date, Share], whole: Share) -> str:
    """Which days are below the share of all beyond chance."""
    low = [day for day in shares if shares[day].high < whole.value]
    if not low:
        return "no day lies below that beyond chance"
    names = listed([f"{short_day(day)} ({percent(shares[day].value)})" for day in low])
    return f"{names} {'lies' if len(low) == 1 else 'lie'} below that beyond chance"


def _low_hours(rows: list[Row], whole: Share) -> str:
    """Which hours of the week are below the share of all beyond chance."""
    low = sorted((row for row in rows if _of(row).high < whole.value), key=lambda row: _of(row).value)
    than_all = f"below the share of all, {percent(whole.value)}, beyond chance"
    if not low:
        return f"No hour of the week lies {than_all}"
    lie = "lies" if len(low) == 1 else "lie"
    names = listed([f"{_hour(row)} ({row['opened_count']} of {row['decided_count']})" for row in low])
    return f"{len(low)} of {counted(len(rows), 'hour')} of the week {lie} {than_all}: {names}"


_STEPS = ("Clicked unlock", "Confirmed", "Request succeeded", "Lid opened")


def step_by_step(marts: Marts, period: Period) -> Section:
    """The funnel of customers' attempts with the time of each step."""
    key, title = "funnel", "Where do customers drop out?"
    sources = ["rpt_unlock_funnel_daily", "fct_unlock_attempts"]
    (sums,) = marts.rows("unlock_steps", period)
    if not sums["clicked_count"]:
        return without_data(key, title, sources, _WHAT, period)
    counts = [sums[f"{step}_count"] for step in ("clicked", "confirmed", "succeeded", "opened")]
    times: dict[int, Row] = {row["step_number"]: row for row in marts.rows("unlock_step_times", period)}
    lost = {number: counts[number - 1] - counts[number] for number in range(1, len(counts))}
    most = highest(lost, lambda number: float(lost[number]))
    sentence = f"{percent(counts[-1] / counts[0])} of {counted(counts[0], 'attempt')} took all four steps"
    if any(lost.values()):
        steps = listed([f"\u201c{_STEPS[number].lower()}\u201d" for number in most])
        noun = "most were lost before" if len(most) == 1 else "as many were lost before each of"
        sentence += f"; {noun} {steps}, {lost[most[0]]:,}" + (" each" if len(most) > 1 else "")
    records, rows = [], []
    for number, (name, count) in enumerate(zip(_STEPS, counts, strict=True), start=1):
        share = percent(count / counts[0])
        wait = times.get(number, {}).get("median_seconds")
        text = f"{count:,} \u00b7 {share}" + ("" if wait is None else f" \u00b7 {duration(wait)}")
        records.append({"name": name, "value": count, "text": text, "is_bad": False})
        waits = ["\u2013"] * 2
        if wait is not None:
            waits = [duration(wait), duration(times[number]["p90_seconds"])]
        rows.append([name, f"{count:,}", share, *waits])
    reversed_count = sum(row["reversed_count"] for row in times.values())
    notes = [
        "Each step counts the attempts that took all steps before it, in any order. The time is the median "
        "since the click; attempts with a suspect clock are left out of it.",
    ]
    if reversed_count:
        have = "has" if reversed_count == 1 else "have"
        notes.append(f"{counted(reversed_count, 'step')} that came before the click {have} no time.")
    table = Table(["Step", "Attempts", "Of clicks", "Median since the click", "90th percentile"], rows)
    drawing = Drawing("Attempts that reached each step", sentence, plain_bars(records))
    return Section(key, title, f"{sentence}.", sources, [drawing], table, notes)


def _sum(rows: list[Row]) -> Share:
    return Share(sum(row["opened_count"] for row in rows), sum(row["decided_count"] for row in rows))


def _of(row: Row) -> Share:
    return Share(row["opened_count"], row["decided_count"])


def _weekday(row: Row) -> str:
    return WEEKDAYS[row["start_weekday"] - 1]


def _hour(row: Row) -> str:
    return f"{_weekday(row)} {row['start_hour']:02}:00"
