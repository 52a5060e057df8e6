"""How troubleshooting ends, which actions help, and what follows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from report.charts.bars import Part, parts_of_whole
from report.charts.drawing import BAD, FAINT, FROM_LOW_TO_HIGH, GOOD, NEUTRAL, Drawing
from report.charts.flow import Node, flow
from report.charts.grid import Cells, grid
from report.marts import Marts
from report.period import Period
from report.section import Section, Table, without_data
from report.statistics import Share
from report.words import counted, highest, listed, percent, spelt

ACTIONS = {
    "step": "Steps only",
    "gps_hot": "GPS, hot",
    "gps_cold": "GPS, cold",
    "modem_reset": "Modem reset",
    "sim_switch": "Backup SIM",
    "soft_reset": "Soft reset",
    "hard_reset": "Hard reset",
}
"""Names of actions, from the mildest to the strongest."""

OUTCOMES = {
    "recovered": ("Recovered", GOOD),
    "field_op": ("Help on site", BAD),
    "reassigned": ("Reassigned", BAD),
    "trip_cancelled": ("Trip cancelled", BAD),
    "reset_failed": ("Reset failed", NEUTRAL),
    "unresolved": ("Unresolved", NEUTRAL),
}
"""Names and colours of how a session ends."""

_ACTION_OUTCOMES = {
    "recovered": Part("Recovered", GOOD, "var(--on-good)"),
    "superseded": Part("Another action followed", NEUTRAL, "var(--on-neutral)"),
    "no_evidence": Part("No evidence", FAINT, "var(--on-faint)"),
    "failed": Part("Failed", BAD, "var(--on-bad)"),
}


def outcomes(marts: Marts, period: Period) -> Section:
    """Sessions by the strongest action, and how they ended."""
    key, title, sources = "troubleshooting", "How does troubleshooting end?", ["fct_troubleshooting_sessions"]
    rows = marts.rows("troubleshooting_outcomes", period)
    counts: Counter[tuple[str, str]] = Counter()
    pending = 0
    for row in rows:
        if row["outcome"] == "pending":
            pending += row["session_count"]
        else:
            counts[_action(row["highest_action"]), _outcome(row["outcome"])] += row["session_count"]
    if not counts:
        return without_data(key, title, sources, "decided troubleshooting sessions", period)
    total = counts.total()
    ends: Counter[str] = Counter()
    for (_, end), count in counts.items():
        ends[end] += count
    recovered = ends[_outcome("recovered")]
    sentence = f"{percent(recovered / total)} of {counted(total, 'decided session')} recovered"
    others = {name: count for name, count in ends.items() if name != _outcome("recovered")}
    if others:
        most = highest(others, lambda name: float(others[name]))
        each = " each" if len(most) > 1 else ""
        names = listed([f"\u201c{name.lower()}\u201d" for name in most])
        sentence += f"; the most frequent other end was {names} ({others[most[0]]:,}{each})"
    left = _in_order([name for name, _ in counts], list(ACTIONS.values()))
    right = _in_order([name for _, name in counts], [name for name, _ in OUTCOMES.values()])
    fills = dict(OUTCOMES.values())
    draw = flow(
        [Node(name) for name in left], [Node(name, fills.get(name, NEUTRAL)) for name in right], counts
    )
    table = Table(
        ["Strongest action", *right, "All"],
        [[a, *(f"{counts[a, b]:,}" for b in right), f"{sum(counts[a, b] for b in right):,}"] for a in left],
    )
    notes = ["Left: the strongest action that was tried. Right: how the session ended."]
    if pending:
        notes.append(f"{counted(pending, 'pending session')} left out.")
    drawing = Drawing("From the strongest action to the end of the session", sentence, draw)
    return Section(key, title, f"{sentence}.", sources, [drawing], table, notes)


def recovery(marts: Marts, period: Period) -> Section:
    """The outcomes of each kind of action."""
    key, title, sources = "recovery", "Which action works?", ["fct_recovery_actions"]
    counts: dict[str, Counter[str]] = {}
    for row in marts.rows("recovery_actions", period):
        if row["outcome"] in _ACTION_OUTCOMES:
            counts.setdefault(_action(row["action"]), Counter())[row["outcome"]] += row["action_count"]
    if not counts:
        return without_data(key, title, sources, "decided recovery actions", period)
    names = _in_order(list(counts), list(ACTIONS.values()))
    shares = {name: Share(counts[name]["recovered"], counts[name].total()) for name in names}
    best = highest(names, lambda name: shares[name].value)
    total = sum(share.whole for share in shares.values())
    if len(names) == 1:
        sentence = (
            f"{names[0]}: {percent(shares[names[0]].value)} of {counted(total, 'action')} recovered the robot"
        )
    else:
        have = "has" if len(best) == 1 else "have"
        sentence = (
            f"{listed(best)} {have} the highest share that recovered the robot, "
            f"{percent(shares[best[0]].value)}{_beyond(shares, best)}"
        )
    parts = list(_ACTION_OUTCOMES.values())
    bars = [
        (
            f"{name} ({shares[name].whole:,})",
            {part.name: counts[name][outcome] for outcome, part in _ACTION_OUTCOMES.items()},
        )
        for name in names
    ]
    table = Table(
        ["Action", *(part.name for part in parts), "All", "Recovered", "95% interval"],
        [
            [
                name,
                *(f"{counts[name][outcome]:,}" for outcome in _ACTION_OUTCOMES),
                f"{shares[name].whole:,}",
                percent(shares[name].value),
                f"{percent(shares[name].low)} to {percent(shares[name].high)}",
            ]
            for name in names
        ],
    )
    notes = [
        "In brackets: decided actions. An action that another one followed may have been given up too early."
    ]
    drawing = Drawing("What came of recovery actions", sentence, parts_of_whole(bars, parts))
    return Section(key, title, f"{sentence}.", sources, [drawing], table, notes)


def _beyond(shares: Mapping[str, Share], best: list[str]) -> str:
    """Whether the best action is better than the others beyond chance."""
    others = [share for name, share in shares.items() if name not in best]
    if not others:
        return ""
    clear = all(shares[best[0]].low > share.high for share in others)
    return (
        ", and its interval lies above all others"
        if clear
        else "; the intervals overlap, so others may be as good"
    )


def transitions(marts: Marts, period: Period) -> Section:
    """What followed each action: another one, or how it ended."""
    key, title, sources = "transitions", "What follows an action?", ["fct_recovery_actions"]
    counts: Counter[tuple[str, str]] = Counter()
    for row in marts.rows("recovery_actions", period):
        if row["next_action"] is not None:
            counts[_action(row["action"]), _action(row["next_action"])] += row["action_count"]
        elif row["outcome"] != "pending":
            counts[_action(row["action"]), _last(row["outcome"])] += row["action_count"]
    if not counts:
        return without_data(key, title, sources, "decided recovery actions", period)
    actions = [name for name in ACTIONS.values() if name != ACTIONS["step"]]
    rows = _in_order([name for name, _ in counts], actions)
    ends = [part.name for part in _ACTION_OUTCOMES.values()]
    columns = _in_order([name for _, name in counts], [*actions, *ends])
    totals: Counter[str] = Counter()
    for (action, _), count in counts.items():
        totals[action] += count
    on = {pair: count for pair, count in counts.items() if pair[1] in actions}
    if on:
        most = highest(on, lambda pair: float(on[pair]))
        names = listed([f"\u201c{b}\u201d after \u201c{a}\u201d" for a, b in most])
        share = (
            f", {percent(on[most[0]] / totals[most[0][0]])} of {counted(totals[most[0][0]], 'such action')}"
            if len(most) == 1
            else ""
        )
        sentence = f"Most often one action follows another as {names} ({counted(on[most[0]], 'time')}{share})"
    else:
        sentence = f"None of {counted(totals.total(), 'action')} was followed by another"
    records = [
        {"row": a, "column": b, "share": count / totals[a], "text": f"{100 * count / totals[a]:.0f}"}
        for (a, b), count in counts.items()
    ]
    cells = Cells(rows, columns, records, FROM_LOW_TO_HIGH)
    table = Table(
        ["Action", *columns, "All"],
        [[a, *(f"{counts[a, b]:,}" for b in columns), f"{totals[a]:,}"] for a in rows],
    )
    notes = [
        "Row: the action. Column: the next action of the session or, of its last action, what came of "
        "it. Number: percent of the row.",
    ]
    drawing = Drawing("What followed each action", sentence, grid(cells, turn_if_narrow=False))
    return Section(key, title, f"{sentence}.", sources, [drawing], table, notes)


def _action(action: str | None) -> str:
    return ACTIONS.get(action or "", spelt(action).capitalize())


def _outcome(outcome: str) -> str:
    return OUTCOMES.get(outcome, (spelt(outcome).capitalize(), NEUTRAL))[0]


def _last(outcome: str) -> str:
    return _ACTION_OUTCOMES[outcome].name if outcome in _ACTION_OUTCOMES else spelt(outcome).capitalize()


def _in_order(names: list[str], order: list[str]) -> list[str]:
    """Each name once: first as in `order`, then the others by name."""
    place = {name: number for number, name in enumerate(order)}
    return sorted({*names}, key=lambda name: (place.get(name, len(order)), name))
