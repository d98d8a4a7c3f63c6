"""What it costs to win a customer, and how that compares with what a customer brings.

A customer is won in the period of their first presence ever. How revenue spreads over customers is in
`concentration`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from okaeri.base.intervals import garwood, intervals, t_bounds
from okaeri.base.measurement import Interval, Measurement
from okaeri.base.ratios import quotient_interval
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.buying.value import clv_figure
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register

if TYPE_CHECKING:
    import pyarrow as pa

NOT_SPENT: Text = _("No spend is recorded for the period.")
NOBODY_WON: Text = _("Money was spent, but nobody became a customer for the first time.")
NOTHING_SPENT: Text = _("Nothing was spent, and nobody became a customer for the first time.")
_BY_CHANNEL_ONLY = _("Spend is recorded by channel only, so it cannot be split this way.")
_CHANNELS_UNKNOWN = _(
    "Customers have no attribute `channel`, so it is not known whom the spend of this channel has won."
)
_CREDITS = _("The credits are larger than the spend.")
_OTHER_CURRENCY = _("The spend is in another currency, and currencies are not converted.")
_CURRENCIES = _("The money is in several currencies, which are never added.")
_NO_MARGIN = _("The customers of the period left nothing after costs, so the spend does not come back.")
_NOTHING_TO_COMPARE = _("The spend of the period is zero, so nothing can be set against it.")
_OWN = "channel"


def measure_acquisition(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period, segment and currency; a split that the spend does not know is undefined."""
    if context.segment_column == _OWN and _channels_unknown(rows):
        known = rows.to_pylist()
        blank = [{**row, "won": None} for row in known if row["spend"] is not None]
        context = replace(context, segments=tuple(segment for segment in context.segments if segment != "all"))
        return measure_cells(metric, rows.from_pylist(blank, schema=rows.schema), context)
    found = measure_cells(metric, rows, context)
    if context.segment_column in (None, _OWN):
        return found
    return [replace(m, reason=_BY_CHANNEL_ONLY) if m.reason is NOT_SPENT else m for m in found]


def _channels_unknown(rows: pa.Table) -> bool:
    """Whether the spend is split and the customers are not: they all stand apart, under no channel."""
    won = {row["segment"] for row in rows.to_pylist() if row["won"]}
    spent = {row["segment"] for row in rows.to_pylist() if row["spend"] is not None}
    return won == {"all"} and "all" not in spent


def cac_cell(metric: Metric, row: Row) -> Cell:
    """Spend for each customer won; with nobody won only the least it can be is known."""
    inputs = _inputs(row)
    reason = _why_no_cac(row)
    if reason is not None:
        bound = _cost(inputs["spend"], 0) if reason is NOBODY_WON else None
        return Cell(value=None, n=inputs["won"] or 0, inputs=inputs, interval=bound, reason=reason)
    spend, won = inputs["spend"], inputs["won"]
    return Cell(value=spend / won, n=won, inputs=inputs, interval=_cost(spend, won))


def clv_to_cac_cell(metric: Metric, row: Row) -> Cell:
    """Historical CLV of those who bought, for each unit of money that winning a customer cost."""
    clv = clv_figure(metric, row)
    inputs = {**_inputs(row), "clv": clv.value, "cac": None, "lifespan": clv.inputs["lifespan"]}
    reason = _why_no_clv(row, clv.reason) or _why_no_pair(row) or _why_no_cac(row)
    reason = reason or (None if row["spend"] else _NOTHING_TO_COMPARE)
    if reason is not None or clv.value is None:
        return Cell(value=None, n=inputs["won"] or 0, inputs=inputs, reason=reason)
    spend, won = inputs["spend"], inputs["won"]
    cac = spend / won
    worth = intervals(t_bounds([clv.value], [clv.error], [clv.units]), "t")[0]
    known = worth.low is not None and clv.value > 0
    around = quotient_interval(worth, _cost(spend, won), of=(clv.value, cac)) if known else None
    return Cell(value=clv.value / cac, n=won, inputs={**inputs, "cac": cac}, interval=around)


def payback_cell(metric: Metric, row: Row) -> Cell:
    """Months until a customer's margin has paid for winning one; only the chance in the winning is in the interval."""
    months, margin = float(row.get("customer_months") or 0.0), float(row.get("margin") or 0.0)
    inputs = {**_inputs(row), "cac": None, "margin": margin, "customer_months": months}
    reason = _why_no_cac(row) if margin > 0 and months > 0 else _why_no_cac(row, otherwise=_NO_MARGIN)
    if row.get("spend") is not None and max(row["spend_currencies"], row["margin_currencies"]) > 1:
        reason = _CURRENCIES
    elif row.get("spend") is not None and row["margin_currencies"] and row["margin"] is None:
        reason = _OTHER_CURRENCY
    if reason is not None:
        bound = _cost(inputs["spend"] / (margin / months), 0) if reason is NOBODY_WON else None
        return Cell(value=None, n=inputs["won"] or 0, inputs=inputs, interval=bound, reason=reason)
    spend, won, monthly = inputs["spend"], inputs["won"], margin / months
    return Cell(
        value=spend / won / monthly,
        n=won,
        inputs={**inputs, "cac": spend / won},
        interval=_cost(spend / monthly, won),
    )


def _inputs(row: Row) -> dict[str, Any]:
    spend, won = row.get("spend"), row.get("won", 0)
    return {"spend": None if spend is None else float(spend), "won": None if won is None else int(won)}


def _why_no_cac(row: Row, *, otherwise: Text | None = None) -> Text | None:
    """Why there is no CAC; what it is `otherwise` wins over a count of nobody."""
    if row.get("spend") is None:
        return NOT_SPENT
    if row["won"] is None:
        return _CHANNELS_UNKNOWN
    if row["spend"] < 0:
        return _CREDITS
    return otherwise or (None if row["won"] else NOBODY_WON if row["spend"] else NOTHING_SPENT)


def _why_no_clv(row: Row, reason: Text | None) -> Text | None:
    """Without channels of customers it is not known either who of them bought."""
    return _CHANNELS_UNKNOWN if row.get("won", 0) is None else reason


def _why_no_pair(row: Row) -> Text | None:
    if row["spend_currencies"] > 1:
        return _CURRENCIES
    return _OTHER_CURRENCY if row["spend_currencies"] and row["spend"] is None else None


def _cost(spend: float, won: int) -> Interval:
    """The spend is known to the last coin; how many customers it wins is a count like any other."""
    around = garwood(won)
    assert around.low is not None and around.high is not None
    return Interval(low=spend / around.high, high=spend / around.low if around.low else None, method=around.method)


_SPEND = ("lives", "spend_rows", "days", "periods")
_GARWOOD = "Interval: the exact one of a count, Garwood (1936), Biometrika 28(3/4), turned over"
_WON = _("A customer is won in the period of their first presence ever, also when they are gone before its end.")
_NEVER_ADDED = _("Every currency of the spend has a row of its own, over all customers won; none are added.")
_NO_RECORD = _("A channel without a line of spend is undefined; write a line of 0 for one that costs nothing.")
_SPELLED = _("By channel, customers count under their attribute `channel`, spelled as in the spend.")

CAC = register(
    Metric(
        id="cac",
        family="acquisition",
        facts=("spend",),
        label=_("Customer acquisition cost (CAC)"),
        unit=Unit.MONEY,
        better="lower",
        needs=_SPEND,
        query="buying/cac.sql",
        definition=_("What was spent on acquisition in a period for each customer won in it."),
        formula=_("CAC = acquisition spend / customers won"),
        interval="garwood",
        source=_GARWOOD,
        example=Example(inputs={"spend": 12_000, "won": 48}, expect=250.0),
        measure=measure_acquisition,
        caveats=(
            _WON,
            _SPELLED,
            _NO_RECORD,
            _NEVER_ADDED,
            _("Without a split, customers of every channel count, also those who cost nothing (blended CAC)."),
            _("Spend of one period also wins customers of the next, so short periods mislead."),
        ),
        extra={"cell": cac_cell},
    )
)

CLV_TO_CAC = register(
    Metric(
        id="clv_to_cac",
        family="acquisition",
        facts=("spend", "orders"),
        label=_("Lifetime value to acquisition cost"),
        unit=Unit.RATIO,
        better="higher",
        needs=(*_SPEND, "customer_days", "spending", "segments", "repeat_lives"),
        query="buying/clv_to_cac.sql",
        definition=_("Historical lifetime value of those who bought in a period, over the cost of winning a customer."),
        formula=_("CLV : CAC = historical CLV / CAC"),
        interval="square-and-add quotient",
        source="Donner & Zou (2012), Statistical Methods in Medical Research 21(4), on the intervals of CLV and CAC",
        example=Example(inputs={"clv": 750, "cac": 250}, expect=3.0),
        measure=measure_acquisition,
        default_by="year",
        caveats=(
            _WON,
            _("It sets revenue against cost: multiply by the gross margin before calling it a return."),
            _("CLV is of those who bought in the period, CAC of those won in it: they are other people."),
            _("With spend in several currencies it is undefined, since each alone would look too cheap."),
        ),
        extra={"cell": clv_to_cac_cell},
    )
)

PAYBACK_MONTHS = register(
    Metric(
        id="payback_months",
        family="acquisition",
        facts=("spend",),
        label=_("Months to pay back"),
        unit=Unit.MONTHS,
        better="lower",
        needs=(*_SPEND, "stays", "segments", "contracts", "order_margins", "rules", "usual_currency"),
        query="buying/payback.sql",
        definition=_("How many months of an average customer's gross margin it takes to pay for winning one."),
        formula=_("Months to pay back = CAC / (gross margin of the period / customer-months of the period)"),
        interval="garwood",
        source=f"{_GARWOOD}; the margin is taken as it was",
        example=Example(inputs={"spend": 12_000, "won": 48, "margin": 30_000, "customer_months": 1_200}, expect=10.0),
        measure=measure_acquisition,
        caveats=(
            _WON,
            _(
                "Orders bring their own margin, or `gross_margin` of the rules times the amount; returns take it back. "
                "Where contracts say who is a customer, the margin is their monthly price times `gross_margin`."
            ),
            _("A customer-month is a month of being a customer by the presence rule, whether or not they bought."),
            _("The interval holds the chance in how many were won, not that in the margin."),
            _("It supposes that the new stay and bring as much as the others do now."),
        ),
        extra={"cell": payback_cell},
    )
)
