"""What only `make test-deep` runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

IS_DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"

deep = pytest.mark.skipif(not IS_DEEP, reason="long: a part of make test-deep")


def first_of(*values: Any) -> list[Any]:
    """Parameters of a test: the first value in every run, the others in `make test-deep` only."""
    return some_of(values, values[:1])


def some_of(values: Sequence[Any], always: Iterable[Any]) -> list[Any]:
    """Parameters of a test: these values in every run, the others in `make test-deep` only.

    A value that is a tuple stands for several parameters.
    """
    chosen = [*always]
    parameters = []
    for value in values:
        arguments = value if isinstance(value, tuple) else (value,)
        parameters.append(pytest.param(*arguments, marks=() if value in chosen else deep))
    return parameters
