"""The embedded server: starting, stopping, healing, and what it says when it cannot."""

import os
import signal
import stat
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from sandbox.errors import SandboxError
from sandbox.programs import bin_folder
from sandbox.server import DEFAULT_DATABASE, RAW_SCHEMA, Server

NewServer = Callable[[], Server]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")


def query(server: Server, sql: str, database: str = DEFAULT_DATABASE) -> object:
    with closing(server.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
        return row[0] if row else None


def execute(server: Server, sql: str) -> None:
    with closing(server.connect(autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)


def kill(server: Server) -> None:
    """End the server as a crash would: at once, its pid file left behind."""
    with closing(server.connect("postgres", autocommit=True)) as connection:
        os.kill(server.pid, signal.SIGKILL)
        # The server's end of the connection closes when its process has gone.
        with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
            cursor.execute("select pg_sleep(600)")


def test_a_second_start_leaves_the_running_server_alone(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    pid = server.pid
    Server(server.directory).start()
    assert server.pid == pid
    assert query(server, "select 1") == 1


def test_a_start_completes_one_that_was_cut_short(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    server.drop_database(DEFAULT_DATABASE)
    server.start()
    assert query(server, f"select has_schema_privilege('loader', '{RAW_SCHEMA}', 'create')") is True


def test_starts_at_the_same_time_give_one_server(new_server: NewServer) -> None:
    directory = new_server().directory

    def start(_: int) -> int:
        server = Server(directory, durable=False)
        server.start()
        return server.pid

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(start, range(4)))) == 1


def test_stop_frees_everything_but_the_data_and_delete_that_too(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    execute(server, "create table kept as select 42 as answer")
    socket = server.socket_dir / ".s.PGSQL.5432"
    assert socket.exists()
    with closing(server.connect()) as connection:
        server.stop()
        with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
            cursor.execute("select 1")
    assert not server.is_running()
    assert not socket.exists()
    server.stop()
    server.start()
    assert query(server, "select answer from kept") == 42
    server.delete()
    assert not server.is_running()
    assert list(server.directory.iterdir()) == []


def test_without_a_server_a_connection_says_what_to_do(new_server: NewServer) -> None:
    with pytest.raises(SandboxError, match=r"not running. Start it: python -m sandbox up"):
        new_server().connect()


def test_a_killed_server_is_seen_and_starts_again_with_its_data(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    execute(server, "create table kept as select 42 as answer")
    execute(server, "checkpoint")  # a crash may cost the last few commits
    kill(server)
    assert (server.data / "postmaster.pid").exists()
    assert not server.is_running()
    with pytest.raises(SandboxError, match="python -m sandbox up"):
        server.connect()
    server.start()
    assert query(server, "select answer from kept") == 42


def test_a_stale_pid_file_does_not_stop_a_start(new_server: NewServer) -> None:
    server, other = new_server(), new_server()
    server.start()
    other.start()
    # The number now is a process of the server's own account, the one case that PostgreSQL itself refuses.
    for content in (f"{other.pid}\n/elsewhere\n0\n5432\n/elsewhere\n\n0 0\nready\n", f"{other.pid}\n", ""):
        server.stop()
        (server.data / "postmaster.pid").write_text(content)
        (server.state / ".s.PGSQL.5432.lock").write_text(content)
        assert not server.is_running()
        server.start()
        assert query(server, "select 1") == 1
    assert query(other, "select 1") == 1


def test_what_an_interrupted_first_start_left_is_no_obstacle(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    server.stop()
    server.data.rename(server.state / "data.unfinished")
    (server.state / "data.unfinished" / "global" / "pg_control").unlink()
    server.start()
    assert query(server, "select 1") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_private_folder(new_server: NewServer) -> None:
    server = Server(new_server().directory / ("deep" * 25), durable=False)
    server.start()
    folder = server.socket_dir
    try:
        assert folder.parent == Path("/tmp")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert query(server, "select 1") == 1
    finally:
        server.delete()
    assert not folder.exists()


def test_data_of_another_version_is_refused_and_kept(new_server: NewServer) -> None:
    server = new_server()
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(SandboxError, match=r"made by PostgreSQL 16, and this is 18.*down --delete"):
        server.start()
    assert (server.data / "global" / "pg_control").exists()


def test_two_servers_at_once_know_nothing_of_each_other_but_who_has_a_socket(new_server: NewServer) -> None:
    one, two = new_server(), new_server()
    one.start()
    two.start()
    assert one.pid != two.pid
    assert one.socket_dir != two.socket_dir
    one.create_database("only_here")
    assert "only_here" in one.databases()
    assert "only_here" not in two.databases()

    two.stop()
    (two.state / ".s.PGSQL.5432.lock").write_text(f"{one.pid}\n{one.data}\n0\n5432\n{two.state}\n")
    with pytest.raises(SandboxError, match=rf"process {one.pid}\) uses the socket .*SANDBOX_HOME"):
        two.start()
    one.delete()
    two.start()
    assert query(two, "select 1") == 1


def test_a_folder_that_is_not_ours_is_refused(new_server: NewServer, tmp_path: Path) -> None:
    server = new_server()
    server.directory.mkdir()
    server.state.symlink_to(tmp_path)
    with pytest.raises(SandboxError, match="is not a folder of the user"):
        server.start()
    assert list(tmp_path.iterdir()) == []
    server.state.unlink()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SandboxError, match=r"Cannot use .*file/home.*SANDBOX_HOME"):
        Server(tmp_path / "file" / "home").start()


def test_a_path_that_a_shell_would_misread_is_refused(new_server: NewServer) -> None:
    with pytest.raises(SandboxError, match="characters that PostgreSQL's tools cannot take"):
        Server(new_server().directory / "a$(b)").start()


def test_only_the_owner_can_reach_the_socket(server: Server) -> None:
    folder = server.socket_dir
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / ".s.PGSQL.5432").stat().st_mode) == 0o700
    assert query(server, "show listen_addresses") == ""


@needs_root
def test_even_the_account_that_runs_the_server_cannot_log_in(server: Server) -> None:
    command = [str(bin_folder() / "psql"), "-h", str(server.socket_dir), "-U", "postgres", "-c", "select 1"]
    account = server.data.stat().st_uid
    assert account != 0
    attempt = subprocess.run(command, user=account, group=account, cwd="/", capture_output=True, text=True)
    assert attempt.returncode == 2
    assert "Peer authentication failed" in attempt.stderr


@needs_root
def test_no_folder_on_the_way_is_opened_for_the_server(new_server: NewServer) -> None:
    closed = new_server().directory
    closed.mkdir(mode=0o700)
    server = Server(closed / "project" / ".sandbox", durable=False)
    server.start()
    try:
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert server.state.parent == Path("/var/tmp")
        assert query(server, "select 1") == 1
    finally:
        server.delete()
    assert not server.state.exists()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("show timezone", "UTC"),
        ("show jit", "off"),
        ("show fsync", "off"),
        ("show server_encoding", "UTF8"),
        ("select 'a' < 'B'", False),
        ("select 'Z' < 'a'", True),
        ("select lower('ÄÉ')", "äé"),
    ],
)
def test_settings_and_collation(server: Server, sql: str, expected: object) -> None:
    assert query(server, sql, "postgres") == expected


def test_odd_paths_and_the_callers_own_postgres_settings_do_no_harm(
    new_server: NewServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    server = Server(new_server().directory / "mein Ordner für Größeres", durable=False)
    server.start()
    try:
        assert query(server, "select 1") == 1
    finally:
        server.delete()
