"""Subscription revenue: the monthly level, what moved it, and how much of it is kept.

Money is never added over currencies: each currency is a book of its own. What a customer is worth is in
`revenue_value`, cohorts are in `revenue_cohorts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from okaeri.base.measurement import Interval
from okaeri.base.ratios import KEPT_METHOD, RatioSums, kept_interval
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.metric import Example, Metric, register

Kept = Callable[[Row], RatioSums]

MONEY_NEEDS = ("contracts", "days", "segments", "mrr_steps", "periods")
NOBODY_PAID: Text = _("Nobody paid anything at the start of the period.")
_UNKNOWN: Text = _("None of the contracts that run says what it brings in per month.")
_LEVELS = ("opening", "new_mrr", "expansion", "reactivation", "contraction", "churned", "closing")
_COUNTS = ("paying_start", "paying_end", "without_mrr")
_CUSTOMERS = (
    "new_customers",
    "expanding_customers",
    "returned_customers",
    "contracting_customers",
    "churned_customers",
)


def money_inputs(row: Row, *, besides: tuple[str, ...] = ()) -> dict[str, Any]:
    """The movements of one period with how many customers paid at both ends; an empty row moved nothing.

    >>> money_inputs({})["closing"]
    0.0
    """
    money = {name: float(row.get(name) or 0.0) for name in _LEVELS}
    return money | {name: int(row.get(name) or 0) for name in (*besides, *_COUNTS)}


def level_cell(metric: Metric, row: Row) -> Cell:
    """What all running contracts bring in per month at the end of the period."""
    inputs = {name: value for name, value in money_inputs(row).items() if name in ("closing", *_COUNTS[1:])}
    unknown = inputs["without_mrr"] and not inputs["paying_end"]
    return Cell(value=None if unknown else inputs["closing"], n=inputs["paying_end"], inputs=inputs, reason=_UNKNOWN)


def movements_cell(metric: Metric, row: Row) -> Cell:
    """What the level changed by, with every movement beside it."""
    inputs = money_inputs(row, besides=_CUSTOMERS)
    unknown = inputs["without_mrr"] and not inputs["paying_end"] + inputs["paying_start"]
    # the customers behind the change, not those who paid the same at both ends
    n = sum(inputs[name] for name in _CUSTOMERS)
    return Cell(value=None if unknown else inputs["closing"] - inputs["opening"], n=n, inputs=inputs, reason=_UNKNOWN)


def kept_sums(row: Row) -> RatioSums:
    """What is left of the opening money when growth does not count; customers who paid at the start are the units.

    >>> kept_sums({"opening": 100.0, "contraction": 5.0, "churned": 10.0, "paying_start": 4}).y
    85.0
    """
    inputs = money_inputs(row)
    return _sums(row, "kept", left=inputs["opening"] - inputs["contraction"] - inputs["churned"])


def net_sums(row: Row) -> RatioSums:
    """What is left of the opening money, growth of the same customers counted in."""
    inputs = money_inputs(row)
    left = inputs["opening"] + inputs["expansion"] - inputs["contraction"] - inputs["churned"]
    return _sums(row, "net", left=left)


def net_sums_with_returns(row: Row) -> RatioSums:
    """As `net_sums`, with the money of customers who came back, who are units that began from nothing."""
    strict, inputs = net_sums(row), money_inputs(row, besides=("returned_customers",))
    return RatioSums(
        n=strict.n + inputs["returned_customers"],
        x=strict.x,
        y=strict.y + inputs["reactivation"],
        xx=strict.xx,
        xy=strict.xy,
        yy=strict.yy + float(row.get("returned_squares") or 0.0),
    )


def _sums(row: Row, name: str, *, left: float) -> RatioSums:
    inputs = money_inputs(row)
    return RatioSums(
        n=inputs["paying_start"],
        x=inputs["opening"],
        y=left,
        xx=float(row.get("opening_squares") or 0.0),
        xy=float(row.get(f"{name}_products") or 0.0),
        yy=float(row.get(f"{name}_squares") or 0.0),
    )


def kept_cell(metric: Metric, row: Row) -> Cell:
    """The share of the opening money that is left; `metric.extra` says how it is summed and where it ends."""
    sums: RatioSums = metric.extra["sums"](row)
    inputs = money_inputs(row, besides=("returned_customers",))
    if sums.value is None:
        return Cell(value=None, n=inputs["paying_start"], inputs=inputs, reason=NOBODY_PAID)
    around = kept_interval(sums, most=metric.extra["most"])
    return Cell(value=sums.value, n=inputs["paying_start"], inputs=inputs, interval=around)


def lost_cell(metric: Metric, row: Row) -> Cell:
    """The share of the opening money that is gone: what is not kept, and the interval turned over."""
    inputs = money_inputs(row)
    around = kept_interval(kept_sums(row), most=1.0)
    if not inputs["opening"] or around.low is None or around.high is None:
        return Cell(value=None, n=inputs["paying_start"], inputs=inputs, reason=NOBODY_PAID)
    turned = Interval(low=1 - around.high, high=1 - around.low, method=around.method)
    value = (inputs["contraction"] + inputs["churned"]) / inputs["opening"]
    return Cell(value=value, n=inputs["paying_start"], inputs=inputs, interval=turned)


BOOKS = _("Each currency is a book of its own: money that changes its currency is lost in one and new in the other.")
_WITHOUT = _("A contract without a monthly amount is left out and counted beside the figure; it is not 0.")
_PLAN = _("A change of plan is one contract that ends on the day another begins: growth or shrinkage, never churn.")
_INSIDE = _("What came and went inside a period moves nothing: only the two ends are compared.")
_LATEST = _("An amount that a contract changes without a new row is seen as it stands today, for all of its past.")
_KEPT_SOURCE = "Interval: ratio estimator with two added customers; Cochran (1977) 6.13, Agresti & Coull (1998)"
_MOVES = "Movements as subscription analytics name them: https://help.chartmogul.com/hc/en-us/articles/203299912"
_RUN: Mapping[str, Any] = {
    "family": "revenue",
    "facts": ("subscriptions",),
    "needs": MONEY_NEEDS,
    "query": "revenue/mrr.sql",
    "contractual_only": True,
    "measure": measure_cells,
}

MRR = register(
    Metric(
        id="mrr",
        label=_("Monthly recurring revenue"),
        unit=Unit.MONEY,
        better="higher",
        definition=_("What the contracts that run at the end of a period bring in per month."),
        formula=_("MRR = sum of the monthly amounts of the running contracts"),
        interval="none",
        source="A level at an instant, counted and not estimated",
        example=Example(inputs={"closing": 5400, "paying_end": 120}, expect=5400),
        caveats=(_WITHOUT, BOOKS, _LATEST),
        extra={"cell": level_cell},
        **_RUN,
    )
)

MRR_MOVEMENTS = register(
    Metric(
        id="mrr_movements",
        label=_("MRR movements"),
        unit=Unit.MONEY,
        better="higher",
        definition=_("What the monthly recurring revenue changed by in a period, and which movements made it up."),
        formula=_("Closing = opening + new + expansion + reactivation − contraction − churned"),
        interval="none",
        source=_MOVES,
        example=Example(
            inputs={
                "opening": 5000,
                "new_mrr": 700,
                "expansion": 200,
                "reactivation": 100,
                "contraction": 150,
                "churned": 450,
                "closing": 5400,
            },
            expect=400,
        ),
        caveats=(
            _PLAN,
            _INSIDE,
            _("New is the first money of a customer in that currency, reactivation the money of one who had left."),
            _WITHOUT,
            BOOKS,
        ),
        extra={"cell": movements_cell},
        **_RUN,
    )
)

GRR = register(
    Metric(
        id="grr",
        label=_("Gross revenue retention"),
        unit=Unit.RATE,
        better="higher",
        definition=_("The share of the monthly revenue at a period's start that is left at its end, without growth."),
        formula=_("GRR = (opening − contraction − churned) / opening"),
        interval=KEPT_METHOD,
        source=_KEPT_SOURCE,
        example=Example(inputs={"opening": 5000, "contraction": 150, "churned": 450}, expect=0.88),
        caveats=(_("Growth of one customer never hides the loss of another, so it cannot pass 100%."), _PLAN, _WITHOUT),
        extra={"cell": kept_cell, "sums": kept_sums, "most": 1.0},
        **_RUN,
    )
)

NRR = register(
    Metric(
        id="nrr",
        label=_("Net revenue retention"),
        unit=Unit.RATE,
        better="higher",
        definition=_("What the customers at a period's start pay at its end, against what they paid at its start."),
        formula=_("NRR = (opening + expansion − contraction − churned) / opening"),
        interval=KEPT_METHOD,
        source=_KEPT_SOURCE,
        example=Example(inputs={"opening": 5000, "expansion": 200, "contraction": 150, "churned": 450}, expect=0.92),
        caveats=(
            _("Neither new customers nor those who came back count: `nrr_with_reactivation` lets the latter in."),
            _PLAN,
            _WITHOUT,
        ),
        extra={"cell": kept_cell, "sums": net_sums, "most": None},
        **_RUN,
    )
)

NRR_WITH_REACTIVATION = register(
    Metric(
        id="nrr_with_reactivation",
        label=_("Net revenue retention with reactivation"),
        unit=Unit.RATE,
        better="higher",
        definition=_("Net revenue retention to which the money of customers who came back is added."),
        formula=_("NRR with reactivation = (opening + expansion + reactivation − contraction − churned) / opening"),
        interval=KEPT_METHOD,
        source="https://help.chartmogul.com/hc/en-us/articles/203359341-Metric-MRR-Churn-Rate (net); " + _KEPT_SOURCE,
        example=Example(
            inputs={"opening": 5000, "expansion": 200, "reactivation": 100, "contraction": 150, "churned": 450},
            expect=0.94,
        ),
        caveats=(
            _("Its top counts money of customers who are not in its base, so it is never below strict retention."),
            _PLAN,
            _WITHOUT,
        ),
        extra={"cell": kept_cell, "sums": net_sums_with_returns, "most": None},
        **_RUN,
    )
)

MRR_CHURN_RATE = register(
    Metric(
        id="mrr_churn_rate",
        label=_("MRR churn rate"),
        unit=Unit.RATE,
        better="lower",
        definition=_("The share of the monthly revenue at a period's start that has left or shrunk by its end."),
        formula=_("MRR churn rate = (contraction + churned) / opening = 1 − GRR"),
        interval=KEPT_METHOD,
        source="https://help.chartmogul.com/hc/en-us/articles/203359341-Metric-MRR-Churn-Rate (gross); " + _KEPT_SOURCE,
        example=Example(inputs={"opening": 5000, "contraction": 150, "churned": 450}, expect=0.12),
        caveats=(
            _("Shrinking counts as well as leaving, and growth offsets neither."),
            _PLAN,
            _WITHOUT,
        ),
        extra={"cell": lost_cell},
        **_RUN,
    )
)
