"""What was learnt about a shop's customers, kept as data, and what it says of customers on any later day.

Learning and choosing are in `predict`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from okaeri.predictions.clv.baselines import Expecting
from okaeri.predictions.clv.boosted import Boosted
from okaeri.predictions.clv.candidates import CANDIDATES, Model
from okaeri.predictions.clv.conformal import CustomerRanges
from okaeri.predictions.clv.discounting import force_of
from okaeri.predictions.clv.spending import SPEND_WAYS, Spending
from okaeri.predictions.clv.summary import Floats, Ints, Summary
from okaeri.predictions.clv.totals import Level, corrected

_KEPT = 1


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What is expected of each customer: purchases, the same each counted less the later, and being alive at all."""

    purchases: Floats
    discounted: Floats
    p_alive: Floats


@dataclass(frozen=True, kw_only=True)
class ValueModel:
    """The chosen ways of expecting purchases, whose mean is used, the way of expecting spend, and what to correct.

    `boosted` corrects that mean where it is there, `purchase_level` and `bend` its total and its spread, `value_level`
    then the total spend; the ranges tell how far customers stray. `learnt_on` is the day (since 1970-01-01) it was
    learnt as of. Times are days, money is in `currency`.
    """

    learnt_on: int
    currency: str
    ways: Mapping[str, Expecting]
    spend_way: str
    spending: Spending
    purchase_level: Level
    bend: float
    value_level: Level
    purchase_ranges: CustomerRanges
    spend_ranges: CustomerRanges
    boosted: Boosted | None = None

    def expect(self, summary: Summary, *, horizon_days: int, discount: float) -> Expected:
        """The mean over the ways, the total corrected; p_alive is NaN where no way is a model of leaving."""
        rows, kind = _distinct(summary)
        each = [_ask(way, rows, horizon_days, discount) for way in self.ways.values()]
        alive = [found.p_alive for found in each if not np.isnan(found.p_alive).all()]
        plain = said = np.mean([found.purchases for found in each], axis=0)
        if self.boosted:
            said = plain * self.boosted.factors(rows, plain, horizon_days=horizon_days)
        count = np.bincount(kind).astype(np.float64)
        purchases = corrected(said, factor=self.purchase_level.factor, bend=self.bend, count=count)
        later = np.mean([found.discounted for found in each], axis=0)
        share = np.divide(later, plain, out=np.ones(len(rows)), where=plain > 0)
        return Expected(
            purchases=purchases[kind],
            discounted=(purchases * share)[kind],
            p_alive=(np.mean(alive, axis=0) if alive else np.full(len(rows), np.nan))[kind],
        )

    def per_purchase(self, summary: Summary) -> Floats:
        """What one purchase of each customer brings, the total corrected; shape (customers,)."""
        return self.spending.per_purchase(summary) * self.value_level.factor

    def as_data(self) -> dict[str, Any]:
        """All that was learnt as values that JSON can hold; `from_data` gives it back."""
        return {
            "version": _KEPT,
            "learnt_on": self.learnt_on,
            "currency": self.currency,
            "ways": {name: way.as_data() for name, way in self.ways.items()},
            "spend_way": self.spend_way,
            "spending": self.spending.as_data(),
            "purchase_level": self.purchase_level.as_data(),
            "bend": self.bend,
            "value_level": self.value_level.as_data(),
            "purchase_ranges": self.purchase_ranges.as_data(),
            "spend_ranges": self.spend_ranges.as_data(),
            "boosted": self.boosted.as_data() if self.boosted else None,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ValueModel:
        """The model that `as_data` described."""
        return cls(
            learnt_on=data["learnt_on"],
            currency=data["currency"],
            ways={name: CANDIDATES[name].restore(each) for name, each in data["ways"].items()},
            spend_way=data["spend_way"],
            spending=SPEND_WAYS[data["spend_way"]].restore(data["spending"]),
            purchase_level=Level.from_data(data["purchase_level"]),
            bend=data["bend"],
            value_level=Level.from_data(data["value_level"]),
            purchase_ranges=CustomerRanges.from_data(data["purchase_ranges"]),
            spend_ranges=CustomerRanges.from_data(data["spend_ranges"]),
            boosted=Boosted.from_data(data["boosted"]) if data["boosted"] else None,
        )


def _ask(way: Expecting, rows: Summary, horizon_days: int, discount: float) -> Expected:
    force = force_of(discount, unit="days")
    expected = way.expected(rows, horizon_days=horizon_days)
    if isinstance(way, Model):
        discounted = way.discounted(rows, horizon_days=horizon_days, force=force) if force else expected
        return Expected(purchases=expected, discounted=discounted, p_alive=way.p_alive(rows))
    # a rule of thumb spreads its purchases evenly over the horizon
    evenly = -np.expm1(-force * horizon_days) / (force * horizon_days) if force else 1.0
    return Expected(purchases=expected, discounted=expected * evenly, p_alive=np.full(len(rows), np.nan))


def _distinct(summary: Summary) -> tuple[Summary, Ints]:
    """One customer of each history, and which history each customer has: millions share a few hundred thousand."""
    columns = (summary.frequency, summary.last_purchase, summary.age, summary.recent)
    mixed = np.zeros(len(summary), np.int64)
    for column in columns:
        mixed = mixed * (int(column.max(initial=0)) + 1) + column.astype(np.int64)
    _kinds, rows, kind = np.unique(mixed, return_index=True, return_inverse=True)
    return summary.only(rows), kind
