"""Random columns.

Only `Generator.random` of PCG64 is used, whose doubles are the same on every machine, and nothing but
exactly rounded arithmetic on top of it: no logarithms or exponentials, whose last digit differs between
C libraries. So the same settings give the same bytes everywhere.
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Draws:
    """The random stream of one domain in one chunk of days: no other domain can shift it."""

    def __init__(self, seed: int, domain: str, chunk: int = 0) -> None:
        sequence = np.random.SeedSequence([seed, crc32(domain.encode()), chunk])
        self._generator = np.random.Generator(np.random.PCG64(sequence))

    def uniform(self, count: int) -> Floats:
        """Numbers in [0, 1)."""
        return self._generator.random(count)

    def chance(self, count: int, probability: float | Floats) -> Flags:
        """True with the given probability (one for all, or one each)."""
        return self.uniform(count) < probability

    def between(self, count: int, low: int, high: int) -> Ints:
        """Whole numbers in [low, high), evenly spread."""
        return low + (self.uniform(count) * (high - low)).astype(np.int64)

    def below(self, limits: Ints) -> Ints:
        """One whole number in [0, limit) for each limit."""
        return (self.uniform(len(limits)) * limits).astype(np.int64)

    def spread(self, count: int, *quantiles: int) -> Ints:
        """Whole numbers whose equally spaced quantiles (from least to greatest) are the given ones."""
        knots = np.asarray(quantiles, dtype=np.float64)
        position = self.uniform(count) * (len(knots) - 1)
        lower = position.astype(np.int64)
        part = position - lower
        rise = part * (knots[lower + 1] - knots[lower])
        return np.asarray(knots[lower] + rise, dtype=np.int64)

    def pick(self, count: int, weights: Sequence[float] | Floats) -> Ints:
        """Positions in `weights`, each as often as its weight says."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        found = np.searchsorted(edges, self.uniform(count) * edges[-1], side="right")
        return np.asarray(np.minimum(found, len(edges) - 1), dtype=np.int64)
