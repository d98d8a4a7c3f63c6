"""What a treatment does on average, and whether chance can have dealt the arms."""

from __future__ import annotations

import numpy as np

from okaeri.predictions.uplift.curves import Flags, Floats
from okaeri.predictions.uplift.estimates import Estimate
from okaeri.predictions.uplift.learners import Sample, pseudo_outcomes
from okaeri.predictions.uplift.regressions import linear, logistic, sigmoid

_ODDEST = 0.02


def average_effect(sample: Sample) -> Estimate:
    """The mean difference the treatment makes, adjusted for the features (AIPW); shape of the sample (rows,)."""
    scores = pseudo_outcomes(sample)
    error = float(scores.std(ddof=1) / np.sqrt(len(scores)))
    return Estimate(value=float(scores.mean()), error=error, n=len(scores), method="aipw")


def plain_effect(sample: Sample) -> Estimate:
    """The difference of the arms' means, for a handful of customers; its error is 0 below two in an arm."""
    arms = [sample.outcome[arm] for arm in (sample.treated, ~sample.treated)]
    squares = [arm.var(ddof=1) / len(arm) if len(arm) > 1 else 0.0 for arm in arms]
    return Estimate(
        value=float(arms[0].mean() - arms[1].mean()),
        error=float(np.sqrt(sum(squares))),
        n=len(sample),
        method="welch",
    )


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
