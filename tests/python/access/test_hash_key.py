"""The key of the keyed hashes: the hashes, which keys stop a run, and who may read the key."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from hashlib import sha256

import psycopg2
import pytest
from dbt.contracts.graph.nodes import ModelNode

from contract.raw import land_rows
from project import Project
from properties.test_forget_user import refusal
from sandbox.server import RAW_SCHEMA

STREAM = "analytics_intermediate.int_pilot_system_events"
KEY_TABLE = "analytics_privacy.hash_key"
RUN = ("run", "--select", "+int_pilot_system_events")
HOST_NAMES = "pilot_workstation_hostname"
TYPES = {"id": "text", "received_at": "timestamptz", "hostname": "text"}
ODD_KEY = "it's $key$ \\' {{ 1 / 0 }} %s %% ; -- \" \n é 😀 /* {% raw %}"

OTHER_KEY = "another key, which is long enough"


def land_host_names(project: Project, *names: str) -> None:
    """Land an event of each of these workstations."""
    rows = [{"id": name, "received_at": "2026-09-01 12:00:00+00", "hostname": name} for name in names]
    land_rows(project, HOST_NAMES, TYPES, *rows)


def set_keys(project: Project, *keys: str) -> None:
    """Replace the rows of the key table by these keys."""
    with project.database.connect(user="transformer") as connection, connection.cursor() as cursor:
        cursor.execute(f"delete from {KEY_TABLE}")
        cursor.executemany(f"insert into {KEY_TABLE} (secret) values (%s)", [(key,) for key in keys])
    connection.close()


def keyed_hash(key: str, value: str) -> str:
    """The documented hash, computed in Python."""

    def digest(text: str) -> str:
        return sha256(text.encode()).hexdigest()

    return digest(digest(f"outer {key}") + digest(digest(f"inner {key}") + value))[:32]


def workstations(project: Project) -> dict[str, str]:
    """The hashes in the stream, by host name."""
    return dict(project.query(f"select event_id, workstation_id from {STREAM}"))


def failure(project: Project, *arguments: str) -> str:
    """Run the stream, which must fail; returns the message."""
    results = project.dbt(*RUN, *arguments, succeeds=False)
    (message,) = [str(each.message) for each in results.values() if each.status == "error"]
    return message


def assert_hashes_follow_the_key(project: Project) -> None:
    """Assert the hashes with an odd key, the error with another key, and the hashes after a full refresh."""
    names = ("desk-7", "büro 'ß' \\")
    land_host_names(project, *names)
    set_keys(project, ODD_KEY)
    project.dbt(*RUN)
    # Earlier versions recorded a null for a browser to forget whose id staging does not accept.
    project.execute(f"insert into {STREAM}__watermarks values (null, '2026-09-01'), (null, null)")
    first = {name: keyed_hash(ODD_KEY, name) for name in names}
    assert workstations(project) == first
    land_host_names(project, "desk-8")
    set_keys(project, OTHER_KEY)
    refused = failure(project, "--vars", "accept_changed_rules: true")
    assert "were made with another key" in refused
    assert "dbt run --full-refresh --select int_pilot_system_events+" in refused
    assert OTHER_KEY not in refused
    assert workstations(project) == first
    project.dbt(*RUN, "--full-refresh")
    assert workstations(project) == {name: keyed_hash(OTHER_KEY, name) for name in (*names, "desk-8")}


def test_hashes_follow_the_key(project: Project) -> None:
    assert_hashes_follow_the_key(project)
    made = workstations(project)
    set_keys(project, ODD_KEY)
    assert "another key" in failure(project, "--vars", "reconcile: {from: 2026-09-01, to: 2026-09-02}")
    for keys, found in (
        (("",), "has a key of 0 characters"),
        ((" \t\r\n" * 10,), "has a key of 0 characters"),
        (("k" * 31,), "has a key of 31 characters"),
        ((OTHER_KEY, OTHER_KEY), "has 2 keys"),
        ((), "has no key"),
    ):
        set_keys(project, *keys)
        assert_refused(project, found)
    assert workstations(project) == made
    set_keys(project, OTHER_KEY)
    project.dbt(*RUN)
    set_keys(project, "k" * 32)
    project.dbt(*RUN, "--vars", "reconcile: true")
    project.dbt(*RUN)
    assert workstations(project) == {name: keyed_hash("k" * 32, name) for name in made}
    project.execute(f"drop table {KEY_TABLE}")
    assert_refused(project, "has no key", "--full-refresh")
    assert len(workstations(project)) == 3


def test_a_key_that_is_null_is_refused(project: Project) -> None:
    land_host_names(project, "desk-7")
    project.execute(
        f"alter table {KEY_TABLE} alter column secret drop not null; update {KEY_TABLE} set secret = null"
    )
    assert_refused(project, "has a key of 0 characters")


def test_statements_fail_if_the_key_was_changed_after_its_fingerprint_was_read(project: Project) -> None:
    land_host_names(project, "desk-7")
    model = project.dbt(*RUN)["int_pilot_system_events"].node
    assert isinstance(model, ModelNode)
    hashing = model.compiled_code
    assert project.query(f"select event_id from ({hashing}) as hashed") == [("desk-7",)]
    ((key,),) = project.query(f"select secret from {KEY_TABLE}")
    for keys in ((OTHER_KEY,), (key, OTHER_KEY), ()):
        set_keys(project, *keys)
        with pytest.raises(
            psycopg2.errors.InvalidTextRepresentation, match="The hash key was changed during"
        ):
            project.query(f"select * from ({hashing}) as hashed")


def test_another_key_is_refused_where_it_would_match_nobody_or_leave_old_hashes(project: Project) -> None:
    first, now = "2026-08-01 12:00:00+00", datetime.now(timezone.utc)
    land_rows(
        project,
        HOST_NAMES,
        {**TYPES, "user_id": "text"},
        {"id": "old", "received_at": first, "hostname": "desk-1", "user_id": "pilot_1"},
        {"id": "his", "received_at": now, "hostname": "desk-2", "user_id": "pilot_2"},
        {"id": "new", "received_at": now, "hostname": "desk-3"},
    )
    ((key,),) = project.query(f"select secret from {KEY_TABLE}")
    project.dbt(*RUN)
    assert "not done yet" in refusal(project, "pilot_2")
    made = {name: keyed_hash(key, host) for name, host in (("old", "desk-1"), ("new", "desk-3"))}
    assert workstations(project) == made
    assert_lists_of_older_versions_are_refused(project)

    set_keys(project, OTHER_KEY)
    commands: list[tuple[str, ...]] = [(), ("--full-refresh",), ("--vars", "reconcile: true")]
    for arguments in commands:
        refused = failure(project, *arguments)
        assert "The list of people to forget was made with another key" in refused
        assert OTHER_KEY not in refused
    refused = refusal(project, "pilot_3")
    assert "The list of people to forget was made with another key" in refused
    assert workstations(project) == made
    (deletion,) = re.findall(r"delete from .* like 'forgotten %'", refused)
    project.execute(deletion)
    assert "not done yet" in refusal(project, "pilot_2")

    project.execute(f"delete from {RAW_SCHEMA}.{HOST_NAMES} where id = 'old'", user="loader")
    pruned = "raw_retention_days: 30"
    commands = [("--full-refresh", "--vars", pruned), ("--vars", f"{{reconcile: true, {pruned}}}")]
    for arguments in commands:
        refused = failure(project, *arguments)
        assert "int_pilot_system_events has 1 events with a hash of another key" in refused
        assert workstations(project) == made
    (update,) = re.findall(r"update .* = null", refused)
    project.execute(update)
    project.dbt(*RUN, "--vars", f"{{reconcile: true, {pruned}}}")
    assert workstations(project) == {"old": None, "new": keyed_hash(OTHER_KEY, "desk-3")}
    project.dbt(*RUN, "--vars", pruned)


def assert_lists_of_older_versions_are_refused(project: Project) -> None:
    """Assert that runs and forget_user refuse entries without keyed digits or without the fingerprint."""
    table = f"{STREAM}__watermarks"
    (listed,) = project.query(f"select input_name from {table} where input_name like 'forgotten %'")[0]
    without_fingerprint = listed[:75]
    for older in (without_fingerprint, without_fingerprint + listed[-9:]):
        project.execute(f"update {table} set input_name = '{older}' where input_name = '{listed}'")
        refused = (failure(project), refusal(project, "pilot_3"))
        project.execute(f"update {table} set input_name = '{listed}' where input_name = '{older}'")
        for message in refused:
            assert "The list of people to forget was made by an older version of this project" in message
            assert re.findall(r"delete from (\S+) where input_name like 'forgotten %'", message)


def assert_refused(project: Project, found: str, *arguments: str) -> None:
    """Assert that a run of the stream fails for this reason, and that the message says what to do."""
    refused = failure(project, *arguments)
    assert "one key of at least 32 characters" in refused
    assert found in refused
    assert "Run warehouse/hash_key_postgres.sql" in refused


def test_a_key_is_random_and_only_the_user_of_dbt_reads_it(project: Project) -> None:
    ((key,),) = project.query(f"select secret from {KEY_TABLE}")
    assert len(key) == 72
    for user in ("analyst", "loader"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            project.query(f"select secret from {KEY_TABLE}", user=user)
