"""What a period will come to: how the metric moved from this point of earlier periods to their ends.

The method asks for one thing: that this period moves as the earlier ones did. A trend or a season breaks that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from okaeri.base.measurement import Interval
from okaeri.base.text import Text, _
from okaeri.base.units import Unit

FEWEST, MOST = 6, 19  # from 19 earlier periods on, the interval holds four periods in five without using the extremes
METHOD = _(
    "A forecast takes how the figure moved between this day of earlier periods and their ends, on the facts known "
    "today; a trend or a season breaks it."
)
_TENTHS = 10  # one in ten is left out on either side
_GROWING = (Unit.COUNT, Unit.MONEY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """A figure at its period's end, or the reason why none is given.

    `periods` earlier periods stand behind it; of `tested` of them, each forecast from those before it, `held` ended
    inside their interval.
    """

    value: float | None = None
    interval: Interval | None = None
    periods: int = 0
    held: int = 0
    tested: int = 0
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """An earlier period: the figure at this point of it, and the one at its end."""

    then: float
    end: float


def forecast(now: float | None, courses: Sequence[Course], *, unit: Unit) -> Forecast:
    """Where a figure of `now` ends when it moves as the earlier periods (oldest first) did.

    The interval runs between two of the moves seen, lowest and highest left out where there are enough. When periods
    are exchangeable it holds the end at its level whatever the moves' distribution.
    Source: split conformal prediction; Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World.

    >>> moves = [Course(100, 100 + gain) for gain in (8, 10, 12, 9, 11, 10)]
    >>> found = forecast(200, moves, unit=Unit.COUNT)
    >>> round(found.value), round(found.interval.low), round(found.interval.high), round(found.interval.level, 2)
    (220, 216, 224, 0.71)
    """
    used = list(courses)[-MOST:]
    if now is None:
        return Forecast(periods=len(used), reason=_("There is no figure so far to start from."))
    if len(used) < FEWEST:
        few = _("Only {n} earlier periods can be compared; {fewest} are needed.")
        return Forecast(periods=len(used), reason=few.format(n=len(used), fewest=FEWEST))
    by_ratio = unit in _GROWING and now > 0 and all(course.then > 0 for course in used)
    moves = [course.end / course.then if by_ratio else course.end - course.then for course in used]
    low, high, level = band(moves)
    held, tested = backtest(moves)
    low, value, high = (_within(now * move if by_ratio else now + move, unit) for move in (low, median(moves), high))
    interval = Interval(low=low, high=high, method="conformal", level=level)
    return Forecast(value=value, interval=interval, periods=len(used), held=held, tested=tested)


def band(moves: Sequence[float]) -> tuple[float, float, float]:
    """The lowest and highest move to expect, and how often the next one lies between them.

    >>> band([1, 2, 3, 4, 5, 6, 7, 8, 9])
    (1, 9, 0.8)
    """
    ordered, slots = sorted(moves), len(moves) + 1
    left_out = max(1, slots // _TENTHS)
    return ordered[left_out - 1], ordered[-left_out], (slots - 2 * left_out) / slots


def backtest(moves: Sequence[float]) -> tuple[int, int]:
    """How many moves lay in the band made of those before them, and how many could be tried.

    >>> backtest([1, 2, 3, 4, 5, 6, 3, 9])
    (1, 2)
    """
    tested = range(FEWEST, len(moves))
    held = sum(low <= moves[place] <= high for place in tested for low, high, _level in [band(moves[:place])])
    return held, len(tested)


def _within(value: float, unit: Unit) -> float:
    """A share stays in 0..1 and a count above 0."""
    floor = 0.0 if unit in (Unit.RATE, Unit.COUNT) else value
    return min(max(value, floor), 1.0) if unit is Unit.RATE else max(value, floor)
