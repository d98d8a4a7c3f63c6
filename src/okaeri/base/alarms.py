"""Whether the newest period differs from the one before by more than chance and the series' own unrest would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import NormalDist

from okaeri.base.differences import Difference, difference
from okaeri.base.measurement import Interval, Measurement
from okaeri.base.multiplicity import p_value

LOOKS_PER_YEAR = {"day": 365.25, "week": 52.18, "month": 12.0, "quarter": 4.0, "year": 1.0}
ENOUGH = 6
_NORMAL = NormalDist()


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """How sure it is that the last figure differs from the one before.

    `probability` (0.5..1) is the chance that the change goes the way it seems, before which nothing was known of it;
    `unrest` (≥ 1) is how much more the series has moved than sampling alone would; `looks` is how many earlier
    changes that was learned from; `raised` compares with the false alarms somebody accepts.

    >>> Alarm(change=Difference(value=0.1, interval=None), probability=0.9, unrest=1.0, looks=8, raised=False).raised
    False
    """

    change: Difference
    probability: float
    unrest: float
    looks: int
    raised: bool


def watch(
    series: Sequence[Measurement], *, by: str, false_alarms_per_year: float, worse: int | None = None
) -> Alarm | None:
    """Judge the last of a series of complete figures, oldest first; None when two with intervals are not there.

    A change is measured in the standard errors of its interval, divided by the root mean square of the earlier ones
    where that is above 1, and then held against Student's t; while nothing changes, alarms come
    `false_alarms_per_year` times a year. `worse` (−1 or +1) listens to that direction alone.

    >>> from datetime import date
    >>> from okaeri.base.units import Unit
    >>> def rate(value: float) -> Measurement:
    ...     around = Interval(low=value - 0.02, high=value + 0.02, method="wilson")
    ...     return Measurement(metric="crr", version=1, value=value, unit=Unit.RATE, cutoff=date(2024, 1, 1),
    ...                        interval=around)
    >>> told = watch([rate(v) for v in (0.8, 0.81, 0.8, 0.81, 0.8, 0.81, 0.8, 0.7)], by="month",
    ...              false_alarms_per_year=0.2)
    >>> told.raised, told.probability > 0.999, told.unrest
    (True, True, 1.0)
    """
    from scipy.stats import t  # heavy: only when a series is judged

    scores = [found for a, b in pairwise(series) if (found := _score(a, b)) is not None]
    last = _score(series[-2], series[-1]) if len(series) > 1 else None
    if last is None:
        return None
    earlier = scores[:-1]
    unrest = max(1.0, sqrt(sum(z * z for _, z in earlier) / len(earlier))) if len(earlier) >= ENOUGH else 1.0
    change, z = last
    beyond = float(t.sf(abs(z) / unrest, len(earlier))) if unrest > 1 else 1 - _NORMAL.cdf(abs(z))
    looks = LOOKS_PER_YEAR.get(by, 12.0)
    accepted = min(1.0, false_alarms_per_year / looks)
    listened = worse is None or change.value * worse > 0
    chance = beyond if worse is not None else 2 * beyond
    return Alarm(
        change=_widened(change, unrest),
        probability=1 - beyond,
        unrest=unrest,
        looks=len(earlier),
        raised=listened and chance < accepted,
    )


def _score(before: Measurement, after: Measurement) -> tuple[Difference, float] | None:
    """A change with its distance from 0 in standard errors; None when either has no interval."""
    found = difference(after, earlier=before)
    chance = p_value(found) if found else None
    if found is None or chance is None:
        return None
    size = -_NORMAL.inv_cdf(max(chance / 2, 1e-300))
    return found, size if found.value >= 0 else -size


def _widened(change: Difference, unrest: float) -> Difference:
    around = change.interval
    if around is None or around.low is None or around.high is None:
        return change
    low, high = (change.value + (end - change.value) * unrest for end in (around.low, around.high))
    return Difference(
        value=change.value, interval=Interval(low=low, high=high, method=around.method, level=around.level)
    )
