"""A figure with the range that chance leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from okaeri.base.intervals import z_score
from okaeri.base.measurement import Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """`value` with its standard `error`, learnt from `n` customers.

    >>> Estimate(value=0.1, error=0.02, n=900).interval.low > 0.06
    True
    """

    value: float
    error: float
    n: int
    method: str = "normal"
    level: float = 0.95

    @property
    def interval(self) -> Interval:
        """The value and what lies around it in `level` of repeated samples."""
        half = z_score(self.level) * self.error
        return Interval(low=self.value - half, high=self.value + half, method=self.method, level=self.level)

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return self.value - z_score(self.level) * self.error

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return self.value + z_score(self.level) * self.error

    def as_data(self) -> dict[str, Any]:
        """The figure as a JSON-ready mapping."""
        return asdict(self)

    @classmethod
    def from_data(cls, kept: Mapping[str, Any]) -> Estimate:
        """The figure that `as_data` gave."""
        return cls(**kept)
