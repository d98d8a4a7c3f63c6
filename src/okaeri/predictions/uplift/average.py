"""What a treatment does on average, and whether chance can have dealt the arms."""

from __future__ import annotations

import numpy as np

from okaeri.base.differences import Difference
from okaeri.base.intervals import wilson_bounds
from okaeri.base.measurement import Interval
from okaeri.predictions.uplift.curves import Flags, Floats
from okaeri.predictions.uplift.estimates import Estimate
from okaeri.predictions.uplift.learners import Sample, pseudo_outcomes
from okaeri.predictions.uplift.regressions import linear, logistic, sigmoid

_ODDEST = 0.02
_FEWEST = 2


def average_effect(sample: Sample) -> Estimate:
    """The mean difference the treatment makes, adjusted for the features (AIPW); shape of the sample (rows,)."""
    scores = pseudo_outcomes(sample)
    error = float(scores.std(ddof=1) / np.sqrt(len(scores)))
    return Estimate(value=float(scores.mean()), error=error, n=len(scores), method="aipw")


def plain_effect(sample: Sample) -> Difference:
    """The difference of the arms' means as it stands, for a handful of customers; no interval below two in an arm.

    Shares have Newcombe's hybrid score interval, amounts Welch's; amounts that are all alike have none.
    """
    treated, control = (sample.outcome[arm] for arm in (sample.treated, ~sample.treated))
    apart = float(treated.mean() - control.mean())
    if min(len(treated), len(control)) < _FEWEST:
        return Difference(value=apart, interval=None)
    return Difference(value=apart, interval=(_newcombe if sample.binary else _welch)(apart, treated, control))


def _newcombe(apart: float, treated: Floats, control: Floats) -> Interval:
    """Source: Newcombe (1998), Statistics in Medicine 17, method 10."""
    arms = (treated, control)
    share = np.array([arm.mean() for arm in arms])
    low, high = wilson_bounds([arm.sum() for arm in arms], [len(arm) for arm in arms])
    below, above = share - low, high - share
    return Interval(
        low=apart - float(np.hypot(below[0], above[1])),
        high=apart + float(np.hypot(above[0], below[1])),
        method="newcombe",
    )


def _welch(apart: float, treated: Floats, control: Floats) -> Interval | None:
    """Source: Welch (1947), Biometrika 34."""
    from scipy.special import stdtrit  # heavy

    size = np.array([len(treated), len(control)])
    squares = np.array([treated.var(ddof=1), control.var(ddof=1)]) / size
    if not squares.any():
        return None
    freedom = squares.sum() ** 2 / (squares**2 / (size - 1)).sum()
    half = float(stdtrit(freedom, 0.975) * np.sqrt(squares.sum()))
    return Interval(low=apart - half, high=apart + half, method="welch")


def chances(matrix: Floats, treated: Flags, *, randomised: bool) -> Floats:
    """Everybody's chance of treatment: one share for all after a fair draw, else by a logistic regression."""
    if randomised:
        return np.full(len(treated), treated.mean())
    found = sigmoid(linear(matrix, logistic(matrix, treated.astype(np.float64))))
    return np.clip(found, _ODDEST, 1 - _ODDEST)


def imbalance(matrix: Floats, treated: Flags) -> float:
    """The probability that chance alone makes the arms' features differ this much, near 0 when it did not deal them.

    Source: Hotelling (1931), for large samples.
    """
    from scipy.stats import chi2  # heavy

    if not matrix.shape[1]:
        return 1.0
    gap = matrix[treated].mean(axis=0) - matrix[~treated].mean(axis=0)
    spread = np.atleast_2d(np.cov(matrix, rowvar=False)) * (1 / treated.sum() + 1 / (~treated).sum())
    rank = int(np.linalg.matrix_rank(spread, hermitian=True))
    return float(chi2.sf(gap @ np.linalg.pinv(spread, hermitian=True) @ gap, max(rank, 1)))
