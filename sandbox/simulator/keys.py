"""Message keys: a 64-bit number for each message, from which its id and its own chance numbers follow.

A chance number depends on the message and the name of the question alone. So one kind of mess never
changes which messages another kind hits.
"""

from typing import Any
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sandbox.simulator.draws import Floats, Ints

Keys = NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_HEX = pl.Series([f"{number:04x}" for number in range(1 << 16)])


def mixed(numbers: NDArray[Any]) -> Keys:
    """Numbers scrambled one to one (the finisher of SplitMix64)."""
    state = np.atleast_1d(numbers).astype(np.uint64) + _STEP
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(state ^ (state >> np.uint64(31)), dtype=np.uint64)


def row_keys(seed: int, name: str, chunk: int, rows: Ints) -> Keys:
    """Keys of the rows of a named series in a chunk."""
    base = mixed(mixed(mixed(np.array([seed])) ^ np.uint64(crc32(name.encode()))) ^ np.uint64(chunk))
    return mixed(base + rows.astype(np.uint64) * _STEP)


def chance_number(keys: Keys, question: str) -> Floats:
    """A number in [0, 1) for each key: its own, for this question."""
    bits = mixed(keys ^ np.uint64(crc32(question.encode()) * 0x100000001))
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def number_below(keys: Keys, question: str, limit: int) -> Ints:
    """A whole number in [0, limit) for each key."""
    return (chance_number(keys, question) * limit).astype(np.int64)


def hex_texts(keys: Keys, *, dashes: bool) -> pl.Series:
    """32 hexadecimal digits for each key; with dashes they look like a UUID."""
    parts = {
        f"{half}{shift}": (bits >> np.uint64(shift)) & np.uint64(0xFFFF)
        for half, bits in (("high", mixed(keys ^ _STEP)), ("low", mixed(keys + np.uint64(1))))
        for shift in (48, 32, 16, 0)
    }
    dash = [pl.lit("-")] if dashes else []
    first, second, third, fourth, fifth, *rest = (pl.lit(_HEX).gather(pl.col(name)) for name in parts)
    pattern = [first, second, *dash, third, *dash, fourth, *dash, fifth, *dash, *rest]
    return pl.DataFrame(parts).select(pl.concat_str(pattern).alias("text")).to_series()
