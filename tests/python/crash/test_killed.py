"""A run whose dbt or whose server is killed at a statement leaves nothing that the next run does not mend.

The server takes a killed client for one whose link was cut, and that is done at every statement elsewhere:
here before a commit and at a place that the seed draws.
"""

from __future__ import annotations

import os
import random
import signal
from threading import Event

import pytest

from crash.two_loads import TABLES, TwoLoads
from deep import first_of

POLL_SECONDS = 0.05


@pytest.mark.parametrize(
    "model", first_of("int_unlock_attempt_events", None), ids=["before commit", "somewhere"]
)
def test_a_run_whose_dbt_is_killed_is_made_good(
    two_loads: TwoLoads, rng: random.Random, model: str | None
) -> None:
    place = two_loads.last_before_commit(model) if model else two_loads.somewhere(rng)
    print("killed", place)
    stop = two_loads.proxy.stop_at(place)
    two_loads.first.start("run", *TABLES)
    stop.wait_until_reached()
    two_loads.kill_first()
    stop.go_on()
    two_loads.run(*TABLES)
    two_loads.assert_as_after_full_refresh(place)


@pytest.mark.parametrize(
    "model", first_of("int_unlock_attempt_events", None), ids=["before commit", "somewhere"]
)
def test_a_run_whose_server_is_killed_is_made_good(
    two_loads: TwoLoads, rng: random.Random, model: str | None
) -> None:
    place = two_loads.last_before_commit(model) if model else two_loads.somewhere(rng)
    print("killed", place)
    stop = two_loads.proxy.stop_at(place)
    two_loads.first.start("run", *TABLES)
    stop.wait_until_reached()
    os.kill(two_loads.server.pid, signal.SIGQUIT)  # what `pg_ctl stop -m immediate` sends
    while two_loads.server.is_running():
        Event().wait(POLL_SECONDS)
    stop.go_on()
    assert not two_loads.first.outcome().success
    two_loads.server.start()
    two_loads.run(*TABLES)
    two_loads.assert_as_after_full_refresh(place)
