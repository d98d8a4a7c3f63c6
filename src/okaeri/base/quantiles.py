"""How long it takes until a share of cases has ended, read off a Kaplan–Meier curve with its band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from okaeri.base.intervals import FloatArray, Numbers
from okaeri.base.survival import Survival, kaplan_meier

_ROUNDING = 1e-12  # products of fractions that meet a share exactly may miss it by rounding


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantile:
    """The first time by which a share has ended; `value` is None when the curve has not come so far.

    Without a value `low` is what it is surely more than, and `high` is None wherever the band does not end.

    >>> Quantile(value=None, low=3.0, high=None).low
    3.0
    """

    value: float | None
    low: float
    high: float | None


def duration_quantiles(
    durations: Numbers,
    observed: Numbers,
    *,
    shares: Sequence[float],
    weights: Numbers | None = None,
    level: float = 0.95,
) -> list[Quantile]:
    """The time by which each of `shares` of the cases has ended; `observed` is 0 for a case that is still open.

    The bounds are where the log-log band crosses the share. Where the lower one never does, the longest time is taken
    at which the cases still watched say so on their own: an exact bound at the effective sample size.
    Source: Brookmeyer & Crowley (1982), Biometrics 38(1); Dorey & Korn (1987), Statistics in Medicine 6(6).

    >>> duration_quantiles([1, 2, 3, 4, 5, 6, 7, 8], [1] * 8, shares=[0.5])
    [Quantile(value=4.0, low=1.0, high=7.0)]
    >>> duration_quantiles([2, 3, 4, 5, 6, 7, 8, 9], [0] * 8, shares=[0.5])
    [Quantile(value=None, low=4.0, high=None)]
    """
    curve = kaplan_meier(durations, observed, weights=weights, level=level)
    return [_quantile(curve, share, durations, weights) for share in shares]


def _quantile(curve: Survival, share: float, durations: Numbers, weights: Numbers | None) -> Quantile:
    left = 1 - share + _ROUNDING
    step = curve.events > 0
    step[0] = True  # where the band is wide at once, nothing is known from the start
    value, high = _first(curve.day, curve.share <= left), _first(curve.day, curve.high <= left)
    low = _first(curve.day, (curve.low <= left) & step)
    if low is None:
        low = _surely_more_than(curve, left, durations, weights)
    return Quantile(value=value, low=low, high=high)


def _first(day: FloatArray, crossed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float | None:
    places = np.flatnonzero(crossed)
    return float(day[places[0]]) if places.size else None


def _surely_more_than(curve: Survival, left: float, durations: Numbers, weights: Numbers | None) -> float:
    """The longest time at which the share still going is above `left` by the cases watched until then."""
    from scipy.special import betaincinv  # heavy

    length = np.asarray(durations, dtype=np.float64)
    count = np.ones(length.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    times, place = np.unique(length, return_inverse=True)
    watched = np.cumsum(np.bincount(place, count)[::-1])[::-1]
    steps = np.searchsorted(curve.day, times, side="right") - 1
    died = np.where(curve.day[steps] == times, curve.events[steps], 0)
    share, going = curve.share[steps], watched - died
    tail = (1 - curve.level) / 2
    alive = going > 0
    bound = np.zeros(times.shape)
    bound[alive] = betaincinv(going[alive], going[alive] / share[alive] - going[alive] + 1, tail)
    sure = times[bound > left]
    return float(sure[-1]) if sure.size else 0.0
