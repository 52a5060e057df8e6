"""Histories in which much happens at once, or at the edges of a window."""

from __future__ import annotations

from hypothesis import strategies as st

from funnels.cases import EVENTS, CaseEvent

# Of one second, of one minute, a window later to the microsecond, and just beyond it.
AFTER = (0.0, 0.4, 0.8, 10.0, 20.0, 40.0, 60.0, 60.000001, 60.4, 80.0, 100.0, 120.0, 121.0)


def case_events() -> st.SearchStrategy[CaseEvent]:
    """An event of one of a few orders and robots."""
    return st.builds(
        CaseEvent,
        event=st.integers(0, len(EVENTS) - 1),
        after=st.sampled_from(AFTER),
        order_id=st.sampled_from(["o1", "o2", "o3", None]),
        robot_id=st.sampled_from(["r1", "r1", "r2", None]),
        app=st.sampled_from(["server", "tracker_web", None]),
    )


def histories() -> st.SearchStrategy[list[CaseEvent]]:
    """Some events, in any order."""
    return st.lists(case_events(), max_size=24)
