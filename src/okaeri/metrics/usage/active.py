"""How many customers use the product, how often, and who comes and goes. Whether use grows is in `usage_trend`."""

from __future__ import annotations

from math import sqrt

from okaeri.base.intervals import t_bounds
from okaeri.base.measurement import Interval
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_cells
from okaeri.metrics.metric import Example, Metric, register

NOBODY: Text = _("Nobody used the product in the period.")


def active_cell(metric: Metric, row: Row) -> Cell:
    """Customers with an event; nobody is a true zero."""
    inputs = {"active_customers": row.get("active", 0), "all_events": row.get("events", 0)}
    return Cell(value=inputs["active_customers"], n=inputs["active_customers"], inputs=inputs)


def stickiness_cell(metric: Metric, row: Row) -> Cell:
    """The mean share of the observed days on which an active customer was active; customers are the units."""
    names = ("active_days", "days_seen")
    inputs = {"active_customers": row.get("active", 0), **{name: row.get(name, 0) for name in names}}
    n, days = inputs["active_customers"], inputs["days_seen"]
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=NOBODY)
    daily = inputs["active_days"] / days
    return Cell(value=daily / n, n=n, inputs={**inputs, "daily_actives": daily}, interval=_around(row))


def _around(row: Row) -> Interval:
    n, days, total = row["active"], row["days_seen"], row["active_days"]
    spread = row["squares"] - total**2 / n
    if n < 2 or spread < 1e-9:
        return Interval(low=None, high=None, method="t")  # customers who are all alike tell nothing of the others
    low, high = (float(bound[0]) / days for bound in t_bounds([total / n], [sqrt(spread / (n - 1) / n)], [n]))
    # whoever is active at all is active on one day at least
    return Interval(low=max(low, 1 / days), high=min(high, 1.0), method="t")


def lifecycle_cell(metric: Metric, row: Row) -> Cell:
    """The net change of active customers, by what became of them since the period before."""
    new, returning = row.get("new_customers", 0), row.get("returning_customers", 0)
    resurrected, dormant = row.get("resurrected", 0), row.get("dormant", 0)
    active = new + returning + resurrected
    inputs = {
        "first_time": new,
        "resurrected": resurrected,
        "returning_customers": returning,
        "dormant": dormant,
        "active_customers": active,
        "active_before": returning + dormant,
    }
    return Cell(value=new + resurrected - dormant, n=active + dormant, inputs=inputs)


_EVENTS = ("event_rows", "days")
_ANY = _("Any event counts as use, unless `--segment name` looks at each kind of event on its own.")
_LENGTH = _("Longer periods have more active customers; compare periods of one length.")

ACTIVE_CUSTOMERS = register(
    Metric(
        id="active_customers",
        family="engagement",
        facts=("events",),
        label=_("Active customers"),
        unit=Unit.COUNT,
        better="higher",
        needs=_EVENTS,
        query="usage/active_customers.sql",
        definition=_("How many different customers had an event in the period."),
        formula=_("Active customers = customers with one event or more"),
        interval="none",
        source="A count of what was observed, not an estimate",
        example=Example(inputs={"active_customers": 3, "all_events": 12}, expect=3),
        measure=measure_cells,
        caveats=(_ANY, _LENGTH, _("By day it is DAU, by week WAU, by month MAU.")),
        extra={"cell": active_cell},
    )
)

STICKINESS = register(
    Metric(
        id="stickiness",
        family="engagement",
        facts=("events",),
        label=_("Stickiness"),
        unit=Unit.RATE,
        better="higher",
        needs=(*_EVENTS, "periods"),
        query="usage/stickiness.sql",
        definition=_("Active customers on an average day of a period, as a share of those active in the whole period."),
        formula=_("Stickiness = active days of all / (days observed × active customers)"),
        interval="t",
        source="Student's t on customers: it is the mean share of days on which an active customer was active",
        example=Example(inputs={"active_days": 60, "days_seen": 30, "active_customers": 8}, expect=0.25),
        measure=measure_cells,
        caveats=(
            _("By month it is DAU/MAU, by week DAU/WAU; by day it is always 100%."),
            _("Only days from the first event of all to the end of the data count as observed."),
            _ANY,
        ),
        extra={"cell": stickiness_cell},
    )
)

LIFECYCLE = register(
    Metric(
        id="lifecycle",
        family="engagement",
        facts=("events",),
        label=_("Lifecycle"),
        unit=Unit.COUNT,
        better="higher",
        needs=(*_EVENTS, "periods", "period_before"),
        query="usage/lifecycle.sql",
        definition=_("How active customers change: new and resurrected ones come, those who fall silent go."),
        formula=_("Net change = new + resurrected − dormant"),
        interval="none",
        source="Growth accounting; counts of what was observed, not estimates",
        example=Example(inputs={"first_time": 30, "resurrected": 8, "dormant": 22}, expect=16),
        measure=measure_cells,
        caveats=(
            _("New: the first event ever in the data. Returning: also active in the period before."),
            _("Resurrected: active now and once, but not in the period before. Dormant: active then, not now."),
            _("In a period that is not over, those who have not come yet count as dormant."),
            _ANY,
        ),
        extra={"cell": lifecycle_cell},
    )
)
