"""Whether something happens more often than before: counts over two stretches of time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from okaeri.base.intervals import Numbers, z_score

_Signs = npt.NDArray[np.int64]


def rate_changes(later: Numbers, earlier: Numbers, *, exposures: tuple[float, float], level: float = 0.95) -> _Signs:
    """1 where the later rate is surely higher, −1 where it is surely lower, 0 where that cannot be told.

    `exposures` are the lengths of the later and the earlier stretch. Given their sum, the later count of two equal
    Poisson rates is binomial: each side gets half of 1 − `level`, exactly. Shape of the inputs.
    Source: Przyborowski & Wilenski (1940), Biometrika 31(3/4).

    >>> rate_changes([0, 0, 9, 4], [9, 10, 2, 8], exposures=(28, 56)).tolist()
    [0, -1, 1, 0]
    """
    from scipy.special import bdtr, bdtrc  # heavy

    z_score(level)  # refuses what is no level
    x, y = np.asarray(later, dtype=np.int64), np.asarray(earlier, dtype=np.int64)
    tail, share = (1 - level) / 2, exposures[0] / (exposures[0] + exposures[1])
    total = x + y
    at_most = bdtr(x, total, share)
    at_least = np.where(x > 0, bdtrc(np.maximum(x - 1, 0), total, share), 1.0)
    changed: _Signs = (at_least <= tail).astype(np.int64) - (at_most <= tail)
    return changed
