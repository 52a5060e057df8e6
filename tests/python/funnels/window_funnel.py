"""The algorithm that ClickHouse documents for `windowFunnel`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta


def window_funnel(events: Iterable[tuple[datetime, int]], window: timedelta, step_count: int) -> int:
    """The longest chain of steps within a window of its first. events: times and steps, from 1."""
    began: dict[int, datetime] = {}
    for time, step in sorted(events):
        if step == 1:
            began[1] = time
        elif step - 1 in began and time <= began[step - 1] + window:
            began[step] = began[step - 1]
    return max(began, default=0)
