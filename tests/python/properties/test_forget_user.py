"""Forgetting a person leaves what a full refresh gives without them, and drags nobody else along."""

from __future__ import annotations

import io
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from hashlib import md5, sha256
from itertools import count

import pytest
from psycopg2.sql import SQL, Identifier

from builds.differences import assert_same_contents
from contract.raw import Value, land_rows
from deep import first_of
from project import INCREMENTS, Project, open_project, prepared
from properties.adversarial import START
from properties.built import Manifest, outputs, row_versions
from properties.raw_rows import RawRow, land
from sandbox.server import RAW_SCHEMA, Server

SERVER = "server"
WEB, NODE = "analytics.js", "analytics-python"
MINUTE = timedelta(minutes=1)
LISTED = "analytics_intermediate.int_unlock_events__watermarks"
WITH_ID, WITHOUT = "with the user or pilot id cust_7", "rows without such an id from the browsers"
NOBODY = "the streams and raw tables have no event of"


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
        web("order_unlock_coco", 2, anonymous_id="phone", user_id="cust_7", order_id="shared order"),
        web("order_unlock_coco_confirm", 3, anonymous_id="phone", order_id="shared order"),
        web(
            "deliveries_unlock_coco_success",
            4,
            anonymous_id="laptop",
            user_id="cust_7",
            order_id="own order",
        ),
        web("order_unlock_coco", 5, anonymous_id="laptop", order_id="own order"),
        web("order_tracker_faq_open", 6, anonymous_id="laptop"),
        web("order_unlock_coco", 7, anonymous_id="desk", user_id="cust_7", order_id="other order"),
        server("server_unlock_bot_error", 8, user_id="cust_7", order_id="own order", robot_id="r1"),
    ]
    return Person("cust_7", rows)


def loner() -> Person:
    """Somebody with a quote in the id, whose events are all there is of an order."""
    told: dict[str, Value] = {"anonymous_id": "television", "order_id": "lonely order"}
    rows = [
        web("order_unlock_coco", 51, user_id="O'Brien", **told),
        web("order_unlock_coco_confirm", 52, **told),
        web("deliveries_unlock_coco_success", 53, **told),
    ]
    return Person("O'Brien", rows)


def pilot() -> Person:
    """A pilot who shares two desks with others."""
    rows = [
        web(
            "pilot_soft_reset", 11, anonymous_id="desk", user_id="pilot_1", pilot_id="pilot_1", robot_id="r1"
        ),
        web("pilot_cancel_trip", 12, anonymous_id="desk", pilot_id="pilot_1", robot_id="r1"),
        web("pilot_start_break", 13, anonymous_id="second desk", user_id="pilot_1"),
    ]
    return Person("pilot_1", rows)


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


def everyone() -> list[RawRow]:
    """The events of all of them."""
    return [*customer().rows, *pilot().rows, *loner().rows, *others()]


@pytest.fixture(scope="module")
def _template(
    server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> Iterator[str]:
    def prepare(project: Project) -> None:
        land(project, everyone(), random.Random(seed))
        project.dbt("run")

    with prepared(server, worker_id, tmp_path_factory, "everyone", prepare) as template:
        yield template


@pytest.fixture
def project(
    server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory, _template: str
) -> Iterator[Project]:
    """The project, built on the events of everyone."""
    with open_project(server, worker_id, tmp_path_factory, _template) as opened:
        yield opened


@pytest.mark.parametrize(
    "somebody", first_of(customer(), pilot(), loner()), ids=lambda person: person.user_id
)
def test_a_forgotten_person_is_gone_and_nobody_else(
    project: Project, somebody: Person, rng: random.Random
) -> None:
    event_tables = Manifest.of(project).event_tables
    assert streamed(project, event_tables) == keys(everyone())
    theirs = keys(somebody.rows)

    refused = refusal(project, somebody.user_id)
    assert f"{len(theirs)} events of {somebody.user_id} were deleted from 12 streams" in refused
    counts = re.findall(r"^ +(\w+): (\d+) rows with [^,\n]*(?:, (\d+) rows)?", refused, re.MULTILINE)
    assert {table: int(with_id) + int(without or 0) for table, with_id, without in counts} == Counter(
        table for table, _ in theirs
    )
    assert streamed(project, event_tables) == keys(everyone()) - theirs
    assert cells_of(project, somebody) == []
    alike = with_the_same_digits(project, somebody.user_id)
    land(project, alike, rng)
    left = keys([*everyone(), *alike]) - theirs
    project.dbt("run", "--full-refresh", "--select", "int_unlock_events", "int_order_tracker_events")
    project.dbt("run", *INCREMENTS, "--vars", "reconcile: true")
    assert streamed(project, event_tables) == left
    assert cells_of(project, somebody) == []

    project.execute(deletions(refused), user="loader")
    assert landed(project) == left
    forget(project, somebody.user_id)
    assert project.warnings == []
    project.dbt("run", *INCREMENTS)
    without_them = outputs(project)
    written = row_versions(project, Manifest.of(project).incremental)
    forget(project, somebody.user_id)
    assert f"{NOBODY} {somebody.user_id}." in str(project.warnings)
    assert "forgotten " not in str(
        project.query("select * from analytics_intermediate.int_unlock_events__watermarks")
    )
    project.dbt("run", *INCREMENTS)
    assert row_versions(project, Manifest.of(project).incremental) == written

    project.dbt("run", *INCREMENTS, "--full-refresh")
    assert_same_contents(without_them, outputs(project))


def test_a_person_is_found_after_segment_deleted_by_user_id(project: Project, rng: random.Random) -> None:
    """Segment deleted by user id. Since the last run more rows have landed, with blanks in an id."""
    event_tables = Manifest.of(project).event_tables
    before = streamed(project, event_tables)
    project.execute(
        "; ".join(f"delete from {table} where user_id = 'cust_7'" for table in project.tables(RAW_SCHEMA)),
        user="loader",
    )
    land(
        project,
        [
            web("order_tracker_faq_open", 60, anonymous_id="watch", order_id="own order"),
            web("order_tracker_rating_submit", 61, anonymous_id="watch", user_id=" cust_7\t"),
            web("pilot_soft_reset", 62, anonymous_id="desk", pilot_id="cust_7", robot_id="r1"),
            RawRow("identifies", 0, {"id": "identified", "user_id": "cust_7"}),
            RawRow("tracks", 0, {"id": "order_tracker_open 1", "anonymous_id": "phone"}),
            RawRow("users", 0, {"id": "cust_7"}),
            RawRow("users", 0, {"id": "neighbour"}),
            RawRow("aliases", 0, {"id": "alias", "user_id": "cust_8"}),
            RawRow("former_resets", 0, {"id": "reset", "pilot_id": "cust_7"}),
            RawRow("former_resets", 0, {"id": "of another", "pilot_id": "pilot", "anonymous_id": "phone"}),
        ],
        rng,
    )
    project.execute(
        f"alter table {RAW_SCHEMA}.aliases add previous_id text; update {RAW_SCHEMA}.aliases"
        f" set previous_id = 'cust_7'; revoke select on {RAW_SCHEMA}.page_viewed from transformer",
        user="loader",
    )
    refused = refusal(project, " cust_7 ")
    for line in (
        f"order_unlock_coco: 0 rows {WITH_ID}, 1 {WITHOUT} laptop",
        f"order_tracker_faq_open: 0 rows {WITH_ID}, 2 {WITHOUT} laptop, watch",
        f"tracks: 0 rows {WITH_ID}, 1 {WITHOUT} phone",
        *(
            f"{table}: 1 rows {WITH_ID}"
            for table in (
                *("order_tracker_rating_submit", "pilot_soft_reset", "former_resets"),
                *("identifies", "users", "aliases"),
            )
        ),
    ):
        assert line in refused
    assert streamed(project, event_tables) == before - keys(customer().rows)
    project.execute(deletions(refused), user="loader")

    assert "may not read them: page_viewed." in refusal(project, "cust_7")
    project.execute(f"grant select on {RAW_SCHEMA}.page_viewed to transformer", user="loader")
    forget(project, "cust_7")
    assert project.warnings == []
    kept = keys([*pilot().rows, *loner().rows, *others()])
    assert landed(project) == kept | {("users", "neighbour"), ("former_resets", "of another")}
    project.dbt("run", *INCREMENTS)
    assert streamed(project, event_tables) == kept

    land(project, [web("order_tracker_open", 70, anonymous_id="watch")], rng)
    project.dbt("run", "--select", "+int_order_tracker_events")
    forget(project, "cust_7")
    assert f"{NOBODY} cust_7." in str(project.warnings)
    assert f"1 {WITHOUT} watch" in refusal(project, "cust_7", "watch")
    assert streamed(project, event_tables) == kept


def test_names_and_ids_are_never_part_of_sql(project: Project, rng: random.Random) -> None:
    """Other tables in the raw schema have names that the loader chooses, and people choose their ids.

    These tables keep Segment's names of columns, also if event tables have others.
    """
    name, person = """it's "x", pg_database "y" """, "{browsers} {{ 1/0 }} ' \\ \" %s\r\n é"
    land_rows(project, name, {"user_id": "text"}, {"user_id": person}, {"user_id": "cust_7"})
    land_rows(project, "users", {"id": "text"}, {"id": person})
    land_rows(project, "pages", {"anonymous_id": "text"}, {"anonymous_id": "it's"})
    names = "{raw_names: {user_id: [customer], id: [message], anonymous_id: [browser]}}"
    refused = refusal_of(project, arguments_of(person, "it's"), "--vars", names)
    for with_id in (name, "users"):
        assert f"  {with_id}: 1 rows with the user or pilot id {person.splitlines()[0]}" in refused
    assert f"{person.splitlines()[1]}, 1 {WITHOUT} it's\n" in refused
    project.execute(deletions(refused), user="loader")
    copies = [
        web("order_tracker_faq_open", 80, anonymous_id="it's", user_id=user) for user in (None, "other")
    ]
    land(project, copies, rng)
    refused = refusal(project, person, "it's")
    assert f"  order_tracker_faq_open: 0 rows with the user or pilot id {person.splitlines()[0]}" in refused
    project.execute(deletions(refused), user="loader")
    users = f"select user_id from {RAW_SCHEMA}.order_tracker_faq_open where id = 'order_tracker_faq_open 80'"
    assert project.query(users) == [("other",)], "a copy of the event under another user's id"
    table = SQL("select user_id from {}.{}").format(Identifier(RAW_SCHEMA), Identifier(name))
    with closing(project.database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(table)
        assert cursor.fetchall() == [("cust_7",)]
    forget(project, person)
    assert project.warnings == []


def test_forgetting_somebody_unknown_writes_nothing(project: Project) -> None:
    written = row_versions(project, Manifest.of(project).incremental)
    for user_id in ("cust_8", "O'Neil", "server"):
        forget(project, user_id)
        assert f"{NOBODY} {user_id}. Nothing was changed." in str(project.warnings)
    for blank in ("\t", "undefined"):
        assert "staging does not accept the id" in refusal(project, blank)
    assert "staging does not accept the id 'null'" in refusal(project, "cust_7", "phone", "null")
    anonymous = ("phone", "{phone: laptop}", "[phone, 12]")
    for arguments in (
        "{user_id: 0123}",
        *(f'{{user_id: "cust_7", anonymous_ids: {ids}}}' for ids in anonymous),
    ):
        assert "anonymous_ids a list of texts. Nothing was changed." in refusal_of(project, arguments)
    project.dbt("run", *INCREMENTS)
    assert row_versions(project, Manifest.of(project).incremental) == written
    project.execute("alter schema analytics_intermediate rename to former_streams", user="postgres")
    assert "there are no event streams in analytics. Is this the right target?" in refusal(project, "cust_7")
    project.execute("alter schema former_streams rename to analytics_intermediate", user="postgres")
    project.execute(f"alter schema {RAW_SCHEMA} rename to elsewhere", user="postgres")
    assert f"no event table has landed in schema {RAW_SCHEMA}" in refusal(project, "cust_7")


def with_the_same_digits(project: Project, user_id: str) -> list[RawRow]:
    """Events of a user and of a browser whose ids have the keyed digits of an id on the list."""
    ((key,),) = project.query("select secret from analytics_privacy.hash_key")
    ((listed,),) = project.query(
        f"select count(*) from {LISTED} where input_name like 'forgotten % {digits(key, user_id)} %'"
    )
    assert listed
    numbers = (number for number in count() if digits(key, f"u{number}") == digits(key, user_id))
    user, browser = (f"u{next(numbers)}" for _ in range(2))
    return [
        web("order_unlock_coco", 80, anonymous_id="radio", user_id=user),
        web("order_unlock_coco", 81, anonymous_id=browser),
    ]


def digits(key: str, value: str) -> str:
    """The digits that are compared before the hash, computed in Python."""
    block = sha256(f"digits {key}".encode()).hexdigest()
    return md5((block + value).encode(), usedforsecurity=False).hexdigest()[:4]


def forget(project: Project, user_id: str, *anonymous_ids: str) -> None:
    """Forget a person by `dbt run-operation`."""
    project.dbt("run-operation", "forget_user", "--args", arguments_of(user_id, *anonymous_ids))


def arguments_of(user_id: str, *anonymous_ids: str) -> str:
    """The arguments of `forget_user` as YAML."""
    return json.dumps({"user_id": user_id, "anonymous_ids": anonymous_ids})


def refusal(project: Project, user_id: str, *anonymous_ids: str) -> str:
    """Forget a person, which must end with an error; returns its message."""
    return refusal_of(project, arguments_of(user_id, *anonymous_ids))


def refusal_of(project: Project, arguments: str, *options: str) -> str:
    """Call `forget_user` with arguments in YAML, which must end with an error; returns its message."""
    printed = io.StringIO()
    with redirect_stdout(printed), pytest.raises(AssertionError, match="run-operation failed"):
        project.dbt("run-operation", "forget_user", "--args", arguments, *options)
    return printed.getvalue()


def deletions(refused: str) -> str:
    """The SQL statements in an error message."""
    return "\n".join(re.findall(r"^\s*(delete from .*;)$", refused, re.MULTILINE))


def keys(rows: Iterable[RawRow]) -> set[tuple[str, str]]:
    """The names and ids of events."""
    return {(row.event, str(row.values["id"])) for row in rows}


def landed(project: Project) -> set[tuple[str, str]]:
    """The events of all raw tables."""
    there = {table.split(".")[1] for table in project.tables(RAW_SCHEMA)}
    selects = [f"select '{table}', id from {RAW_SCHEMA}.{table}" for table in sorted(there)]
    return {(event, event_id) for event, event_id in project.query(" union all ".join(selects))}


def cells_of(project: Project, person: Person) -> list[tuple[str, str]]:
    """The cells of tables and marts that are an id of the person, or end in a colon and the id."""
    ids = {
        person.user_id,
        *(str(row.values["anonymous_id"]) for row in person.rows if not row.values.get("user_id")),
    }
    ids -= {"None", SERVER, *(str(row.values.get("anonymous_id")) for row in others())}
    return [
        (relation, str(cell))
        for relation in project.tables("analytics_intermediate", "analytics_marts")
        for row in project.query(f"select * from {relation}")
        for cell in row
        if ids & {str(cell), str(cell).rpartition(":")[2]}
    ]


def streamed(project: Project, event_tables: dict[str, str]) -> set[tuple[str, str]]:
    """The events of all streams."""
    selects = [f"select event_name, event_id from {stream}" for stream in sorted({*event_tables.values()})]
    return {(event, event_id) for event, event_id in project.query(" union all ".join(selects))}
