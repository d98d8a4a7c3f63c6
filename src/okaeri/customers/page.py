"""One customer's page: what the facts tell of them, what may come, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.measurement import Interval
from okaeri.base.text import Text
from okaeri.customers.portrait import Portrait, portrait
from okaeri.customers.story import Entry, story
from okaeri.predictions.risk.health import health
from okaeri.predictions.risk.leaving import Leaving
from okaeri.predictions.risk.listing import AtRisk, RiskList
from okaeri.signals.now import SignalsNow
from okaeri.signals.signal import Signal

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What was foretold of the customer earlier: health is 100 less the chance of leaving in percent."""

    as_of: date
    horizon_days: int
    leaving: float
    replayed: bool

    @property
    def health(self) -> float:
        """From 0 to 100."""
        return 100 * (1 - self.leaving)


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """The customer's health now: `interval` is what became of customers with a similar score, None when weighted.

    `unknown` is how many points what nobody knows about them has moved it.
    """

    value: float
    unknown: float
    method: str
    says: Text
    interval: Interval | None
    reason: Text | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerPage:
    """Everything about one customer; `health` and `at_risk` are None for somebody who is no customer now."""

    portrait: Portrait
    story: tuple[Entry, ...]
    signals: tuple[Signal, ...]
    health: Score | None
    at_risk: AtRisk | None
    said: tuple[Said, ...]

    def as_row(self) -> dict[str, Any]:
        """The page, JSON-ready, in the current language."""
        return {
            **self.portrait.as_row(),
            "health": self.health
            and {
                "score": self.health.value,
                "low": self.health.interval.low if self.health.interval else None,
                "high": self.health.interval.high if self.health.interval else None,
                "method": self.health.method,
                "points_from_what_is_unknown": self.health.unknown,
                "says": str(self.health.says),
                "reason": str(self.health.reason) if self.health.reason else None,
            },
            "risk": self.at_risk.as_row() if self.at_risk else None,
            "signals": [
                {"kind": each.kind, "seen_on": each.seen_on.isoformat(), "says": str(each.says)}
                for each in self.signals
            ],
            "health_history": [
                {"as_of": each.as_of.isoformat(), "health": each.health, "replayed": each.replayed}
                for each in self.said
            ],
            "story": [entry.as_row() for entry in self.story],
        }


def page(measurer: Measurer, customer_id: str, *, risk: RiskList, signals: SignalsNow) -> CustomerPage:
    """Put one customer's page together from the facts and from what is said of everybody."""
    code = _code(measurer, customer_id)
    place = np.flatnonzero(risk.leaving.customer == code)
    return CustomerPage(
        portrait=portrait(measurer, customer_id),
        story=story(measurer.engine, measurer.facts, customer_id),
        signals=tuple(each for each in signals.signals if each.customer == customer_id),
        health=_score(risk.leaving.only(place)) if len(place) else None,
        at_risk=risk.one(measurer.engine, code) if len(place) and risk.leaving.model else None,
        said=_said(measurer, risk.leaving.horizon_days),
    )


def _score(leaving: Leaving) -> Score:
    """The health of the one customer there is."""
    found, interval = health(leaving), None
    if leaving.model is not None and leaving.chance is not None:
        near = leaving.model.range_of(float(leaving.chance[0]))
        low, high = (None if end is None else 100 * (1 - end) for end in (near.high, near.low))
        interval = Interval(low=low, high=high, method=near.method, level=near.level)
    return Score(
        value=float(found.score[0]),
        unknown=float(found.unknown[0]),
        method=found.method,
        says=found.says,
        interval=interval,
        reason=found.reason,
    )


def _code(measurer: Measurer, customer_id: str) -> int:
    measurer.engine.put("whose", {"customer_id": ("varchar", [customer_id])})
    sql = "select c.customer from customer_codes c join whose w on w.customer_id = c.customer_id"
    rows = measurer.engine.query(sql)["customer"].to_pylist()
    return int(rows[0]) if rows else -1


def _said(measurer: Measurer, horizon_days: int) -> tuple[Said, ...]:
    """What was foretold for a horizon of the customer named in `whose`, oldest first."""
    measurer.engine.put("horizon_rule", {"horizon_days": ("integer", [horizon_days])})
    sql = files("okaeri.customers").joinpath("sql", "said.sql").read_text("utf-8")
    return tuple(Said(**row) for row in measurer.engine.query(sql).to_pylist())
