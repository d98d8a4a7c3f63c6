"""What a shop would expect without a model: rules of thumb every model must beat on the shop's own past.

Each learns at most one number from a summary and expects purchases in days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np

from okaeri.predictions.clv.summary import Floats, Summary

_AT_LEAST_DAYS = 90


class Expecting(Protocol):
    """Whatever can say how many purchases to expect of the customers in a summary, in days from its `as_of` on."""

    def expected(self, summary: Summary, *, horizon_days: float) -> Floats:
        """Purchases to expect of each customer; shape (customers,)."""

    def as_data(self) -> dict[str, Any]:
        """What it learnt, as values that JSON can hold."""


@dataclass(frozen=True, kw_only=True)
class OwnRate:
    """Everybody goes on as in the last `window_days` before the summary's day."""

    window_days: int = 365

    @classmethod
    def learn(cls, summary: Summary) -> Self:
        """The rule with the summary's own window."""
        return cls(window_days=summary.recent_days)

    def expected(self, summary: Summary, *, horizon_days: float) -> Floats:
        """The first purchase is counted too: it was made within the time looked at."""
        return summary.recent / _seen(summary, self.window_days) * horizon_days

    def as_data(self) -> dict[str, Any]:
        """The window."""
        return {"window_days": self.window_days}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The rule that `as_data` described."""
        return cls(window_days=data["window_days"])


@dataclass(frozen=True, kw_only=True)
class RecentOnly:
    """Who bought in the last `silence_days` goes on at their own repeat rate; everybody else has left.

    The time is the one within which nine of ten repeat purchases followed the one before.
    """

    silence_days: float

    @classmethod
    def learn(cls, summary: Summary) -> Self:
        """The silence from the mean gaps of repeat buyers."""
        again = summary.frequency > 0
        if not again.any():
            return cls(silence_days=float(summary.recent_days))
        gaps = summary.last_purchase[again] / summary.frequency[again]
        return cls(silence_days=float(np.quantile(gaps, 0.9)))

    def expected(self, summary: Summary, *, horizon_days: float) -> Floats:
        """The repeat rate since the first purchase, for those who bought lately."""
        lately = summary.age - summary.last_purchase <= self.silence_days
        return np.where(lately, summary.frequency / (summary.age + 1), 0.0) * horizon_days

    def as_data(self) -> dict[str, Any]:
        """The silence after which somebody has left."""
        return {"silence_days": self.silence_days}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The rule that `as_data` described."""
        return cls(silence_days=data["silence_days"])


@dataclass(frozen=True, kw_only=True)
class PopulationMean:
    """Everybody buys like everybody: all repeat purchases by all the time all customers were seen."""

    per_day: float

    @classmethod
    def learn(cls, summary: Summary) -> Self:
        """The rate of everybody together."""
        return cls(per_day=float(summary.frequency.sum() / max(summary.age.sum(), 1.0)))

    def expected(self, summary: Summary, *, horizon_days: float) -> Floats:
        """The same for everybody."""
        return np.full(len(summary), self.per_day * horizon_days)

    def as_data(self) -> dict[str, Any]:
        """The rate."""
        return {"per_day": self.per_day}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The rule that `as_data` described."""
        return cls(per_day=data["per_day"])


def _seen(summary: Summary, window_days: int) -> Floats:
    """The time looked at; somebody who first bought yesterday is not taken to buy every day."""
    return np.clip(summary.age + 1, min(_AT_LEAST_DAYS, window_days), window_days)
