"""When customers leave: the chance to leave in each period for those still there, and the curve of who stays.

A discrete-time hazard with proportional odds; customers who are still there count for as long as they were watched.
Source: Singer and Willett (1993), Journal of Educational Statistics 18(2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.intervals import z_score
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.predictions.churn.calibration import chances
from okaeri.predictions.churn.examples import Examples, Flags, Floats, Ints
from okaeri.predictions.churn.folds import FOLDS, SEED, arranged, order_of, parts, some_rows
from okaeri.predictions.churn.models.encoding import Encoding, encoding_of, room_for
from okaeri.predictions.churn.models.newton import Fit, Trials, best_fit, covariance, fitted, losses
from okaeri.predictions.churn.models.threads import on_one_thread

_ROWS_TO_CHOOSE_BY = 6_000
_LEAST_EVENTS = 5
_DAYS_PER_MONTH = 365.25 / 12
_MONTHS_FROM = 60


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Curves:
    """The share of customers like each row still there after each period, shape (rows, periods), with 95 % ranges.

    The ranges hold what is unsure about the coefficients, not whether this one customer leaves.
    """

    periods: tuple[int, ...]
    share: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class HazardModel:
    """Log-odds of leaving in a period = the level of its block + what the features add.

    `ends[b]` is the last period of block b, the first period is 1; `spread` is the covariance of levels and slopes.
    """

    encoding: Encoding
    ends: tuple[int, ...]
    levels: Floats
    slopes: Floats
    penalty: float
    spread: Floats

    @property
    def last(self) -> int:
        """The last period anybody was watched in; nothing is said beyond it."""
        return self.ends[-1]

    def hazards(self, examples: Examples) -> Floats:
        """The chance to leave in each period for those still there, shape (rows, last)."""
        return self._in_blocks(examples)[:, self._blocks]

    def survival(self, examples: Examples, *, periods: Sequence[int]) -> Curves:
        """The curve of each row at the end of some periods.

        Raises `OkaeriError` beyond the last period watched. Source of the ranges: the delta method on log(−log S).
        """
        self._check(periods)
        columns, hazards = self.encoding.columns(examples), self._in_blocks(examples)
        found = [self._at(period, columns, hazards) for period in periods]
        share, low, high = (np.stack(parts, axis=1) for parts in zip(*found, strict=True))
        return Curves(periods=tuple(periods), share=share, low=low, high=high)

    def medians(self, examples: Examples) -> Floats:
        """The first period at whose end at most half are still there, shape (rows,); NaN where it lies beyond."""
        share = np.cumprod(1 - self.hazards(examples), axis=1)
        half = share <= 0.5
        return np.where(half.any(axis=1), half.argmax(axis=1) + 1.0, np.nan)

    def log_likelihood(self, examples: Examples, *, periods_seen: Ints, gone: Flags) -> float:
        """Of what was watched of some customers, without the penalty."""
        trials = _trials(self.encoding.columns(examples), periods_seen, gone, self.ends)
        fit = Fit(levels=self.levels, slopes=self.slopes, penalty=0.0)
        return -float(losses(trials, fit.log_odds(trials.columns)).sum())

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "encoding": self.encoding.as_data(),
            "ends": list(self.ends),
            "levels": self.levels.tolist(),
            "slopes": self.slopes.tolist(),
            "penalty": self.penalty,
            "spread": self.spread.tolist(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> HazardModel:
        """What `as_data` gave."""
        arrays = {name: np.asarray(data[name], np.float64) for name in ("levels", "slopes", "spread")}
        encoding = Encoding.from_data(data["encoding"])
        return cls(encoding=encoding, ends=tuple(data["ends"]), penalty=data["penalty"], **arrays)

    @property
    def _blocks(self) -> Ints:
        """The block of each period."""
        return np.searchsorted(self.ends, np.arange(1, self.last + 1))

    def _in_blocks(self, examples: Examples) -> Floats:
        added = self.encoding.contributions(examples, self.slopes).sum(axis=1)
        return chances(self.levels + added[:, None])

    def _at(self, period: int, columns: Floats, hazards: Floats) -> tuple[Floats, Floats, Floats]:
        spent = _periods_in(np.asarray([period]), self.ends)[0]
        log_share = np.log1p(-hazards) @ spent
        by_level = -hazards * spent
        slope = np.concatenate([by_level, by_level.sum(axis=1)[:, None] * columns], axis=1)
        error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slope, self.spread, slope, optimize=True), 0.0))
        reach = z_score(0.95) * error / np.abs(log_share)
        return np.exp(log_share), np.exp(log_share * np.exp(reach)), np.exp(log_share * np.exp(-reach))

    def _check(self, periods: Sequence[int]) -> None:
        if not periods or not all(1 <= period <= self.last for period in periods):
            raise OkaeriError(
                _("Nobody was watched in all of these periods: {periods}.").format(
                    periods=", ".join(str(period) for period in periods)
                ),
                advice=_("Ask for periods from 1 to {last}.").format(last=self.last),
            )


@on_one_thread
def fit_hazard(examples: Examples, *, periods_seen: Ints, gone: Flags, seed: int = SEED) -> HazardModel:
    """The model of customers watched for so many periods each; `gone` says that they left in the last of them.

    Periods are merged with the next until five left in them, so that each block's level can be told.
    Raises `NothingUsable` when nobody left or nobody stayed.
    """
    rows, seen, ended = _ordered(examples, periods_seen, gone)
    ends = _ends(seen, ended, least=_LEAST_EVENTS if rows.features else 1)
    encoding = encoding_of(rows, room=room_for(rows))
    trials = _trials(encoding.columns(rows), seen, ended, ends)
    some = some_rows(rows, at_most=_ROWS_TO_CHOOSE_BY, seed=seed)
    start = best_fit(trials.only(some), parts(rows.only(some), count=FOLDS, seed=seed))
    fit = fitted(trials, penalty=start.penalty, start=start)
    return HazardModel(
        encoding=encoding,
        ends=ends,
        levels=fit.levels,
        slopes=fit.slopes,
        penalty=fit.penalty,
        spread=covariance(trials, fit),
    )


def time_in_words(median_periods: float, *, last: int, period_days: int) -> Text:
    """A median of `HazardModel.medians` as a sentence; NaN says that it lies beyond `last`, the last period watched.

    >>> str(time_in_words(5, last=12, period_days=30))
    'Half of customers like this one leave within about 5 months.'
    >>> str(time_in_words(float("nan"), last=12, period_days=30))
    'More than half of customers like this one stay longer than about 12 months.'
    """
    if np.isnan(median_periods):
        return _("More than half of customers like this one stay longer than about {time}.").format(
            time=_about(last * period_days)
        )
    return _("Half of customers like this one leave within about {time}.").format(
        time=_about(median_periods * period_days)
    )


def _about(days: float) -> Shown:
    """Two months or more in months, less in days."""
    if days < _MONTHS_FROM:
        return Shown(days, Unit.DAYS, 0)
    return Shown(days / _DAYS_PER_MONTH, Unit.MONTHS, 0)


def _ordered(examples: Examples, periods_seen: Ints, gone: Flags) -> tuple[Examples, Ints, Flags]:
    """The rows as `in_order` leaves them, the time they were watched being part of what they say."""
    named = replace(examples, left=np.asarray(gone, bool))
    order = order_of(replace(named, numbers={**named.numbers, "": np.asarray(periods_seen, np.float64)}))
    return arranged(named, order), np.asarray(periods_seen)[order], np.asarray(gone, bool)[order]


def _ends(seen: Ints, gone: Flags, *, least: int) -> tuple[int, ...]:
    """The last period of each block: enough left in it, and somebody stayed through some period of it."""
    last = int(seen.max(initial=0))
    ended = np.bincount(seen[gone], minlength=last + 1)[1:]
    at_risk = np.bincount(seen, minlength=last + 1)[::-1].cumsum()[::-1][1:]
    ends: list[int] = []
    events = stays = 0
    for period, (out, watched) in enumerate(zip(ended.tolist(), at_risk.tolist(), strict=True), start=1):
        events, stays = events + out, stays + watched - out
        if events >= least and stays > 0:
            ends.append(period)
            events = stays = 0
    if not ends:
        raise NothingUsable(
            _("Too few customers left, or none stayed, so the time until they leave cannot be told."),
            advice=_("Wait for more outcomes, or look back further."),
        )
    ends[-1] = last
    return tuple(ends)


def _trials(columns: Floats, seen: Ints, gone: Flags, ends: tuple[int, ...]) -> Trials:
    watched = _periods_in(seen, ends)
    ended = np.zeros_like(watched)
    rows = np.flatnonzero(gone & (seen > 0))
    ended[rows, np.searchsorted(ends, seen[rows])] = 1.0
    return Trials(columns=columns, seen=watched, gone=ended)


def _periods_in(until: Ints, ends: tuple[int, ...]) -> Floats:
    """How many of the periods up to `until` lie in each block, shape (rows, blocks)."""
    starts = np.asarray((0, *ends[:-1]))
    return np.asarray(np.clip(until[:, None] - starts, 0, np.asarray(ends) - starts), np.float64)
