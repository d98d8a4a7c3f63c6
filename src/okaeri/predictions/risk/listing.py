"""The risk list: customers by value at risk, the chance that they leave times what they are expected to bring.

What is expected of them comes from `clv`; the list says why, what to do next, and can be kept as facts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.errors import NothingUsable
from okaeri.base.measurement import Interval
from okaeri.base.text import Text, _
from okaeri.predictions.churn.card import Card
from okaeri.predictions.churn.examples import Floats, Ints
from okaeri.predictions.churn.hazard import time_in_words
from okaeri.predictions.churn.judging import Bin
from okaeri.predictions.churn.reasons import Reasons
from okaeri.predictions.churn.words import text_as_data
from okaeri.predictions.risk.leaving import PERIOD_DAYS, Leaving
from okaeri.predictions.risk.steps import next_step

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.engines.engine import Engine

_EVEN = 0.5
_SOON = _("They are more likely than not to leave within {days} days.")
_REASONED = 500  # nobody reads the reasons of the ten-thousandth


@dataclass(frozen=True, kw_only=True, eq=False)
class Expected:
    """What customers (by code) are expected to spend in `days`; arrays of shape (customers,), bounds NaN where none."""

    customer: Ints
    value: Floats
    low: Floats
    high: Floats
    days: int
    currency: str = ""
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AtRisk:
    """One customer of the list; `interval` is where the chance may lie by what became of similar customers.

    `value` is None where nothing can be said of it; then `at_risk` is None too.
    """

    customer_id: str
    chance: float
    interval: Interval
    value: float | None
    value_interval: Interval | None
    currency: str
    reasons: Reasons
    step: Text
    when: Text | None = None

    @property
    def at_risk(self) -> float | None:
        """The chance of leaving times the expected value."""
        return None if self.value is None else self.chance * self.value

    def as_row(self) -> dict[str, Any]:
        """JSON-ready, in the current language."""
        return {
            "customer_id": self.customer_id,
            "leaving": self.chance,
            "leaving_low": self.interval.low,
            "leaving_high": self.interval.high,
            "value": self.value,
            "value_low": self.value_interval.low if self.value_interval else None,
            "value_high": self.value_interval.high if self.value_interval else None,
            "currency": self.currency or None,
            "value_at_risk": self.at_risk,
            "reasons_to_leave": [str(reason.says) for reason in self.reasons.leaving],
            "reasons_to_stay": [str(reason.says) for reason in self.reasons.staying],
            "next_step": str(self.step),
            "when": str(self.when) if self.when else None,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class RiskList:
    """Everybody who is a customer on `as_of`, ordered by value at risk; without values by the chance of leaving."""

    leaving: Leaving
    expected: Expected | None = None

    def __len__(self) -> int:
        return len(self.leaving)

    @property
    def as_of(self) -> date:
        """The first day not known when this was said."""
        return self.leaving.as_of

    @property
    def chance(self) -> Floats:
        """The chance of leaving of each customer, in the order of their codes; raises `NothingUsable` without any."""
        if self.leaving.chance is None:
            raise NothingUsable(
                _("Nobody's chance of leaving can be told yet. {reason}").format(reason=self.leaving.reason),
                advice=_("`okaeri signals` shows what deserves attention meanwhile."),
            )
        return self.leaving.chance

    @cached_property
    def values(self) -> tuple[Floats, Floats, Floats]:
        """Expected value, and its bounds, of each customer in the order of their codes; NaN where there is none."""
        found = np.full((3, len(self)), np.nan)
        if self.expected is not None and len(self.expected.customer):
            order = np.argsort(self.expected.customer)
            codes = self.expected.customer[order]
            place = np.minimum(np.searchsorted(codes, self.leaving.customer), len(codes) - 1)
            known = codes[place] == self.leaving.customer
            for row, column in enumerate((self.expected.value, self.expected.low, self.expected.high)):
                found[row, known] = column[order][place[known]]
        return found[0], found[1], found[2]

    @cached_property
    def order(self) -> Ints:
        """The places of the customers, the most at risk first; equal ones by code."""
        value = self.values[0]
        weight = np.where(np.isnan(value), 0.0, value) if np.isfinite(value).any() else np.ones(len(self))
        return np.lexsort((self.leaving.customer, -self.chance, -self.chance * weight))

    @property
    def expected_leavers(self) -> tuple[float, Interval]:
        """How many are expected to leave; the range adds up what was seen of customers with similar chances.

        Where those did not fare as was said, it reaches from the sum of the chances to where theirs lay.
        """
        model = self.leaving.model
        assert model is not None, "nothing is expected where no model was learned"
        bins = model.card.judgement.bins
        place = np.searchsorted([each.low for each in bins[1:]], self.chance, side="right")
        n = np.bincount(place, minlength=len(bins))
        low, high = (float(n @ np.array([end(each) for each in bins])) for end in (_lower, _upper))
        said = float(self.chance.sum())
        around = Interval(low=min(low, said), high=max(high, said), method="wilson, by group of like chances")
        return said, around

    @property
    def without_value(self) -> int:
        """How many customers nothing is expected of, since nothing is known of what they buy in the one currency."""
        return int(np.isnan(self.values[0]).sum())

    @property
    def total_at_risk(self) -> float | None:
        """The sum of the values at risk; None where no value is known."""
        value = self.values[0]
        return float(np.nansum(self.chance * value)) if np.isfinite(value).any() else None

    def top(self, engine: Engine, *, n: int = 20) -> tuple[AtRisk, ...]:
        """The first `n` customers with their reasons and next steps."""
        return self._told(engine, self.order[:n])

    def one(self, engine: Engine, customer: int) -> AtRisk | None:
        """One customer by code; None when they are no customer now."""
        place = np.flatnonzero(self.leaving.customer == customer)
        return next(iter(self._told(engine, place)), None)

    def as_scores(self, engine: Engine, *, made_at: datetime, replayed: bool = False) -> pa.Table:
        """Everybody's line as rows of the fact table `scores`, by code; reasons and steps for the top 500."""
        import pyarrow as pa

        from okaeri.facts.contracts import TABLES

        count, horizon = len(self), self.leaving.horizon_days
        ids = ids_of(engine, self.leaving.customer)
        reasons, steps = self._kept_words()
        value, low, high = (pa.array(column, from_pandas=True) for column in self.values)
        expected = self.expected
        # what is said again of the same day takes the place of what was said before
        stamp = f"{horizon}d-{self.as_of}-{'r' if replayed else 's'}"
        columns = {
            "score_id": [f"{stamp}-{name}" for name in ids],
            "customer_id": ids,
            "as_of": [self.as_of] * count,
            "made_at": [made_at] * count,
            "horizon_days": [horizon] * count,
            "leaving": self.chance,
            "value_days": [expected.days if expected else None] * count,
            "value": value,
            "value_low": low,
            "value_high": high,
            "currency": [expected.currency if expected else ""] * count,
            "model": [self.leaving.model.card.kind if self.leaving.model else ""] * count,
            "reasons": reasons,
            "step": steps,
            "presence": [self.leaving.presence.code] * count,
            "replayed": [replayed] * count,
        }
        return pa.table({name: pa.array(values) for name, values in columns.items()}).cast(
            TABLES["scores"].arrow_schema()
        )

    def _told(self, engine: Engine, places: Ints) -> tuple[AtRisk, ...]:
        model = self.leaving.model
        assert model is not None, "a list has an order only where a model was learned"
        if not len(places):
            return ()
        value, low, high = self.values
        reasons = model.reasons(self.leaving.examples.only(places))
        when = self._when(places)
        ids = ids_of(engine, self.leaving.customer[places])
        return tuple(
            AtRisk(
                customer_id=name,
                chance=float(self.chance[place]),
                interval=model.range_of(float(self.chance[place])),
                value=None if np.isnan(value[place]) else float(value[place]),
                value_interval=_interval(low[place], high[place]),
                currency=self.expected.currency if self.expected else "",
                reasons=why,
                step=_step(why, float(self.chance[place]), model.card),
                when=soon,
            )
            for place, name, why, soon in zip(places, ids, reasons, when, strict=True)
        )

    def _when(self, places: Ints) -> list[Text | None]:
        """How long customers like each of these stay, where that was learned and does not contradict the chance."""
        hazard, days = self.leaving.when, self.leaving.horizon_days
        if hazard is None or not len(places):
            return [None] * len(places)
        medians = hazard.medians(self.leaving.examples.only(places))
        soon = _SOON.format(days=days)
        return [
            soon
            if chance >= _EVEN
            else None
            if median * PERIOD_DAYS <= days
            else time_in_words(median, last=hazard.last, period_days=PERIOD_DAYS)
            for median, chance in zip(medians.tolist(), self.chance[places].tolist(), strict=True)
        ]

    def _kept_words(self) -> tuple[list[str], list[str]]:
        """Reasons and steps as they are kept: in a form any language can be made of, for the top of the list."""
        reasons, steps = ["[]"] * len(self), [""] * len(self)
        model, places = self.leaving.model, self.order[:_REASONED]
        if model is None:
            return reasons, steps
        for place, why in zip(places, model.reasons(self.leaving.examples.only(places)), strict=True):
            kept = [
                {"feature": each.feature.id, "contribution": each.contribution, "says": text_as_data(each.says)}
                for each in why.leaving
            ]
            reasons[place] = json.dumps(kept, ensure_ascii=False)
            steps[place] = _step(why, float(self.chance[place]), model.card).message
        return reasons, steps


def _lower(each: Bin) -> float:
    return each.interval.low or 0.0


def _upper(each: Bin) -> float:
    return 1.0 if each.interval.high is None else each.interval.high


def _step(why: Reasons, chance: float, card: Card) -> Text:
    return next_step([each.feature for each in why.leaving], chance=chance, usual=card.left / card.rows)


def _interval(low: float, high: float) -> Interval | None:
    return (
        None
        if np.isnan(low) or np.isnan(high)
        else Interval(low=float(low), high=float(high), method="backtest", level=0.9)
    )


def ids_of(engine: Engine, customer: Ints) -> list[str]:
    """The ids of customers by code, in their order."""
    import pyarrow as pa

    engine.take("named", pa.table({"place": np.arange(len(customer)), "customer": customer}))
    sql = "select c.customer_id from named n join customer_codes c on c.customer = n.customer order by n.place"
    found: list[str] = engine.query(sql)["customer_id"].to_pylist()
    return found
