"""Figures as the log keeps them: where each stands in its result, what it says, and when two say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isclose
from typing import Any, NamedTuple

from okaeri.base.measurement import Measurement, State
from okaeri.metrics.result import MetricResult

_PLACES = ("age", "day", "score")


class Place(NamedTuple):
    """Where a figure stands: its period, segment, currency, and what else tells it from its neighbours."""

    start: str
    end: str
    segment: str
    currency: str
    at: str

    def holds(self, day: date) -> bool:
        """Whether its period holds a day.

        >>> Place("2024-01-01", "2024-02-01", "all", "", "").holds(date(2024, 2, 1))
        False
        """
        return self.start <= day.isoformat() < self.end


class Figure(NamedTuple):
    """What a figure says."""

    value: float | None
    low: float | None
    high: float | None
    n: int | None
    state: str

    def says(self, other: Figure) -> bool:
        """Whether value and count are the same; sums of many numbers may differ in their last digits.

        >>> Figure(0.1 + 0.2, None, None, 3, "complete").says(Figure(0.3, None, None, 3, "complete"))
        True
        """
        return _same(self.value, other.value) and self.n == other.n

    def equals(self, other: Figure) -> bool:
        """Whether nothing about it is different."""
        return (
            self.says(other)
            and self.state == other.state
            and _same(self.low, other.low)
            and _same(self.high, other.high)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The days a result speaks of: from the first period's start to the last one's end."""

    start: str
    end: str

    def covers(self, place: Place) -> bool:
        """Whether a place lies in it.

        >>> Span(start="2024-01-01", end="2025-01-01").covers(Place("2024-03-01", "2024-04-01", "all", "", ""))
        True
        """
        return self.start <= place.start and place.end <= self.end


def figures_of(result: MetricResult, *, asked: Mapping[str, Any]) -> dict[Place, Figure]:
    """Every figure of a result by its place; what has no period stands for the days asked for."""
    rows = result.measurements
    whole = _day(asked.get("start")), _day(asked.get("end")) or result.cutoff.isoformat()
    periods = [(m.period.start.isoformat(), m.period.end.isoformat()) if m.period else whole for m in rows]
    base = [(*period, m.segment or "", m.currency or "") for period, m in zip(periods, rows, strict=True)]
    places = [Place(*key, at) for key, at in zip(base, _told_apart(base, rows), strict=True)]
    return {place: _figure(m) for place, m in zip(places, rows, strict=True)}


def span_of(places: Sequence[Place]) -> Span:
    """The days of some places, taken together."""
    return Span(start=min((p.start for p in places), default=""), end=max((p.end for p in places), default=""))


def is_settled(place: Place, figure: Figure, *, cutoff: date) -> bool:
    """Whether nothing but another telling of the past can change a figure: its period lies in the past, whole.

    A figure without a period, such as the mean of all cohorts, speaks of all that is known and is never settled.
    """
    if not place.start or place.end > cutoff.isoformat():
        return False
    # a cohort's cell may be undefined because its day has not come; a period's figure is not
    return figure.state == State.COMPLETE or (figure.state == State.UNDEFINED and not place.at)


def _figure(m: Measurement) -> Figure:
    bounds = (m.interval.low, m.interval.high) if m.interval else (None, None)
    return Figure(_number(m.value), _number(bounds[0]), _number(bounds[1]), m.n, m.state.value)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _told_apart(base: Sequence[tuple[str, ...]], rows: Sequence[Measurement]) -> list[str]:
    """What tells figures of one period and segment apart: their age, day or score, or their words, or their order."""
    if len(set(base)) == len(base):
        return [""] * len(base)
    found = [_named(m) for m in rows]
    seen: Counter[tuple[str, ...]] = Counter()
    told = []
    for key, name in zip(base, found, strict=True):
        seen[(*key, name)] += 1
        told.append(name if seen[(*key, name)] == 1 else f"{name}#{seen[(*key, name)]}")
    return told


def _named(m: Measurement) -> str:
    places = [f"{name}={m.inputs[name]}" for name in _PLACES if name in m.inputs]
    words = [f"{name}={value}" for name, value in sorted(m.inputs.items()) if isinstance(value, str)]
    return " ".join(places or words) or "first"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
