"""PostgreSQL settings for analytics, sized to the machine."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_MIB = 1024**2
_CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_SHARED_MEMORY = Path("/dev/shm")


def memory_bytes() -> int:
    """The memory this process may use: the machine's, or its container's if that is less."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for file in _CONTAINER_LIMITS:
        with suppress(OSError, ValueError):  # no such limit, or the word "max"
            limits.append(int(file.read_text()))
    return min(limits)


def core_count() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def settings(*, durable: bool, alone: bool, memory: int, cores: int) -> dict[str, str]:
    """The settings for a machine with `memory` bytes and `cores` cores.

    A server that is not `durable` never waits for the disk: a crash of the machine (not of the server alone)
    can ruin its data. It is for tests, many of which may run at once, so it also takes little memory.
    """
    buffers = _clamp(memory // 4, 128 * _MIB, (8192 if alone else 256) * _MIB)
    switch = "on" if durable else "off"
    return {
        # memory
        "shared_buffers": _megabytes(buffers),
        "effective_cache_size": _megabytes(memory // 2),
        "work_mem": _megabytes(_clamp(memory // 128, 16 * _MIB, 256 * _MIB)),
        "maintenance_work_mem": _megabytes(_clamp(memory // 16, 64 * _MIB, 1024 * _MIB)),
        "dynamic_shared_memory_type": _dynamic_shared_memory(),
        # parallel queries
        "max_worker_processes": str(cores + 8),
        "max_parallel_workers": str(cores),
        "max_parallel_workers_per_gather": str(min(cores, 4)),
        "max_parallel_maintenance_workers": str(min(cores, 4)),
        # A run that swaps a table waits this long for an autovacuum of the old one to give way.
        "deadlock_timeout": "100ms",
        # planning
        "jit": "off",
        "random_page_cost": "1.1",
        # writing: nobody replicates this server, and a crash may cost the last few commits
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "synchronous_commit": "off",
        "fsync": switch,
        "full_page_writes": switch,
        "max_wal_size": "4GB" if durable else "1GB",
        "checkpoint_timeout": "15min",
        # the same everywhere
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_checkpoints": "off",
    }


def render(values: Mapping[str, str]) -> str:
    """`values` as the text of a postgresql.conf."""
    lines = (f"{name} = '{value}'" for name, value in values.items())
    return "\n".join(("# Written whenever the sandbox starts.", *lines, ""))


def _dynamic_shared_memory() -> str:
    # Parallel hash joins need room here, and containers often give /dev/shm no more than 64 MB.
    with suppress(OSError):
        shared = os.statvfs(_SHARED_MEMORY)
        return "posix" if shared.f_bavail * shared.f_frsize >= 512 * _MIB else "mmap"
    return "posix"


def _clamp(value: int, least: int, most: int) -> int:
    return max(least, min(value, most))


def _megabytes(value: int) -> str:
    return f"{value // _MIB}MB"
