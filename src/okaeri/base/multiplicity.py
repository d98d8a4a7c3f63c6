"""Many questions at once: which of several differences still stand out when all of them were looked at."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

from okaeri.base.differences import Difference

_NORMAL = NormalDist()


def p_value(found: Difference) -> float | None:
    """The two-sided p-value that belongs to a difference's interval; None without an interval to judge by.

    The distance from the difference to the bound nearer 0 is `z` standard errors, `z` from the interval's level.

    >>> from okaeri.base.measurement import Interval
    >>> round(p_value(Difference(value=0.1, interval=Interval(low=0.0, high=0.2, method="t"))), 3)
    0.05
    """
    interval = found.interval
    if interval is None or interval.low is None or interval.high is None:
        return None
    reach = found.value - interval.low if found.value > 0 else interval.high - found.value
    z = _NORMAL.inv_cdf((1 + interval.level) / 2)
    if reach <= 0:
        return 0.0 if found.value else 1.0
    return 2 * (1 - _NORMAL.cdf(z * abs(found.value) / reach))


def discoveries(p_values: Sequence[float], *, rate: float = 0.05) -> tuple[bool, ...]:
    """Which of several tests to name so that, on average, at most `rate` of those named are chance.

    Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57(1).

    >>> discoveries([0.001, 0.2, 0.04])
    (True, False, False)
    """
    ranked = sorted(p_values)
    passing = [p for rank, p in enumerate(ranked, start=1) if p <= rate * rank / len(ranked)]
    return tuple(p <= passing[-1] if passing else False for p in p_values)
