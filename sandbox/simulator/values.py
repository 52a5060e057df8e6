"""Pools of JSON texts, and columns that point into them.

A column of a simulated message is an array of positions in a pool. To write it as text is one gather from
the pool, and mess needs to know nothing of types: position 0 means that the property is absent.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sandbox.simulator.clock import NEVER
from sandbox.simulator.draws import Draws, Floats, Ints


class Values:
    """A pool: JSON texts numbered from 1. Number 0 is nothing at all."""

    def __init__(self, texts: pl.Series) -> None:
        self._texts = texts.rename("")
        self._fragments: dict[tuple[str, str, str], pl.Series] = {}
        self._with_blanks: Values | None = None
        self._plain: pl.Series | None = None

    def __len__(self) -> int:
        return len(self._texts)

    @classmethod
    def of(cls, *values: Any) -> "Values":
        """A pool of Python values, written as JSON in ASCII."""
        return cls(pl.Series([json.dumps(value, separators=(",", ":")) for value in values], dtype=pl.String))

    @classmethod
    def quoted(cls, texts: pl.Series) -> "Values":
        """A pool of strings that need no escapes (ids made here)."""
        return cls(_between('"', texts, '"'))

    @classmethod
    def whole(cls, numbers: Ints) -> "Values":
        """A pool of whole numbers."""
        return cls(pl.Series(numbers).cast(pl.String))

    def fragments(self, before: str, after: str, absent: str) -> pl.Series:
        """The texts between `before` and `after`; at 0 the text `absent`."""
        found = self._fragments.get((before, after, absent))
        if found is None:
            found = pl.concat([pl.Series([absent]), _between(before, self._texts, after)])
            self._fragments[before, after, absent] = found
        return found

    @property
    def plain(self) -> pl.Series:
        """The strings of a pool of strings as they are, without quotes and escapes; at 0 null."""
        if self._plain is None:
            decoded = self._texts.str.json_decode(pl.String)
            self._plain = pl.concat([pl.Series([None], dtype=pl.String), decoded])
        return self._plain

    def with_blanks(self) -> "Values":
        """A pool of n strings and more: n + i is text i with blanks after it, 2n + 1 and 2n + 2 are blank."""
        if self._with_blanks is None:
            padded = self._texts.str.slice(0, self._texts.str.len_bytes() - 1) + '  "'
            self._with_blanks = Values(pl.concat([self._texts, padded, pl.Series(['""', '"   "'])]))
        return self._with_blanks


@dataclass(frozen=True)
class Field:
    """One column of messages: positions in a pool, 0 where absent."""

    values: Values
    codes: Ints

    def take(self, index: NDArray[Any]) -> "Field":
        """The rows that a mask or an array of positions picks."""
        return Field(self.values, self.codes[index])

    @classmethod
    def joined(cls, parts: "list[Field]") -> "Field":
        """Several columns over one pool, one after another."""
        return cls(parts[0].values, np.concatenate([part.codes for part in parts]))

    def where(self, present: NDArray[np.bool_]) -> "Field":
        """The column, absent where `present` is false."""
        return Field(self.values, np.where(present, self.codes, 0))

    def plain_texts(self) -> pl.Series:
        """A column of strings as they are, null where absent."""
        return self.values.plain.gather(self.codes)


def moments(times: Ints) -> pl.Series:
    """Times as UTC timestamps in microseconds without a zone, null for `NEVER`."""
    microseconds = (pl.col("time") * 1_000).cast(pl.Datetime("us"))
    frame = pl.DataFrame({"time": times})
    return frame.select(pl.when(pl.col("time") != NEVER).then(microseconds)).to_series()


def constant(values: Values, count: int) -> Field:
    """A column that is the first of a pool everywhere."""
    return Field(values, np.ones(count, dtype=np.int64))


def choice(
    draws: Draws, count: int, values: Values, weights: Sequence[float] | Floats | None = None
) -> Field:
    """A column drawn from a pool, evenly or by weight."""
    if weights is None:
        return Field(values, 1 + draws.between(count, 0, len(values)))
    return Field(values, 1 + draws.pick(count, weights))


def whole_numbers(numbers: Ints) -> Field:
    """A column of whole numbers, each with its own place in a pool."""
    return Field(Values.whole(numbers), np.arange(1, len(numbers) + 1))


def milliseconds(lengths: Ints) -> Field:
    """A column of lengths of time, in steps of 10 ms up to ten minutes; negative ones are absent."""
    steps = lengths // 10
    return Field(_steps_of_ten(), np.where(lengths >= 0, 1 + np.minimum(steps, 60_000), 0))


def decimals(numbers: Ints, places: int) -> Field:
    """A column of decimal numbers, given in units of their last place, from 0 to 9,999 of these units."""
    return Field(_decimals(places), 1 + np.clip(numbers, 0, 9_999))


def small_numbers(numbers: Ints) -> Field:
    """A column of whole numbers from 0 to 9,999."""
    return decimals(numbers, 0)


@cache
def _steps_of_ten() -> Values:
    return Values.whole(np.arange(60_001, dtype=np.int64) * 10)


@cache
def _decimals(places: int) -> Values:
    if places == 0:
        return Values.whole(np.arange(10_000, dtype=np.int64))
    unit = 10**places
    return Values(pl.Series([f"{number // unit}.{number % unit:0{places}d}" for number in range(10_000)]))


def _between(before: str, texts: pl.Series, after: str) -> pl.Series:
    frame = pl.DataFrame({"text": texts})
    return frame.select(pl.concat_str([pl.lit(before), pl.col("text"), pl.lit(after)]).alias("")).to_series()
