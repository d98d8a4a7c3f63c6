"""Kaplan–Meier retention: how long customers stay, with those who are still here counted as open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from okaeri.base.intervals import intervals
from okaeri.base.measurement import Measurement, State
from okaeri.base.survival import Survival, kaplan_meier
from okaeri.base.text import _
from okaeri.base.units import Unit
from okaeri.metrics.context import MetricContext
from okaeri.metrics.metric import Example, Metric, register

if TYPE_CHECKING:
    import pyarrow as pa

BAND = "kaplan-meier log-log"


def measure_curve(metric: Metric, rows: pa.Table, context: MetricContext) -> list[Measurement]:
    """One measurement per step of each segment's curve.

    `metric.extra["share_of"]` says which share is shown: of those still "going", or of those that have "ended".
    """
    columns = rows.to_pydict()
    labels = np.array(columns["segment"], dtype=object)
    days, ended, customers = (
        np.array(columns[name], dtype=np.int64) for name in ("duration_days", "ended", "customers")
    )
    measured: list[Measurement] = []
    for segment in context.segments:
        mine = labels == segment
        if mine.any():
            curve = kaplan_meier(days[mine], ended[mine], weights=customers[mine])
            measured += _steps(metric, curve, segment, context)
        else:
            measured.append(_nobody(metric, segment, context))
    return measured


def _steps(metric: Metric, curve: Survival, segment: str, context: MetricContext) -> Iterator[Measurement]:
    ended = metric.extra["share_of"] == "ended"
    share, low, high = curve.share, curve.low, curve.high
    if ended:
        share, low, high = 1 - share, 1 - high, 1 - low
    early, late = curve.median_bounds
    shared = {"median": curve.median, "median_low": early, "median_high": late}
    for step, around in enumerate(intervals((low, high), BAND, level=curve.level)):
        yield Measurement(
            metric=metric.id,
            version=metric.version,
            value=float(share[step]),
            unit=metric.unit,
            n=curve.n,
            interval=around,
            segment=segment,
            cutoff=context.cutoff,
            inputs={**_counts(curve, step), **shared},
        )


def _counts(curve: Survival, step: int) -> dict[str, Any]:
    return {
        "day": int(curve.day[step]),
        "at_risk": int(curve.at_risk[step]),
        "events": int(curve.events[step]),
        "censored": int(curve.censored[step]),
    }


def _nobody(metric: Metric, segment: str, context: MetricContext) -> Measurement:
    return Measurement(
        metric=metric.id,
        version=metric.version,
        value=None,
        unit=metric.unit,
        n=0,
        segment=segment,
        cutoff=context.cutoff,
        state=State.UNDEFINED,
        reason=metric.extra["empty"],
        inputs={"day": 0, "at_risk": 0, "events": 0, "censored": 0, "median": None},
    )


KAPLAN_MEIER = "Kaplan & Meier (1958), JASA 53(282); band: Kalbfleisch & Prentice (2002), equation 1.11"
_OPEN = _("Customers who are still here leave the count at the end of the data: they are open cases, not lost.")

SURVIVAL = register(
    Metric(
        id="survival",
        family="survival",
        label=_("Share who stay"),
        unit=Unit.RATE,
        better="higher",
        needs=("stays", "segments"),
        query="staying/survival.sql",
        definition=_("The share of customers whose first stay lasts longer than a number of days (Kaplan–Meier)."),
        formula=_("S(day) = product over days up to it of (1 − ended that day / still observed that day)"),
        interval=BAND,
        source=KAPLAN_MEIER,
        example=Example(inputs={"at_risk": 4, "events": 1}, expect=0.75),
        measure=measure_curve,
        default_by="all",
        caveats=(
            _OPEN,
            _("With purchases, a stay ends one presence window after its last purchase and includes that window."),
        ),
        extra={"share_of": "going", "empty": _("Nobody was a customer before the data ends.")},
    )
)
