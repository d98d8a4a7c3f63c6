"""Who buys again: the repeat purchase rate, its rival ratio, and the time to a second purchase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okaeri.base.calendar import Period
from okaeri.base.intervals import wilson
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register
from okaeri.metrics.staying.survival import BAND, KAPLAN_MEIER, measure_curve

if TYPE_CHECKING:
    import pyarrow as pa

_NOBODY = _("Nobody bought in the period.")


def measure_repeat(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per period and segment; `metric.unit` tells the rate (of all) from the ratio (to one-time)."""
    counted: dict[tuple[str, int], tuple[int, int]] = {}
    for row in rows.to_pylist():
        customers, one_time = counted.get((row["segment"], row["period"]), (0, 0))
        counted[row["segment"], row["period"]] = customers + row["customers"], one_time + row["one_time"]
    return [
        _measurement(metric, *counted.get((segment, index), (0, 0)), period=period, segment=segment, context=context)
        for segment in context.segments
        for index, period in enumerate(context.periods)
    ]


def _measurement(
    metric: Metric, customers: int, one_time: int, *, period: Period, segment: str, context: MetricContext
) -> Measurement:
    repeat = customers - one_time
    base = customers if metric.unit is Unit.RATE else one_time
    state, reason = context.state_of(period)
    if state is not State.UNDEFINED and not base:
        state, reason = State.UNDEFINED, _why_undefined(repeat)
    return Measurement(
        metric=metric.id,
        version=metric.version,
        value=repeat / base if state is not State.UNDEFINED else None,
        unit=metric.unit,
        n=customers,
        interval=_interval(metric, repeat, customers) if customers else None,
        period=period,
        segment=segment,
        cutoff=context.cutoff,
        state=state,
        reason=reason,
        inputs={"one_time": one_time, "repeat": repeat, "customers": customers},
    )


def _why_undefined(repeat: int) -> Text:
    return _("Everybody bought again, so the ratio has no upper end.") if repeat else _NOBODY


def _interval(metric: Metric, repeat: int, customers: int) -> Interval:
    around = wilson(repeat, customers)
    if metric.unit is Unit.RATE:
        return around
    low, high = (_odds(bound) for bound in (around.low, around.high))
    return Interval(low=low, high=high, method="wilson odds", level=around.level)


def _odds(share: float | None) -> float | None:
    return None if share is None or share == 1 else share / (1 - share)


_PURCHASES = ("customer_days", "spending", "segments")
_WINDOW = _("Only orders inside the period count: a longer period gives a higher figure, so compare equal ones.")

REPEAT_RATE = register(
    Metric(
        id="repeat_rate",
        family="repeat",
        facts=("orders",),
        label=_("Repeat purchase rate"),
        unit=Unit.RATE,
        better="higher",
        needs=_PURCHASES,
        query="buying/purchases.sql",
        definition=_("The share of the customers who bought in a period that bought twice or more in it."),
        formula=_("Repeat purchase rate = customers with 2 or more orders / customers with 1 or more"),
        interval="wilson",
        source="Interval: Wilson (1927), JASA 22(158)",
        example=Example(inputs={"repeat": 45, "customers": 180}, expect=0.25),
        measure=measure_repeat,
        caveats=(_WINDOW, _("Returns are never purchases.")),
    )
)

REPEAT_TO_ONE_TIME = register(
    Metric(
        id="repeat_to_one_time",
        family="repeat",
        facts=("orders",),
        label=_("Repeat-to-one-time ratio"),
        unit=Unit.RATIO,
        better="higher",
        needs=_PURCHASES,
        query="buying/purchases.sql",
        definition=_("Customers who bought twice or more in a period for each one who bought once."),
        formula=_("Repeat-to-one-time ratio = customers with 2 or more orders / customers with exactly 1"),
        interval="wilson odds",
        source="The odds of the repeat purchase rate; interval: Wilson's bounds as odds",
        example=Example(inputs={"repeat": 45, "one_time": 135}, expect=1 / 3),
        measure=measure_repeat,
        caveats=(_("Some texts call this the repeat purchase rate; unlike a rate it can pass 1."), _WINDOW),
    )
)

TIME_TO_SECOND = register(
    Metric(
        id="time_to_second",
        family="repeat",
        facts=("orders",),
        label=_("Time to second purchase"),
        unit=Unit.RATE,
        better="higher",
        needs=("customer_days", "segments"),
        query="buying/time_to_second.sql",
        definition=_("The share of customers that has bought again within a number of days of the first purchase."),
        formula=_("Bought again by day = 1 − S(day), where S is the Kaplan–Meier share that has not"),
        interval=BAND,
        source=KAPLAN_MEIER,
        example=Example(inputs={"at_risk": 4, "events": 1}, expect=0.25),
        measure=measure_curve,
        default_by="all",
        caveats=(
            _("One-time buyers leave the count at the end of the data: they may still buy again."),
            _("A second order on the day of the first counts as 0 days."),
        ),
        extra={"share_of": "ended", "empty": _("Nobody bought before the data ends.")},
    )
)
