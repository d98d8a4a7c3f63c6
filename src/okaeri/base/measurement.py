"""A figure that explains itself: value, unit, n, interval, period, segment, cutoff, state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from okaeri.base.calendar import Period
from okaeri.base.text import Text
from okaeri.base.units import Unit, show


class State(StrEnum):
    """Whether a figure may be compared: a partial one is shown hatched, an undefined one has a reason.

    >>> State.PARTIAL.value
    'partial'
    """

    COMPLETE = "complete"
    PARTIAL = "partial"
    UNDEFINED = "undefined"


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A range that holds the truth in `level` of repeated samples; bounds in the value's unit.

    >>> Interval(low=0.2, high=0.3, method="wilson").level
    0.95
    """

    low: float | None
    high: float | None
    method: str
    level: float = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """One figure and all that is needed to trust it; `value` is None exactly when it is undefined.

    >>> m = Measurement(metric="crr", version=1, value=0.5, unit=Unit.RATE, n=4, cutoff=date(2024, 2, 1))
    >>> str(m)
    '50.0%'
    """

    metric: str
    version: int
    value: float | None
    unit: Unit
    cutoff: date
    n: int | None = None
    currency: str | None = None
    interval: Interval | None = None
    period: Period | None = None
    segment: str | None = None
    state: State = State.COMPLETE
    reason: Text | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return show(self.value, self.unit, currency=self.currency)

    def as_row(self) -> dict[str, Any]:
        """The figure as one flat JSON-ready row; dates are ISO 8601, a rate stays in 0..1.

        >>> Measurement(metric="crr", version=1, value=None, unit=Unit.RATE, n=0, cutoff=date(2024, 2, 1),
        ...             state=State.UNDEFINED, reason=Text("No customers."), inputs={"cs": 0}).as_row()["reason"]
        'No customers.'
        """
        return {
            "period_start": self.period.start.isoformat() if self.period else None,
            "period_end": self.period.end.isoformat() if self.period else None,
            "segment": self.segment,
            "value": self.value,
            "n": self.n,
            "low": self.interval.low if self.interval else None,
            "high": self.interval.high if self.interval else None,
            "state": self.state.value,
            "reason": str(self.reason) if self.reason else None,
            "inputs": dict(self.inputs),
            "unit": self.unit.value,
            "currency": self.currency,
            "interval_method": self.interval.method if self.interval else None,
        }


def between(interval: Interval, unit: Unit, *, currency: str | None = None, digits: int | None = None) -> str:
    """The two ends of an interval in the current language; "–" stands for an end that is not known.

    >>> between(Interval(low=0.1, high=0.25, method="wilson"), Unit.RATE, digits=0)
    '10% – 25%'
    """
    return " – ".join(show(end, unit, currency=currency, digits=digits) for end in (interval.low, interval.high))
