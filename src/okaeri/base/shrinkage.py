"""Shares and means of small groups, drawn towards what all groups have in common: empirical Bayes.

How far they are drawn is learnt from the groups themselves, and so is how sure one can be of that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from okaeri.base.errors import OkaeriError
from okaeri.base.intervals import FloatArray, Numbers, z_score
from okaeri.base.text import _

IntArray = npt.NDArray[np.int64]
_POINTS = 31  # of the grid, for the common share and for the spread each
_STEPS = 400  # of the grid of one spread alone
_ROUNDS = 4  # of looking closer at where the likelihood lies
_FAR = 12.0  # log-likelihood below the best that no longer counts
_MOST_SPREAD = 1.4  # (a + b)^-1/2: beyond it groups would be all or nothing


@dataclass(frozen=True, slots=True)
class Shrunken:
    """The shrunken figure of each group with its bounds; `common` is the figure all groups are drawn towards.

    `borrowed` is the part of each estimate that comes from the other groups, 0..1. Arrays have the shape (groups,).

    >>> shrunken_shares([8, 9], [10, 10]).level
    0.95
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    borrowed: FloatArray
    common: float
    level: float = 0.95


def shrunken_shares(successes: Numbers, n: Numbers, *, level: float = 0.95) -> Shrunken:
    """Each group's share under a beta-binomial model of all groups; a group without answers gets the common share.

    The prior Beta(a, b) is learnt by its marginal likelihood over a grid, with a / (a + b) and 1 / (a + b) taken as
    equally likely anywhere (after Tak, Kelly & Morris 2017, Journal of Statistical Software 78(5)). Averaging
    over the grid instead of keeping the best point makes the bounds honest for few groups: Deely & Lindley (1981), JASA
    76(376). The mean and variance this gives (Kass & Steffey 1989, JASA 84(407)) are read as those of a beta.

    Raises `OkaeriError` for a part larger than its whole.

    >>> found = shrunken_shares([3, 80, 60], [3, 100, 100])
    >>> bool(found.estimate[0] < 0.95), bool(abs(found.estimate[1] - 0.8) < 0.02)
    (True, True)
    """
    x, total = np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    z_score(level)
    if np.any(x < 0) or np.any(x > total):
        raise OkaeriError(
            _("A part is negative or larger than its whole."),
            advice=_("Check that both count the same people over the same time."),
        )
    a, b, weight = _prior(x, total)
    whole = a + b
    mean = (x[:, None] + a) / (total[:, None] + whole)
    square = mean * (x[:, None] + a + 1) / (total[:, None] + whole + 1)
    share = mean @ weight
    low, high = _beta_bounds(share, square @ weight - share**2, level)
    borrowed = (whole / (total[:, None] + whole)) @ weight
    return Shrunken(share, low, high, borrowed, float((a / whole) @ weight), level)


def shrunken_means(
    totals: Numbers, squares: Numbers, n: Numbers, *, ends: tuple[float, float], level: float = 0.95
) -> Shrunken:
    """Each group's mean of `n` answers between two `ends`, under a normal model of all groups.

    `totals` and `squares` are the sums of the answers and of their squares; a group has at least one answer. Answers
    are taken to vary alike in all groups, with one answer at each end added so that they never vary by nothing. The
    variance between groups is taken as equally likely anywhere up to the largest there can be, and averaged over:
    Morris (1983), JASA 78(381), with the prior of Tak, Kelly & Morris (2017), Journal of Statistical Software 78(5).

    >>> found = shrunken_means([21, 500, 400], [147, 2600, 1800], [3, 100, 100], ends=(1, 7))
    >>> bool(5 < found.estimate[0] < 7), bool(abs(found.estimate[1] - 5) < 0.05)
    (True, True)
    """
    total, square, size = (np.asarray(part, dtype=np.float64) for part in (totals, squares, n))
    mean, furthest = total / size, ((ends[1] - ends[0]) / 2) ** 2
    within = (np.sum(square - size * mean**2) + 2 * furthest) / (size.sum() - size.size + 2)
    error = (within / size)[:, None]
    spread = _midpoints(0.0, furthest**0.5, points=_STEPS)
    precision = 1 / (error + spread**2)
    common = (precision * mean[:, None]).sum(axis=0) / precision.sum(axis=0)
    off = (precision * (mean[:, None] - common) ** 2).sum(axis=0)
    fit = (np.log(precision).sum(axis=0) - np.log(precision.sum(axis=0)) - off) / 2 + np.log(spread)
    weight = np.exp(fit - fit.max()) / np.exp(fit - fit.max()).sum()
    borrowed = error * precision
    drawn = mean[:, None] + borrowed * (common - mean[:, None])
    variance = error * (1 - borrowed) + borrowed**2 / precision.sum(axis=0)
    estimate = drawn @ weight
    half = z_score(level) * np.sqrt((variance + drawn**2) @ weight - estimate**2)
    low, high = np.maximum(estimate - half, ends[0]), np.minimum(estimate + half, ends[1])
    return Shrunken(estimate, low, high, borrowed @ weight, float(common @ weight), level)


def _prior(x: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The grid points that matter as (a, b) with their weights, found by looking closer a few times."""
    cells, times = np.unique(np.stack([x, n], axis=1), axis=0, return_counts=True)
    middle, spread = (1e-4, 1 - 1e-4), (1e-3, _MOST_SPREAD)
    for _round in range(_ROUNDS):
        m, s = np.meshgrid(_midpoints(*middle), _midpoints(*spread), indexing="ij")
        a, b = m / s**2, (1 - m) / s**2
        fit = _log_likelihood(cells[:, 0], cells[:, 1], times, a.ravel(), b.ravel()).reshape(a.shape)
        fit += np.log(s)  # an even grid of (a + b)^-1/2 stands for an even weight of 1 / (a + b)
        counts = fit > fit.max() - _FAR
        middle, spread = _around(m[:, 0], counts.any(axis=1), middle), _around(s[0], counts.any(axis=0), spread)
    weight = np.where(counts, np.exp(fit - fit.max()), 0.0)[counts]
    return a[counts], b[counts], weight / weight.sum()


def _log_likelihood(x: FloatArray, n: FloatArray, times: IntArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """The log marginal likelihood of all groups at each point (a, b); shape (points,)."""
    from scipy.special import betaln  # heavy

    total = np.zeros_like(a)
    base = betaln(a, b)
    for successes, size, count in zip(x, n, times, strict=True):
        total += count * (betaln(a + successes, b + size - successes) - base)
    return total


def _midpoints(low: float, high: float, *, points: int = _POINTS) -> FloatArray:
    width = (high - low) / points
    return np.asarray(low + width * (np.arange(points) + 0.5), dtype=np.float64)


def _around(points: FloatArray, counts: FloatArray, bounds: tuple[float, float]) -> tuple[float, float]:
    """The part of an axis whose points count, one step wider on both sides."""
    inside, step = points[counts], float(points[1] - points[0])
    return max(bounds[0], float(inside[0]) - step), min(bounds[1], float(inside[-1]) + step)


def _beta_bounds(mean: FloatArray, variance: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """The bounds of beta distributions with these means and variances."""
    from scipy.special import betaincinv  # heavy

    whole = mean * (1 - mean) / np.maximum(variance, 1e-15) - 1
    tail = (1 - level) / 2
    a, b = mean * whole, (1 - mean) * whole
    return betaincinv(a, b, tail), betaincinv(a, b, 1 - tail)
