"""From whom the revenue comes: customers who had bought before, and the tenth who spend most."""

from __future__ import annotations

from okaeri.base.ratios import KEPT_METHOD, RatioSums, kept_interval
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.metric import Example, Metric, register

NO_REVENUE: Text = _("There is no revenue in the period.")
_MIXED = _("Returns are larger than purchases on one side, so the two sides are no shares of a whole.")


def repeat_revenue_cell(metric: Metric, row: Row) -> Cell:
    """The share of revenue after the first day, with customers as units."""
    revenue, repeat = float(row.get("revenue") or 0.0), float(row.get("repeat_revenue") or 0.0)
    n = int(row.get("customers") or 0)
    inputs = {"repeat_revenue": repeat, "revenue": revenue, "customers": n}
    if revenue <= 0:
        return Cell(value=None, n=n, inputs=inputs, reason=NO_REVENUE)
    if not 0 <= repeat <= revenue:
        return Cell(value=None, n=n, inputs=inputs, reason=_MIXED)
    sums = RatioSums(n=n, x=revenue, y=repeat, xx=row["revenue_squares"], xy=row["products"], yy=row["repeat_squares"])
    return Cell(value=repeat / revenue, n=n, inputs=inputs, interval=kept_interval(sums, most=1.0))


def concentration_cell(metric: Metric, row: Row) -> Cell:
    """The share of the tenth who spent most, with the Gini coefficient beside it."""
    revenue, top = float(row.get("revenue") or 0.0), float(row.get("top_revenue") or 0.0)
    n = int(row.get("customers") or 0)
    inputs = {
        "top_revenue": top,
        "revenue": revenue,
        "customers": n,
        "negative": int(row.get("negative") or 0),
        "gini": None,
    }
    if revenue <= 0:
        return Cell(value=None, n=n, inputs=inputs, reason=NO_REVENUE)
    gini = 2 * float(row["ranked_revenue"]) / (n * revenue) - (n + 1) / n
    return Cell(value=top / revenue, n=n, inputs={**inputs, "gini": max(gini, 0.0)})


REPEAT_REVENUE_SHARE = register(
    Metric(
        id="repeat_revenue_share",
        family="repeat",
        facts=("orders",),
        label=_("Share of revenue from repeat customers"),
        unit=Unit.RATE,
        better=None,
        needs=("customer_days", "customer_totals", "segments", "days"),
        query="buying/repeat_revenue.sql",
        definition=_("The share of a period's revenue that came after the day of each customer's first purchase ever."),
        formula=_("Share of revenue from repeat customers = revenue after the first day of buying / revenue"),
        interval=KEPT_METHOD,
        source="Ratio of sums over customers; Cochran (1977), Sampling Techniques, equation 6.13, with two units added",
        example=Example(inputs={"repeat_revenue": 14_000, "revenue": 20_000}, expect=0.7),
        measure=measure_cells,
        caveats=(
            _("“Before” means ever, not in the period: the length of the period does not change who is a repeater."),
            _("All purchases of the first day count as the first; a return after it lowers the repeat revenue."),
            _("A growing shop has a lower share, a shop that wins nobody has 100%: neither way is better."),
        ),
        extra={"cell": repeat_revenue_cell},
    )
)

REVENUE_CONCENTRATION = register(
    Metric(
        id="revenue_concentration",
        family="value",
        facts=("orders",),
        label=_("Revenue from the top tenth"),
        unit=Unit.RATE,
        better="lower",
        needs=("customer_days", "spending", "segments"),
        query="buying/concentration.sql",
        definition=_("The share of a period's revenue from the tenth of its buyers who spent most."),
        formula=_("Revenue from the top tenth = revenue of the top 10% of buyers / revenue of all buyers"),
        interval="none",
        source="Lorenz curve, linear between customers; Gini (1912) as the mean difference over twice the mean",
        example=Example(inputs={"top_revenue": 6_000, "revenue": 20_000}, expect=0.3),
        measure=measure_cells,
        caveats=(
            _("Where a tenth is no whole number of buyers, the last of them counts in part; equal buyers count alike."),
            _("A buyer who sent back more than they bought counts as 0; so the revenue here can be above the net one."),
            _(
                "It has no interval: it describes all buyers of the period, not a sample, and a few large buyers would "
                "make any range for others like them far too narrow."
            ),
        ),
        extra={"cell": concentration_cell},
    )
)
