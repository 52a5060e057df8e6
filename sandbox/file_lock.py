"""A lock between processes, held on a file."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold `path` exclusively; wait while another process holds it. The kernel frees it if the process dies.

    Raises OSError if the file can neither be opened nor made.
    """
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
