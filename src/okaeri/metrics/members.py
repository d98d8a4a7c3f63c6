"""The customers behind a figure: who was lost, kept or won in one period, and who of a cohort was there later."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from okaeri.base.calendar import Period
from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import _
from okaeri.engines.duckdb import quoted
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
       l.first_period = 0 as arrived,
       l.segment
from lives l
join customer_codes c on c.customer = l.customer
left join presence p on p.customer = l.customer and p.chunk = 0
"""
_SEEN = {
    "cohort": """
        exists (select 1 from presence a join periods p on p.chunk = a.chunk
                where a.customer = l.customer and p.period = {age} and (a.active & p.at_start) <> 0)
    """,
    "cohort_unbounded": "l.last_period >= {age}",
}
COHORT_STATES = ("seen", "not_seen")


def members(
    measurer: Measurer,
    result: MetricResult,
    *,
    period: Period | date | str | None,
    state: str,
    segment: str | None = None,
) -> list[str]:
    """The sorted ids of the customers that were `state` in one period of a result, of one `segment` or of all.

    Raises `OkaeriError` for a state that does not exist or a period the result does not hold.
    """
    if result.metric.id == USAGE_TREND.id and state in TRENDS:
        chosen = named_period(result, period)
        return customers_with_trend(measurer, chosen, cutoff=day_number(result.cutoff), state=state)
    if state not in _STATES:
        raise unknown(_("state"), state, list(_STATES), listed_by="Result.customers")
    chosen = named_period(result, period)
    column = result.segment_column if segment is not None else None
    _make(measurer, result, (chosen,), column=column, needs=("presence", "lives", "customer_codes"))
    found = measurer.engine.query(
        f"select customer_id from ({_STATES_SQL}) as states where {_STATES[state]} and {_of(segment)}"
    )
    return sorted(found["customer_id"].to_pylist())


def cohort_members(
    measurer: Measurer,
    result: MetricResult,
    *,
    cohort: Period | date | str,
    age: int,
    state: str = "seen",
    segment: str | None = None,
) -> list[str]:
    """The sorted ids of a cohort's customers who were seen, or not, `age` periods after they came.

    They are those that the cell of the `cohort` or `cohort_unbounded` result counts. Raises `OkaeriError` for another
    metric or state, for a cohort the result does not hold, and for an age that has not been observed.
    """
    if state not in COHORT_STATES:
        raise unknown(_("state"), state, COHORT_STATES)
    if result.metric.id not in _SEEN:
        raise unknown(_("metric"), result.metric.id, list(_SEEN))
    chosen = named_period(result, cohort)
    periods = [each for each in _observed(result) if each.start >= chosen.start]
    if not 0 <= age < len(periods):
        raise OkaeriError(
            _("The customers of {cohort} have not been observed for so long.").format(cohort=chosen.label),
            advice=_("Choose an age up to {most}.").format(most=len(periods) - 1),
        )
    column = result.segment_column if segment is not None else None
    needs = ("presence", "lives", "customer_codes", "periods")
    _make(measurer, result, tuple(periods), column=column, needs=needs)
    seen = _SEEN[result.metric.id].format(age=int(age))
    found = measurer.engine.query(
        "select c.customer_id from lives l join customer_codes c on c.customer = l.customer "
        f"where l.first_period = 0 and {'' if state == 'seen' else 'not '}({seen}) and {_of(segment)}"
    )
    return sorted(found["customer_id"].to_pylist())


def _make(
    measurer: Measurer, result: MetricResult, periods: tuple[Period, ...], *, column: str | None, needs: tuple[str, ...]
) -> None:
    cutoff = day_number(result.cutoff)
    first = measurer.inputs.first_day(result.presence, cutoff=cutoff)
    timetable = Timetable(periods=periods, cutoff=cutoff, first_day=cutoff - 1 if first is None else first)
    labelled = segments_sql(measurer.engine, column, cutoff=cutoff)
    measurer.inputs.make(needs, Question(presence=result.presence, timetable=timetable, segments_sql=labelled))


def _of(segment: str | None) -> str:
    return "true" if segment is None else f"segment = {quoted(segment)}"


def _observed(result: MetricResult) -> list[Period]:
    found = {m.period for m in result.measurements if m.period and m.period.start < result.cutoff}
    return sorted(found, key=lambda period: period.start)


def named_period(result: MetricResult, asked: Period | date | str | None) -> Period:
    """The period of a result that is, holds or is called `asked`; the latest complete one for None.

    Raises `OkaeriError` when the result has no such period.
    """
    periods = _observed(result)
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
    return asked in (period.label, period.short, period.start.isoformat())
