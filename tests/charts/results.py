"""Results with every state a chart must show, made by hand so that each figure is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from okaeri.base.calendar import Calendar, Grain, Period
from okaeri.base.intervals import wilson
from okaeri.base.measurement import Interval, Measurement, State
from okaeri.base.text import _
from okaeri.base.units import Unit
from okaeri.metrics.metric import find
from okaeri.metrics.presence import Presence, PresenceRule
from okaeri.metrics.result import MetricResult

CUTOFF = date(2024, 6, 20)
MONTHS = Calendar().periods(Grain.MONTH, first=date(2023, 9, 1), last=date(2024, 6, 19))
NO_ONE = _("Nobody was a customer at the start of the period.")
NPS = {0: 3, 3: 4, 6: 13, 7: 20, 8: 30, 9: 60, 10: 70}
CSAT = {1: 2, 2: 8, 3: 30, 4: 80, 5: 80}
PRESENCE = Presence(rule=PresenceRule(source="orders", window_days=90))


def result(metric: str, measurements: Sequence[Measurement], *, segmented: bool = False) -> MetricResult:
    return MetricResult(
        metric=find(metric),
        measurements=tuple(measurements),
        sql="",
        presence=PRESENCE,
        cutoff=CUTOFF,
        grain="month",
        segment_column="plan" if segmented else None,
    )


def rate(kept: int, n: int, period: Period | None, *, segment: str = "all", metric: str = "crr") -> Measurement:
    """A share with its Wilson interval; no customers make it undefined, a period past the cutoff partial."""
    known: dict[str, Any] = {
        "metric": metric,
        "version": 1,
        "unit": Unit.RATE,
        "cutoff": CUTOFF,
        "period": period,
        "segment": segment,
    }
    if n == 0:
        return Measurement(**known, value=None, n=0, state=State.UNDEFINED, reason=NO_ONE)
    state = State.PARTIAL if period and period.end > CUTOFF else State.COMPLETE
    return Measurement(**known, value=kept / n, n=n, interval=wilson(kept, n), state=state)


def retention(*, segments: Sequence[str] = ("all",), last: int = 150) -> MetricResult:
    """Ten months: the third without customers, the tenth partial; `last` of 200 stayed in the ninth."""
    kept = [160, 164, 0, 158, 161, 163, 160, 162, last, 40]
    rows = [
        rate(max(count - 15 * place, 0), 200 if count else 0, period, segment=segment)
        for place, segment in enumerate(segments)
        for count, period in zip(kept, MONTHS, strict=True)
    ]
    return result("crr", rows, segmented=len(segments) > 1)


def triangle(metric: str = "cohort") -> MetricResult:
    """Ten cohorts of 200: the ages that lie after the cutoff are censored, those that straddle it partial."""
    money = metric == "cohort_revenue"
    cells = [_cell(metric, row, age, money=money) for row in range(len(MONTHS)) for age in range(len(MONTHS))]
    return result(metric, [*cells, *([] if money else [_mean(metric, age) for age in range(len(MONTHS) - 1)])])


def curve(*, segments: Sequence[str] = ("all",), metric: str = "survival") -> MetricResult:
    """A fall of two in a hundred every ten days; the last steps follow fewer than ten customers."""
    rows = [_step(segment, place, step, metric) for place, segment in enumerate(segments) for step in range(1, 40)]
    return result(metric, rows, segmented=len(segments) > 1)


def amounts(
    *, segments: Sequence[str] = ("all",), currencies: Sequence[str] = ("JPY",), months: int = 10
) -> MetricResult:
    rows = [
        Measurement(
            metric="apv",
            version=1,
            value=4000.0 + 100 * place,
            unit=Unit.MONEY,
            currency=currency,
            n=100 - 10 * number,
            cutoff=CUTOFF,
            period=period,
            segment=segment,
            interval=Interval(low=3900.0 + 100 * place, high=4150.0 + 100 * place, method="t"),
            state=State.PARTIAL if period.end > CUTOFF else State.COMPLETE,
        )
        for segment in segments
        for number, currency in enumerate(currencies)
        for place, period in enumerate(MONTHS[:months])
    ]
    return result("apv", rows, segmented=len(segments) > 1)


def lives(*, segments: Sequence[str] = ("all",), periods: Sequence[Period] = MONTHS) -> MetricResult:
    """Active customers by what became of them: 50 return, 5 come back, and those who are new grow fewer."""
    rows = []
    for segment in segments:
        for place, period in enumerate(periods):
            counts = {
                "first_time": max(30 - 4 * place, 0),
                "resurrected": 5,
                "returning_customers": 50,
                "dormant": 12,
            }
            active = 55 + counts["first_time"]
            rows.append(
                Measurement(
                    metric="lifecycle",
                    version=1,
                    value=counts["first_time"] + 5 - 12,
                    unit=Unit.COUNT,
                    n=active + 12,
                    cutoff=CUTOFF,
                    period=period,
                    segment=segment,
                    state=State.PARTIAL if period.end > CUTOFF else State.COMPLETE,
                    inputs={**counts, "active_customers": active, "active_before": 62},
                )
            )
    return result("lifecycle", rows, segmented=len(segments) > 1)


def scored(
    instrument: str, scale: int, given: Mapping[int, int], *, cut: float | None, segment: str = "", month: int = 8
) -> list[Measurement]:
    """How often each score of one question was given in one month."""
    n = sum(given.values())
    return [
        Measurement(
            metric="score_distribution",
            version=1,
            value=given.get(score, 0) / n,
            n=n,
            unit=Unit.RATE,
            cutoff=CUTOFF,
            period=MONTHS[month],
            segment=f"{segment} · {instrument} {score}/{scale}" if segment else f"{instrument} {score}/{scale}",
            interval=wilson(given.get(score, 0), n),
            inputs={"instrument": instrument, "scale": float(scale), "score": float(score), "cut": cut},
        )
        for score in range(0 if scale == 10 else 1, scale + 1)
    ]


def answered() -> MetricResult:
    """Scores of two questions: most are promoters, and 4 and 5 were given equally often."""
    rows = [*scored("csat", 5, CSAT, cut=4.0), *scored("nps", 10, NPS, cut=9.0)]
    return result("score_distribution", rows)


def waits() -> MetricResult:
    """A median wait that was not reached in the fourth month: it is more than a bound."""
    rows = [
        Measurement(
            metric="first_reply_time",
            version=1,
            value=None if place == 3 else 6.5 + place / 2,
            unit=Unit.HOURS,
            n=40,
            cutoff=CUTOFF,
            period=period,
            segment="all",
            interval=Interval(low=5.0, high=None if place == 3 else 9.0 + place, method="log-log"),
            state=State.UNDEFINED if place == 3 else State.PARTIAL if period.end > CUTOFF else State.COMPLETE,
            reason=_("Too few tickets have come so far yet; it is more than the lower bound.") if place == 3 else None,
        )
        for place, period in enumerate(MONTHS)
    ]
    return result("first_reply_time", rows)


def moved(*, segments: Sequence[str] = ("all",), months: slice = slice(0, 10)) -> MetricResult:
    """Each month 900 new, 300 more, 0 back, 200 less and 400 gone: 600 up on 50,000 and more."""
    amounts = {"new_mrr": 900.0, "expansion": 300.0, "reactivation": 0.0, "contraction": 200.0, "churned": 400.0}
    rows = [
        Measurement(
            metric="mrr_movements",
            version=1,
            value=600.0,
            unit=Unit.MONEY,
            currency="JPY",
            n=40 - number,
            cutoff=CUTOFF,
            period=period,
            segment=segment,
            state=State.PARTIAL if period.end > CUTOFF else State.COMPLETE,
            inputs={"opening": 50_000.0 + 600 * place, **amounts, "closing": 50_600.0 + 600 * place},
        )
        for number, segment in enumerate(segments)
        for place, period in list(enumerate(MONTHS))[months]
    ]
    return result("mrr_movements", rows, segmented=len(segments) > 1)


def _known(metric: str, *, period: Period | None = None, segment: str = "all", n: int | None = None) -> dict[str, Any]:
    known: dict[str, Any] = {"metric": metric, "version": 1, "unit": Unit.RATE, "cutoff": CUTOFF}
    return known | {"period": period, "segment": segment} | ({} if n is None else {"n": n})


def _cell(metric: str, row: int, age: int, *, money: bool) -> Measurement:
    place, size = row + age, 200
    known: dict[str, Any] = {
        "metric": metric,
        "version": 1,
        "unit": Unit.MONEY if money else Unit.RATE,
        "cutoff": CUTOFF,
        "n": size,
    }
    known |= {"period": MONTHS[row], "segment": "all", "currency": "JPY" if money else None}
    if place >= len(MONTHS):
        inputs = {"age": age, "cohort_size": size, "active": None}
        return Measurement(**known, value=None, state=State.UNDEFINED, reason=_("Too young."), inputs=inputs)
    active = size if age == 0 else 90 - 8 * age + row
    value = active * 4200.0 if money else active / size
    state = State.PARTIAL if MONTHS[place].end > CUTOFF else State.COMPLETE
    interval = None if money else wilson(active, size)
    inputs = {"age": age, "cohort_size": size, "active": active}
    return Measurement(**known, value=value, state=state, interval=interval, inputs=inputs)


def _mean(metric: str, age: int) -> Measurement:
    seen = 200 * (len(MONTHS) - 1 - age)
    active = seen if age == 0 else round(seen * (0.45 - 0.04 * age))
    inputs = {"age": age, "cohort_size": seen, "active": active}
    known: dict[str, Any] = {
        "metric": metric,
        "version": 1,
        "unit": Unit.RATE,
        "cutoff": CUTOFF,
        "segment": "all",
        "n": seen,
    }
    return Measurement(**known, value=active / seen, interval=wilson(active, seen), inputs=inputs)


def _step(segment: str, place: int, step: int, metric: str) -> Measurement:
    left = 1 - 0.02 * step
    value = left if metric == "survival" else 1 - left
    at_risk = 400 - 10 * step
    inputs = {
        "day": 10 * step + place,
        "at_risk": at_risk if step < 39 else 4,
        "events": 8,
        "censored": 2,
        "median": 250 + place,
    }
    interval = Interval(low=max(value - 0.05, 0), high=min(value + 0.05, 1), method="log-log")
    known: dict[str, Any] = {
        "metric": metric,
        "version": 1,
        "unit": Unit.RATE,
        "cutoff": CUTOFF,
        "segment": segment,
        "n": at_risk,
    }
    return Measurement(**known, value=value, interval=interval, inputs=inputs)
