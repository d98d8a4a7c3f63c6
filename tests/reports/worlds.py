"""A cast for reports: the shop of Aki, with figures a shop of its size would have.

The counts are made up as the queries would answer them; the measurements are those of the metrics themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from okaeri.base.calendar import Calendar, Grain, Period
from okaeri.base.text import Text
from okaeri.charts import figure_of
from okaeri.metrics.catalogue import METRICS
from okaeri.metrics.context import MetricContext
from okaeri.metrics.presence import Presence, PresenceRule
from okaeri.metrics.result import MetricResult
from okaeri.reports import FigureBlock, ImportFacts, LeftOut, Report, TableFacts, arrange, headline

CUTOFF = date(2024, 6, 18)
FIRST = date(2023, 3, 1)
PRESENCE = Presence(rule=PresenceRule.parse("orders:90d"), auto=True, covered=0.93, gaps=4210)
CONTRACTS = Presence(rule=PresenceRule.parse("subscriptions"), grace_days=3)
RIVALS = ("churn", "churn_total_base", "churn_same_window", "churn_could_have", "churn_to_acquisition")
NAMES = {"en": "Komorebi Coffee", "ja": "木漏れ日珈琲", "ko": "햇살 커피"}
Rows = list[dict[str, Any]]


def periods(grain: Grain) -> tuple[Period, ...]:
    """Whole periods from the first day to the one that holds the cutoff; one custom range for ALL."""
    return Calendar(zone="Asia/Tokyo").periods(grain, first=FIRST, last=CUTOFF)


def measured(
    metric_id: str, rows: Rows, *, grain: Grain = Grain.MONTH, segments: Sequence[str] = ("all",)
) -> MetricResult:
    """What measuring gives back when its query answers with `rows`."""
    metric = METRICS[metric_id]
    presence = CONTRACTS if metric.contractual_only else PRESENCE
    column = "plan" if len(segments) > 1 else None
    context = MetricContext(
        periods=periods(grain),
        cutoff=CUTOFF,
        presence=presence,
        segments=tuple(segments),
        segment_column=column,
        grain=grain.value,
    )
    return MetricResult(
        metric=metric,
        measurements=tuple(metric.measure(metric, pa.Table.from_pylist(rows), context)),
        sql=metric.sql,
        presence=presence,
        cutoff=CUTOFF,
        grain=grain.value,
        zone="Asia/Tokyo",
        segment_column=column,
        notes=(presence.sentence,),
        workspace_name="Komorebi Coffee",
    )


def comings_and_goings(at: int, *, base: int = 380) -> dict[str, int]:
    """One period's counts: the shop grows and loses a little less each time."""
    cs = base + 23 * at
    lost = round(cs * (0.11 + 0.07 * 0.93**at)) + (at * 7) % 5
    acquired = 84 + (at * 13) % 29
    retained = cs - lost
    ce = retained + acquired + 9 + at % 4
    return {"cs": cs, "ce": ce, "retained": retained, "acquired": acquired, "came_and_went": 3 + at % 6}


@cache
def people(metric_id: str, grain: Grain = Grain.MONTH, segments: tuple[str, ...] = ("all",)) -> MetricResult:
    """A share of the customers over every period; segments start from different numbers of customers."""
    rows = [
        {"segment": segment, "period": at, "due": 120 + at, **comings_and_goings(at, base=380 + 90 * place)}
        for place, segment in enumerate(segments)
        for at in range(len(periods(grain)))
    ]
    if metric_id == "churn_could_have":
        rows = [
            {"segment": "all", "period": at, "due": 120 + 3 * at, "lost": 17 + at % 5}
            for at in range(len(periods(grain)))
        ]
    return measured(metric_id, rows, grain=grain, segments=segments)


@cache
def triangle(metric_id: str) -> MetricResult:
    """Monthly cohorts; whoever comes on or after is seen a little more often than in the very month."""
    known = len(periods(Grain.MONTH))
    more = 1.35 if metric_id == "cohort_unbounded" else 1.0
    rows = [cell for cohort in range(known) for cell in _cohort(cohort, known, more)]
    return measured(metric_id, rows)


def _cohort(cohort: int, known: int, more: float) -> Iterator[dict[str, Any]]:
    size = 96 + (cohort * 29) % 47
    for age in range(known - cohort):
        share = 1.0 if age == 0 else min(0.97, (0.46 + 0.012 * cohort) * more / age**0.28)
        active = round(size * share)
        yield {
            "segment": "all", "cohort": cohort, "period": cohort + age, "cohort_size": size, "active": active,
            "currency": "JPY", "revenue": 3180.0 * active * (1 + 0.03 * age),
        }  # fmt: skip


@cache
def curve(metric_id: str) -> MetricResult:
    """How long people stay, or wait: many early, ever fewer later, the rest still open."""
    rows = [
        {"segment": "all", "duration_days": 3 + 9 * k, "ended": 1, "customers": 1 + round(60 * 0.93**k)}
        for k in range(48)
    ]
    rows += [{"segment": "all", "duration_days": 12 * k, "ended": 0, "customers": 9} for k in range(1, 38)]
    return measured(metric_id, rows, grain=Grain.ALL)


@cache
def purchases(metric_id: str, grain: Grain = Grain.MONTH) -> MetricResult:
    """Orders and revenue in yen, one row a period."""
    return measured(metric_id, [_spent(at) for at in range(len(periods(grain)))], grain=grain)


def _spent(at: int) -> dict[str, Any]:
    buyers, orders = 380 + 21 * at, 700.0 + 46 * at
    revenue = orders * (3050 + 22 * at)
    return {
        "segment": "all", "period": at, "currency": "JPY", "customers": buyers, "buyers": buyers, "units": buyers,
        "one_time": round(buyers * (0.58 - 0.006 * at)), "orders": orders, "revenue": revenue, "buyer_revenue": revenue,
        "revenue_squares": 1.9 * revenue**2 / buyers, "order_squares": 1.4 * orders**2 / buyers,
        "order_revenue": 1.5 * orders * revenue / buyers,
        "repeaters": 210 + 12 * at, "days": 93.0 * (210 + 12 * at), "squares": 1.8 * 93.0**2 * (210 + 12 * at),
    }  # fmt: skip


def blocks() -> tuple[FigureBlock, ...]:
    """Every metric: drawn, or as a number beside its rivals."""
    drawn = [
        *(people("crr", grain) for grain in (Grain.MONTH, Grain.WEEK, Grain.QUARTER, Grain.YEAR)),
        *(triangle(metric) for metric in ("cohort", "cohort_unbounded", "cohort_revenue")),
        *(curve(metric) for metric in ("survival", "time_to_second")),
        *(purchases(metric) for metric in ("repeat_rate", "apv", "apf")),
        *(purchases(metric, Grain.QUARTER) for metric in ("customer_value",)),
    ]
    numbers = [*(people(rival) for rival in RIVALS), purchases("repeat_to_one_time")]
    numbers += [purchases(metric, Grain.YEAR) for metric in ("lifespan", "clv_historical")]
    pictures = tuple(FigureBlock(result=result, figure=figure_of(result), customers=1240) for result in drawn)
    return (*pictures, *(FigureBlock(result=result) for result in numbers))


def report(lang: str = "en", **changes: Any) -> Report:
    """Aki's report in one language."""
    keys = (headline(result) for result in (people("crr"), people("churn"), purchases("repeat_rate"), purchases("apv")))
    made = Report(
        workspace_name=NAMES[lang],
        made_at=datetime(2024, 6, 18, 1, 30, tzinfo=UTC),
        cutoff=CUTOFF,
        zone="Asia/Tokyo",
        lang=lang,
        presence=PRESENCE.sentence,
        headline=tuple(key for key in keys if key),
        sections=arrange(blocks()),
        facts=(
            TableFacts(table="customers", rows=1240),
            TableFacts(table="orders", rows=18_420, first=FIRST, last=date(2024, 6, 17)),
        ),
        imports=(_imported(),),
    )
    return replace(made, **changes)


def _imported() -> ImportFacts:
    left_out: Mapping[str, int] = {"The amount is not a number.": 17, "The date lies in the future.": 3}
    return ImportFacts(
        file="orders-2024-06.csv",
        table="orders",
        read=18_455,
        new=18_420,
        replaced=12,
        unchanged=3,
        quarantined=20,
        left_out=tuple(LeftOut(reason=Text(reason), rows=rows) for reason, rows in left_out.items()),
        notes=(Text("Returns lower the revenue of the day they came back."),),
    )
