"""What customers are worth so far: purchase value and frequency, customer value, lifespan, historical CLV.

Money is never added over currencies: each currency has its own figures. Predicted value is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.calendar import Period
from okaeri.base.intervals import intervals, ratio_error, t_bounds
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register

if TYPE_CHECKING:
    import pyarrow as pa

DAYS_PER_YEAR = 365.25
_ANY = float("-inf")
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratio:
    """Which columns make a figure Σtop / Σbase, and which hold Σtop², Σtop·base and Σbase² over customers."""

    top: str
    base: str
    squares: str
    products: str
    base_squares: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A value with its standard error from `units` customers; without a value, why there is none."""

    value: float | None
    error: float
    units: int
    n: int
    inputs: Mapping[str, Any]
    reason: Text | None = None


Figuring = Callable[[Metric, Row], Figure]
_NOBODY: Row = {}


def measure_value(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period, segment and currency; `metric.extra["figure"]` makes a figure of a row.

    Bounds are cut at `metric.extra["at_least"]`, the least value the figure can have.
    """
    figure: Figuring = metric.extra["figure"]
    cells = list(_cells(rows, context))
    figures = [figure(metric, row) for _segment, _period, row in cells]
    values = [float("nan") if f.value is None else f.value for f in figures]
    low, high = t_bounds(values, [f.error for f in figures], [f.units for f in figures])
    # NaN passes through: no bound stays no bound
    around = intervals((np.maximum(low, metric.extra["at_least"]), high), metric.interval)
    return [
        _measurement(metric, f, interval, row.get("currency"), period=period, segment=segment, context=context)
        for f, interval, (segment, period, row) in zip(figures, around, cells, strict=True)
    ]


def _cells(rows: pa.Table, context: MetricContext) -> Iterator[tuple[str, Period, Row]]:
    """Every row of every period and segment by currency; an empty row where nobody bought."""
    found: dict[tuple[str, int], list[Row]] = {}
    for row in rows.to_pylist():
        if row.get("units", 1):
            found.setdefault((row["segment"], row["period"]), []).append(row)
    for segment in context.segments:
        for index, period in enumerate(context.periods):
            currencies = found.get((segment, index), [_NOBODY])
            yield from ((segment, period, row) for row in sorted(currencies, key=lambda row: row.get("currency") or ""))


def _measurement(
    metric: Metric,
    figure: Figure,
    interval: Interval,
    currency: str | None,
    *,
    period: Period,
    segment: str,
    context: MetricContext,
) -> Measurement:
    state, reason = context.state_of(period)
    if state is not State.UNDEFINED and figure.value is None:
        state, reason = State.UNDEFINED, figure.reason
    defined = state is not State.UNDEFINED
    return Measurement(
        metric=metric.id,
        version=metric.version,
        value=figure.value if defined else None,
        unit=metric.unit,
        n=figure.n,
        currency=currency or None,
        interval=interval if defined else None,
        period=period,
        segment=segment,
        cutoff=context.cutoff,
        state=state,
        reason=reason,
        inputs=figure.inputs,
    )


def ratio_figure(metric: Metric, row: Row) -> Figure:
    """Σtop / Σbase with the error of a ratio, customers as units."""
    ratio: Ratio = metric.extra["ratio"]
    inputs = _inputs(row)
    if not row or not row[ratio.base]:
        return Figure(value=None, error=0.0, units=0, n=0, inputs=inputs, reason=_why_no_base(row))
    value, error = _ratio_and_error(ratio, row)
    return Figure(value=value, error=error, units=row["units"], n=int(row[ratio.base]), inputs=inputs)


def lifespan_figure(metric: Metric, row: Row) -> Figure:
    """Mean years from first to last order of the customers with two orders or more so far."""
    repeaters = row.get("repeaters", 0)
    years = row.get("days", 0.0) / DAYS_PER_YEAR
    inputs = {"years": years, "customers": repeaters, "days": int(row.get("days", 0))}
    if not repeaters:
        return Figure(value=None, error=0.0, units=0, n=0, inputs=inputs, reason=_NO_REPEATER)
    return Figure(value=years / repeaters, error=_lifespan_error(row), units=repeaters, n=repeaters, inputs=inputs)


def clv_figure(metric: Metric, row: Row) -> Figure:
    """Customer value × lifespan; its error bounds the unknown covariance of the two by their full product."""
    inputs = {**_inputs(row), "lifespan": None, "repeaters": row.get("repeaters", 0)}
    if not row or not row["buyers"]:
        return Figure(value=None, error=0.0, units=0, n=0, inputs=inputs, reason=_why_no_base(row))
    if not row["repeaters"]:
        return Figure(value=None, error=0.0, units=0, n=row["buyers"], inputs=inputs, reason=_NO_REPEATER)
    worth, worth_error = _ratio_and_error(_PER_CUSTOMER, row)
    lifespan = row["days"] / DAYS_PER_YEAR / row["repeaters"]
    return Figure(
        value=worth * lifespan,
        error=worth_error * lifespan + abs(worth) * _lifespan_error(row),
        units=min(row["units"], row["repeaters"]),
        n=row["buyers"],
        inputs={**inputs, "lifespan": lifespan},
    )


def _inputs(row: Row) -> dict[str, Any]:
    return {
        "revenue": float(row.get("revenue", 0.0)),
        "orders": int(row.get("orders", 0)),
        "customers": int(row.get("buyers", 0)),
    }


def _ratio_and_error(ratio: Ratio, row: Row) -> tuple[float, float]:
    error = ratio_error(
        numerator=row[ratio.top],
        denominator=row[ratio.base],
        n=row["units"],
        squares=row[ratio.squares],
        products=row[ratio.products],
        base_squares=row[ratio.base_squares],
    )
    return row[ratio.top] / row[ratio.base], float(error)


def _lifespan_error(row: Row) -> float:
    n, days = row["repeaters"], row["days"]
    if n < 2:
        return float("nan")
    return sqrt(max(row["squares"] - days * days / n, 0.0) / (n - 1) / n) / DAYS_PER_YEAR


def _why_no_base(row: Row) -> Text:
    returned = row.get("units")
    return _("There were returns in the period, but no purchase.") if returned else _("Nobody bought in the period.")


_NO_REPEATER = _("Nobody has bought twice yet, so there is no lifespan to measure.")
_PURCHASES = ("customer_days", "spending", "segments")
_LIVES = ("customer_days", "repeat_lives")
_PER_ORDER = Ratio(
    top="revenue", base="orders", squares="revenue_squares", products="order_revenue", base_squares="order_squares"
)
_FREQUENCY = Ratio(top="orders", base="buyers", squares="order_squares", products="orders", base_squares="buyers")
_PER_CUSTOMER = Ratio(
    top="revenue", base="buyers", squares="revenue_squares", products="buyer_revenue", base_squares="buyers"
)
_UNITS = _("The interval takes customers as its units, since the orders of one customer are alike.")
_RETURNS = _("Returns lower the revenue unless the workspace keeps them apart; they are never purchases.")
_T = "Student's t on a ratio estimator; Cochran (1977), Sampling Techniques, equation 6.13"

APV = register(
    Metric(
        id="apv",
        family="value",
        facts=("orders",),
        label=_("Average purchase value"),
        unit=Unit.MONEY,
        better="higher",
        needs=_PURCHASES,
        query="buying/purchases.sql",
        definition=_("What one order brings on average."),
        formula=_("Average purchase value = revenue / orders"),
        interval="t",
        source=_T,
        example=Example(inputs={"revenue": 20_000, "orders": 400}, expect=50.0),
        measure=measure_value,
        caveats=(_RETURNS, _UNITS),
        extra={"figure": ratio_figure, "ratio": _PER_ORDER, "at_least": _ANY},
    )
)

APF = register(
    Metric(
        id="apf",
        family="value",
        facts=("orders",),
        label=_("Average purchase frequency"),
        unit=Unit.RATIO,
        better="higher",
        needs=_PURCHASES,
        query="buying/purchases.sql",
        definition=_("How often a customer who bought in a period bought in it."),
        formula=_("Average purchase frequency = orders / unique customers"),
        interval="t",
        source=_T,
        example=Example(inputs={"orders": 400, "customers": 180}, expect=400 / 180),
        measure=measure_value,
        caveats=(_("Only customers who bought count, so it is never below 1; longer periods give higher figures."),),
        extra={"figure": ratio_figure, "ratio": _FREQUENCY, "at_least": 1.0},
    )
)

CUSTOMER_VALUE = register(
    Metric(
        id="customer_value",
        family="value",
        facts=("orders",),
        label=_("Customer value"),
        unit=Unit.MONEY,
        better="higher",
        needs=_PURCHASES,
        query="buying/purchases.sql",
        definition=_("What a customer who bought in a period spent in it."),
        formula=_("Customer value = average purchase value × average purchase frequency"),
        interval="t",
        source=_T,
        example=Example(inputs={"revenue": 20_000, "orders": 400, "customers": 180}, expect=20_000 / 180),
        measure=measure_value,
        caveats=(_RETURNS, _("It belongs to the length of the period: a month's value is not a year's.")),
        extra={"figure": ratio_figure, "ratio": _PER_CUSTOMER, "at_least": _ANY},
    )
)

LIFESPAN = register(
    Metric(
        id="lifespan",
        family="value",
        facts=("orders",),
        label=_("Average customer lifespan"),
        unit=Unit.YEARS,
        better="higher",
        needs=_LIVES,
        query="buying/lifespan.sql",
        definition=_("Mean years from first to last order of the customers with two or more orders by a period's end."),
        formula=_("Average customer lifespan = years from first to last order / customers with 2 or more orders"),
        interval="t",
        source="Student's t on customers",
        example=Example(inputs={"years": 900, "customers": 180}, expect=5.0),
        measure=measure_value,
        default_by="year",
        caveats=(
            _("One-time buyers are left out; those who still buy are counted up to their latest order."),
            _("It cannot be longer than the data, so a young business sees short lifespans."),
        ),
        extra={"figure": lifespan_figure, "at_least": 0.0},
    )
)

CLV_HISTORICAL = register(
    Metric(
        id="clv_historical",
        family="value",
        facts=("orders",),
        label=_("Customer lifetime value (historical)"),
        unit=Unit.MONEY,
        better="higher",
        needs=(*_PURCHASES, *_LIVES),
        query="buying/clv.sql",
        definition=_("What a customer spent in a period, times how many years repeat buyers have stayed."),
        formula=_("Historical CLV = customer value × average customer lifespan"),
        interval="t, conservative product",
        source="Relative errors are added, which bounds any covariance of value and lifespan (delta method)",
        example=Example(
            inputs={"revenue": 20_000, "orders": 400, "customers": 180, "lifespan": 5}, expect=20_000 / 180 * 5
        ),
        measure=measure_value,
        default_by="year",
        caveats=(
            _("Read it by year: lifespan is in years, so the value of a month or of many years does not fit it."),
            _("The interval is wide on purpose: the errors of value and lifespan are added in full."),
            _("It looks back: it does not say how long the customers of today will stay."),
        ),
        extra={"figure": clv_figure, "at_least": _ANY},
    )
)
