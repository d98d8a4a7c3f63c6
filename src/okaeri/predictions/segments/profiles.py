"""What is known of each customer before a day, as arrays: what segmentations are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from okaeri.metrics.timetable import day_number
from okaeri.predictions.segments.segmentation import Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.metrics.measuring import Measurer

_DAYS_PER_YEAR = 365.25
_MONTH = 30
_BEGINNING = -1_000_000


@dataclass(frozen=True, kw_only=True)
class Profiles:
    """Buyers as they stood on the morning of `as_of`; every array has shape (customers,).

    `orders` and `revenue` are those of the days looked at, the revenue in the `currency` they mostly buy in.
    """

    as_of: date
    customer: Ints
    currency: NDArray[np.str_]
    orders: Floats
    revenue: Floats
    days_since_last_order: Floats
    days_known: Floats
    uses_in_90_days: Floats
    uses: Floats

    def __len__(self) -> int:
        return len(self.customer)

    def traits(self) -> dict[str, Floats]:
        """What personas are made of, from profiles over all days: NaN where nothing is known of somebody."""
        bought = np.where(self.orders > 0, self.orders, np.nan)
        # their pace while they bought; one order alone is no pace
        years = (self.days_known - self.days_since_last_order + _MONTH) / _DAYS_PER_YEAR
        found = {
            "orders_per_year": np.where(self.orders > 1, self.orders / years, np.nan),
            "days_since_last_order": self.days_since_last_order,
            "days_known": self.days_known,
        }
        if len(set(self.currency.tolist())) <= 1:  # amounts of several currencies are not compared
            found["basket"] = self.revenue / bought
        return found | ({"uses_in_90_days": self.uses_in_90_days} if self.uses.any() else {})


def profiles_of(measurer: Measurer, *, cutoff: date | None = None, window_days: int | None = None) -> Profiles:
    """Everybody who ever bought before the cutoff, their orders counted over the last `window_days` or over all."""
    as_of = measurer.until(cutoff)
    put_rule(measurer, as_of, window_days=window_days)
    found = measurer.engine.query(_sql("profiles"))
    columns = {name: found[name] for name in found.column_names}
    bought = _numbers(columns["all_orders"]) > 0
    day = day_number(as_of)

    def of(name: str) -> Floats:
        return _numbers(columns[name])[bought]

    return Profiles(
        as_of=as_of,
        customer=np.asarray(columns["customer"].to_numpy(), np.int64)[bought],
        currency=np.array(columns["currency"].to_pylist(), np.str_)[bought],
        orders=of("orders"),
        revenue=of("revenue"),
        days_since_last_order=day - of("last_order_day"),
        days_known=day - of("first_order_day"),
        uses_in_90_days=of("uses_in_90_days"),
        uses=of("uses"),
    )


def put_rule(measurer: Measurer, as_of: date, *, window_days: int | None = None) -> None:
    """Tell the queries of this room which day they look back from, and how far."""
    day = day_number(as_of)
    first = day - window_days if window_days else _BEGINNING
    measurer.engine.put("profile_rule", {"day": ("integer", [day]), "from_day": ("integer", [first])})


def lifecycle_rows(measurer: Measurer) -> pa.Table:
    """One row per person who ever was a customer, from `stays` and the rule that was put."""
    return measurer.engine.query(_sql("lifecycles"))


def _numbers(column: Any) -> Floats:
    return np.asarray(column.to_numpy(), np.float64)


def _sql(name: str) -> str:
    return files("okaeri.predictions.segments").joinpath("sql", f"{name}.sql").read_text("utf-8")
