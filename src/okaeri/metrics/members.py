"""The customers behind a figure: who was lost, kept or won in one period."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from okaeri.base.calendar import Period
from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import _
from okaeri.metrics.prepare import Question
from okaeri.metrics.result import MetricResult
from okaeri.metrics.segments import segments_sql
from okaeri.metrics.timetable import Timetable, day_number
from okaeri.metrics.usage.trend import TRENDS, USAGE_TREND, customers_with_trend

if TYPE_CHECKING:
    from okaeri.metrics.measuring import Measurer

_STATES = {
    "at_start": "at_start",
    "at_end": "at_end",
    "retained": "at_start and at_end",
    "lost": "at_start and not at_end",
    "acquired": "at_end and arrived",
    "returned": "at_end and not at_start and not arrived",
    "came_and_went": "arrived and not at_end",
}
_STATES_SQL = """
select c.customer_id,
       coalesce(p.present & 1, 0) <> 0 as at_start,
       coalesce(p.present & 2, 0) <> 0 as at_end,
       l.first_period = 0 as arrived
from lives l
join customer_codes c on c.customer = l.customer
left join presence p on p.customer = l.customer and p.chunk = 0
"""


def members(measurer: Measurer, result: MetricResult, *, period: Period | date | str | None, state: str) -> list[str]:
    """The sorted ids of the customers that were `state` in one period of a result.

    Raises `OkaeriError` for a state that does not exist or a period the result does not hold.
    """
    if result.metric.id == USAGE_TREND.id and state in TRENDS:
        chosen = named_period(result, period)
        return customers_with_trend(measurer, chosen, cutoff=day_number(result.cutoff), state=state)
    if state not in _STATES:
        raise unknown(_("state"), state, list(_STATES), listed_by="Result.customers")
    chosen = named_period(result, period)
    cutoff = day_number(result.cutoff)
    first = measurer.inputs.first_day(result.presence, cutoff=cutoff)
    timetable = Timetable(periods=(chosen,), cutoff=cutoff, first_day=cutoff - 1 if first is None else first)
    question = Question(
        presence=result.presence, timetable=timetable, segments_sql=segments_sql(measurer.engine, None, cutoff=cutoff)
    )
    measurer.inputs.make(("presence", "lives", "customer_codes"), question)
    found = measurer.engine.query(f"select customer_id from ({_STATES_SQL}) as states where {_STATES[state]}")
    return sorted(found["customer_id"].to_pylist())


def named_period(result: MetricResult, asked: Period | date | str | None) -> Period:
    """The period of a result that is, holds or is called `asked`; the latest complete one for None.

    Raises `OkaeriError` when the result has no such period.
    """
    periods = list(dict.fromkeys(m.period for m in result.measurements if m.period and m.period.start < result.cutoff))
    fitting = [p for p in periods if _is(p, asked)] if asked else [p for p in periods if p.end <= result.cutoff]
    if not fitting:
        raise OkaeriError(
            _("There is no such period in this result: {asked}.").format(asked=asked or _("a complete one")),
            advice=_("It holds {labels}.").format(labels=", ".join(p.label for p in periods[-6:]) or "–"),
        )
    return fitting[-1]


def _is(period: Period, asked: Period | date | str) -> bool:
    if isinstance(asked, Period):
        return period == asked
    if isinstance(asked, date):
        return period.start <= asked < period.end
    return asked in (period.label, period.start.isoformat())
