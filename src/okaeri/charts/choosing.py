"""Which chart a result becomes."""

from __future__ import annotations

from okaeri.base.units import Unit
from okaeri.charts.cohorts import cohorts
from okaeri.charts.figure import Figure
from okaeri.charts.lifecycle import lifecycle
from okaeri.charts.retention import retention
from okaeri.charts.scores import scores
from okaeri.charts.survival import survival
from okaeri.charts.value import by_segment, value
from okaeri.charts.waterfall import waterfall
from okaeri.metrics.result import MetricResult

_CURVES = ("survival", "time_to_second")
_LINES = (Unit.RATE, Unit.HOURS)
_MOST_BARS = 40  # more would be too thin for their whiskers


def figure_of(result: MetricResult) -> Figure:
    """The figure for a result: a triangle, a curve, bars for one period or for amounts, else lines."""
    if result.metric.id.startswith(("cohort", "mrr_cohort")):
        return cohorts(result)
    if result.metric.id in _CURVES:
        return survival(result)
    if result.metric.id == "mrr_movements":
        return waterfall(result)
    if result.metric.id == "lifecycle":
        return lifecycle(result)
    if result.metric.id == "score_distribution":
        return scores(result)
    segmented = len({m.segment for m in result.measurements}) > 1
    periods = len({m.period for m in result.measurements})
    if periods <= 1:
        return by_segment(result)
    crowded = segmented or periods > _MOST_BARS
    return retention(result) if crowded or result.metric.unit in _LINES else value(result)
