"""Penalised logistic regression over many periods with a level for each, by Newton's method.

It finds the hazards of when customers leave, and with a single period the line of a calibration and the ranking of
features one by one; the classifiers are fitted by scikit-learn. Rows share their columns over all periods, so nothing
is ever written out once per row and period.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from okaeri.base.errors import NothingUsable
from okaeri.base.text import _
from okaeri.predictions.churn.examples import Floats, Ints

_STEPS = 100
_NO_GAIN = 1e-18
_FAR = 0.1
_FAST = 0.3
_CHORDS = 15
_NEAR = 1e-6
_PAST_THE_BEST = 2
_LEVEL_PENALTY = 1e-9  # keeps the level of a period finite when none of those learned from left in it
PENALTIES = (4096.0, 1024.0, 256.0, 64.0, 16.0, 4.0, 1.0, 0.25)
"""Penalties to choose from, strongest first: each is the inverse variance of a coefficient around 0."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Trials:
    """What is learned from: `columns` (rows, k), and how often each row was watched and ended in each period.

    `seen` and `gone` have shape (rows, periods).
    """

    columns: Floats
    seen: Floats
    gone: Floats

    def only(self, rows: Ints) -> Trials:
        """Some of the rows."""
        return Trials(columns=self.columns[rows], seen=self.seen[rows], gone=self.gone[rows])


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """Log-odds = `levels` of the period + columns @ `slopes`; `penalty` is what the slopes were shrunken by."""

    levels: Floats
    slopes: Floats
    penalty: float

    def log_odds(self, columns: Floats) -> Floats:
        """Shape (rows, periods)."""
        return np.asarray(self.levels + (columns @ self.slopes)[:, None])


def once(columns: Floats, left: np.typing.ArrayLike) -> Trials:
    """The trials of a logistic regression over a single period, which sees each row once."""
    gone = np.asarray(left, np.float64)[:, None]
    return Trials(columns=columns, seen=np.ones_like(gone), gone=gone)


def losses(trials: Trials, log_odds: Floats) -> Floats:
    """Minus the log-likelihood of each row."""
    return np.asarray(np.sum(trials.seen * np.logaddexp(0.0, log_odds) - trials.gone * log_odds, axis=1))


def fitted(trials: Trials, *, penalty: float, start: Fit | None = None, close: float = 1e-11) -> Fit:
    """The coefficients with the greatest penalised likelihood; levels are free.

    The curvature is reckoned anew only where steps are long or no longer shrink fast: it is what costs.
    Source: iteratively reweighted least squares, McCullagh and Nelder (1989), section 2.5, with halved steps.
    """
    fit = replace(start or _flat(trials), penalty=penalty)
    value, length, inverse = _objective(trials, fit), np.inf, None
    for _step in range(_STEPS):
        if inverse is None or length > _FAR:
            inverse = np.linalg.inv(_curve(trials, fit))
        slope = _slope(trials, fit)
        step = inverse @ slope
        fit, value, part = _walked(trials, fit, step, value)
        before, length = length, float(np.abs(step).max(initial=0.0))
        # where outcomes are nearly certain the likelihood is flat, and a long step still gains nothing
        if part * length < close or slope @ step < _NO_GAIN:
            return fit
        if length > _FAST * before:
            inverse = None
    raise NothingUsable(
        _("The search for the best coefficients did not end."),
        advice=_("Leave out columns that nearly repeat each other."),
    )


def best_fit(trials: Trials, part: Ints) -> Fit:
    """The fit whose penalty loses least on rows that were not learned from; `part` is the part of each row."""
    if not trials.columns.shape[1]:
        return fitted(trials, penalty=PENALTIES[0])
    start: Fit | None = None
    tried: list[tuple[float, Fit]] = []
    for penalty in PENALTIES:
        start = fitted(trials, penalty=penalty, start=start, close=_NEAR)
        tried.append((_loss_out_of_part(trials, part, start), start))
        if min(tried, key=_loss) in tried[:-_PAST_THE_BEST]:
            break
    return min(tried, key=_loss)[1]


def _loss(tried: tuple[float, Fit]) -> float:
    return tried[0]


def covariance(trials: Trials, fit: Fit) -> Floats:
    """Of levels and slopes together, from the curvature of the penalised likelihood."""
    return np.asarray(np.linalg.inv(_curve(trials, fit)), np.float64)


def _loss_out_of_part(trials: Trials, part: Ints, fit: Fit) -> float:
    """Each part judged by a fit of the others, found from the fit of all."""
    whole, total = _curve(trials, fit), 0.0
    for k in range(int(part.max()) + 1):
        inside, outside = np.flatnonzero(part == k), np.flatnonzero(part != k)
        judged, learned = trials.only(inside), trials.only(outside)
        curve = whole - _curve(judged, replace(fit, penalty=0.0))
        total += float(losses(judged, _chorded(learned, fit, curve).log_odds(judged.columns)).sum())
    return total


def _chorded(trials: Trials, start: Fit, curve: Floats) -> Fit:
    """The fit of these trials from a near one, with one curvature for all steps: far cheaper than Newton's method."""
    inverse, fit = np.linalg.inv(curve), start
    for _step in range(_CHORDS):
        step = inverse @ _slope(trials, fit)
        if not np.abs(step).max(initial=0.0) < 5:
            break
        fit = _stepped(fit, step)
        if np.abs(step).max(initial=0.0) < _NEAR:
            return fit
    return fitted(trials, penalty=start.penalty, start=start, close=_NEAR)


def _flat(trials: Trials) -> Fit:
    gone, seen = trials.gone.sum(axis=0), trials.seen.sum(axis=0)
    return Fit(levels=np.log(gone / (seen - gone)), slopes=np.zeros(trials.columns.shape[1]), penalty=0.0)


def _objective(trials: Trials, fit: Fit) -> float:
    shrinking = fit.penalty * (fit.slopes @ fit.slopes) + _LEVEL_PENALTY * (fit.levels @ fit.levels)
    return float(losses(trials, fit.log_odds(trials.columns)).sum() + shrinking / 2)


def _chances(log_odds: Floats) -> Floats:
    return np.asarray(np.exp(-np.logaddexp(0.0, -log_odds)))


def _slope(trials: Trials, fit: Fit) -> Floats:
    """The gradient of the penalised log-likelihood by levels, then by slopes."""
    missed = trials.gone - trials.seen * _chances(fit.log_odds(trials.columns))
    by_slopes = missed.sum(axis=1) @ trials.columns - fit.penalty * fit.slopes
    return np.concatenate([missed.sum(axis=0) - _LEVEL_PENALTY * fit.levels, by_slopes])


def _curve(trials: Trials, fit: Fit) -> Floats:
    """Minus the second derivatives of the penalised log-likelihood."""
    chance = _chances(fit.log_odds(trials.columns))
    weight = trials.seen * chance * (1 - chance)
    mixed = weight.T @ trials.columns
    inner = (trials.columns * weight.sum(axis=1)[:, None]).T @ trials.columns
    inner[np.diag_indices_from(inner)] += fit.penalty
    return np.block([[np.diag(weight.sum(axis=0) + _LEVEL_PENALTY), mixed], [mixed.T, inner]])


def _stepped(fit: Fit, step: Floats) -> Fit:
    periods = len(fit.levels)
    return replace(fit, levels=fit.levels + step[:periods], slopes=fit.slopes + step[periods:])


def _walked(trials: Trials, fit: Fit, step: Floats, value: float) -> tuple[Fit, float, float]:
    """The fit after the step or a part of it that is no worse, its objective, and the part of the step."""
    part = 1.0
    while part > 1e-4:
        tried = _stepped(fit, part * step)
        found = _objective(trials, tried)
        if found <= value + 1e-10 * abs(value):
            return tried, found, part
        part /= 2
    return fit, value, 0.0
