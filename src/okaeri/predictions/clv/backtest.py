"""Forecasts made on past days and held against what followed: every candidate, every origin, no look-ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.text import Text, _
from okaeri.metrics.timetable import EPOCH
from okaeri.predictions.clv.candidates import Candidate, usable
from okaeri.predictions.clv.summary import Floats, Summary, first_purchase_day, summarise
from okaeri.predictions.clv.totals import Level, learn_level

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer

AT_MOST = 9
SHORTEST_DAYS = 14
FEWEST_CUSTOMERS = 30
# of the time observed: the longest window, and what must lie before the first origin
_SHARE = 0.4
_CUSTOMERS = 100_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """From which days on forecasts are made and for how long; days since 1970-01-01, oldest first."""

    window_days: int
    days: tuple[int, ...]

    @property
    def independent(self) -> float:
        """How many windows would fit side by side into the time the origins cover, at least 1."""
        return 1 + (self.days[-1] - self.days[0]) / self.window_days if self.days else 0.0


def plan(*, first_day: int, cutoff: int, horizon_days: int) -> Plan:
    """Windows as long as the horizon, or as two fifths of the time observed where that is less.

    The same length lies before the first origin, so that there is something to learn from. No origin at all where the
    windows would be shorter than two weeks.

    >>> plan(first_day=0, cutoff=273, horizon_days=273).days
    (109, 115, 122, 129, 136, 143, 150, 157, 164)
    >>> plan(first_day=0, cutoff=30, horizon_days=273).days
    ()
    """
    observed = cutoff - first_day
    window = min(horizon_days, int(_SHARE * observed))
    earliest, latest = first_day + max(int(_SHARE * observed), window), cutoff - window
    if window < min(SHORTEST_DAYS, horizon_days) or latest < earliest:
        return Plan(window_days=window, days=())
    steps = min(AT_MOST, 1 + (latest - earliest) // max(1, window // 20))
    days = latest if steps == 1 else np.linspace(earliest, latest, steps)
    return Plan(window_days=window, days=tuple(sorted({int(day) for day in np.atleast_1d(days)})))


@dataclass(frozen=True, kw_only=True)
class Score:
    """How one candidate's forecast of one day turned out, over the customers known on that day.

    `rmse`, `mae` and `bias` (forecast less fact) are purchases per customer; `auc` is the chance that somebody who
    bought was ranked above somebody who did not, and `rank` Spearman's correlation: None where all did the same.
    """

    candidate: str
    as_of: int
    horizon_days: int
    customers: int
    expected: float
    actual: float
    rmse: float
    mae: float
    bias: float
    auc: float | None
    rank: float | None

    @property
    def total_error(self) -> float | None:
        """The forecast of all purchases against the fact, -0.1 being a tenth too low; None without purchases."""
        return self.expected / self.actual - 1 if self.actual else None

    def as_row(self) -> dict[str, Any]:
        """The score as one flat JSON-ready row."""
        return {
            "candidate": self.candidate,
            "as_of": (EPOCH + timedelta(days=self.as_of)).isoformat(),
            "horizon_days": self.horizon_days,
            "customers": self.customers,
            "expected": self.expected,
            "actual": self.actual,
            "rmse": self.rmse,
            "mae": self.mae,
            "bias": self.bias,
            "total_error": self.total_error,
            "auc": self.auc,
            "rank": self.rank,
        }


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """What each candidate expected of each origin's customers, beside what they did.

    `expected` has one array per candidate and origin; a candidate that could not be tried at every origin is in
    `dropped` with the reason.
    """

    plan: Plan
    windows: tuple[Summary, ...]
    expected: Mapping[str, tuple[Floats, ...]]
    dropped: Mapping[str, Text] = field(default_factory=dict)

    def scores(self) -> tuple[Score, ...]:
        """Every candidate at every origin, in the order of the candidates."""
        return tuple(
            score(name, window, expected)
            for name, each in self.expected.items()
            for window, expected in zip(self.windows, each, strict=True)
        )

    def mean_of(self, names: Sequence[str]) -> tuple[Floats, ...]:
        """The mean of some candidates' expectations, by origin."""
        return tuple(np.mean(each, axis=0) for each in zip(*(self.expected[name] for name in names), strict=True))

    def level(self, names: Sequence[str]) -> Level:
        """How far the totals of the mean of some candidates were off."""
        return learn_level(self.log_ratios(names), window_days=self.plan.window_days, independent=self.plan.independent)

    def log_ratios(self, names: Sequence[str]) -> Floats:
        """The logarithm of facts over the mean forecast of the total, by origin, each with half a purchase to spare."""
        totals = [
            (window.purchases.sum() + 0.5, each.sum() + 0.5)
            for window, each in zip(self.windows, self.mean_of(names), strict=True)
        ]
        return np.array([np.log(actual / expected) for actual, expected in totals])


def backtest(measurer: Measurer, *, cutoff: date, horizon_days: int, currency: str) -> Backtest:
    """Try every candidate on the workspace's past before `cutoff`; at most a hundred thousand customers are asked."""
    until = (cutoff - EPOCH).days
    first = first_purchase_day(measurer, currency=currency)
    origins = plan(first_day=until if first is None else first, cutoff=until, horizon_days=horizon_days)
    one_in = max(1, measurer.engine.query("select count(*) as n from customer_codes")["n"][0].as_py() // _CUSTOMERS)
    windows = tuple(
        summarise(measurer, as_of=day, horizon_days=origins.window_days, currency=currency, one_in=one_in)
        for day in origins.days
    )
    enough = [place for place, window in enumerate(windows) if len(window) >= FEWEST_CUSTOMERS]
    kept = Plan(window_days=origins.window_days, days=tuple(origins.days[place] for place in enough))
    return tried(kept, tuple(windows[place] for place in enough))


def tried(origins: Plan, windows: Sequence[Summary]) -> Backtest:
    """Let every usable candidate learn from each window's histories and say what to expect of it."""
    if not windows:
        return Backtest(plan=origins, windows=(), expected={})
    early, unlearnt = usable(windows[0])
    later, still_unlearnt = usable(windows[-1])
    candidates = {name: each for name, each in early.items() if name in later}
    dropped = unlearnt | still_unlearnt
    expected: dict[str, tuple[Floats, ...]] = {}
    for name, candidate in candidates.items():
        found = tuple(_asked(candidate, window) for window in windows)
        if all(sound(each) for each in found):
            expected[name] = found
        else:
            dropped[name] = _("Its forecasts of some past day were not numbers.")
    return Backtest(plan=origins, windows=tuple(windows), expected=expected, dropped=dropped)


def sound(expected: Floats) -> bool:
    """Whether these can be numbers of purchases at all."""
    return bool(np.isfinite(expected).all() and (expected >= 0).all())


def _asked(candidate: Candidate, window: Summary) -> Floats:
    # a candidate whose parameters run away on some past day says what is not a number, and is dropped for it
    with np.errstate(over="ignore", invalid="ignore"):
        return candidate.learn(window).expected(window, horizon_days=window.horizon_days)


def score(name: str, window: Summary, expected: Floats) -> Score:
    """Hold one forecast against what followed."""
    missed = expected - window.purchases
    return Score(
        candidate=name,
        as_of=window.as_of,
        horizon_days=window.horizon_days,
        customers=len(window),
        expected=float(expected.sum()),
        actual=float(window.purchases.sum()),
        rmse=float(np.sqrt(np.mean(missed**2))),
        mae=float(np.mean(np.abs(missed))),
        bias=float(np.mean(missed)),
        auc=_auc(expected, window.purchases > 0),
        rank=_spearman(expected, window.purchases),
    )


def _auc(expected: Floats, bought: np.ndarray[Any, np.dtype[np.bool_]]) -> float | None:
    from scipy.stats import rankdata

    buyers, others = int(bought.sum()), int((~bought).sum())
    if not buyers or not others:
        return None
    above = rankdata(expected)[bought].sum() - buyers * (buyers + 1) / 2
    return float(above / buyers / others)


def _spearman(expected: Floats, purchases: Floats) -> float | None:
    from scipy.stats import rankdata

    one, other = rankdata(expected), rankdata(purchases)
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1])
