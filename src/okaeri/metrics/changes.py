"""How a figure moved from each complete period to the next, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from okaeri.base.differences import Difference, difference
from okaeri.base.measurement import Measurement, State
from okaeri.metrics.result import MetricResult

Line = tuple[str | None, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A figure, the one of the period just before, and how far they are apart in the figures' unit."""

    later: Measurement
    earlier: Measurement
    difference: Difference

    @property
    def distinguishable(self) -> bool | None:
        """Whether the interval of the difference leaves 0 out; None without an interval to judge by."""
        return self.difference.distinguishable


def changes(result: MetricResult) -> list[Change]:
    """Every change between adjoining complete periods of one segment and currency, in the order of the result.

    Partial and undefined figures are never compared, nor results with several figures for one period (cohorts).
    """
    return changes_among(result.measurements)


def changes_among(measurements: Sequence[Measurement]) -> list[Change]:
    """The changes among measurements in the order of time; as `changes` of a whole result."""
    latest: dict[Line, Measurement] = {}
    found: list[Change] = []
    if _are_several(measurements):
        return found
    for later in measurements:
        if later.period is None:
            continue
        line = (later.segment, later.currency)
        earlier, latest[line] = latest.get(line), later
        if earlier is not None and _comparable(earlier, later):
            apart = difference(later, earlier=earlier)
            found += [] if apart is None else [Change(later=later, earlier=earlier, difference=apart)]
    return found


def with_changes(measurements: Sequence[Measurement]) -> list[Measurement]:
    """The measurements, each with its change to the period before among its inputs; None where there is none."""
    found = {id(change.later): change.difference for change in changes_among(measurements)}
    return [replace(m, inputs={**m.inputs, **_said(found.get(id(m)))}) for m in measurements]


def _said(apart: Difference | None) -> Mapping[str, Any]:
    interval = apart.interval if apart else None
    return {
        "change": apart.value if apart else None,
        "change_low": interval.low if interval else None,
        "change_high": interval.high if interval else None,
        "distinguishable": apart.distinguishable if apart else None,
    }


def _are_several(measurements: Sequence[Measurement]) -> bool:
    cells = [(m.segment, m.currency, m.period) for m in measurements]
    return len(set(cells)) < len(cells)


def _comparable(earlier: Measurement, later: Measurement) -> bool:
    whole = earlier.state is State.COMPLETE and later.state is State.COMPLETE
    adjoining = earlier.period is not None and later.period is not None and earlier.period.end == later.period.start
    return whole and adjoining
