"""Robots with the most failures."""

from __future__ import annotations

from report.charts.bars import Part, parts_of_whole
from report.charts.drawing import BAD, NEUTRAL, Drawing
from report.marts import Marts, Row
from report.period import Period
from report.section import Section, Table, span, without_data
from report.statistics import TAIL, Share
from report.words import counted, highest, listed, percent

_MOST_ROWS = 10
_PARTS = (Part("Failed loads", NEUTRAL, "var(--on-neutral)"), Part("Failed unlocks", BAD, "var(--on-bad)"))


def robots(marts: Marts, period: Period) -> Section:
    """The robots with the most failed loads and unlocks of the last week of the period."""
    week = period.last_week
    key, title, sources = "robots", "Which robots need a look?", ["fct_robot_days"]
    rows = [row for row in marts.rows("robots", week) if row["attempt_count"]]
    if not rows:
        return without_data(key, title, sources, "attempts to load or unlock a robot", week)
    failing = sorted(
        (row for row in rows if _failures(row)), key=lambda row: (-_failures(row), row["robot_id"])
    )
    whole = Share(sum(map(_failures, rows)), sum(row["attempt_count"] for row in rows))
    if not failing:
        sentence = (
            f"None of {counted(whole.whole, 'load or unlock', 'loads and unlocks')} failed {span(week)}."
        )
        return Section(key, title, sentence, sources)
    most = highest(failing, lambda row: float(_failures(row)))
    worse = [row for row in rows if _share(row).low > whole.value]
    have = "has" if len(most) == 1 else "have"
    each = " each" if len(most) > 1 else ""
    sentence = (
        f"{listed([row['robot_id'] for row in most])} {have} the most failed loads and unlocks {span(week)}: "
        f"{_failures(most[0])}{each}" + (f" of {most[0]['attempt_count']}" if len(most) == 1 else "")
    )
    sentence += f"; {_beyond_chance(worse, whole)}"
    shown = failing[:_MOST_ROWS]
    bars = [
        (
            f"{row['robot_id']} ({row['attempt_count']}){' *' if row in worse else ''}",
            {"Failed loads": row["load_failure_count"], "Failed unlocks": row["unlock_failure_count"]},
        )
        for row in shown
    ]
    table = Table(
        [
            "Robot",
            "Failed loads",
            "Failed unlocks",
            "Attempts",
            "Share that failed",
            "Troubleshooting sessions",
        ],
        [
            [
                row["robot_id"],
                f"{row['load_failure_count']:,}",
                f"{row['unlock_failure_count']:,}",
                f"{row['attempt_count']:,}",
                percent(_share(row).value),
                f"{row['troubleshooting_session_count']:,}",
            ]
            for row in failing[: 3 * _MOST_ROWS]
        ],
    )
    notes = [
        f"In brackets: loads and unlocks. * fails more often than the fleet, {percent(whole.value)}, beyond "
        f"chance (95% interval); of {counted(len(rows), 'robot')} about {len(rows) * TAIL:.1f} would by "
        "chance alone.",
    ]
    if len(failing) > _MOST_ROWS:
        notes.append(f"Shown are {_MOST_ROWS} of {len(failing):,} robots with a failure.")
    drawing = Drawing(
        "Failed loads and unlocks by robot", sentence, parts_of_whole(bars, _PARTS, is_share=False)
    )
    return Section(key, title, f"{sentence}.", sources, [drawing], table, notes)


def _beyond_chance(worse: list[Row], whole: Share) -> str:
    than = f"more often than the fleet, {percent(whole.value)}, beyond chance"
    if not worse:
        return f"no robot fails {than}"
    names = listed([row["robot_id"] for row in sorted(worse, key=lambda row: -_share(row).value)])
    return f"{names} {'fails' if len(worse) == 1 else 'fail'} {than}"


def _failures(row: Row) -> int:
    return int(row["load_failure_count"] + row["unlock_failure_count"])


def _share(row: Row) -> Share:
    return Share(_failures(row), row["attempt_count"])
