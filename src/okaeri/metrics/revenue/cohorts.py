"""The cohort triangle of subscription money: what is left, period by period, of what a cohort paid at first.

A cell the data does not reach is undefined, never 0; means leave it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.intervals import FloatArray, intervals
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.ratios import KEPT_METHOD, kept_bounds
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register
from okaeri.metrics.revenue.movements import BOOKS, MONEY_NEEDS

if TYPE_CHECKING:
    import pyarrow as pa

_SUMS = ("cohort_size", "first_mrr", "first_squares", "mrr", "squares", "products")


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Book:
    """One segment's cohorts in one currency; arrays of shape (cohorts, ages), NaN beyond the last period."""

    segment: str
    currency: str
    sums: dict[str, FloatArray]

    def pooled(self, name: str, observed: FloatArray) -> FloatArray:
        """The sum over the cohorts whose cell is observed, per age; shape (ages,)."""
        total: FloatArray = np.nansum(np.where(observed, self.sums[name], 0.0), axis=0)
        return total


def measure_mrr_cohorts(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """Per segment and currency the share of each cohort's first money at each age, then the weighted means."""
    measured: list[Measurement] = []
    for book in _books(rows, context):
        measured += _cells(metric, book, context)
        measured += _means(metric, book, context)
    return measured


def _books(rows: pa.Table, context: MetricContext) -> Iterator[Book]:
    columns = {name: np.array(values) for name, values in rows.to_pydict().items()}
    count = len(context.periods)
    for segment in context.segments:
        chosen = columns["segment"] == segment
        for currency in np.unique(columns["currency"][chosen]).tolist() if rows.num_rows else []:
            here = chosen & (columns["currency"] == currency)
            cohort = columns["cohort"][here].astype(np.int64)
            at = cohort, columns["period"][here].astype(np.int64) - cohort
            sums = {name: np.full((count, count), np.nan) for name in _SUMS}
            for name in _SUMS:
                sums[name][at] = columns[name][here]
            yield Book(segment=segment, currency=currency, sums=sums)


def _cells(metric: Metric, book: Book, context: MetricContext) -> Iterator[Measurement]:
    around = _intervals({name: sums.ravel() for name, sums in book.sums.items()})
    count = len(context.periods)
    for cohort in range(count):
        size, first = (float(book.sums[name][cohort, 0]) for name in ("cohort_size", "first_mrr"))
        for age in range(count if size == size else 0):
            state, reason = _state(cohort + age, first, context)
            seen = state is not State.UNDEFINED
            mrr = float(book.sums["mrr"][cohort, age])
            yield Measurement(
                value=mrr / first if seen else None,
                n=int(size),
                # at age 0 the share is 1 by definition
                interval=around[cohort * count + age] if seen and age else None,
                period=context.periods[cohort],
                state=state,
                reason=reason,
                inputs={"age": age, "cohort_size": int(size), "first_mrr": first, "mrr": mrr if seen else None},
                **_known(metric, book, context),
            )


def _state(place: int, first: float, context: MetricContext) -> tuple[State, Text | None]:
    if not first:
        return State.UNDEFINED, _("All who first paid in this period had left by its end.")
    if place < len(context.periods):
        return context.state_of(context.periods[place])
    return State.UNDEFINED, _("This cohort has not been observed for so long yet.")


def _means(metric: Metric, book: Book, context: MetricContext) -> Iterator[Measurement]:
    complete = np.array([context.state_of(period)[0] is State.COMPLETE for period in context.periods])
    count = len(complete)
    place = np.arange(count)[:, None] + np.arange(count)
    observed = (place < count) & complete[np.minimum(place, count - 1)] & (book.sums["first_mrr"][:, :1] != 0)
    pooled = {name: book.pooled(name, observed & ~np.isnan(book.sums["mrr"])) for name in _SUMS}
    around = _intervals(pooled)
    for age in range(int(complete.sum())):
        first, mrr, size = (float(pooled[name][age]) for name in ("first_mrr", "mrr", "cohort_size"))
        yield Measurement(
            value=mrr / first if first else None,
            n=int(size),
            interval=around[age] if first and age else None,
            state=State.COMPLETE if first else State.UNDEFINED,
            reason=None if first else _("No cohort has been observed for so long yet."),
            inputs={"age": age, "cohort_size": int(size), "first_mrr": first, "mrr": mrr if first else None},
            **_known(metric, book, context),
        )


def _known(metric: Metric, book: Book, context: MetricContext) -> dict[str, Any]:
    """What all measurements of one book have in common."""
    return {
        "metric": metric.id,
        "version": metric.version,
        "unit": metric.unit,
        "currency": book.currency or None,
        "segment": book.segment,
        "cutoff": context.cutoff,
    }


def _intervals(sums: dict[str, FloatArray]) -> list[Interval]:
    bounds = kept_bounds(
        sums["cohort_size"],
        x=sums["first_mrr"],
        y=sums["mrr"],
        xx=sums["first_squares"],
        xy=sums["products"],
        yy=sums["squares"],
    )
    return intervals(bounds, KEPT_METHOD)


MRR_COHORT = register(
    Metric(
        id="mrr_cohort",
        family="revenue",
        facts=("subscriptions",),
        label=_("Cohort revenue retention"),
        unit=Unit.RATE,
        better="higher",
        needs=MONEY_NEEDS,
        query="revenue/mrr_cohort.sql",
        contractual_only=True,
        definition=_(
            "Monthly revenue of the customers who first paid in one period, against what they paid at its end."
        ),
        formula=_("Cohort revenue retention = monthly revenue of the cohort then / at the end of its first period"),
        interval=KEPT_METHOD,
        source="Cohort analysis; interval: ratio estimator with two added customers, Cochran (1977) 6.13",
        example=Example(inputs={"mrr": 4500, "first_mrr": 5000, "cohort_size": 120}, expect=0.9),
        measure=measure_mrr_cohorts,
        caveats=(
            _("Growth and returning customers count in, so a cohort can pass 100%."),
            _("Who came and went inside the first period belongs to the cohort and brought nothing by its end."),
            _("A cohort too young to be observed at an age is left out of the mean at that age, not counted as 0."),
            BOOKS,
        ),
    )
)
