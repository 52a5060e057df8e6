"""Intervals and tests of shares and means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot, inf, sqrt

_Z = 1.959964
"""The two-sided 95 % quantile of the normal distribution."""
TAIL = 0.025
"""The share of intervals that by chance lie entirely below the true share; as many lie above it."""


@dataclass(frozen=True)
class Share:
    """`part` of `whole` things, both counts, and `whole` not 0."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share, from 0 to 1."""
        return self.part / self.whole

    @property
    def low(self) -> float:
        """The lower end of Wilson's 95 % interval."""
        return max(0.0, self._centre - self._reach) if self.part else 0.0

    @property
    def high(self) -> float:
        """The upper end of Wilson's 95 % interval."""
        return min(1.0, self._centre + self._reach) if self.part < self.whole else 1.0

    @property
    def _weight(self) -> float:
        return 1 + _Z * _Z / self.whole

    @property
    def _centre(self) -> float:
        return (self.value + _Z * _Z / (2 * self.whole)) / self._weight

    @property
    def _reach(self) -> float:
        spread = self.value * (1 - self.value) / self.whole + _Z * _Z / (4 * self.whole * self.whole)
        return _Z * sqrt(spread) / self._weight


def together(shares: Iterable[Share]) -> Share:
    """The share of all things of these shares, which have none in common."""
    parts, wholes = zip(*((each.part, each.whole) for each in shares), strict=True)
    return Share(sum(parts), sum(wholes))


@dataclass(frozen=True)
class Mean:
    """The mean of `count` values, not 0, from their sum and the sum of their squares."""

    total: float
    squares: float
    count: int

    @property
    def value(self) -> float:
        """The mean."""
        return self.total / self.count

    @property
    def error(self) -> float:
        """The standard error; infinite for a single value."""
        if self.count == 1:
            return inf
        return sqrt(max(0.0, self.squares - self.total * self.value) / (self.count - 1) / self.count)


def means_differ(one: Mean, other: Mean) -> bool:
    """Whether two means differ beyond chance: a two-sided z-test at 5 %."""
    return abs(one.value - other.value) > _Z * hypot(one.error, other.error)


def shares_differ(one: Share, other: Share) -> bool:
    """Whether two shares differ beyond chance: a two-sided z-test at 5 %."""
    pooled = (one.part + other.part) / (one.whole + other.whole)
    error = sqrt(pooled * (1 - pooled) * (1 / one.whole + 1 / other.whole))
    return abs(one.value - other.value) > _Z * error
