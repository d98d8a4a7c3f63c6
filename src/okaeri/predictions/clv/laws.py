"""How customers spread around what was expected of them: purchases, and spend in multiples of a usual purchase.

Learnt from backtests and not taken from a model, so that they serve any forecast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from okaeri.predictions.clv.purchases import PurchaseFit
from okaeri.predictions.clv.summary import Floats, Summary

_SPARE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Ranges at several levels for a grid of expectations, and how likely each holds; shape (levels, grid)."""

    low: Floats
    high: Floats
    held: Floats


class Law(Protocol):
    """What happens to customers of whom so much was expected."""

    def shelf(self, grid: Floats, levels: Floats, *, horizon_days: float) -> Shelf:
        """The shortest of the usual ranges at every level and expectation."""

    def variance(self, expected: Floats, *, horizon_days: float) -> Floats:
        """The variance of what happens to one customer."""

    def as_data(self) -> dict[str, Any]:
        """The law as values that JSON can hold."""


@dataclass(frozen=True, kw_only=True)
class CountLaw:
    """Purchases around what was expected of a customer: negative binomial, with size exp(a + b ln(expected per day)).

    A mixture of people who buy at different rates and of people who have left: the smaller the size, the wider.
    `horizon_days` is that of the backtests it was learnt from.
    """

    a: float
    b: float
    horizon_days: float

    def size(self, expected: Floats, *, horizon_days: float) -> Floats:
        """The size at an expectation; it goes with the rate per day, so that it holds for other horizons."""
        rate = np.maximum(expected, _SPARE) / horizon_days * self.horizon_days
        return np.clip(np.exp(self.a + self.b * np.log(rate)), 1e-3, 1e4)

    def variance(self, expected: Floats, *, horizon_days: float) -> Floats:
        """The variance of one customer's purchases."""
        return expected + expected**2 / self.size(expected, horizon_days=horizon_days)

    def below(self, purchases: Floats, expected: Floats, *, horizon_days: float) -> Floats:
        """The probability of at most so many purchases; 0 for a negative number."""
        from scipy.special import betainc

        mean = np.maximum(expected, _SPARE)
        size = self.size(expected, horizon_days=horizon_days)
        found = betainc(size, np.maximum(purchases, 0) + 1, size / (size + mean))
        return np.where(purchases < 0, 0.0, found)

    def shelf(self, grid: Floats, levels: Floats, *, horizon_days: float) -> Shelf:
        """Whole numbers; equal tails, and no lower tail where 0 is too likely to be left out."""
        own = levels[:, None]
        tail = np.broadcast_to((1 - own) / 2, (len(levels), len(grid)))
        from_zero = self.below(np.zeros(len(grid)), grid, horizon_days=horizon_days) > tail
        high = self._quantile(grid, np.where(from_zero, own, 1 - tail), horizon_days)
        low = np.where(from_zero, 0.0, self._quantile(grid, tail, horizon_days))
        held = self.below(high, grid, horizon_days=horizon_days)
        held = held - self.below(low - 1, grid, horizon_days=horizon_days)
        return Shelf(low=low, high=high, held=held)

    def as_data(self) -> dict[str, Any]:
        """The law as values that JSON can hold."""
        return asdict(self)

    def _quantile(self, expected: Floats, share: Floats, horizon_days: float) -> Floats:
        """The least number of purchases that is not exceeded with the probability `share`, by bisection."""
        low = np.full(share.shape, -1.0)
        spread = np.sqrt(self.variance(expected, horizon_days=horizon_days))
        high = np.broadcast_to(np.ceil(expected + 40 * spread + 40), share.shape)
        while (high - low > 1).any():
            middle = np.floor((low + high) / 2)
            enough = self.below(middle, expected, horizon_days=horizon_days) >= share
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return high


def learn_counts(expected: Floats, purchases: Floats, *, horizon_days: float, weight: Floats) -> CountLaw:
    """The law under which the purchases seen are most likely, given what had been expected of each customer."""
    from scipy.optimize import minimize
    from scipy.special import gammaln

    mean = np.maximum(expected, _SPARE)
    logs = np.log(mean)

    def unlikely(theta: Floats) -> float:
        size = np.clip(np.exp(theta[0] + theta[1] * logs), 1e-3, 1e4)
        found = gammaln(purchases + size) - gammaln(size)
        found += size * np.log(size / (size + mean)) + purchases * np.log(mean / (size + mean))
        return -float(weight @ found) / float(weight.sum()) + 1e-4 * float(theta @ theta)

    best = minimize(unlikely, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-7, "maxiter": 400})
    return CountLaw(a=float(best.x[0]), b=float(best.x[1]), horizon_days=horizon_days)


@dataclass(frozen=True, kw_only=True)
class SpendLaw:
    """Spend in multiples of a customer's usual purchase: nothing where nothing is bought, else gamma.

    The variance of what `y` purchases bring is `each` y + `customer` y²: purchases differ, and so do customers from
    what was taken for their usual purchase.
    """

    counts: CountLaw
    each: float
    customer: float

    def variance(self, expected: Floats, *, horizon_days: float) -> Floats:
        """The variance of one customer's spend in usual purchases."""
        bought = self.counts.variance(expected, horizon_days=horizon_days)
        return bought + self.each * expected + self.customer * (bought + expected**2)

    def shelf(self, grid: Floats, levels: Floats, *, horizon_days: float) -> Shelf:
        """Equal tails, and no lower tail where nothing at all is too likely to be left out."""
        from scipy.special import gammaincinv

        nothing = self.counts.below(np.zeros(len(grid)), grid, horizon_days=horizon_days)
        buying = np.maximum(1 - nothing, 1e-9)
        mean = np.maximum(grid, _SPARE) / buying
        second = (self.variance(grid, horizon_days=horizon_days) + grid**2) / buying
        shape = mean**2 / np.maximum(second - mean**2, 1e-6 * mean**2)

        def quantile(share: Floats) -> Floats:
            found: Floats = gammaincinv(shape, np.clip((share - nothing) / buying, 0.0, 1 - 1e-9)) * mean / shape
            return found

        own = levels[:, None]
        tail = (1 - own) / 2
        from_zero = nothing > tail
        high = quantile(np.where(from_zero, own, 1 - tail))
        low = np.where(from_zero, 0.0, quantile(np.broadcast_to(tail, from_zero.shape)))
        return Shelf(low=low, high=high, held=np.where(from_zero, np.maximum(own, nothing), own))

    def as_data(self) -> dict[str, Any]:
        """The law as values that JSON can hold."""
        return asdict(self)


def law_of_model(fit: PurchaseFit, summary: Summary, *, horizon_days: float) -> CountLaw:
    """The spread a model itself expects around its expectations, where there is no past to learn it from."""
    mean = fit.expected_purchases(horizon_days, **summary.histories)
    extra = fit.purchase_variance(horizon_days, **summary.histories) - mean
    wide = (extra > 0) & (mean > _SPARE)
    if int(wide.sum()) < 3 or np.ptp(np.log(mean[wide])) == 0:
        return CountLaw(a=-0.7, b=0.5, horizon_days=horizon_days)
    b, a = np.polyfit(np.log(mean[wide]), np.log(mean[wide] ** 2 / extra[wide]), 1, w=np.sqrt(mean[wide]))
    return CountLaw(a=float(a), b=float(b), horizon_days=horizon_days)


def learn_spend(counts: CountLaw, purchases: Floats, multiples: Floats) -> SpendLaw:
    """The spread of what purchases brought, in multiples of each customer's usual one; shape (customers,) each."""
    from scipy.optimize import nnls

    bought = purchases > 0
    if not bought.any():
        return SpendLaw(counts=counts, each=1.0, customer=0.0)
    y = purchases[bought]
    # squares by the number bought, each row weighing as a purchase does and the very largest amounts cut off
    squares = (multiples[bought] - y) ** 2 / y
    squares = np.minimum(squares, np.quantile(squares, 0.99))
    (each, customer), _left = nnls(np.stack([np.ones(len(y)), y], axis=1), squares)
    return SpendLaw(counts=counts, each=float(each), customer=float(customer))


def law_of(data: Mapping[str, Any]) -> CountLaw | SpendLaw:
    """The law that `as_data` described."""
    if "counts" in data:
        return SpendLaw(counts=CountLaw(**data["counts"]), each=data["each"], customer=data["customer"])
    return CountLaw(**data)
