"""Ranges that held on the shop's own past, for each customer's purchases and spend.

How customers spread around what was expected of them is in `laws`, how far totals were off in `totals`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from okaeri.predictions.clv.laws import Law, law_of
from okaeri.predictions.clv.summary import Floats

LEVEL = 0.9
_GRID = 240
_LEAST = 1e-4
# the least probability of each single range, from which the one is chosen that makes the mean come out
_LEVELS = 1 - np.geomspace(0.45, 0.001, 120)


@dataclass(frozen=True, kw_only=True)
class Ranges:
    """From what to what, both ends included, for each customer; shape (customers,)."""

    low: Floats
    high: Floats


@dataclass(frozen=True, kw_only=True)
class CustomerRanges:
    """How to give every customer a range so that `level` of all customers stay inside theirs.

    Purchases are whole numbers, so that a range cannot be equally sure of everybody: each range is at least so sure,
    and their mean is `nominal`, which is what they needed under the law for `level` of the customers of the backtests
    to be inside.
    """

    law: Law
    nominal: float
    level: float = LEVEL

    def of(self, expected: Floats, *, horizon_days: float) -> Ranges:
        """The range of each customer, by what is expected of them."""
        grid = _grid([expected])
        shelf = self.law.shelf(grid, _LEVELS, horizon_days=horizon_days)
        place = _place(expected, grid)
        own = int(np.argmin(np.abs(shelf.held @ _shares(place) - self.nominal)))
        return Ranges(low=shelf.low[own][place], high=shelf.high[own][place])

    def as_data(self) -> dict[str, Any]:
        """All of it, as values that JSON can hold."""
        return {"law": self.law.as_data(), "nominal": self.nominal, "level": self.level}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> CustomerRanges:
        """The ranges that `as_data` described."""
        return cls(law=law_of(data["law"]), nominal=data["nominal"], level=data["level"])


def learn_ranges(
    law: Law,
    expected: Sequence[Floats],
    happened: Sequence[Floats],
    *,
    horizon_days: float,
    weights: Floats,
    level: float = LEVEL,
) -> CustomerRanges:
    """How sure ranges must be so that they held in the backtests: one array per origin, and how much each counts."""
    grid = _grid(expected)
    shelf = law.shelf(grid, _LEVELS, horizon_days=horizon_days)
    inside, held = np.zeros(len(_LEVELS)), np.zeros(len(_LEVELS))
    for one, bought, weight in zip(expected, happened, weights / weights.sum(), strict=True):
        place = _place(one, grid)
        # one more customer than were asked, who was outside: the price of not knowing the next one
        spared = len(one) / (len(one) + 1)
        sides = zip(shelf.low, shelf.high, strict=True)
        inside += weight * spared * np.array([_inside(bought, low, high, place) for low, high in sides])
        held += weight * (shelf.held @ _shares(place))
    enough = np.flatnonzero(inside >= level)
    return CustomerRanges(law=law, nominal=float(held[enough[0]] if len(enough) else held[-1]), level=level)


def _inside(bought: Floats, low: Floats, high: Floats, place: NDArray[np.int64]) -> float:
    return float(np.mean((low[place] <= bought) & (bought <= high[place])))


def _grid(expected: Sequence[Floats]) -> Floats:
    """Expectations so close to each other that ranges of neighbours do not differ."""
    top = max(1.0, *(float(np.max(each, initial=0.0)) for each in expected))
    return np.exp(np.linspace(np.log(_LEAST), np.log(top * 1.001), _GRID))


def _place(expected: Floats, grid: Floats) -> NDArray[np.int64]:
    return np.clip(np.searchsorted(grid, expected), 0, len(grid) - 1).astype(np.int64)


def _shares(place: NDArray[np.int64]) -> Floats:
    return np.bincount(place, minlength=_GRID) / max(len(place), 1)
