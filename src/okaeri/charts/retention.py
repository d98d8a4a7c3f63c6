"""A figure per period as lines: retention, churn, repeat purchase, and any metric cut by segment."""

from __future__ import annotations

from collections.abc import Sequence

from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.charts.figure import Figure
from okaeri.charts.insight import over_time
from okaeri.charts.lines import Lines
from okaeri.charts.series import Series, chosen, state_notes
from okaeri.charts.tables import over_time_table
from okaeri.charts.words import Named, sentences
from okaeri.metrics.metric import Metric
from okaeri.metrics.result import MetricResult

_FINDINGS = {
    "crr": _("{value} of customers stayed in {period}"),
    "churn": _("{value} of customers left in {period}"),
    "repeat_rate": _("{value} of buyers bought more than once in {period}"),
}


def retention(result: MetricResult) -> Figure:
    """Lines with an interval band; a partial period is hatched and its figure never joined to the line."""
    picked = chosen(result)
    drawn = [point for line in picked.series for point in line.points]
    lines = Lines(
        series=picked.series, unit=result.metric.unit, currency=next((p.currency for p in drawn if p.currency), None)
    )
    return Figure(
        kind="lines",
        title=finding(result.metric, picked.series),
        subtitle=result.metric.definition,
        insight=over_time(picked.series),
        alt=in_words(result.metric, picked.series, kind=_("Line chart")),
        table=over_time_table(result),
        notes=(*picked.notes, *state_notes(drawn)),
        draw=lines.draw,
    )


def finding(metric: Metric, series: Sequence[Series]) -> Text:
    """What the latest complete period says, in a title's few words."""
    complete = [line for line in series if line.complete]
    if not complete:
        return _("{label}: no complete period yet").format(label=metric.label)
    if len(series) > 1:
        return _between(metric, complete)
    last = complete[0].complete[-1]
    words = _FINDINGS.get(metric.id, _("{label}: {value} in {period}"))
    return words.format(label=metric.label, value=last, period=Named(last.period))


def in_words(metric: Metric, series: Sequence[Series], *, kind: Text) -> Text:
    """The drawing for those who cannot see it: what, from when to when, each line's ends and extremes."""
    points = [point for line in series for point in line.points if point.period]
    if not points:
        return _("{kind}: {label}. Nothing is known yet.").format(kind=kind, label=metric.label)
    head = _("{kind}: {label}, {first} to {last}.").format(
        kind=kind, label=metric.label, first=Named(points[0].period), last=Named(max(points, key=_start).period)
    )
    parts = [_told(line) for line in series if line.complete]
    if any(point.state is State.PARTIAL for point in points):
        parts.append(_("Periods that are not complete are hatched."))
    return sentences(head, *parts)


def _between(metric: Metric, lines: Sequence[Series]) -> Text:
    ranked = sorted(lines, key=lambda line: -(line.complete[-1].value or 0))
    top, bottom = ranked[0], ranked[-1]
    return _ranking(top.complete[-1], bottom.complete[-1]).format(
        label=metric.label, top=top.name, high=top.complete[-1], bottom=bottom.name, low=bottom.complete[-1]
    )


def _ranking(high: Measurement, low: Measurement) -> Text:
    """Whoever stands highest is named only when its interval lies wholly above the lowest one's."""
    ends = (high.interval.low if high.interval else None, low.interval.high if low.interval else None)
    if ends[0] is None or ends[1] is None:
        return _("{label}: {top} {high}, {bottom} {low}")
    if ends[0] > ends[1]:
        return _("{label}: {top} ({high}) is above {bottom} ({low})")
    return _("{label}: none stands out, {low} to {high}")


def _told(line: Series) -> Text:
    first, last = line.complete[0], line.complete[-1]
    low, high = min(line.complete, key=_value), max(line.complete, key=_value)
    words = (
        _("{name}: {first} in {start}, {last} in {end}; lowest {low} ({when_low}), highest {high} ({when_high}).")
        if line.name is not None
        else _("{first} in {start}, {last} in {end}; lowest {low} ({when_low}), highest {high} ({when_high}).")
    )
    return words.format(
        name=line.name,
        first=first,
        start=Named(first.period),
        last=last,
        end=Named(last.period),
        low=low,
        when_low=Named(low.period),
        high=high,
        when_high=Named(high.period),
    )


def _value(point: Measurement) -> float:
    return point.value or 0.0


def _start(point: Measurement) -> str:
    return point.period.start.isoformat() if point.period else ""
