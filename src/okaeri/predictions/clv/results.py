"""What is expected of customers and of all of them together, with ranges, reasons and doubts; computes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from okaeri.base.measurement import Interval
from okaeri.base.text import Text
from okaeri.predictions.clv.choice import Choice
from okaeri.predictions.clv.spending import SpendStanding
from okaeri.predictions.clv.summary import Floats, Ints
from okaeri.predictions.clv.valuing import ValueModel

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, kw_only=True)
class Total:
    """A figure for all customers known at the cutoff together, with its range; who comes later is not in it."""

    value: float
    interval: Interval

    def as_data(self) -> dict[str, Any]:
        """Value, bounds and where they come from."""
        return {
            "value": self.value,
            "low": self.interval.low,
            "high": self.interval.high,
            "level": self.interval.level,
            "method": self.interval.method,
        }


@dataclass(frozen=True, kw_only=True)
class ValueForecast:
    """What to expect within `horizon_days` from `as_of` on; arrays have one place per customer, by ascending code.

    `p_alive` is NaN where only rules of thumb could be used. Purchases are purchase days. Spend and value are money in
    `currency`, `value` being the spend with each purchase discounted from its own time. The low and high ones hold
    `level` of the customers.
    """

    as_of: date
    horizon_days: int
    discount: float
    currency: str
    level: float
    customer: Ints
    p_alive: Floats
    expected_purchases: Floats
    purchases_low: Floats
    purchases_high: Floats
    expected_spend: Floats
    spend_low: Floats
    spend_high: Floats
    value: Floats
    value_low: Floats
    value_high: Floats
    total_purchases: Total
    total_spend: Total
    total_value: Total
    model: ValueModel
    choice: Choice
    spend_choice: tuple[SpendStanding, ...] = ()
    notes: tuple[Text, ...] = ()
    doubts: tuple[Text, ...] = ()

    def __len__(self) -> int:
        return len(self.customer)

    def as_table(self) -> pa.Table:
        """One row per customer as an Arrow table."""
        import pyarrow as pa

        return pa.table({name: getattr(self, name) for name in COLUMNS})

    def as_data(self) -> dict[str, Any]:
        """The model and its calibration with the totals, as values that JSON can hold, without the customers."""
        totals: Mapping[str, Total] = {
            "purchases": self.total_purchases,
            "spend": self.total_spend,
            "value": self.total_value,
        }
        return {
            "as_of": self.as_of.isoformat(),
            "horizon_days": self.horizon_days,
            "discount": self.discount,
            "currency": self.currency,
            "customers": len(self),
            "model": self.model.as_data(),
            "totals": {name: total.as_data() for name, total in totals.items()},
        }


COLUMNS = (
    *("customer", "p_alive", "expected_purchases", "purchases_low", "purchases_high"),
    *("expected_spend", "spend_low", "spend_high", "value", "value_low", "value_high"),
)
