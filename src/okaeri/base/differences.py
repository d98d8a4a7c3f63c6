"""How far two figures are apart, and whether that is more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from okaeri.base.measurement import Interval, Measurement


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """`value` = later − earlier in the figures' unit; `interval` is None when one of them has none.

    >>> Difference(value=0.1, interval=Interval(low=0.02, high=0.18, method="newcombe")).distinguishable
    True
    """

    value: float
    interval: Interval | None

    @property
    def distinguishable(self) -> bool | None:
        """Whether the interval leaves 0 out; None when there is no interval to judge by.

        >>> Difference(value=0.1, interval=None).distinguishable is None
        True
        """
        if self.interval is None or self.interval.low is None or self.interval.high is None:
            return None
        return self.interval.low > 0 or self.interval.high < 0


def difference(later: Measurement, *, earlier: Measurement) -> Difference | None:
    """`later` − `earlier`, its interval built from the two figures' own (square-and-add); None when one is undefined.

    On two Wilson intervals this is Newcombe's hybrid score interval: of 56/70 and 48/80 it is 0.2 [0.0524, 0.3339].
    Source: Newcombe (1998), Statistics in Medicine 17, method 10; Zou and Donner (2008), Statistics in Medicine 27.

    >>> from datetime import date
    >>> from okaeri.base.units import Unit
    >>> def rate(value: float, n: int, low: float, high: float) -> Measurement:
    ...     return Measurement(metric="crr", version=1, value=value, unit=Unit.RATE, n=n, cutoff=date(2024, 1, 1),
    ...                        interval=Interval(low=low, high=high, method="wilson"))
    >>> found = difference(rate(56 / 70, 70, 0.69177, 0.87700), earlier=rate(48 / 80, 80, 0.49042, 0.70038))
    >>> round(found.interval.low, 4), round(found.interval.high, 4)
    (0.0524, 0.3339)
    """
    if later.value is None or earlier.value is None:
        return None
    value = later.value - earlier.value
    return Difference(value=value, interval=_square_and_add(value, later, earlier))


def _square_and_add(value: float, later: Measurement, earlier: Measurement) -> Interval | None:
    a, b = _bounds(later), _bounds(earlier)
    if a is None or b is None:
        return None
    (low_a, mid_a, high_a), (low_b, mid_b, high_b) = a, b
    low = value - sqrt((mid_a - low_a) ** 2 + (high_b - mid_b) ** 2)
    high = value + sqrt((high_a - mid_a) ** 2 + (mid_b - low_b) ** 2)
    return Interval(low=low, high=high, method="newcombe")


def _bounds(figure: Measurement) -> tuple[float, float, float] | None:
    interval = figure.interval
    if figure.value is None or interval is None or interval.low is None or interval.high is None:
        return None
    return interval.low, figure.value, interval.high
