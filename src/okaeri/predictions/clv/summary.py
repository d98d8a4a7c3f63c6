"""What is known of each customer's purchases on one day, and what followed: the rows models learn from.

Purchases are distinct purchase days of one currency; days are counted as in the published examples, from the first
purchase day to the last day observed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from okaeri.base.text import Text, _
from okaeri.metrics.timetable import day_number

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RECENT_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One place per customer who bought before `as_of`, by ascending code; times in days, spend in one currency.

    `frequency` counts purchase days after the first, `last_purchase` is the latest of them (0 without one) and `age`
    the last day observed, both from the first purchase day; `recent` counts purchase days in the last `recent_days`
    before `as_of`, the first one too. `repeat_spend` is what came after the first purchase day, less returns,
    `log_gaps` the sum of the logarithms of the gaps in days. `purchases` and `spend` are what followed in the
    `horizon_days` from `as_of` on.
    """

    as_of: int
    horizon_days: int
    recent_days: int
    currency: str
    customer: Ints
    first_day: Ints
    frequency: Floats
    last_purchase: Floats
    age: Floats
    recent: Floats
    first_spend: Floats
    repeat_spend: Floats
    log_gaps: Floats
    purchases: Floats
    spend: Floats
    notes: tuple[Text, ...] = ()

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def mean_spend(self) -> Floats:
        """The mean spend of each customer's repeat purchase days, 0 without one; shape (customers,)."""
        return self.repeat_spend / np.maximum(self.frequency, 1)

    @property
    def histories(self) -> dict[str, Floats]:
        """The three numbers every purchase model is fitted to and asked with."""
        return {"frequency": self.frequency, "last_purchase": self.last_purchase, "age": self.age}

    def only(self, keep: NDArray[np.bool_] | Ints) -> Summary:
        """The customers to keep, by flag or by place."""
        chosen = {
            each.name: getattr(self, each.name)[keep]
            for each in fields(self)
            if isinstance(getattr(self, each.name), np.ndarray)
        }
        return replace(self, **chosen)


def summarise(
    measurer: Measurer,
    *,
    as_of: date | int,
    horizon_days: int = 0,
    recent_days: int = RECENT_DAYS,
    currency: str | None = None,
    one_in: int = 1,
) -> Summary:
    """The customers known on the morning of `as_of` (a date, or days since 1970-01-01): only what came before counts.

    With `horizon_days` their purchases and spend from that day on are beside it. `one_in` takes one customer in so
    many, always the same ones. Without a `currency` it is the workspace's usual one, or the one most bought in.
    """
    day = day_number(as_of) if isinstance(as_of, date) else as_of
    chosen = _currency(measurer) if currency is None else currency
    rule: Mapping[str, int] = {
        "as_of": day,
        "horizon_days": horizon_days,
        "recent_days": recent_days,
        "one_in": one_in,
    }
    measurer.engine.put(
        "summary_rule",
        {"currency": ("varchar", [chosen]), **{name: ("integer", [value]) for name, value in rule.items()}},
    )
    found = measurer.engine.query(_sql("purchase_summary"))
    columns: dict[str, Any] = {name: np.asarray(found[name]).astype(np.float64) for name in found.column_names}
    codes = {name: np.asarray(found[name]).astype(np.int64) for name in ("customer", "first_day")}
    return Summary(
        as_of=day,
        horizon_days=horizon_days,
        recent_days=recent_days,
        currency=chosen,
        notes=_left_out(measurer, chosen),
        **{**columns, **codes},
    )


def first_purchase_day(measurer: Measurer, *, currency: str) -> int | None:
    """The day of the first purchase of anybody in a currency; None without any."""
    days = [row.first_day for row in _currencies(measurer) if row.currency == currency]
    return days[0] if days else None


def _currency(measurer: Measurer) -> str:
    found = {row.currency: row.purchase_days for row in _currencies(measurer)}
    usual = measurer.facts.currency
    return usual if usual in found or not found else min(found, key=lambda name: (-found[name], name))


def _left_out(measurer: Measurer, currency: str) -> tuple[Text, ...]:
    found = {row.currency: row.purchase_days for row in _currencies(measurer)}
    others = sorted(name for name in found if name != currency)
    if not others:
        return ()
    note = _("Only purchases in {currency} are counted; those in {others} are left out.")
    unknown = _("an unknown currency")
    return (note.format(currency=currency or unknown, others=", ".join(name or str(unknown) for name in others)),)


class _Used(NamedTuple):
    """A currency purchases were made in."""

    currency: str
    purchase_days: int
    first_day: int


def _currencies(measurer: Measurer) -> list[_Used]:
    return [_Used(**row) for row in measurer.engine.query(_sql("purchase_currencies")).to_pylist()]


def _sql(name: str) -> str:
    return files("okaeri.predictions").joinpath("sql", f"{name}.sql").read_text("utf-8")
