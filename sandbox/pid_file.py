"""What a PostgreSQL server says about itself in postmaster.pid, and whether it is still true."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PidFile:
    """The lines of a postmaster.pid that matter here."""

    pid: int
    socket_dir: Path
    status: str
    """`starting`, `ready` or `stopping`."""


def path(data: Path) -> Path:
    """Where the server of the data folder `data` writes its file."""
    return data / "postmaster.pid"


def read(data: Path) -> PidFile | None:
    """The file of the data folder `data`; None if there is none, or it is not (or not yet) whole."""
    try:
        lines = path(data).read_text().splitlines()
        return PidFile(pid=int(lines[0]), socket_dir=Path(lines[4].strip()), status=lines[7].strip())
    except (FileNotFoundError, IndexError, ValueError):
        return None


def remove_if_stale(lock: Path) -> None:
    """Remove a server's lock file (of its data or its socket) if the server that it names is not alive.

    PostgreSQL does that itself only if no process has the number, or one of another user.
    """
    try:
        pid, data = lock.read_text().splitlines()[:2]
        stale = not is_alive(int(pid), Path(data))
    except FileNotFoundError:
        return
    except ValueError:  # the disk was full
        stale = True
    if stale:
        lock.unlink()


def is_alive(pid: int, data: Path) -> bool:
    """Whether process `pid` is the server of `data`, and not one that came later and got the same number."""
    return str(data) in _command(pid)


def _command(pid: int) -> str:
    """The command line of process `pid`; empty if there is none, or it has ended and nobody has noticed."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="surrogateescape").replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    # Containers often have no ps, but they run Linux.
    listed = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout
