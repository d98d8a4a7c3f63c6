"""Which way of expecting purchases to use: the one, or the few, that the shop's own past speaks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from okaeri.base.text import Text, _
from okaeri.predictions.clv.backtest import Backtest, Score
from okaeri.predictions.clv.candidates import CANDIDATES
from okaeri.predictions.clv.summary import Floats

# as good as the best: its error within a hundredth, or within one standard error and five hundredths, and its totals
# not off by a quarter more
_SAME, _CLOSE = 1.01, 1.05
_TOTALS = 0.25
_ALIKE = 0.005

_SAYS_THE_SAME = _("Says here what a simpler one that is used says.")
_OFF = _("A rule of thumb that won by too little, or a total further off.")
RULE = _(
    "The smallest error per customer on past days wins, each forecast's total being corrected first. Models within 1% "
    "of it, or within one standard error, cannot be told apart, and their mean is used, unless their totals were far "
    "off. A rule of thumb must beat every model clearly."
)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One candidate over all origins; `behind` is its mean squared error less the best one's, with a standard error.

    `rmse` and `behind` are those of the forecasts whose total has been corrected, as the final one's will be; the rest
    is as each candidate had it.
    `total_error` is the mean size of its total's error, 0.1 being a tenth; `auc` and `rank` are means over origins.
    `why_not` says why it was not tried, or not used though it missed by little.
    """

    candidate: str
    name: Text
    chosen: bool = False
    rmse: float | None = None
    mae: float | None = None
    bias: float | None = None
    total_error: float | None = None
    auc: float | None = None
    rank: float | None = None
    behind: float | None = None
    standard_error: float | None = None
    why_not: Text | None = None

    def as_row(self) -> dict[str, Any]:
        """The standing as one flat JSON-ready row."""
        row = {each: getattr(self, each) for each in self.__slots__} if hasattr(self, "__slots__") else vars(self)
        return {
            **row,
            "name": str(self.name),
            "why_not": str(self.why_not) if self.why_not else None,
        }


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was chosen, why, and how all candidates stood; `chosen` has several names where their mean is used."""

    chosen: tuple[str, ...]
    reason: Text
    standings: tuple[Standing, ...] = ()
    scores: tuple[Score, ...] = ()

    def as_rows(self) -> list[dict[str, Any]]:
        """The standings, best first, as flat JSON-ready rows; those not tried come last."""
        return [each.as_row() for each in self.standings]


def choose(backtest: Backtest) -> Choice:
    """Choose by what was expected on past days and what followed; without any past, by what can be learnt at all."""
    if not backtest.expected:
        return Choice(
            chosen=(),
            reason=_("There is not enough history to try forecasts on past days."),
            standings=_not_tried(backtest.dropped),
        )
    levels = {name: backtest.level([name]).factor for name in backtest.expected}
    errors = {name: _mean_squared(backtest, name, factor) for name, factor in levels.items()}
    best = _least(backtest, errors, levels)
    lags = {name: _behind(backtest, name, best, levels) for name in errors}
    totals = {name: float(np.mean(np.abs(np.expm1(backtest.log_ratios([name]))))) for name in errors}
    equal = [
        name
        for name in errors
        if errors[name] <= errors[best] * _SAME**2
        or (lags[name][0] <= lags[name][1] and errors[name] <= errors[best] * _CLOSE**2)
    ]
    among = _among(equal, best, totals)
    chosen = _different(backtest, among)
    why_not = {name: _SAYS_THE_SAME if name in among else _OFF for name in equal if name not in chosen}
    scores = backtest.scores()
    standings = [
        _standing(
            name,
            [score for score in scores if score.candidate == name],
            errors[name],
            lags[name],
            chosen=name in chosen,
            why_not=why_not.get(name),
        )
        for name in sorted(errors, key=lambda name: errors[name])
    ]
    return Choice(
        chosen=chosen,
        reason=_reason(chosen, len(backtest.windows), int(backtest.plan.window_days)),
        standings=(*standings, *_not_tried(backtest.dropped)),
        scores=scores,
    )


def _least(backtest: Backtest, errors: Mapping[str, float], levels: Mapping[str, float]) -> str:
    """The least error; a rule of thumb only where it beats every model clearly: it may have been right by luck."""
    ranked = sorted(errors, key=lambda name: (errors[name], CANDIDATES[name].simplicity))
    models = [name for name in ranked if CANDIDATES[name].is_model]
    if CANDIDATES[ranked[0]].is_model or not models:
        return ranked[0]
    behind, spread = _behind(backtest, models[0], ranked[0], levels)
    clearly = behind > 2 * spread and errors[models[0]] > errors[ranked[0]] * _CLOSE**2
    return ranked[0] if clearly else models[0]


def _among(equal: list[str], best: str, totals: Mapping[str, float]) -> tuple[str, ...]:
    models = [name for name in equal if CANDIDATES[name].is_model]
    if not models:
        return (best,)
    closest = min(totals[name] for name in models)
    kept = [name for name in models if totals[name] <= closest + _TOTALS]
    return tuple(sorted(kept, key=lambda name: CANDIDATES[name].simplicity))


def _different(backtest: Backtest, names: tuple[str, ...]) -> tuple[str, ...]:
    """Without models that say here what a simpler one says: their common limit would count twice in the mean."""
    kept: list[str] = []
    for name in names:
        if not any(_alike(backtest, name, other) for other in kept):
            kept.append(name)
    return tuple(kept)


def _alike(backtest: Backtest, name: str, other: str) -> bool:
    pairs = list(zip(backtest.expected[name], backtest.expected[other], strict=True))
    apart = sum(float(np.abs(one - two).sum()) for one, two in pairs)
    return apart <= _ALIKE * sum(float(two.sum()) for _one, two in pairs)


def _mean_squared(backtest: Backtest, name: str, factor: float) -> float:
    pairs = zip(backtest.windows, backtest.expected[name], strict=True)
    return float(np.mean([np.mean((factor * expected - window.purchases) ** 2) for window, expected in pairs]))


def _behind(backtest: Backtest, name: str, best: str, levels: Mapping[str, float]) -> tuple[float, float]:
    """The mean difference of squared errors and its standard error, a customer's windows taken together."""
    if name == best:
        return 0.0, 0.0
    customers = np.unique(np.concatenate([window.customer for window in backtest.windows]))
    summed, asked = np.zeros(len(customers)), 0
    for window, one, other in zip(backtest.windows, backtest.expected[name], backtest.expected[best], strict=True):
        difference: Floats = (levels[name] * one - window.purchases) ** 2
        difference -= (levels[best] * other - window.purchases) ** 2
        summed[np.searchsorted(customers, window.customer)] += difference / len(window)
        asked += 1
    each = summed / asked
    spread = float(np.sqrt(len(each) * np.var(each)))
    return float(each.sum()), spread


def _standing(
    name: str,
    scores: list[Score],
    squared: float,
    behind: tuple[float, float],
    *,
    chosen: bool,
    why_not: Text | None,
) -> Standing:
    def mean(values: list[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return float(np.mean(known)) if known else None

    return Standing(
        candidate=name,
        name=CANDIDATES[name].name,
        chosen=chosen,
        rmse=float(np.sqrt(squared)),
        mae=mean([score.mae for score in scores]),
        bias=mean([score.bias for score in scores]),
        total_error=mean([None if score.total_error is None else abs(score.total_error) for score in scores]),
        auc=mean([score.auc for score in scores]),
        rank=mean([score.rank for score in scores]),
        behind=behind[0],
        standard_error=behind[1],
        why_not=why_not,
    )


def _not_tried(dropped: Mapping[str, Text]) -> tuple[Standing, ...]:
    return tuple(Standing(candidate=name, name=CANDIDATES[name].name, why_not=why) for name, why in dropped.items())


def _reason(chosen: tuple[str, ...], origins: int, days: int) -> Text:
    values = {"names": ", ".join(str(CANDIDATES[name].name) for name in chosen), "n": origins, "days": days}
    if len(chosen) > 1:
        return _(
            "{names} missed by as little as each other in {n} forecasts of {days} past days, so their mean is used."
        ).format(**values)
    return _("{names} missed by the least in {n} forecasts of {days} past days.").format(**values)
