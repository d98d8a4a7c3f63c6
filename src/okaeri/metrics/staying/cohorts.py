"""Cohort triangles: who came when, who of them is still active, and what they spent.

A cell the data does not reach is undefined, never 0; means leave it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.intervals import intervals, wilson_bounds
from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register

if TYPE_CHECKING:
    import pyarrow as pa

Counts = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, eq=False, slots=True)
class Triangle:
    """One segment's cohorts: `size[c]` customers came first in period c, `active[c, a]` of them a periods later.

    `states[p]` and `reasons[p]` are those of period p.
    """

    size: Counts
    active: Counts
    states: tuple[State, ...]
    reasons: tuple[Text | None, ...]

    def cells(self) -> Iterator[tuple[int, int]]:
        """Cohort and age of every cell that is shown; a period nobody came in has its first cell only."""
        for cohort, size in enumerate(self.size.tolist()):
            if self.states[cohort] is not State.UNDEFINED:
                yield from ((cohort, age) for age in range(len(self.size) if size else 1))

    def state(self, cohort: int, age: int) -> tuple[State, Text | None]:
        """Whether a cell is complete, partial or could not be observed, and why."""
        if not self.size[cohort]:
            return State.UNDEFINED, _("Nobody came for the first time in this period.")
        if cohort + age < len(self.states):
            return self.states[cohort + age], self.reasons[cohort + age]
        return State.UNDEFINED, _("This cohort has not been observed for so long yet.")

    def observed(self, age: int) -> list[int]:
        """The cohorts with customers whose cell at `age` is complete: only they enter a mean."""
        return [c for c in range(len(self.size) - age) if self.state(c, age)[0] is State.COMPLETE]


def measure_cohorts(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """Per segment the share of each cohort that is active at each age, then the weighted mean of every age."""
    found = rows.to_pydict()
    index = {label: place for place, label in enumerate(context.segments)}
    place = np.array([index.get(label, -1) for label in found["segment"]], dtype=np.int64)
    columns = {name: np.array(found[name], dtype=np.int64) for name in ("cohort", "period", "cohort_size", "active")}
    measured: list[Measurement] = []
    for segment, number in index.items():
        chosen = {name: column[place == number] for name, column in columns.items()}
        triangle = _triangle(chosen, context)
        measured += _cell_measurements(metric, triangle, segment, context)
        measured += _means(metric, triangle, segment, context)
    return measured


def _triangle(columns: dict[str, Counts], context: MetricContext) -> Triangle:
    count = len(context.periods)
    size, active = np.zeros(count, dtype=np.int64), np.zeros((count, count), dtype=np.int64)
    size[columns["cohort"]] = columns["cohort_size"]
    active[columns["cohort"], columns["period"] - columns["cohort"]] = columns["active"]
    return Triangle(size, active, *_states(context))


def _states(context: MetricContext) -> tuple[tuple[State, ...], tuple[Text | None, ...]]:
    pairs = [context.state_of(period) for period in context.periods]
    return tuple(state for state, _reason in pairs), tuple(reason for _state, reason in pairs)


def _cell_measurements(
    metric: Metric, triangle: Triangle, segment: str, context: MetricContext
) -> Iterator[Measurement]:
    whole = np.repeat(triangle.size[:, None], len(triangle.size), axis=1)
    around = intervals(wilson_bounds(triangle.active.ravel(), whole.ravel()), "wilson")
    for cohort, age in triangle.cells():
        state, reason = triangle.state(cohort, age)
        seen = state is not State.UNDEFINED
        size, active = int(triangle.size[cohort]), int(triangle.active[cohort, age])
        yield Measurement(
            metric=metric.id,
            version=metric.version,
            value=active / size if seen else None,
            unit=metric.unit,
            n=size,
            interval=around[cohort * len(triangle.size) + age] if seen else None,
            period=context.periods[cohort],
            segment=segment,
            cutoff=context.cutoff,
            state=state,
            reason=reason,
            inputs={"age": age, "cohort_size": size, "active": active if seen else None},
        )


def _means(metric: Metric, triangle: Triangle, segment: str, context: MetricContext) -> list[Measurement]:
    ages = range(sum(state is not State.UNDEFINED for state in triangle.states))
    observed = [triangle.observed(age) for age in ages]
    size = [int(triangle.size[cohorts].sum()) for cohorts in observed]
    active = [int(triangle.active[cohorts, age].sum()) for age, cohorts in zip(ages, observed, strict=True)]
    around = intervals(wilson_bounds(active, size), "wilson")
    return [
        Measurement(
            metric=metric.id,
            version=metric.version,
            value=active[age] / size[age] if size[age] else None,
            unit=metric.unit,
            n=size[age],
            interval=around[age] if size[age] else None,
            segment=segment,
            cutoff=context.cutoff,
            state=State.COMPLETE if size[age] else State.UNDEFINED,
            reason=None if size[age] else _("No cohort has been observed for so long yet."),
            inputs={"age": age, "cohort_size": size[age], "active": active[age] if size[age] else None},
        )
        for age in ages
    ]


def measure_cohort_revenue(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """Per segment and currency what each cohort spent at each age; a total, so it has no interval."""
    sizes: dict[str, dict[int, int]] = {segment: {} for segment in context.segments}
    spent: dict[tuple[str, str], dict[tuple[int, int], float]] = {}
    for row in rows.to_pylist():
        sizes[row["segment"]][row["cohort"]] = row["cohort_size"]
        if row["period"] is not None:
            cells = spent.setdefault((row["segment"], row["currency"]), {})
            cells[row["cohort"], row["period"]] = row["revenue"]
    measured: list[Measurement] = []
    for segment, cohorts in sizes.items():
        triangle = _triangle_of_sizes(cohorts, context)
        for currency in sorted(name for label, name in spent if label == segment) or [""]:
            cells = spent.get((segment, currency), {})
            measured += _revenue_cells(metric, triangle, cells, segment, currency, context)
    return measured


def _triangle_of_sizes(cohorts: dict[int, int], context: MetricContext) -> Triangle:
    count = len(context.periods)
    size = np.array([cohorts.get(cohort, 0) for cohort in range(count)], dtype=np.int64)
    return Triangle(size, np.zeros((count, 0), dtype=np.int64), *_states(context))


def _revenue_cells(
    metric: Metric,
    triangle: Triangle,
    spent: dict[tuple[int, int], float],
    segment: str,
    currency: str,
    context: MetricContext,
) -> Iterator[Measurement]:
    for cohort, age in triangle.cells():
        state, reason = triangle.state(cohort, age)
        size = int(triangle.size[cohort])
        revenue = None if state is State.UNDEFINED else spent.get((cohort, cohort + age), 0.0)
        yield Measurement(
            metric=metric.id,
            version=metric.version,
            value=revenue,
            unit=metric.unit,
            n=size,
            currency=currency or None,
            period=context.periods[cohort],
            segment=segment,
            cutoff=context.cutoff,
            state=state,
            reason=reason,
            inputs={"age": age, "cohort_size": size, "revenue": revenue},
        )


_YOUNG = _("A cohort too young to be observed at an age is left out of the mean at that age, not counted as 0.")
_OLDER = _("Customers from before the first period belong to no cohort that is shown.")
_SOURCE = "Cohort analysis; interval: Wilson (1927), JASA 22(158)"

COHORT = register(
    Metric(
        id="cohort",
        family="cohorts",
        label=_("Cohort retention"),
        unit=Unit.RATE,
        better="higher",
        needs=("presence", "lives", "periods"),
        query="staying/cohort.sql",
        definition=_("The share of the customers who came first in one period that is active in a later period."),
        formula=_("Cohort retention = active in the period / customers in the cohort"),
        interval="wilson",
        source=_SOURCE,
        example=Example(inputs={"active": 30, "cohort_size": 120}, expect=0.25),
        measure=measure_cohorts,
        caveats=(
            _("Active means bought, used or had a running contract in that very period; who skips one may come again."),
            _YOUNG,
            _OLDER,
        ),
    )
)

COHORT_UNBOUNDED = register(
    Metric(
        id="cohort_unbounded",
        family="cohorts",
        label=_("Cohort retention, on or after"),
        unit=Unit.RATE,
        better="higher",
        needs=("lives", "periods"),
        query="staying/cohort_unbounded.sql",
        definition=_(
            "The share of the customers who came first in one period that was seen in a later period or since."
        ),
        formula=_("Cohort retention, on or after = seen in the period or later / customers in the cohort"),
        interval="wilson",
        source=_SOURCE,
        example=Example(inputs={"active": 48, "cohort_size": 120}, expect=0.4),
        measure=measure_cohorts,
        caveats=(
            _("Recent cells can still rise: somebody who is silent today may be seen again."),
            _YOUNG,
            _OLDER,
        ),
    )
)

COHORT_REVENUE = register(
    Metric(
        id="cohort_revenue",
        family="cohorts",
        facts=("orders",),
        label=_("Cohort revenue"),
        unit=Unit.MONEY,
        better="higher",
        needs=("customer_days", "days", "lives"),
        query="staying/cohort_revenue.sql",
        definition=_("What the customers who came first in one period spent in a later period."),
        formula=_("Cohort revenue = sum of the cohort's revenue in the period"),
        interval="none",
        source="Cohort analysis; a total of what was observed, not an estimate",
        example=Example(inputs={"revenue": 5400, "cohort_size": 120}, expect=5400),
        measure=measure_cohort_revenue,
        caveats=(
            _("Each currency has a triangle of its own; none are added."),
            _("Divide by the size of the cohort before comparing cohorts."),
            _OLDER,
        ),
    )
)
