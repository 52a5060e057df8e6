"""What the server uses while something runs: memory of its own and temporary files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from benchmarks.project import Project

_EVERY_SECONDS = 0.02


@dataclass
class Usage:
    """What was used in a stretch of time, in bytes."""

    peak_memory: int = 0
    """The most that all server processes held at once, shared buffers not counted. Seen every 20 ms."""
    temporary: int = 0
    """Written to temporary files."""


@contextmanager
def usage(project: Project) -> Iterator[Usage]:
    """Watch the server; the figures are complete when the block has ended."""
    found = Usage()
    before = _temporary(project)
    ended = Event()
    watcher = Thread(target=_watch, args=(project.server.pid, ended, found), daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        ended.set()
        watcher.join()
        found.temporary = _temporary(project) - before


def _watch(postmaster: int, ended: Event, found: Usage) -> None:
    while not ended.wait(_EVERY_SECONDS):
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children")
        with suppress(OSError):  # not on Linux
            found.peak_memory = max(found.peak_memory, sum(map(_anonymous, children.read_text().split())))


def _anonymous(process: str) -> int:
    """Bytes of memory that belong to this process alone; 0 if it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0


def _temporary(project: Project) -> int:
    rows = project.query(f"select temp_bytes from pg_stat_database where datname = '{project.database}'")
    return int(rows[0][0])
