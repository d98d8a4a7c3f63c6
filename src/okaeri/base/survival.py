"""Durations with open cases: the Kaplan–Meier curve, its log-log band and its median."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from okaeri.base.errors import OkaeriError
from okaeri.base.intervals import FloatArray, Numbers, wilson_bounds, z_score
from okaeri.base.text import _

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Survival:
    """A step curve: from `day[i]` until the next step the share `share[i]` is still going.

    All arrays have one entry per step, beginning with day 0; `censored[i]` counts the open cases from
    `day[i]` up to the next step.

    >>> kaplan_meier([2, 2, 5], [1, 0, 0]).at_risk.tolist()
    [3, 3, 1]
    """

    day: FloatArray
    at_risk: IntArray
    events: IntArray
    censored: IntArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    level: float = 0.95

    @property
    def n(self) -> int:
        """How many cases the curve is made of.

        >>> kaplan_meier([3, 5], [1, 0], weights=[2, 4]).n
        6
        """
        return int(self.events.sum() + self.censored.sum())

    @property
    def median(self) -> float | None:
        """The first day on which at most half are still going; None when the curve has not come so far.

        >>> kaplan_meier([1, 2, 3], [1, 1, 1]).median
        2.0
        """
        return _first_at_most_half(self.day, self.share)

    @property
    def median_bounds(self) -> tuple[float | None, float | None]:
        """Where the band crosses one half, in days; None where it does not. Brookmeyer & Crowley (1982), Biometrics 38.

        >>> kaplan_meier([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 1, 1, 1, 1, 1]).median_bounds
        (1.0, 7.0)
        """
        return _first_at_most_half(self.day, self.low), _first_at_most_half(self.day, self.high)

    def at(self, day: float) -> tuple[float, float, float]:
        """Share still going after `day`, and its band.

        >>> kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1]).at(2.5)[0]
        0.5
        """
        step = max(int(np.searchsorted(self.day, day, side="right")) - 1, 0)
        return float(self.share[step]), float(self.low[step]), float(self.high[step])


def kaplan_meier(
    durations: Numbers, observed: Numbers, *, weights: Numbers | None = None, level: float = 0.95
) -> Survival:
    """The product-limit curve of durations; `observed` is 1 where the end was seen, 0 where the case is open.

    `weights` counts equal cases. An open case of duration d is at risk on day d. Where the log-log band has no value it
    gets a safe one: at share 1 Wilson's bound of the cases at risk, at share 0 the upper bound of the step before.
    Source: Kaplan & Meier (1958), JASA 53(282); band: Kalbfleisch & Prentice (2002), equation 1.11.

    >>> [round(float(share), 3) for share in kaplan_meier([6, 6, 9, 10], [1, 1, 0, 1]).share]
    [1.0, 0.5, 0.0]
    """
    days, ends, opens = _by_day(durations, observed, weights)
    at_risk = np.cumsum((ends + opens)[::-1])[::-1]
    keep = (ends > 0) | (days == 0)
    keep[-1] = True  # the curve reaches as far as anybody was watched
    risk, died = at_risk[keep], ends[keep]
    # open cases between two steps belong to the earlier one
    open_cases = np.add.reduceat(opens, np.flatnonzero(keep))
    share = np.cumprod(1 - died / risk)
    low, high = _band(share, risk, died, level)
    return Survival(days[keep], risk, died, open_cases, share, low, high, level)


def _by_day(durations: Numbers, observed: Numbers, weights: Numbers | None) -> tuple[FloatArray, IntArray, IntArray]:
    length, seen = np.asarray(durations, dtype=np.float64), np.asarray(observed).astype(bool)
    count = np.ones(length.shape, dtype=np.int64) if weights is None else np.asarray(weights, dtype=np.int64)
    if length.size == 0 or not np.all(length >= 0):
        raise OkaeriError(
            _("A survival curve needs durations of zero days or more."),
            advice=_("Check that nothing ends before it starts and that somebody is left to watch."),
        )
    days, place = np.unique(np.append(length, 0.0), return_inverse=True)
    place = place[:-1]
    ends = np.bincount(place[seen], count[seen], minlength=days.size).astype(np.int64)
    opens = np.bincount(place[~seen], count[~seen], minlength=days.size).astype(np.int64)
    return days, ends, opens


def _band(share: FloatArray, risk: IntArray, died: IntArray, level: float) -> tuple[FloatArray, FloatArray]:
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(died / (risk * (risk - died).astype(np.float64)))
        reach = z_score(level) * np.sqrt(greenwood) / np.log(share)
        low, high = share ** np.exp(-reach), share ** np.exp(reach)
    whole, gone = share == 1, share == 0
    low = np.where(whole, wilson_bounds(risk, risk, level=level)[0], np.where(gone, 0.0, low))
    high = np.where(whole, 1.0, high)
    before = high[~gone][-1] if np.any(~gone) else 1.0
    return low, np.where(gone, before, high)


def _first_at_most_half(day: FloatArray, share: FloatArray) -> float | None:
    # products of fractions that meet one half exactly may miss it by rounding
    below = np.flatnonzero(share <= 0.5 + 1e-12)
    return float(day[below[0]]) if below.size else None
