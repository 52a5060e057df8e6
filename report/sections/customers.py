"""Where banners are clicked, and how orders with and without trouble are rated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from report.charts.axes import share_axis
from report.charts.bars import Part, intervals, parts_of_whole
from report.charts.drawing import FROM_BAD_TO_GOOD, Drawing
from report.marts import Marts
from report.period import Period
from report.section import Section, Table, without_data
from report.statistics import Share, together
from report.words import counted, highest, listed, percent, spelt

_SCALE = range(1, 6)
_MOST_POSITIONS = 12
_LEAST_SHOWN = 30


def banners(marts: Marts, period: Period) -> Section:
    """Clicks by impression for each position."""
    key, title, sources = "banners", "Where are banners clicked?", ["rpt_banner_performance_daily"]
    rows = marts.rows("banners", period)
    if not rows:
        return without_data(key, title, sources, "banner impressions", period)
    shares = {spelt(row["position"]): Share(row["clicked_count"], row["impression_count"]) for row in rows}
    names = sorted(shares, key=lambda name: (-shares[name].value, name))
    whole = together(shares.values())
    were = "was" if whole.whole == 1 else "were"
    sentence = f"{percent(whole.value)} of {counted(whole.whole, 'impression')} {were} clicked"
    large = [name for name in names if shares[name].whole >= _LEAST_SHOWN]
    if len(large) > 1 and whole.part:
        best = highest(large, lambda name: shares[name].value)
        sentence += f"; the highest share is {percent(shares[best[0]].value)}, at {listed(best)}"
    shown = large[:_MOST_POSITIONS]
    drawings = [_clicks(shares, shown, sentence)] if shown else []
    table = Table(
        ["Position", "Impressions", "Clicked", "Share", "95% interval"],
        [
            [
                name,
                f"{shares[name].whole:,}",
                f"{shares[name].part:,}",
                percent(shares[name].value),
                f"{percent(shares[name].low)} to {percent(shares[name].high)}",
            ]
            for name in names
        ],
    )
    notes = ["In brackets: impressions. The share that was clicked, with its 95% interval."]
    if len(large) < len(names):
        notes.append(f"Positions with fewer than {_LEAST_SHOWN} impressions are in the table only.")
    return Section(key, title, f"{sentence}.", sources, drawings, table, notes)


def _clicks(shares: Mapping[str, Share], names: Sequence[str], sentence: str) -> Drawing:
    axis = share_axis([end for name in names for end in (shares[name].low, shares[name].high)])
    records = [
        {
            "name": f"{name} ({shares[name].whole:,})",
            "share": shares[name].value,
            "low": shares[name].low,
            "high": shares[name].high,
            "is_bad": False,
        }
        for name in names
    ]
    title = "Share of impressions that were clicked, by position"
    return Drawing(title, sentence, intervals(records, axis), axis.notes)


def ratings(marts: Marts, period: Period) -> Section:
    """Ratings of orders by the worst trouble on the way."""
    key, title, sources = "ratings", "How does trouble show in ratings?", ["fct_orders"]
    counts: dict[str, Counter[int]] = {}
    for row in marts.rows("ratings", period):
        counts.setdefault(row["trouble"], Counter())[row["rating"]] += row["order_count"]
    if not counts:
        return without_data(key, title, sources, "rated orders", period)
    means = {name: sum(rating * n for rating, n in of.items()) / of.total() for name, of in counts.items()}
    names = sorted(means, key=lambda name: (means[name], name))
    lowest = highest(names, lambda name: -means[name])
    total = sum(of.total() for of in counts.values())
    mean = sum(means[name] * counts[name].total() for name in names) / total
    sentence = (
        f"{counted(total, 'rated order')} {'has' if total == 1 else 'have'} a mean rating of {mean:.2f}"
    )
    if len(names) > 1:
        worst = f"the lowest mean, {means[lowest[0]]:.2f}, is of orders with \u201c{listed(lowest)}\u201d"
        sentence += f"; {worst} ({counts[lowest[0]].total():,})" if len(lowest) == 1 else f"; {worst}"
        if "no trouble" in means and "no trouble" not in lowest:
            sentence += f", against {means['no trouble']:.2f} without trouble"
    parts = [
        Part(f"{rating}", fill, text)
        for rating, fill, text in zip(_SCALE, FROM_BAD_TO_GOOD.fills, FROM_BAD_TO_GOOD.texts, strict=True)
    ]
    bars = [
        (
            f"{name.capitalize()} ({counts[name].total():,})",
            {str(rating): counts[name][rating] for rating in _SCALE},
        )
        for name in names
    ]
    table = Table(
        ["Trouble", *(f"Rated {rating}" for rating in _SCALE), "All", "Mean"],
        [
            [
                name.capitalize(),
                *(f"{counts[name][rating]:,}" for rating in _SCALE),
                f"{counts[name].total():,}",
                f"{means[name]:.2f}",
            ]
            for name in names
        ],
    )
    notes = [
        "Ratings from 1 to 5, lowest mean first; in brackets rated orders, by the day they began. An "
        "order with several kinds of trouble counts for the worst. Customers with trouble may also be "
        "likelier to rate.",
    ]
    drawing = Drawing("Ratings by the worst trouble of the order", sentence, parts_of_whole(bars, parts))
    return Section(key, title, f"{sentence}.", sources, [drawing], table, notes)
