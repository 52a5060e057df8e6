"""Python's garbage collector, paused where it only costs time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def garbage_collector_paused() -> Iterator[None]:
    """Turn off the garbage collector inside the block, whose objects live as long as the block.

    Otherwise the collector visits them again and again. It took a third of the time of a dbt command.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
