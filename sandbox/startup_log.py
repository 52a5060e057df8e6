"""The message for a PostgreSQL that does not start, from its log."""

import re
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.folders import disk_full

STILL_IN_USE = "is still in use"
"""Part of the message while processes of a killed server are still about to end."""

_SOCKET_TAKEN = re.compile(
    r"(?:Is another postmaster \(PID (\d+)\) using socket file|could not bind Unix address) \"(.+?)\""
)


def explain(output: str, folder: Path, log: Path) -> SandboxError:
    """The error for a server or an initdb in `folder` that ended with `output`; `log` has more."""
    taken = _SOCKET_TAKEN.search(output)
    if taken:
        owner = f"process {taken[1]}" if taken[1] else "another process"
        return SandboxError(
            f"Another PostgreSQL server ({owner}) uses the socket {taken[2]}. "
            "Stop that process, or set SANDBOX_HOME to another folder."
        )
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return disk_full(folder)
    if STILL_IN_USE in output:
        return SandboxError(
            f"A server on {folder} was killed and some of its processes are still at work. "
            "Wait until they have ended (or end them) and try again."
        )
    if "Cannot allocate memory" in output or "could not map anonymous shared memory" in output:
        return SandboxError("PostgreSQL does not get enough memory. Close some programs and try again.")
    last_lines = "\n".join(output.strip().splitlines()[-8:]) or "PostgreSQL said nothing."
    return SandboxError(f"PostgreSQL does not start. The end of {log}:\n{last_lines}")
