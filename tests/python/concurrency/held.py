"""A command of dbt that is held at a statement while another runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from builds.runner import Outcome
from crash.proxy import Place
from crash.two_loads import TwoLoads

POLL_SECONDS = 0.2


def run_both(
    two_loads: TwoLoads,
    held_at: Place,
    first: tuple[str, ...],
    second: tuple[str, ...],
    meanwhile: Callable[[], None] = lambda: None,
) -> tuple[Outcome, Outcome]:
    """Hold a first command at a place; let a second go as far as it can; let the first go on.

    `meanwhile` is done before the second starts.

    More rows land before the first goes on, if the state lacks any. Gives what came of both.
    """
    stop = two_loads.proxy.stop_at(replace(held_at, pid=two_loads.first.pid))
    two_loads.first.start(*first, "--threads", "1")
    stop.wait_until_reached()
    meanwhile()
    two_loads.second.start(*second, "--threads", "1")
    while not two_loads.second.is_done(POLL_SECONDS) and not two_loads.is_waiting():
        pass
    two_loads.land_rest()
    stop.go_on()
    return two_loads.first.outcome(), two_loads.second.outcome()
