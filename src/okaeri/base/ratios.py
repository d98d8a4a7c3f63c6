"""Ranges for ratios of money: what is kept of it, one sum against another, one estimate over another, summed hazards.

They stay sane where the textbook's normal range collapses: few customers, and nobody lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from okaeri.base.intervals import FloatArray, Numbers, intervals, ratio_error, t_bounds, wilson
from okaeri.base.measurement import Interval

KEPT_METHOD = "t, one lost and one kept added"


@dataclass(frozen=True, kw_only=True, slots=True)
class RatioSums:
    """Σx, Σy, Σx², Σxy and Σy² over `n` units, where x is what one brought before and y what is left of it.

    >>> RatioSums(n=2, x=20, y=15, xx=200, xy=150, yy=125).value
    0.75
    """

    n: int
    x: float
    y: float
    xx: float
    xy: float
    yy: float

    @property
    def value(self) -> float | None:
        """Σy / Σx; None when there is nothing to divide by.

        >>> RatioSums(n=0, x=0, y=0, xx=0, xy=0, yy=0).value is None
        True
        """
        return self.y / self.x if self.x else None


def kept_bounds(
    n: Numbers, *, x: Numbers, y: Numbers, xx: Numbers, xy: Numbers, yy: Numbers, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Bounds of Σy / Σx, the sums of `RatioSums` as arrays: t after adding a unit that lost all and one that kept all.

    Their size is Σx²/Σx, the unit behind an average coin. Without them the interval has no width when nobody left,
    and too little when few did; NaN without units. Sources: Cochran (1977), Sampling Techniques, equation 6.13; Agresti
    & Coull (1998), The American Statistician 52(2), for adding units.

    >>> low, high = kept_bounds([50], x=[500], y=[500], xx=[5000], xy=[5000], yy=[5000])
    >>> float(low[0].round(3)), float(high[0].round(3))
    (0.942, 1.019)
    """
    units, base, left, squares, products, left_squares = (
        np.asarray(part, dtype=np.float64) for part in (n, x, y, xx, xy, yy)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.where((units >= 1) & (base > 0), squares / base, np.nan)
    base, left = base + 2 * size, left + size
    error = ratio_error(
        numerator=left,
        denominator=base,
        n=units + 2,
        squares=left_squares + size**2,
        products=products + size**2,
        base_squares=squares + 2 * size**2,
    )
    low, high = t_bounds(left / base, error, units + 2, level=level)
    return np.maximum(low, 0.0), high


def kept_interval(sums: RatioSums, *, most: float | None = None, level: float = 0.95) -> Interval:
    """The interval of `kept_bounds` for one figure, cut at `most`.

    >>> around = kept_interval(RatioSums(n=50, x=500, y=500, xx=5000, xy=5000, yy=5000), most=1.0)
    >>> round(around.low, 3), around.high
    (0.942, 1.0)
    """
    low, high = kept_bounds([sums.n], x=[sums.x], y=[sums.y], xx=[sums.xx], xy=[sums.xy], yy=[sums.yy], level=level)
    if most is not None:
        high = np.minimum(high, most)
    return intervals((low, high), KEPT_METHOD, level=level)[0]


def quotient_interval(top: Interval, bottom: Interval, *, of: tuple[float, float], level: float = 0.95) -> Interval:
    """The interval of a quotient from those of its `of` = (top, bottom): square and add, on the quotient's scale.

    A bottom that may be 0 leaves the quotient without an upper bound. An unknown bound of the top stands for the top.
    Source: Donner & Zou (2012), Statistical Methods in Medical Research 21(4), equations for θ1/θ2 (MOVER-R).

    >>> around = quotient_interval(Interval(low=9, high=11, method="t"), wilson(5, 100), of=(10, 0.05))
    >>> round(around.low), round(around.high)
    (89, 466)
    """
    (a, b), method = of, "square-and-add quotient"
    low_a, high_a = (a if end is None else end for end in (top.low, top.high))
    low_b, high_b = bottom.low or 0.0, bottom.high
    if high_b is None or high_b <= 0:
        return Interval(low=None, high=None, method=method, level=level)
    low = _quotient_bound(a, b, low_a, high_b, side=-1)
    high = _quotient_bound(a, b, high_a, low_b, side=1) if low_b > 0 else None
    return Interval(low=low, high=high, method=method, level=level)


def _quotient_bound(a: float, b: float, end_a: float, end_b: float, *, side: int) -> float:
    product, reach = a * b, end_b * (2 * b - end_b)
    root = sqrt(max(product**2 - end_a * (2 * a - end_a) * reach, 0.0))
    # where 2b is end_b both sides of the fraction vanish, and its limit is taken
    return (product + side * root) / reach if reach else end_a * (2 * a - end_a) / (2 * product)


def flows_interval(gains: float, losses: float, *, gain_squares: float, loss_squares: float) -> Interval:
    """The interval of gains / losses, two sums of independent amounts: Wilson's bounds on their effective counts.

    An effective count is (Σ)² / Σ²: how many equal amounts would be as uncertain. Without losses there is no interval
    here. Source: Wilson (1927) as odds, for a ratio of Poisson counts; Kish (1965), Survey Sampling, for the counts.

    >>> around = flows_interval(40.0, 20.0, gain_squares=40.0, loss_squares=20.0)
    >>> round(around.low, 2), round(around.high, 2)
    (1.18, 3.4)
    """
    method = "wilson odds of effective counts"
    if gains <= 0 or losses <= 0:
        return Interval(low=None, high=None, method=method)
    many, few = gains**2 / gain_squares, losses**2 / loss_squares
    around = wilson(many, many + few)
    scale = gains / losses * few / many
    low, high = (None if end is None or end >= 1 else scale * end / (1 - end) for end in (around.low, around.high))
    return Interval(low=low, high=high, method=method)


def summed_hazard_interval(total: float, *, squares: float, largest: float, level: float = 0.95) -> Interval:
    """The gamma interval of a sum of rates Σ dᵢ/nᵢ: `squares` is Σ dᵢ/nᵢ², `largest` the largest 1/nᵢ.

    It has an upper bound when nothing happened. Source: Fay & Feuer (1997), Statistics in Medicine 16(7).

    >>> round(summed_hazard_interval(0.0, squares=0.0, largest=0.01).high, 4)
    0.0369
    """
    from scipy.special import gammaincinv  # heavy

    tail = (1 - level) / 2
    low = squares / total * float(gammaincinv(total**2 / squares, tail)) if total > 0 else 0.0
    spread, shifted = squares + largest**2, total + largest
    high = spread / shifted * float(gammaincinv(shifted**2 / spread, 1 - tail))
    return Interval(low=low, high=high, method="gamma (Fay–Feuer)", level=level)
