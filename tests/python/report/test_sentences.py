"""The sentences over made-up rows: one thing and several, ties, chance, nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from report_fixtures import PERIOD, MadeUp, day

from report.build import SECTIONS, synthetic_text, time_zone_text
from report.charts.drawing import CANVASES
from report.sections import customers, headline, health, loads, robots, troubleshooting, unlocks

DAYS = "from 31 Aug to 9 Sep 2026"


def unlocks_of(number: int, opened: int, decided: int) -> Mapping[str, Any]:
    return {"start_date": day(number), "opened_count": opened, "decided_count": decided}


def hour(weekday: int, at: int, opened: int, decided: int) -> Mapping[str, Any]:
    return {"start_weekday": weekday, "start_hour": at, "opened_count": opened, "decided_count": decided}


def merchant(name: str, loaded: int, tries: int) -> Mapping[str, Any]:
    return {"merchant_name": name, "first_try_loaded_count": loaded, "first_try_count": tries}


def robot(name: str, loads: int, unlocks: int, attempts: int) -> Mapping[str, Any]:
    return {
        "robot_id": name,
        "load_failure_count": loads,
        "unlock_failure_count": unlocks,
        "attempt_count": attempts,
        "troubleshooting_session_count": 0,
    }


def session(action: str | None, outcome: str, count: int) -> Mapping[str, Any]:
    return {"highest_action": action, "outcome": outcome, "session_count": count}


def action(name: str, outcome: str, count: int, following: str | None = None) -> Mapping[str, Any]:
    return {"action": name, "outcome": outcome, "next_action": following, "action_count": count}


def rated(trouble: str, rating: int, count: int) -> Mapping[str, Any]:
    return {"trouble": trouble, "rating": rating, "order_count": count}


def position(name: str | None, clicked: int, count: int) -> Mapping[str, Any]:
    return {"position": name, "clicked_count": clicked, "impression_count": count}


def event(name: str, seconds: int | None, is_silent: bool = False) -> Mapping[str, Any]:
    at = None if seconds is None else datetime(2026, 9, 9)
    return {
        "event_name": name,
        "app": "web",
        "seconds_silent": seconds,
        "is_landed": at is not None,
        "is_silent": is_silent,
        "last_received_at": at,
    }


STEPS = ("clicked", "confirmed", "succeeded", "opened")


def steps(*counts: int) -> list[Mapping[str, Any]]:
    return [{f"{step}_count": count for step, count in zip(STEPS, counts, strict=True)}]


CASES = (
    (
        unlocks.by_day,
        {"unlocks_by_day": [unlocks_of(0, 1, 1)]},
        f"100.0% of 1 decided attempt opened {DAYS}.",
    ),
    (
        unlocks.by_day,
        {"unlocks_by_day": [unlocks_of(0, 90, 100), unlocks_of(1, 89, 100)]},
        f"89.5% of 200 decided attempts opened {DAYS}; no day lies below that beyond chance.",
    ),
    (
        unlocks.by_day,
        {"unlocks_by_day": [unlocks_of(0, 950, 1000), unlocks_of(1, 50, 100), unlocks_of(2, 40, 100)]},
        f"86.7% of 1,200 decided attempts opened {DAYS}; 1 Sep (50.0%) and 2 Sep (40.0%) lie below "
        "that beyond chance.",
    ),
    (
        unlocks.by_hour,
        {"unlocks_by_hour": [hour(1, 9, 3, 4)]},
        "Most attempts, 4, were on Monday 09:00. No hour has 5 attempts.",
    ),
    (
        unlocks.by_hour,
        {"unlocks_by_hour": [hour(1, 9, 90, 100), hour(2, 10, 90, 100), hour(7, 0, 5, 10)]},
        "1 of 3 hours of the week lies below the share of all, 88.1%, beyond chance: Sunday 00:00 (5 of 10). "
        "Most attempts, 100, were on Monday 09:00 and Tuesday 10:00.",
    ),
    (
        unlocks.by_hour,
        {"unlocks_by_hour": [hour(1, 9, 10, 10)]},
        "No hour of the week lies below the share of all, 100.0%, beyond chance. Most attempts, "
        "10, were on Monday 09:00.",
    ),
    (unlocks.step_by_step, {"unlock_steps": steps(1, 1, 1, 1)}, "100.0% of 1 attempt took all four steps."),
    (
        unlocks.step_by_step,
        {"unlock_steps": steps(100, 90, 80, 75)},
        "75.0% of 100 attempts took all four steps; as many were lost before each of "
        "\u201cconfirmed\u201d and "
        "\u201crequest succeeded\u201d, 10 each.",
    ),
    (
        unlocks.step_by_step,
        {"unlock_steps": steps(1000, 990, 700, 690)},
        "69.0% of 1,000 attempts took all four steps; most were lost before "
        "\u201crequest succeeded\u201d, 290.",
    ),
    (
        loads.merchants,
        {"merchants": [merchant("A", 1, 1)]},
        "A loaded 100.0% of 1 order at the first try.",
    ),
    (
        loads.merchants,
        {"merchants": [merchant("A", 9, 10), merchant("B", 8, 10)]},
        "85.0% of 20 orders were loaded at the first try; none of 2 merchants lies below that beyond chance.",
    ),
    (
        loads.merchants,
        {"merchants": [merchant("A", 990, 1000), merchant("B", 50, 100), merchant("C", 40, 100)]},
        "90.0% of 1,200 orders were loaded at the first try; 2 of 3 merchants lie below that beyond chance: "
        "C (40.0%) and B (50.0%).",
    ),
    (
        troubleshooting.outcomes,
        {"troubleshooting_outcomes": [session("step", "recovered", 1)]},
        "100.0% of 1 decided session recovered.",
    ),
    (
        troubleshooting.outcomes,
        {
            "troubleshooting_outcomes": [
                session("step", "recovered", 6),
                session("hard_reset", "field_op", 2),
                session(None, "unresolved", 2),
                session("step", "pending", 1),
            ]
        },
        "60.0% of 10 decided sessions recovered; the most frequent other end was "
        "\u201chelp on site\u201d and "
        "\u201cunresolved\u201d (2 each).",
    ),
    (
        troubleshooting.recovery,
        {"recovery_actions": [action("gps_hot", "recovered", 1)]},
        "GPS, hot: 100.0% of 1 action recovered the robot.",
    ),
    (
        troubleshooting.recovery,
        {
            "recovery_actions": [
                action("gps_hot", "recovered", 5),
                action("gps_hot", "failed", 5),
                action("soft_reset", "recovered", 1),
                action("soft_reset", "no_evidence", 1),
            ]
        },
        "GPS, hot and Soft reset have the highest share that recovered the robot, 50.0%.",
    ),
    (
        troubleshooting.recovery,
        {
            "recovery_actions": [
                action("gps_hot", "recovered", 900),
                action("gps_hot", "failed", 100),
                action("soft_reset", "recovered", 100),
                action("soft_reset", "failed", 900),
            ]
        },
        "GPS, hot has the highest share that recovered the robot, 90.0%, and its interval lies "
        "above all others.",
    ),
    (
        troubleshooting.transitions,
        {"recovery_actions": [action("gps_hot", "recovered", 1)]},
        "None of 1 action was followed by another.",
    ),
    (
        troubleshooting.transitions,
        {
            "recovery_actions": [
                action("gps_hot", "superseded", 3, "gps_cold"),
                action("gps_hot", "recovered", 7),
                action("gps_cold", "pending", 5),
            ]
        },
        "Most often one action follows another as \u201cGPS, cold\u201d after "
        "\u201cGPS, hot\u201d (3 times, 30.0% of 10 such actions).",
    ),
    (
        robots.robots,
        {"robots": [robot("R1", 0, 0, 7)]},
        "None of 7 loads and unlocks failed from 3 Sep to 9 Sep 2026.",
    ),
    (
        robots.robots,
        {"robots": [robot("R1", 0, 0, 1)]},
        "None of 1 load or unlock failed from 3 Sep to 9 Sep 2026.",
    ),
    (
        robots.robots,
        {"robots": [robot("R1", 1, 1, 20), robot("R2", 2, 0, 20), robot("R3", 0, 0, 20)]},
        "R1 and R2 have the most failed loads and unlocks from 3 Sep to 9 Sep 2026: 2 each; "
        "no robot fails more often than the fleet, 6.7%, beyond chance.",
    ),
    (
        robots.robots,
        {"robots": [robot("R1", 10, 10, 40), robot("R2", 1, 0, 400)]},
        "R1 has the most failed loads and unlocks from 3 Sep to 9 Sep 2026: 20 of 40; "
        "R1 fails more often than the fleet, 4.8%, beyond chance.",
    ),
    (
        customers.banners,
        {"banners": [position("top", 0, 1)]},
        "0.0% of 1 impression was clicked.",
    ),
    (
        customers.banners,
        {"banners": [position("tracker_top", 10, 100), position(None, 10, 100), position("rare", 1, 2)]},
        "10.4% of 202 impressions were clicked; the highest share is 10.0%, at tracker top and unknown.",
    ),
    (customers.ratings, {"ratings": [rated("no trouble", 5, 1)]}, "1 rated order has a mean rating of 5.00."),
    (
        customers.ratings,
        {"ratings": [rated("no trouble", 5, 8), rated("escalated", 1, 2)]},
        "10 rated orders have a mean rating of 4.20; the lowest mean, 1.00, is of orders with "
        "\u201cescalated\u201d (2), against 5.00 without trouble.",
    ),
    (health.silence, {"silence": [event("a", None)]}, "No event has been received."),
    (
        health.silence,
        {"silence": [event("a", 60)]},
        "None of 1 kind of event received is silent for longer than usual.",
    ),
    (
        health.silence,
        {"silence": [event("a", 60), event("b", 7200, is_silent=True), event("c", None)]},
        "Of 2 kinds of events received, b is silent for longer than usual; 1 has never been received.",
    ),
    (
        health.quality,
        {
            "data_health": [
                {
                    "loaded_date": day(0),
                    "row_count": 10000,
                    "duplicate_count": 1,
                    "clock_suspect_count": 0,
                    "event_count": 9999,
                    "unmatched_count": 100,
                }
            ],
            "drift": [{"finding": "missing_table", "finding_count": 1}],
        },
        f"Of 10,000 rows loaded {DAYS}, under 0.1% repeat an event and 0.0% have a suspect clock; "
        "1.0% of events fit no attempt or session. The raw tables differ from the contract: 1 missing table.",
    ),
)


@pytest.mark.parametrize(("section", "rows", "expected"), CASES)
def test_the_sentence(section: Any, rows: Mapping[str, Any], expected: str) -> None:
    made = section(MadeUp(**rows), PERIOD)
    assert made.sentence == expected
    for drawing in made.drawings:
        assert drawing.svgs("key", CANVASES[1:])["narrow"].startswith("<svg")


@pytest.mark.parametrize("section", SECTIONS)
def test_without_a_row_a_section_says_so(section: Any) -> None:
    made = section(MadeUp(unlock_steps=steps(0, 0, 0, 0)), PERIOD)
    assert made.sentence.startswith("No ")
    assert (made.drawings, made.table) == ((), None)
    assert made.marts


def test_names_of_any_kind_are_drawn_as_they_are() -> None:
    name = """<b>it's \\ "x" & y</b>"""
    made = loads.merchants(MadeUp(merchants=[merchant(name, 5, 10), merchant("m" * 400, 9, 10)]), PERIOD)
    for svg in made.drawings[0].svgs("key").values():
        assert "&lt;b&gt;it's \\" in svg.replace("&#39;", "'").replace("&apos;", "'")
        assert "<b>" not in svg
        assert "m" * 40 not in svg.partition("</desc>")[2]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["unknown"], ""),
        (["Nowhere"], ""),
        (["Fabled Inn"], ""),
        (["Fabled Grill", "Paper Moon Bakery & Sons 2", "unknown"], "Synthetic data"),
        (["Fabled Grill", "A real inn"], "Partly synthetic data"),
    ],
)
def test_synthetic_merchants_are_recognised(names: list[str], expected: str) -> None:
    rows = [{"merchant_name": name} for name in names]
    assert synthetic_text(MadeUp(merchant_names=rows)) == expected


@pytest.mark.parametrize(
    ("offsets", "minutes", "expected"),
    [
        ([], (0, 59), "in the reporting time zone of the marts."),
        ([0], (0, 59), "UTC."),
        ([-7], (14, 45), "UTC\u22127."),
        ([13], (0, 59), "UTC+13."),
        ([-8, -7], (0, 59), "in the reporting time zone of the marts."),
        # attempts of one half of the hour, as in a zone like India's
        ([5], (0, 29), "in the reporting time zone of the marts."),
        ([6], (30, 59), "in the reporting time zone of the marts."),
    ],
)
def test_the_time_zone_is_that_of_the_rows(
    offsets: list[int], minutes: tuple[int, int], expected: str
) -> None:
    first, last = minutes
    rows = [{"offset_hours": each, "first_minute": first, "last_minute": last} for each in offsets]
    assert time_zone_text(MadeUp(time_zone=rows), PERIOD) == f"Days and hours are {expected}"


def share(part: int | None, whole: int | None) -> Mapping[str, Any]:
    return {
        "part_count": part,
        "whole_count": whole,
        "square_sum": None,
        "median_seconds": None,
        "p90_seconds": None,
    }


@pytest.mark.parametrize(
    ("now", "before", "change", "direction"),
    [
        ((90, 100), (90, 100), "as in the week before", ""),
        ((91, 100), (90, 100), "+1.0 points on the week before, within chance", ""),
        ((950, 1000), (900, 1000), "+5.0 points on the week before", "better"),
        ((900, 1000), (950, 1000), "\u22125.0 points on the week before", "worse"),
        ((1, 1), (None, None), headline.NO_COMPARISON, ""),
        ((0, 0), (1, 1), headline.NO_DATA, ""),
    ],
)
def test_a_tile_compares_with_the_week_before(
    now: tuple[int, int], before: tuple[int, int], change: str, direction: str
) -> None:
    class Weeks(MadeUp):
        def rows(self, query: str, period: Any = None) -> Any:
            counts = before if period == PERIOD.week_before else now
            return [{"measure": measure.key, **share(*counts)} for measure in headline.MEASURES[:1]] + [
                {"measure": measure.key, **share(None, None)} for measure in headline.MEASURES[1:]
            ]

    first, *others = headline.tiles(Weeks(), PERIOD)
    assert (first.change, first.direction) == (change, direction)
    assert {other.value for other in others} == {headline.NO_VALUE}


def test_means_that_differ_by_chance_only_are_not_stressed() -> None:
    def mean(total: int, squares: int, count: int) -> Any:
        return headline._rating({**share(total, count), "square_sum": squares})

    assert mean(40, 170, 10).change_from(mean(41, 175, 10)) == (
        "\u22120.10 on the week before, within chance",
        0,
    )
    assert mean(10, 10, 10).change_from(mean(50, 250, 10)) == ("\u22124.00 on the week before", -4)
    assert mean(5, 25, 1).change_from(mean(4, 16, 1)) == ("+1.00 on the week before, within chance", 0)
