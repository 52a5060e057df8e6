"""A run whose dbt or whose server is killed at a statement leaves nothing that the next run does not mend."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from crash.proxy import Place
from crash.two_loads import TwoLoads, two_loads_on
from sandbox.server import Server

pytestmark = pytest.mark.skipif(
    os.environ.get("HYPOTHESIS_PROFILE") != "deep", reason="long: a part of make test-deep"
)

TABLES = ("--exclude", "config.materialized:view")
POLL_SECONDS = 0.05
KILLED_AT = [
    Place("int_unlock_events", 2, executed=False),
    Place("int_unlock_attempt_events", 7, executed=True),
]


@pytest.mark.parametrize("place", KILLED_AT, ids=str)
def test_a_run_whose_dbt_is_killed_is_made_good(two_loads: TwoLoads, place: Place) -> None:
    stop = two_loads.proxy.stop_at(place)
    two_loads.first.start("run", *TABLES)
    stop.wait_until_reached()
    two_loads.kill_first()
    stop.go_on()
    two_loads.run(*TABLES)
    two_loads.assert_as_after_full_refresh(place)


def test_a_run_whose_server_is_killed_is_made_good(
    new_server: Callable[[], Server], tmp_path: Path, seed: int
) -> None:
    server = new_server()
    server.start()
    with two_loads_on(server, "two_loads", tmp_path, seed) as two_loads:
        two_loads.reset()
        place = Place("int_unlock_attempt_events", 7, executed=True)
        stop = two_loads.proxy.stop_at(place)
        two_loads.first.start("run", *TABLES)
        stop.wait_until_reached()
        os.kill(server.pid, signal.SIGQUIT)  # what `pg_ctl stop -m immediate` sends
        while server.is_running():
            Event().wait(POLL_SECONDS)
        stop.go_on()
        assert not two_loads.first.outcome().success
        server.start()
        two_loads.run(*TABLES)
        two_loads.assert_as_after_full_refresh(place)
