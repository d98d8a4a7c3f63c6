"""What one subscriber brings in: per month, over a lifetime, and what comes in for each coin that goes.

All of it reads the movements of `revenue`; historical value from orders is in `value`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import sqrt
from typing import TYPE_CHECKING, Any

from okaeri.base.calendar import Grain, Period
from okaeri.base.intervals import intervals, t_bounds, wilson
from okaeri.base.measurement import Interval, Measurement
from okaeri.base.ratios import flows_interval, kept_interval, quotient_interval
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register
from okaeri.metrics.revenue.movements import BOOKS, MONEY_NEEDS, NOBODY_PAID, kept_sums, money_inputs

if TYPE_CHECKING:
    import pyarrow as pa

DAYS_PER_MONTH = 365.25 / 12
_MONTHS = {Grain.MONTH: 1.0, Grain.QUARTER: 3.0, Grain.YEAR: 12.0}
_GROWTH = ("new_mrr", "expansion", "reactivation")


def months_in(period: Period) -> float:
    """How many months a period lasts: months, quarters and years by the calendar, others by their days.

    >>> from datetime import date
    >>> months_in(Period(date(2024, 2, 1), date(2024, 3, 1), Grain.MONTH))
    1.0
    >>> round(months_in(Period(date(2024, 1, 1), date(2024, 1, 8))), 3)
    0.23
    """
    return _MONTHS.get(period.grain, period.days / DAYS_PER_MONTH)


def months_seen(period: Period, *, cutoff: date) -> float:
    """How many months of a period were observed: `months_in` one that is over, else by the days before `cutoff`.

    >>> from datetime import date
    >>> round(months_seen(Period(date(2024, 2, 1), date(2024, 3, 1), Grain.MONTH), cutoff=date(2024, 2, 10)), 3)
    0.296
    """
    return months_in(period if period.end <= cutoff else Period(period.start, cutoff))


def measure_lifetime(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """As `measure_cells`, with the gross margin of the rules and each period's observed months among the columns."""
    import pyarrow as pa

    months = [months_seen(context.periods[index], cutoff=context.cutoff) for index in rows["period"].to_pylist()]
    margin = [context.rules.gross_margin] * rows.num_rows
    known = rows.append_column("months", pa.array(months, pa.float64()))
    return measure_cells(metric, known.append_column("gross_margin", pa.array(margin, pa.float64())), context)


def mean_interval(total: float, squares: float, n: int) -> Interval:
    """The t interval of a mean from Σ and Σ² of `n` customers; no bounds below two.

    >>> around = mean_interval(6.0, 14.0, 3)
    >>> round(around.low, 3), round(around.high, 3)
    (-0.484, 4.484)
    """
    if n < 2:
        return Interval(low=None, high=None, method="t")
    spread = max(squares - total**2 / n, 0.0)
    # the sums cancel down to rounding noise when everybody pays the same
    spread = 0.0 if spread < 1e-12 * squares else spread
    return intervals(t_bounds([total / n], [sqrt(spread / (n - 1) / n)], [n]), "t")[0]


def arpa_cell(metric: Metric, row: Row) -> Cell:
    """The monthly money at the end of the period for each customer who pays then."""
    inputs = {name: value for name, value in money_inputs(row).items() if name in ("closing", "paying_end")}
    n = inputs["paying_end"]
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=_NOBODY_PAYS)
    around = mean_interval(inputs["closing"], float(row["closing_squares"]), n)
    return Cell(value=inputs["closing"] / n, n=n, inputs=inputs, interval=around)


def quick_ratio_cell(metric: Metric, row: Row) -> Cell:
    """Money that came for each coin that went; without losses no more is known than a bound from below."""
    inputs = money_inputs(row, besides=("new_customers", "expanding_customers", "returned_customers"))
    gains, losses = sum(inputs[name] for name in _GROWTH), inputs["contraction"] + inputs["churned"]
    if losses:
        around = flows_interval(
            gains, losses, gain_squares=float(row["gain_squares"]), loss_squares=float(row["loss_squares"])
        )
        return Cell(value=gains / losses, n=_moved(row), inputs=inputs, interval=around)
    if not gains:
        return Cell(value=None, n=0, inputs=inputs, reason=_NOTHING_MOVED)
    return Cell(value=None, n=_moved(row), inputs=inputs, interval=_at_least(gains, row), reason=_NOTHING_LOST)


def _at_least(gains: float, row: Row) -> Interval:
    """What came against the most that may have gone: the upper bound of the share of the opening money lost."""
    kept = kept_interval(kept_sums(row), most=1.0).low
    losable = 0.0 if kept is None else (1 - kept) * float(row["opening"])
    return Interval(low=gains / losable if losable else None, high=None, method="upper bound of the losses")


def _moved(row: Row) -> int:
    names = ("new", "expanding", "returned", "contracting", "churned")
    return sum(int(row.get(f"{name}_customers") or 0) for name in names)


def lifetime_cell(metric: Metric, row: Row) -> Cell:
    """ARPA × margin / churn per month; without churn the value is more than what the highest likely churn gives."""
    n, lost = int(row.get("paying_start") or 0), int(row.get("churned_customers") or 0)
    opening = float(row.get("opening") or 0.0)
    inputs = {
        "opening": opening,
        "paying_start": n,
        "churned_customers": lost,
        "gross_margin": row.get("gross_margin"),
        "months": row.get("months"),
    }
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=NOBODY_PAID)
    scale = row["gross_margin"] * row["months"]
    value = opening / n * scale / (lost / n) if lost else None
    around = lifetime_interval(row, churn=wilson(lost, n), rate=lost / n, scale=scale)
    return Cell(value=value, n=n, inputs=inputs, interval=around, reason=_NOBODY_LEFT)


def lifetime_interval(row: Row, *, churn: Interval, rate: float, scale: float) -> Interval:
    """The interval of opening ARPA × `scale` / `rate`, from those of the mean and of the churn `rate`."""
    n, opening = int(row["paying_start"]), float(row["opening"])
    arpa = mean_interval(opening, float(row["opening_squares"]), n)
    around = quotient_interval(arpa, churn, of=(opening / n, rate))
    low, high = (None if end is None else end * scale for end in (around.low, around.high))
    return Interval(low=low if low is None else max(low, 0.0), high=high, method=around.method)


_NOBODY_PAYS = _("Nobody pays anything at the end of the period.")
_NOTHING_MOVED = _("Nothing came and nothing went, so there is nothing to compare.")
_NOTHING_LOST: Text = _("Nothing was lost, so the ratio has no upper end.")
_NOBODY_LEFT: Text = _("Nobody who paid left, so the lifetime has no upper end.")
_RUN: Mapping[str, Any] = {
    "family": "revenue",
    "facts": ("subscriptions",),
    "needs": MONEY_NEEDS,
    "query": "revenue/mrr.sql",
    "contractual_only": True,
}

ARPA = register(
    Metric(
        id="arpa",
        label=_("Average revenue per account"),
        unit=Unit.MONEY,
        better="higher",
        definition=_("The monthly recurring revenue at the end of a period for each customer who pays then."),
        formula=_("ARPA = MRR / paying customers"),
        interval="t",
        source="Student's t on customers",
        example=Example(inputs={"closing": 5400, "paying_end": 120}, expect=45.0),
        measure=measure_cells,
        caveats=(_("Customers whose contracts cost nothing are no paying customers and are left out."), BOOKS),
        extra={"cell": arpa_cell},
        **_RUN,
    )
)

QUICK_RATIO = register(
    Metric(
        id="quick_ratio",
        label=_("Quick ratio"),
        unit=Unit.RATIO,
        better="higher",
        definition=_("Monthly revenue that came in a period, divided by the monthly revenue that went."),
        formula=_("Quick ratio = (new + expansion + reactivation) / (contraction + churned)"),
        interval="wilson odds of effective counts",
        source="Mamoon Hamid's quick ratio with reactivation; interval: Wilson's bounds on effective counts",
        example=Example(
            inputs={"new_mrr": 700, "expansion": 200, "reactivation": 100, "contraction": 50, "churned": 450},
            expect=2.0,
        ),
        measure=measure_cells,
        caveats=(
            _("Above 1 the monthly revenue grew, below 1 it shrank; a young business has little to lose."),
            _("Without any loss it has no value, and is more than what came against the most that may have gone."),
            BOOKS,
        ),
        extra={"cell": quick_ratio_cell},
        **_RUN,
    )
)

LTV_SUBSCRIPTION = register(
    Metric(
        id="ltv_subscription",
        label=_("Lifetime value of a subscriber"),
        unit=Unit.MONEY,
        better="higher",
        definition=_("What a paying customer brings in before leaving, if churn and revenue stay as in the period."),
        formula=_("LTV = ARPA at the start × gross margin / churn of paying customers per month"),
        interval="square-and-add quotient",
        source="ARPA over churn; interval: Donner & Zou (2012), Statistical Methods in Medical Research 21(4)",
        example=Example(
            inputs={"opening": 5000, "paying_start": 100, "churned_customers": 4, "gross_margin": 0.8, "months": 1},
            expect=1000.0,
        ),
        measure=measure_lifetime,
        caveats=(
            _("It takes churn to be the same at every age; where the young leave sooner, survival tells more."),
            _("When nobody left it is more than ARPA over the highest churn the interval allows, not infinite."),
            _("The gross margin is the one in the rules of the workspace; at 1 it is revenue and not profit."),
            BOOKS,
        ),
        extra={"cell": lifetime_cell},
        **_RUN,
    )
)
