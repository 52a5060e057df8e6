"""Forgetting a person leaves what a full refresh gives without them, and drags nobody else along."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from builds.differences import assert_same_contents
from contract.raw import Value
from deep import first_of
from project import INCREMENTS, Project
from properties.adversarial import START
from properties.built import Manifest, outputs, row_versions
from properties.raw_rows import RawRow, land
from sandbox.server import RAW_SCHEMA

SERVER = "server"
WEB, NODE = "analytics.js", "analytics-python"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Person:
    """Someone to forget, and the names under which events of theirs come."""

    user_id: str
    rows: list[RawRow]


def web(event: str, number: int, **told: Value) -> RawRow:
    """An event that a browser sent."""
    return _row(event, number, {"context_library_name": WEB, **told})


def server(event: str, number: int, **told: Value) -> RawRow:
    """An event that a server sent, under the anonymous id of all servers."""
    return _row(event, number, {"context_library_name": NODE, "anonymous_id": SERVER, **told})


def _row(event: str, number: int, told: dict[str, Value]) -> RawRow:
    at = START + number * MINUTE
    times: dict[str, Value] = {"timestamp": at, "received_at": at, "uuid_ts": START + 600 * MINUTE}
    return RawRow(event, 0, {"id": f"{event} {number}", **times, **told})


def customer() -> Person:
    """A customer with two browsers, who was signed in now and then, once at a pilot's workstation."""
    rows = [
        web("order_tracker_open", 1, anonymous_id="phone", order_id="shared order"),
        web("order_unlock_coco", 2, anonymous_id="phone", user_id="customer", order_id="shared order"),
        web("order_unlock_coco_confirm", 3, anonymous_id="phone", order_id="shared order"),
        web(
            "deliveries_unlock_coco_success",
            4,
            anonymous_id="laptop",
            user_id="customer",
            order_id="own order",
        ),
        web("order_unlock_coco", 5, anonymous_id="laptop", order_id="own order"),
        web("order_tracker_faq_open", 6, anonymous_id="laptop"),
        web("order_unlock_coco", 7, anonymous_id="desk", user_id="customer", order_id="other order"),
        server("server_unlock_bot_error", 8, user_id="customer", order_id="own order", robot_id="r1"),
    ]
    return Person("customer", rows)


def loner() -> Person:
    """Somebody with a quote in the id, whose events are all there is of an order."""
    told: dict[str, Value] = {"anonymous_id": "watch", "order_id": "lonely order"}
    rows = [
        web("order_unlock_coco", 51, user_id="O'Brien", **told),
        web("order_unlock_coco_confirm", 52, **told),
        web("deliveries_unlock_coco_success", 53, **told),
    ]
    return Person("O'Brien", rows)


def pilot() -> Person:
    """A pilot who shares two desks with others."""
    rows = [
        web("pilot_soft_reset", 11, anonymous_id="desk", user_id="pilot", pilot_id="pilot", robot_id="r1"),
        web("pilot_cancel_trip", 12, anonymous_id="desk", pilot_id="pilot", robot_id="r1"),
        web("pilot_start_break", 13, anonymous_id="second desk", user_id="pilot"),
    ]
    return Person("pilot", rows)


def others() -> Iterator[RawRow]:
    """Those who share an order, a robot, a desk or the servers' id with them."""
    yield web("order_unlock_coco", 20, anonymous_id="tablet", user_id="neighbour", order_id="shared order")
    yield web("deliveries_unlock_coco_fail", 21, anonymous_id="tablet", order_id="shared order", reason="lid")
    yield web("order_unlock_coco", 22, anonymous_id="tablet", order_id="other order")
    yield web("pilot_soft_reset", 23, anonymous_id="desk", user_id="colleague", pilot_id="colleague")
    yield web("pilot_soft_reset_fail", 24, anonymous_id="desk", robot_id="r1")
    yield web("pilot_start_break", 25, anonymous_id="second desk", user_id="colleague")
    for number in range(30, 40):
        yield server("server_unlock_bot_started", number, order_id=f"order {number}", robot_id="r1")
    yield server("server_unlock_bot_started", 41, order_id="own order", robot_id="r1")
    yield server("server_unlock_bot_open_lid_success", 42, order_id="shared order", robot_id="r1")
    yield web("order_unlock_coco", 43, order_id="nobody's order")
    yield web("page_viewed", 44)


@pytest.mark.parametrize(
    "somebody", first_of(customer(), pilot(), loner()), ids=lambda person: person.user_id
)
def test_a_forgotten_person_is_gone_and_nobody_else(
    project: Project, rng: random.Random, somebody: Person
) -> None:
    everyone = [*customer().rows, *pilot().rows, *loner().rows, *others()]
    land(project, everyone, rng)
    project.dbt("run")
    theirs = {(row.event, str(row.values["id"])) for row in somebody.rows}
    event_tables = Manifest.of(project).event_tables
    assert streamed(project, event_tables) == {(row.event, str(row.values["id"])) for row in everyone}
    for event, event_id in theirs:
        project.execute(f"delete from {RAW_SCHEMA}.{event} where id = '{event_id}'", user="loader")

    forget(project, somebody.user_id)
    assert streamed(project, event_tables) == {
        key for row in everyone if (key := (row.event, str(row.values["id"]))) not in theirs
    }
    project.dbt("run", *INCREMENTS)
    without_them = outputs(project)
    written = row_versions(project, Manifest.of(project).incremental)
    forget(project, somebody.user_id)
    assert f"no event in the streams is of {somebody.user_id}." in str(project.warnings)
    project.dbt("run", *INCREMENTS)
    assert row_versions(project, Manifest.of(project).incremental) == written

    project.dbt("run", *INCREMENTS, "--full-refresh")
    assert_same_contents(without_them, outputs(project))


def test_forgetting_somebody_unknown_writes_nothing(
    project: Project, rng: random.Random, capsys: pytest.CaptureFixture[str]
) -> None:
    land(project, others(), rng)
    project.dbt("run")
    written = row_versions(project, Manifest.of(project).incremental)
    for user_id in ("customer", "O'Brien", "server"):
        forget(project, user_id)
        assert f"no event in the streams is of {user_id}. Nothing was changed." in str(project.warnings)
    for blank in ("", "  ", None):
        capsys.readouterr()
        with pytest.raises(AssertionError, match="run-operation failed"):
            forget(project, blank)
        assert "the user id is blank" in capsys.readouterr().out
    project.dbt("run")
    assert row_versions(project, Manifest.of(project).incremental) == written


def forget(project: Project, user_id: str | None) -> None:
    """Forget a person by `dbt run-operation`."""
    arguments = json.dumps({"user_id": user_id})
    project.dbt("run-operation", "forget_user", "--args", arguments)


def streamed(project: Project, event_tables: dict[str, str]) -> set[tuple[str, str]]:
    """The events of all streams."""
    selects = [f"select event_name, event_id from {stream}" for stream in sorted({*event_tables.values()})]
    return {(event, event_id) for event, event_id in project.query(" union all ".join(selects))}
