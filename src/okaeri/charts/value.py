"""A figure per period as bars from zero, or per segment when there is one period only."""

from __future__ import annotations

from collections.abc import Sequence

from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.charts.bars import Lying, Upright
from okaeri.charts.figure import Figure
from okaeri.charts.insight import highest_and_lowest, over_time
from okaeri.charts.retention import finding, in_words
from okaeri.charts.series import Chosen, Series, chosen, state_notes
from okaeri.charts.tables import over_time_table
from okaeri.charts.words import sentences
from okaeri.metrics.result import MetricResult

_MOST_BARS = 12


def value(result: MetricResult) -> Figure:
    """Upright bars for one line of periods; whiskers are the 95% intervals, a partial period is hatched."""
    picked = chosen(result, most=1)
    points = [point for line in picked.series for point in line.points]
    bars = Upright(points=points, unit=result.metric.unit, currency=_currency(points))
    return _figure(result, picked, points, kind="bars", draw=bars)


def by_segment(result: MetricResult) -> Figure:
    """Lying bars, one per segment, for a single period."""
    picked = chosen(result, most=_MOST_BARS)
    pairs = [(line.name or result.metric.label, line.points[-1]) for line in picked.series if line.points]
    pairs.sort(key=lambda pair: -(pair[1].value if pair[1].value is not None else float("-inf")))
    points = [pair[1] for pair in pairs]
    bars = Lying(rows=pairs, unit=result.metric.unit, currency=_currency(points))
    return _figure(result, picked, points, kind="segments", draw=bars)


def _figure(
    result: MetricResult, picked: Chosen, points: Sequence[Measurement], *, kind: str, draw: Upright | Lying
) -> Figure:
    several = len(picked.series) > 1
    there = [(line, line.complete[-1]) for line in picked.series if line.complete]
    return Figure(
        kind=kind,
        title=finding(result.metric, picked.series),
        subtitle=result.metric.definition,
        insight=highest_and_lowest(there) if several else over_time(picked.series),
        alt=_bar_by_bar(result, there) if several else in_words(result.metric, picked.series, kind=_("Bar chart")),
        table=over_time_table(result),
        notes=(*picked.notes, *state_notes(points)),
        draw=draw.draw,
    )


def _bar_by_bar(result: MetricResult, there: Sequence[tuple[Series, Measurement]]) -> Text:
    head = _("{kind}: {label}, one bar per segment.").format(kind=_("Bar chart"), label=result.metric.label)
    ranked = sorted(there, key=lambda pair: -(pair[1].value or 0))
    return sentences(head, *(_("{name}: {value}.").format(name=line.name, value=point) for line, point in ranked))


def _currency(points: Sequence[Measurement]) -> str | None:
    return next((point.currency for point in points if point.currency), None)
