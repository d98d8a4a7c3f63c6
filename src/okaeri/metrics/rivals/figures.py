"""What one period of the data says to every rival definition: counts, daily hazards, and each currency's money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from okaeri.base.calendar import Period
from okaeri.base.errors import NothingUsable
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.ratios import quotient_interval, summed_hazard_interval
from okaeri.metrics.revenue.accounts import months_seen

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer

SIX = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """One currency: its movements and the figures on them; without contracts only what a buyer spent."""

    currency: str
    moved: Mapping[str, float]
    gross_churn: Measurement | None = None
    net_retention: Measurement | None = None
    lifetime: Measurement | None = None
    arpa: Measurement | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """All that the definitions read: `days` are (lost, customers) of each day, `earlier` the churn rates before."""

    period: Period
    contractual: bool
    counts: Mapping[str, int]
    churn: Measurement
    retention: Measurement
    total_base: Measurement
    same_window: Measurement
    days: tuple[tuple[int, int], ...]
    earlier: tuple[Measurement, ...]
    books: tuple[Book, ...]

    @property
    def total(self) -> int:
        """Everybody who was a customer at the start, at the end, or in between."""
        return self.counts["cs"] + self.counts["cn"] + self.counts["came_and_went"]

    @property
    def departures(self) -> int:
        """Everybody who was a customer at the start of a day and no more at its end, each time it happened."""
        return sum(lost for lost, _base in self.days)

    @property
    def daily_churn(self) -> tuple[float, Interval] | None:
        """The sum of the daily churn rates and its interval; None when no day began with a customer."""
        bases = [(lost, base) for lost, base in self.days if base]
        if not bases:
            return None
        total = sum(lost / base for lost, base in bases)
        squares = sum(lost / base**2 for lost, base in bases)
        return total, summed_hazard_interval(total, squares=squares, largest=max(1 / base for _lost, base in bases))

    @property
    def mean_base(self) -> float:
        """How many customers a day began with on average."""
        return sum(base for _lost, base in self.days) / len(self.days) if self.days else 0.0

    @property
    def trailing_churn(self) -> tuple[float, Interval] | None:
        """The mean of the earlier churn rates, and its interval: their own, squared and added."""
        known = [m for m in self.earlier if m.value is not None and m.interval]
        if not known:
            return None
        mean = sum(m.value or 0.0 for m in known) / len(known)
        below = sqrt(sum(((m.value or 0.0) - _end(m, high=False)) ** 2 for m in known)) / len(known)
        above = sqrt(sum((_end(m, high=True) - (m.value or 0.0)) ** 2 for m in known)) / len(known)
        return mean, Interval(low=max(mean - below, 0.0), high=mean + above, method="square-and-add mean")

    def over_churn(self, average: Measurement, churn: float, around: Interval | None) -> tuple[float | None, Interval]:
        """A monthly average over a churn rate of this period, with its interval; no value without churn."""
        months = months_seen(self.period, cutoff=self.churn.cutoff)
        interval = quotient_interval(average.interval or _UNKNOWN, around or _UNKNOWN, of=(average.value or 0.0, churn))
        low, high = (None if end is None else end * months for end in (interval.low, interval.high))
        value = (average.value or 0.0) * months / churn if churn else None
        return value, Interval(low=low if low is None else max(low, 0.0), high=high, method=interval.method)


_UNKNOWN = Interval(low=None, high=None, method="none")


def _end(figure: Measurement, *, high: bool) -> float:
    end = None if figure.interval is None else figure.interval.high if high else figure.interval.low
    return (figure.value or 0.0) if end is None else end


def evidence(measurer: Measurer, period: Period, *, churn: Sequence[Measurement], asked: Mapping[str, Any]) -> Evidence:
    """Measure what the definitions need of one period; `churn` are the churn rates of all periods."""
    question = {**asked, "start": period.start, "end": period.end}
    one = {name: measurer.measure(name, **question) for name in ("crr", "churn_total_base", "churn_same_window")}
    here = next(m for m in churn if m.period == period)
    daily = measurer.measure("churn", **{**question, "by": "day"})
    contractual = daily.presence.rule.contractual
    return Evidence(
        period=period,
        contractual=contractual,
        counts={name: int(value) for name, value in here.inputs.items()},
        churn=here,
        retention=one["crr"].measurements[0],
        total_base=one["churn_total_base"].measurements[0],
        same_window=one["churn_same_window"].measurements[0],
        days=tuple((int(m.inputs["lost"]), int(m.inputs["cs"])) for m in daily.measurements),
        earlier=_before(here, churn),
        books=tuple(_money_books(measurer, question) if contractual else _order_books(measurer, question)),
    )


def _before(here: Measurement, churn: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """The six churn rates before this one, as far as there are any."""
    place = list(churn).index(here)
    return tuple(m for m in churn[max(place - SIX, 0) : place] if m.state is State.COMPLETE and m.value is not None)


def _money_books(measurer: Measurer, question: Mapping[str, Any]) -> list[Book]:
    names = ("mrr_movements", "mrr_churn_rate", "nrr_with_reactivation", "ltv_subscription", "arpa")
    found = {name: measurer.measure(name, **question).measurements for name in names}
    return [
        Book(
            currency=moved.currency or "",
            moved={name: float(value) for name, value in moved.inputs.items()},
            gross_churn=gross,
            net_retention=net,
            lifetime=lifetime,
            arpa=arpa,
        )
        for moved, gross, net, lifetime, arpa in zip(*found.values(), strict=True)
    ]


def _order_books(measurer: Measurer, question: Mapping[str, Any]) -> list[Book]:
    """What a buyer spent in the period, which is all that orders say of money that comes back."""
    try:
        spent = measurer.measure("customer_value", **question).measurements
    except NothingUsable:  # product use alone brings no money
        return []
    return [Book(currency=m.currency or "", moved={}, arpa=m) for m in spent]
