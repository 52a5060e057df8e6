"""Runs dbt where the call stack is short."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from builds.runner import Outcome


def in_shallow_stack(command: Callable[[], Outcome]) -> Outcome:
    """Run a command in a thread of its own: dbt walks up the whole call stack, and pytest's is deep."""
    with ThreadPoolExecutor(max_workers=1) as alone:
        return alone.submit(command).result()
