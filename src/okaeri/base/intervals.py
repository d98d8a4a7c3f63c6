"""Ranges for proportions, means, ratios and the Net Promoter Score; on arrays, or one figure at a time.

Curves of durations are in `survival`. SciPy is slow to load, so only those that need it import it.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from okaeri.base.errors import OkaeriError
from okaeri.base.measurement import Interval
from okaeri.base.text import _

FloatArray = npt.NDArray[np.float64]
Numbers = npt.ArrayLike
_Bounds = tuple[FloatArray, FloatArray]


def z_score(level: float) -> float:
    """The normal quantile that leaves `1 - level` in both tails together.

    >>> round(z_score(0.95), 4)
    1.96
    """
    if not 0 < level < 1:
        raise OkaeriError(
            _("{level} is no confidence level.").format(level=level),
            advice=_("Use a share between 0 and 1, such as 0.95."),
        )
    return NormalDist().inv_cdf((1 + level) / 2)


def wilson_bounds(successes: Numbers, n: Numbers, *, level: float = 0.95) -> _Bounds:
    """Wilson score bounds of proportions; shape of the inputs, NaN where `n` is 0.

    Source: Wilson (1927), JASA 22(158), equation in Brown, Cai & DasGupta (2001), Statistical Science 16(2), (4).

    >>> [round(float(bound[0]), 4) for bound in wilson_bounds([81], [263])]
    [0.2553, 0.3662]
    """
    x, total = _counts(successes, n)
    square = z_score(level) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = x / total
        centre = (x + square / 2) / (total + square)
        half = np.sqrt(square * (total * rate * (1 - rate) + square / 4)) / (total + square)
        low = np.where(x == 0, 0.0, centre - half)
        high = np.where(x == total, 1.0, centre + half)
    return np.where(total > 0, low, np.nan), np.where(total > 0, high, np.nan)


def wilson(successes: float, n: float, *, level: float = 0.95) -> Interval:
    """The Wilson score interval of one proportion; no bounds when `n` is 0.

    >>> round(wilson(0, 20).high, 4)
    0.1611
    """
    return _one(wilson_bounds([successes], [n], level=level), "wilson", level)


def clopper_pearson_bounds(successes: Numbers, n: Numbers, *, level: float = 0.95) -> _Bounds:
    """Exact bounds of proportions, for thresholds that trigger an action; NaN where `n` is 0.

    Source: Clopper & Pearson (1934), Biometrika 26(4), as beta quantiles.

    >>> [round(float(bound[0]), 4) for bound in clopper_pearson_bounds([0], [20])]
    [0.0, 0.1684]
    """
    from scipy.special import betaincinv  # heavy

    x, total = _counts(successes, n)
    tail = (1 - _checked(level)) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(x == 0, 0.0, betaincinv(np.maximum(x, 1), total - x + 1, tail))
        high = np.where(x == total, 1.0, betaincinv(x + 1, np.maximum(total - x, 1), 1 - tail))
    return np.where(total > 0, low, np.nan), np.where(total > 0, high, np.nan)


def clopper_pearson(successes: float, n: float, *, level: float = 0.95) -> Interval:
    """The exact interval of one proportion; no bounds when `n` is 0.

    >>> round(clopper_pearson(20, 20).low, 4)
    0.8316
    """
    return _one(clopper_pearson_bounds([successes], [n], level=level), "clopper-pearson", level)


def garwood_bounds(events: Numbers, *, level: float = 0.95) -> _Bounds:
    """Exact bounds of the mean behind counts of events; shape of the input.

    Source: Garwood (1936), Biometrika 28(3/4), as gamma quantiles.

    >>> [bound.round(3).tolist() for bound in garwood_bounds([0, 10])]
    [[0.0, 4.795], [3.689, 18.39]]
    """
    from scipy.special import gammaincinv  # heavy

    x = np.asarray(events, dtype=np.float64)
    if np.any(x < 0):
        raise OkaeriError(_("{n} is no number of events.").format(n=float(x.min())), advice=_("Count from 0 upwards."))
    tail = (1 - _checked(level)) / 2
    low = np.where(x == 0, 0.0, gammaincinv(np.maximum(x, 1), tail))
    return low, np.asarray(gammaincinv(x + 1, 1 - tail), dtype=np.float64)


def garwood(events: float, *, level: float = 0.95) -> Interval:
    """The exact interval of the mean behind one count of events.

    >>> round(garwood(0).high, 3)
    3.689
    """
    return _one(garwood_bounds([events], level=level), "garwood", level)


def nps_adjusted_wald(promoters: int, detractors: int, n: int, *, level: float = 0.95) -> Interval:
    """The interval of a Net Promoter Score in points: ¾ promoter, 1½ passive and ¾ detractor are added first.

    It stays sane at five answers and at all promoters; cut at −100 and 100. No bounds when `n` is 0.
    Source: Rocks (2016), "Interval estimation for the net promoter score", The American Statistician 70(4).

    >>> around = nps_adjusted_wald(6, 2, 10)
    >>> round((around.high + around.low) / 2, 2), round((around.high - around.low) / 2, 2)
    (30.77, 43.35)
    """
    if min(promoters, detractors, n) < 0 or promoters + detractors > n:
        raise OkaeriError(
            _("{promoters} promoters and {detractors} detractors do not fit into {n} answers.").format(
                promoters=promoters, detractors=detractors, n=n
            ),
            advice=_("Count every answer once; passives are answers too."),
        )
    if n == 0:
        return Interval(low=None, high=None, method="adjusted wald", level=level)
    p, q = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    half = z_score(level) * float(np.sqrt((p + q - (p - q) ** 2) / (n + 3)))
    low, high = max(-1.0, p - q - half), min(1.0, p - q + half)
    return Interval(low=100 * low, high=100 * high, method="adjusted wald", level=level)


def t_bounds(mean: Numbers, error: Numbers, n: Numbers, *, level: float = 0.95) -> _Bounds:
    """Student's t bounds around means with standard errors `error` from `n` units; NaN below two units.

    >>> [round(float(bound[0]), 3) for bound in t_bounds([10.0], [1.0], [5])]
    [7.224, 12.776]
    """
    from scipy.special import stdtrit  # heavy

    centre, spread, units = (np.asarray(part, dtype=np.float64) for part in (mean, error, n))
    freedom = np.where(units >= 2, units - 1, np.nan)
    half = stdtrit(freedom, (1 + _checked(level)) / 2) * spread
    return centre - half, centre + half


def t_mean(values: Numbers, *, level: float = 0.95) -> Interval:
    """The t interval of a mean, one value per unit; no bounds below two values.

    >>> around = t_mean([1.0, 2.0, 3.0])
    >>> round(around.low, 3), round(around.high, 3)
    (-0.484, 4.484)
    """
    sample = np.asarray(values, dtype=np.float64)
    if sample.size < 2:
        return Interval(low=None, high=None, method="t", level=level)
    error = sample.std(ddof=1) / np.sqrt(sample.size)
    return _one(t_bounds([sample.mean()], [error], [sample.size], level=level), "t", level)


def ratio_error(
    *, numerator: Numbers, denominator: Numbers, n: Numbers, squares: Numbers, products: Numbers, base_squares: Numbers
) -> FloatArray:
    """Standard error of Σy / Σx over `n` units from its sums Σy, Σx, Σy², Σxy and Σx²; NaN below two units.

    The residuals y − (Σy/Σx)·x stand for the ratio's own spread: a total of orders is as random as the money.
    Source: Cochran (1977), Sampling Techniques, equation 6.13, without the finite population.

    >>> float(ratio_error(numerator=6, denominator=3, n=3, squares=14, products=6, base_squares=3).round(4))
    0.5774
    """
    y, x, units, yy, xy, xx = (
        np.asarray(part, dtype=np.float64) for part in (numerator, denominator, n, squares, products, base_squares)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = y / x
        # the sums cancel down to rounding noise when every unit has the same ratio
        residuals = np.maximum(yy - 2 * ratio * xy + ratio**2 * xx, 0.0)
        residuals = np.where(residuals < 1e-12 * yy, 0.0, residuals)
        error: FloatArray = np.sqrt(residuals * units / (units - 1)) / np.abs(x)
    return np.where(units >= 2, error, np.nan)


def bootstrap_t(values: Numbers, *, rng: np.random.Generator, resamples: int = 1999, level: float = 0.95) -> Interval:
    """The bootstrap-t interval of a mean, for skewed values such as spend; no bounds below two values.

    Each resample is studentised by its own spread. Source: Efron & Tibshirani (1993), chapter 12.5.

    >>> around = bootstrap_t([1.0, 2.0, 2.5, 9.0], rng=np.random.default_rng(1))
    >>> around.low < 3.625 < around.high
    True
    """
    sample = np.asarray(values, dtype=np.float64)
    if sample.size < 2 or sample.std() == 0:
        return t_mean(sample, level=level)
    drawn = _studentised(sample, rng, resamples)
    error = float(sample.std(ddof=1) / np.sqrt(sample.size))
    tail = (1 - _checked(level)) / 2
    below, above = np.quantile(drawn, [tail, 1 - tail])
    low, high = (float(sample.mean() - side * error) for side in (above, below))
    return Interval(low=low, high=high, method="bootstrap-t", level=level)


def _studentised(sample: FloatArray, rng: np.random.Generator, resamples: int) -> FloatArray:
    drawn: list[FloatArray] = []
    size = sample.size
    for start in range(0, resamples, step := max(1, 4_000_000 // size)):
        block = sample[rng.integers(size, size=(min(step, resamples - start), size))]
        error = block.std(axis=1, ddof=1) / np.sqrt(size)
        # a resample that drew one value over and over has no spread and says nothing about tails
        spread = error > 0
        drawn.append((block.mean(axis=1)[spread] - sample.mean()) / error[spread])
    return np.concatenate(drawn)


def intervals(bounds: _Bounds, method: str, *, level: float = 0.95) -> list[Interval]:
    """Bounds as one Interval each; NaN becomes "no bound".

    >>> intervals(wilson_bounds([0], [0]), "wilson")
    [Interval(low=None, high=None, method='wilson', level=0.95)]
    """
    pairs = zip(*(bound.tolist() for bound in bounds), strict=True)
    return [Interval(low=_real(low), high=_real(high), method=method, level=level) for low, high in pairs]


def _one(bounds: _Bounds, method: str, level: float) -> Interval:
    return intervals(bounds, method, level=level)[0]


def _real(bound: float) -> float | None:
    return bound if bound == bound else None


def _counts(successes: Numbers, n: Numbers) -> _Bounds:
    x, total = np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if np.any(x < 0) or np.any(x > total):
        raise OkaeriError(
            _("A part is negative or larger than its whole."),
            advice=_("Check that both count the same people over the same time."),
        )
    return x, total


def _checked(level: float) -> float:
    z_score(level)
    return level
