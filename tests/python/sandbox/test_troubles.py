"""What the sandbox says about troubles that a test cannot safely cause, and how it sizes the server."""

import errno
import os
from pathlib import Path

import pytest

from sandbox import startup_log, tuning
from sandbox.errors import SandboxError
from sandbox.folders import explained

GIB = 1024**3


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            'initdb: error: could not write to file "pg_wal/xlogtemp.31": No space left on device\n',
            "The disk that holds /home/of/it is full. Free some space, or set SANDBOX_HOME",
        ),
        (
            'FATAL:  lock file "/s/.s.PGSQL.5432.lock" already exists\n'
            'HINT:  Is another postmaster (PID 4711) using socket file "/s/.s.PGSQL.5432"?\n',
            "Another PostgreSQL server (process 4711) uses the socket /s/.s.PGSQL.5432.",
        ),
        (
            'LOG:  could not bind Unix address "/s/.s.PGSQL.5432": Address already in use\n',
            "Another PostgreSQL server (another process) uses the socket /s/.s.PGSQL.5432.",
        ),
        (
            "FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use\n",
            "was killed and some of its processes are still at work.",
        ),
        (
            "FATAL:  could not map anonymous shared memory: Cannot allocate memory\n",
            "PostgreSQL does not get enough memory.",
        ),
        ("FATAL:  something new\n", "PostgreSQL does not start. The end of /log:\nFATAL:  something new"),
        ("", "PostgreSQL said nothing."),
    ],
)
def test_a_failed_start_is_explained(output: str, message: str) -> None:
    assert message in str(startup_log.explain(output, Path("/home/of/it"), Path("/log")))


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "is full"),
        (errno.EDQUOT, "is full"),
        (errno.EACCES, "No access to /somewhere/file: Permission denied. Set SANDBOX_HOME"),
        (errno.EROFS, "No access to /somewhere/file: Read-only file system. Set SANDBOX_HOME"),
        (errno.EIO, "Cannot use /somewhere"),
    ],
)
def test_a_refusal_of_the_system_is_explained(number: int, message: str) -> None:
    with pytest.raises(SandboxError, match=message), explained(Path("/somewhere")):
        raise OSError(number, os.strerror(number), "/somewhere/file")


@pytest.mark.parametrize(
    ("memory", "alone", "buffers", "work_mem"),
    [
        (GIB // 4, True, "128MB", "16MB"),
        (8 * GIB, True, "2048MB", "64MB"),
        (64 * GIB, True, "8192MB", "256MB"),
        (64 * GIB, False, "256MB", "256MB"),
    ],
)
def test_memory_settings_follow_the_machine(memory: int, alone: bool, buffers: str, work_mem: str) -> None:
    values = tuning.settings(durable=True, alone=alone, memory=memory, cores=2)
    assert values["shared_buffers"] == buffers
    assert values["work_mem"] == work_mem


@pytest.mark.parametrize(("cores", "per_query"), [(1, "1"), (2, "2"), (32, "4")])
def test_parallel_settings_follow_the_cores(cores: int, per_query: str) -> None:
    values = tuning.settings(durable=True, alone=True, memory=8 * GIB, cores=cores)
    assert values["max_parallel_workers"] == str(cores)
    assert values["max_parallel_workers_per_gather"] == per_query


def test_only_a_durable_server_waits_for_the_disk() -> None:
    durable = tuning.settings(durable=True, alone=True, memory=GIB, cores=1)
    assert (durable["fsync"], durable["full_page_writes"]) == ("on", "on")
    quick = tuning.settings(durable=False, alone=True, memory=GIB, cores=1)
    assert (quick["fsync"], quick["full_page_writes"]) == ("off", "off")


def test_this_machine_has_memory_and_cores() -> None:
    assert tuning.memory_bytes() >= GIB // 4
    assert 1 <= tuning.core_count() <= (os.cpu_count() or 1)


def test_settings_are_written_as_postgresql_reads_them() -> None:
    text = tuning.render({"jit": "off", "unix_socket_directories": "/a b"})
    assert text.splitlines()[1:] == ["jit = 'off'", "unix_socket_directories = '/a b'"]
