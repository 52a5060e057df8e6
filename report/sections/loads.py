"""Which merchants load at the first try."""

from __future__ import annotations

from report.charts.axes import share_axis
from report.charts.bars import intervals
from report.charts.drawing import Drawing
from report.marts import Marts
from report.period import Period
from report.section import Section, Table, without_data
from report.statistics import TAIL, Share, together
from report.words import counted, listed, percent

_MOST_ROWS = 20
_MOST_IN_TABLE = 100


def merchants(marts: Marts, period: Period) -> Section:
    """First-try success by merchant with its interval, the lowest first."""
    key, title, sources = "merchants", "Who fails to load at the first try?", ["rpt_load_success_daily"]
    rows = marts.rows("merchants", period)
    if not rows:
        return without_data(key, title, sources, "decided first tries to load an order", period)
    shares = {
        row["merchant_name"]: Share(row["first_try_loaded_count"], row["first_try_count"]) for row in rows
    }
    whole = together(shares.values())
    low = sorted(
        (name for name in shares if shares[name].high < whole.value), key=lambda name: shares[name].value
    )
    ranked = sorted(shares, key=lambda name: (shares[name].high, name))
    shown = sorted(ranked[:_MOST_ROWS], key=lambda name: (shares[name].value, shares[name].high, name))
    sentence = _sentence(shares, low, whole)
    axis = share_axis([end for name in shown for end in (shares[name].low, shares[name].high)])
    records = [
        {
            "name": name,
            "share": shares[name].value,
            "low": shares[name].low,
            "high": shares[name].high,
            "is_bad": name in low,
        }
        for name in shown
    ]
    notes = [
        "95% intervals. Dashed: the share of all merchants. Squares lie below it beyond chance; by chance "
        f"alone about {len(shares) * TAIL:.1f} of {counted(len(shares), 'merchant')} would.",
    ]
    if len(shares) > _MOST_ROWS:
        notes.append(f"Shown are the {_MOST_ROWS} whose intervals end lowest.")
    table = Table(
        ["Merchant", "First tries", "Loaded", "Share", "95% interval"],
        [
            [
                name,
                f"{shares[name].whole:,}",
                f"{shares[name].part:,}",
                percent(shares[name].value),
                f"{percent(shares[name].low)} to {percent(shares[name].high)}",
            ]
            for name in ranked[:_MOST_IN_TABLE]
        ],
    )
    drawing = Drawing(
        "First-try success by merchant", sentence, intervals(records, axis, whole.value), axis.notes
    )
    return Section(key, title, f"{sentence}.", sources, [drawing], table, notes)


def _sentence(shares: dict[str, Share], low: list[str], whole: Share) -> str:
    if len(shares) == 1:
        (name,) = shares
        return f"{name} loaded {percent(whole.value)} of {counted(whole.whole, 'order')} at the first try"
    of_all = f"{percent(whole.value)} of {counted(whole.whole, 'order')} were loaded at the first try"
    if not low:
        return f"{of_all}; none of {counted(len(shares), 'merchant')} lies below that beyond chance"
    lie = "lies" if len(low) == 1 else "lie"
    names = listed([f"{name} ({percent(shares[name].value)})" for name in low])
    return (
        f"{of_all}; {len(low)} of {counted(len(shares), 'merchant')} {lie} below that beyond chance: {names}"
    )
