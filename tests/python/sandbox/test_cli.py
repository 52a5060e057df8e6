"""The commands of `python -m sandbox`."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from sandbox import cli, profiles
from sandbox.access import RAW_SCHEMA
from sandbox.server import Server
from sandbox.status import count_raw_rows
from warehouse import Database

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that the commands take for the project."""
    monkeypatch.setattr(cli, "PROJECT", tmp_path)
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)
    shutil.copy(PROJECT / "profiles.example.yml", tmp_path)
    return tmp_path


@pytest.fixture
def home(new_server: Callable[[], Server], monkeypatch: pytest.MonkeyPatch, folder: Path) -> Server:
    """A server that the commands of one test may start, stop and delete."""
    server = new_server()
    monkeypatch.setenv("SANDBOX_HOME", str(server.directory))
    return server


@pytest.fixture
def running(database: Database, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Database:
    """A database of the running server that the commands of one test use."""
    monkeypatch.setenv("SANDBOX_HOME", str(database.server.directory))
    monkeypatch.setenv("SANDBOX_DATABASE", database.name)
    return database


def test_up_starts_writes_the_profile_and_says_what_is_next(
    home: Server, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["up"]) == 0
    assert home.is_running()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        f"The warehouse is running: PostgreSQL 18, process {home.pid}, socket in {home.socket_dir}"
    )
    assert [line[6:].split("   ")[0] for line in lines[-3:]] == [
        "python -m sandbox simulate",
        "python -m sandbox land",
        "dbt build",
    ]
    written = yaml.safe_load((folder / "profiles.yml").read_text())
    assert str(home.socket_dir) in written["delivery_platform"]["outputs"]["sandbox"]["host"]


def test_up_again_changes_nothing(running: Database, capsys: pytest.CaptureFixture[str]) -> None:
    pid = running.server.pid
    assert cli.main(["up"]) == 0
    assert running.server.pid == pid
    assert "was already running" in capsys.readouterr().out


def test_up_leaves_a_profile_of_your_own_alone(
    running: Database, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "profiles.yml").write_text("mine: {}\n")
    assert cli.main(["up"]) == 0
    assert (folder / "profiles.yml").read_text() == "mine: {}\n"
    out = capsys.readouterr().out
    assert f"{folder}/profiles.yml is your own and stays as it is." in out
    assert f"SANDBOX_HOST={running.server.socket_dir}" in out


def test_up_renews_a_profile_that_it_wrote(running: Database, folder: Path) -> None:
    (folder / "profiles.yml").write_text(f"{profiles.MARKER}\nold: {{}}\n")
    assert cli.main(["up"]) == 0
    assert "old" not in yaml.safe_load((folder / "profiles.yml").read_text())


def test_down_stops_and_removes_only_if_asked(home: Server, capsys: pytest.CaptureFixture[str]) -> None:
    home.start()
    assert cli.main(["down"]) == 0
    assert not home.is_running()
    assert home.data.exists()
    assert cli.main(["down"]) == 0
    assert cli.main(["down", "--delete"]) == 0
    assert not home.state.exists()
    assert capsys.readouterr().out.splitlines() == [
        "The warehouse has stopped.",
        "The warehouse was not running.",
        "The warehouse was not running.",
        "Its data is removed.",
    ]


def test_status_without_a_server(home: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["status"]) == 0
    assert "not running; start it with python -m sandbox up" in capsys.readouterr().out
    assert not home.directory.exists()


def test_status_counts_what_has_landed(running: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(running.connect("loader", autocommit=True)) as connection, connection.cursor() as cursor:
        for table, rows in (("order_tracker_open", 1200), ("order_unlock_coco", 34), ("tracks", 1234)):
            cursor.execute(f"create table {RAW_SCHEMA}.{table} as select generate_series(1, {rows}) as id")
    assert cli.main(["status", "--tables"]) == 0
    out = capsys.readouterr().out
    assert f"running, process {running.server.pid}\n" in out
    assert "Raw events  1,234 rows in 2 tables\n" in out
    assert f"host={running.server.socket_dir} port=5432 dbname={running.name} user=transformer\n" in out
    listed = [line.split() for line in out.splitlines()[-3:]]
    assert listed == [["order_tracker_open", "1,200"], ["order_unlock_coco", "34"], ["tracks", "1,234"]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-Atc", "select current_user, current_database()"], "transformer|{name}"),
        (["-U", "analyst", "-At", "-c", "select current_user"], "analyst"),
        (["-At", "postgres", "-c", "select current_database()"], "postgres"),
    ],
)
def test_psql_takes_all_of_its_own_options(running: Database, arguments: list[str], expected: str) -> None:
    command = [sys.executable, "-m", "sandbox", "psql", *arguments]
    session = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=True)
    assert session.stdout == f"{expected.format(name=running.name)}\n"


@pytest.mark.parametrize("command", [["land"], ["psql"]])
def test_a_command_that_needs_the_server_says_so_and_exits_with_1(
    home: Server, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(command) == 1
    captured = capsys.readouterr()
    assert captured.err == "Error: The sandbox is not running. Start it: python -m sandbox up\n"
    assert captured.out == ""


def test_an_error_has_no_traceback(home: Server) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "sandbox", "land"], capture_output=True, text=True, cwd=PROJECT, check=False
    )
    assert result.returncode == 1
    assert result.stderr == "Error: The sandbox is not running. Start it: python -m sandbox up\n"


@pytest.mark.parametrize("arguments", [[], ["sideways"], ["simulate", "--days", "many"], ["up", "now"]])
def test_a_command_that_makes_no_sense_exits_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main(arguments)
    assert exit_.value.code == 2
    assert "usage: python -m sandbox" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main(["--help"])
    assert exit_.value.code == 0
    out = capsys.readouterr().out
    for command in ("up", "down", "status", "simulate", "land", "psql", "demo"):
        assert f"\n    {command} " in out


def test_simulated_events_land_once(
    running: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = tmp_path / "events"
    settings = ["--days", "2", "--orders-per-day", "20", "--seed", "3", "--clean", "--out", str(events)]
    assert cli.main(["simulate", *settings]) == 0
    syncs = len(list(events.glob("sync_*.ndjson.gz")))
    assert capsys.readouterr().out.splitlines() == [
        f"{syncs} syncs are in {events}, and what really happened in {events}/truth",
        f"Next: python -m sandbox land {events}",
    ]
    assert cli.main(["land", str(events)]) == 0
    with closing(running.connect("loader")) as connection:
        landed = count_raw_rows(connection)
    assert landed["tracks"] == sum(rows for table, rows in landed.items() if table != "tracks") > 500
    capsys.readouterr()
    assert cli.main(["land", str(events)]) == 0
    assert "0 files landed" in capsys.readouterr().out
    with closing(running.connect("loader")) as connection:
        assert count_raw_rows(connection) == landed


def test_settings_that_make_no_sense_are_explained(home: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["simulate", "--days", "0"]) == 1
    assert capsys.readouterr().err.startswith("Error: days is 0")


def test_landing_takes_the_load_time_as_given(running: Database, tmp_path: Path) -> None:
    message = (
        '{"type": "track", "messageId": "m-1", "event": "Order Tracker Open",'
        ' "receivedAt": "2026-08-31T10:00:00Z", "timestamp": "2026-08-31T09:59:59Z"}'
    )
    (tmp_path / "some.ndjson").write_text(message)
    assert cli.main(["land", str(tmp_path / "some.ndjson"), "--loaded-at", "2026-08-31T12:00:00Z"]) == 0
    with closing(running.connect("transformer")) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"select id, to_char(uuid_ts, 'YYYY-MM-DD HH24:MI') from {RAW_SCHEMA}.order_tracker_open"
        )
        assert cursor.fetchall() == [("m-1", "2026-08-31 12:00")]


def test_two_ups_at_once_for_a_new_database_both_succeed(
    running: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody reads a half-written profile."""
    name = f"{running.name}_new"
    monkeypatch.setenv("SANDBOX_DATABASE", name)
    start = threading.Barrier(2)

    def up(_: int) -> int:
        start.wait()
        return cli.main(["up"])

    try:
        with ThreadPoolExecutor(2) as threads:
            assert list(threads.map(up, range(2))) == [0, 0]
        captured = capsys.readouterr()
        assert captured.err == ""
        assert captured.out.count(f"leads dbt to its database {name}.") == 2
        assert [path.name for path in folder.iterdir() if "profiles.yml" in path.name] == ["profiles.yml"]
        with closing(running.server.connect(name, user="loader")) as connection:
            assert count_raw_rows(connection) == {}
    finally:
        running.server.drop_database(name)


@pytest.mark.parametrize("name", ["", "x" * 64, "ä" * 32, "a\x1b[31m", os.fsdecode(b"\xff")])
@pytest.mark.parametrize("command", ["up", "land", "status"])
def test_an_unusable_database_name_is_refused(
    running: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    command: str,
) -> None:
    monkeypatch.setenv("SANDBOX_DATABASE", name)
    assert cli.main([command]) == 1
    err = capsys.readouterr().err
    assert err.startswith("Error: SANDBOX_DATABASE has to be a name of 1 to 63 bytes")
    assert err.rstrip("\n").isprintable()


def test_a_file_without_a_message_exits_with_1_and_the_others_land(
    running: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = tmp_path / "events"
    events.mkdir()
    (events / "a.jsonl").write_text("{}\n")
    (events / "b.ndjson").write_text('{"type": "track", "event": "A"}\n{\n')
    assert cli.main(["land", str(events)]) == 1
    captured = capsys.readouterr()
    assert captured.err == (
        "Error: 1 of 2 files have not landed: they have no message. "
        "Each line has to be a Segment message as one JSON object.\n"
    )
    assert captured.out.splitlines() == [
        "1 files landed: 1 messages, 2 rows in 2 tables, 2 of them new",
        f"  {events}/a.jsonl: no line is a message, refused",
        "Bad lines, not landed: 2",
        f"  {events}/a.jsonl:1: no type",
        captured.out.splitlines()[4],
    ]
    (events / "a.jsonl").unlink()
    assert cli.main(["land", str(events)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Next: dbt build"


HOSTILE = "\x1b]0;owned\x07\x9b31m\u202e日"


def test_no_name_is_printed_raw(
    running: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(running.connect("loader", autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute(f'create table {RAW_SCHEMA}."{HOSTILE}" (id text)')
    name = os.fsdecode(os.fsencode(HOSTILE) + b"\xff")
    (tmp_path / name).write_text('{"type": "track", "event": "A"}\n{"type": "\u009b31m"}\n')
    assert cli.main(["land", str(tmp_path / name), str(tmp_path / name)]) == 0
    assert cli.main(["land", str(tmp_path / f"{name} missing")]) == 1
    assert cli.main(["status", "--tables"]) == 0
    captured = capsys.readouterr()
    assert "\\x1b]0;owned" in captured.out
    assert "\\x1b]0;owned" in captured.err
    assert all(line.isprintable() for line in (captured.out + captured.err).split("\n"))


def test_characters_that_the_terminal_lacks_are_escaped(running: Database, tmp_path: Path) -> None:
    (tmp_path / "日.ndjson").write_text('{"type": "track", "event": "A"}\n{"type": "語"}\n')
    result = subprocess.run(
        [sys.executable, "-m", "sandbox", "land", str(tmp_path / "日.ndjson")],
        capture_output=True,
        cwd=PROJECT,
        check=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert b'unknown type "\\u8a9e"' in result.stdout
