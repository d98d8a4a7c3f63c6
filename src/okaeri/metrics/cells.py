"""One measurement per segment, period and currency: what most metrics do with their query's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from okaeri.base.calendar import Period
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.text import Text
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Metric

if TYPE_CHECKING:
    import pyarrow as pa

Row = Mapping[str, Any]
_NOTHING: Row = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """What one row says: without a `value` there is a `reason`; a total has no interval."""

    value: float | None
    n: int
    inputs: Mapping[str, Any] = field(default_factory=dict)
    interval: Interval | None = None
    reason: Text | None = None


Figuring = Callable[[Metric, Row], Cell]


def measure_cells(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per segment, period and currency; `metric.extra["cell"]` makes a cell of a row.

    Rows have `segment` and `period`, and `currency` where there is money; an empty row stands for one that is missing.
    """
    return measure_rows(metric, rows.to_pylist(), context)


def measure_rows(metric: Metric, rows: Iterable[Row], context: MetricContext) -> list[Measurement]:
    """As `measure_cells`, for rows that were worked on after the query."""
    figure: Figuring = metric.extra["cell"]
    return [
        _measurement(metric, figure(metric, row), row, segment=segment, period=period, context=context)
        for segment, period, row in cells_of(rows, context)
    ]


def cells_of(rows: Iterable[Row], context: MetricContext) -> Iterator[tuple[str, Period, Row]]:
    """Every row in the order of segments, periods and currencies, an empty one where there is none."""
    found: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        found.setdefault((row["segment"], row["period"]), []).append(row)
    for segment in context.segments:
        for index, period in enumerate(context.periods):
            here = found.get((segment, index), [_NOTHING])
            yield from ((segment, period, row) for row in sorted(here, key=lambda row: row.get("currency") or ""))


def _measurement(
    metric: Metric, cell: Cell, row: Row, *, segment: str, period: Period, context: MetricContext
) -> Measurement:
    state, reason = context.state_of(period)
    if state is not State.UNDEFINED and cell.value is None:
        state, reason = State.UNDEFINED, cell.reason
    defined = state is not State.UNDEFINED
    return Measurement(
        metric=metric.id,
        version=metric.version,
        value=cell.value if defined else None,
        unit=metric.unit,
        n=cell.n,
        currency=row.get("currency") or None,
        # a bound may be all that is known: "more than" when there is no value
        interval=cell.interval if state is not State.UNDEFINED or cell.value is None else None,
        period=period,
        segment=segment,
        cutoff=context.cutoff,
        state=state,
        reason=reason,
        inputs=cell.inputs,
    )
