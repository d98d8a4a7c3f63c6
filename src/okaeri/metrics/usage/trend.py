"""Whose use of the product rises, falls or stays: each customer's last weeks against the weeks before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.intervals import wilson
from okaeri.base.measurement import Measurement
from okaeri.base.rates import rate_changes
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.cells import Cell, Row, measure_rows
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register
from okaeri.metrics.prepare import Question
from okaeri.metrics.presence import ROWS
from okaeri.metrics.segments import segments_sql
from okaeri.metrics.timetable import Timetable
from okaeri.metrics.usage.windows import EARLIER_DAYS, RECENT_DAYS

if TYPE_CHECKING:
    import pyarrow as pa

    from okaeri.base.calendar import Period
    from okaeri.metrics.measuring import Measurer

_TOO_NEW: Text = _("Nobody who used the product in these 12 weeks had begun before them.")
_SILENT: Text = _("Nobody used the product in these 12 weeks.")
TRENDS = ("falling", "steady", "rising", "too_new")
_WHO = """
select c.customer_id,
       cast(sum(case when w.is_recent = 1 then r.events else 0 end) as bigint) as recent,
       cast(sum(case when w.is_recent = 1 then 0 else r.events end) as bigint) as earlier,
       max(case when f.first_event_day < p.start_day then 1 else 0 end) as is_known
from event_rows r
join trend_days w on w.day = r.day
join trend_periods p on p.period = w.period
join customer_totals f on f.customer = r.customer
join customer_codes c on c.customer = r.customer
group by c.customer_id
"""

Outcomes = np.ndarray[Any, np.dtype[np.int64]]


def measure_trend(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """Customers judged one by one, all at once, then counted by period and segment."""
    cells: dict[tuple[str, int], dict[str, Any]] = {}
    for segment, period, which, customers in zip(
        rows["segment"].to_pylist(),
        rows["period"].to_pylist(),
        _outcomes(rows).tolist(),
        rows["customers"].to_pylist(),
        strict=True,
    ):
        cell = cells.setdefault((segment, period), {"segment": segment, "period": period, **dict.fromkeys(TRENDS, 0)})
        cell[TRENDS[which]] += customers
    return measure_rows(metric, cells.values(), context)


def customers_with_trend(measurer: Measurer, period: Period, *, cutoff: int, state: str) -> list[str]:
    """The sorted ids of the customers whose use was `state` at the end of one period."""
    first = measurer.inputs.first_event_day()
    timetable = Timetable(periods=(period,), cutoff=cutoff, first_day=cutoff - 1 if first is None else first)
    everybody = segments_sql(measurer.engine, None, cutoff=cutoff)
    question = Question(presence=ROWS, timetable=timetable, segments_sql=everybody)
    measurer.inputs.make(("event_rows", "trend_days", "customer_codes"), question)
    rows = measurer.engine.query(_WHO)
    places = np.flatnonzero(_outcomes(rows) == TRENDS.index(state))
    return sorted(rows["customer_id"].take(places).to_pylist())


def _outcomes(rows: pa.Table) -> Outcomes:
    """The place in TRENDS of each row's customers."""
    later, earlier, known = (rows[name].to_numpy() for name in ("recent", "earlier", "is_known"))
    change = rate_changes(later, earlier, exposures=(RECENT_DAYS, EARLIER_DAYS))
    return np.where(known == 1, change + 1, TRENDS.index("too_new"))


def trend_cell(metric: Metric, row: Row) -> Cell:
    """The share of customers whose use falls, of those who can be judged."""
    inputs = {name: row.get(name, 0) for name in TRENDS}
    n = inputs["falling"] + inputs["steady"] + inputs["rising"]
    if not n:
        return Cell(value=None, n=0, inputs=inputs, reason=_TOO_NEW if row else _SILENT)
    return Cell(value=inputs["falling"] / n, n=n, inputs=inputs, interval=wilson(inputs["falling"], n))


USAGE_TREND = register(
    Metric(
        id="usage_trend",
        family="engagement",
        facts=("events",),
        label=_("Falling use"),
        unit=Unit.RATE,
        better="lower",
        needs=("event_rows", "days", "trend_days"),
        query="usage/usage_trend.sql",
        definition=_(
            "The share of customers who surely use the product less in the 4 weeks before a period's end "
            "than in the 8 weeks before those."
        ),
        formula=_("Falling use = falling / (falling + steady + rising)"),
        interval="wilson",
        source=(
            "Per customer an exact conditional test of two Poisson rates at 95%: Przyborowski & Wilenski (1940), "
            "Biometrika 31; interval: Wilson (1927), JASA 22(158)"
        ),
        example=Example(inputs={"falling": 12, "steady": 70, "rising": 18}, expect=0.12),
        measure=measure_trend,
        caveats=(
            _("Of those whose use stays the same, up to one in forty is called falling by chance, and one rising."),
            _("Who uses the product in bursts is called falling or rising more often than that."),
            _("Customers who began within these 12 weeks are counted apart: they have no earlier use to compare."),
            _("Nobody can be called falling below 10 events in the 12 weeks."),
        ),
        extra={"cell": trend_cell},
    )
)
