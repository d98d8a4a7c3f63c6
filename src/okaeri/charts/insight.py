"""One honest sentence per chart: the latest complete figure against the one before, and whether they differ."""

from __future__ import annotations

from collections.abc import Sequence

from okaeri.base.differences import Difference, difference
from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.charts.series import Series
from okaeri.charts.words import Named, Shown

_RANKED_IN = {
    "unjudged": _("In {period} {top} stands highest ({high}) and {bottom} lowest ({low})."),
    "apart": _(
        "In {period} {top} stands highest ({high}) and {bottom} lowest ({low}); their intervals do not overlap."
    ),
    "overlap": _("In {period} {top} ({high}) and {bottom} ({low}) are furthest apart, but their intervals overlap."),
}
_RANKED = {
    "unjudged": _("{top} stands highest ({high}) and {bottom} lowest ({low})."),
    "apart": _("{top} stands highest ({high}) and {bottom} lowest ({low}); their intervals do not overlap."),
    "overlap": _("{top} ({high}) and {bottom} ({low}) are furthest apart, but their intervals overlap."),
}


def over_time(series: Sequence[Series]) -> Text:
    """What changed on one line, or who stands highest and lowest in the latest complete period of several.

    >>> str(over_time([]))
    'No period is complete yet, so there is nothing to compare.'
    """
    return across(series) if len(series) > 1 else latest_change(series[0].points if series else ())


def latest_change(points: Sequence[Measurement]) -> Text:
    """The latest complete figure against the period directly before it."""
    place = _latest(points)
    if place is None:
        return _("No period is complete yet, so there is nothing to compare.")
    later, earlier = points[place], points[place - 1] if place else None
    found = difference(later, earlier=earlier) if earlier and earlier.state is State.COMPLETE else None
    if earlier is None or found is None:
        words = _("{period}: {value}. The period before has no complete figure to compare with.")
        return words.format(period=Named(later.period), value=later)
    return _verdict(found, later).format(
        period=Named(later.period),
        value=later,
        before=Named(earlier.period),
        earlier=earlier,
        **_in_words(found, later),
    )


def across(series: Sequence[Series]) -> Text:
    """The highest and the lowest segment in the latest period that is complete for some of them."""
    last = max(
        (line.complete[-1].period.start for line in series if line.complete and line.complete[-1].period), default=None
    )
    there = [
        (line, line.complete[-1])
        for line in series
        if line.complete and _start(line.complete[-1]) == last and line.name is not None
    ]
    return highest_and_lowest(there)


def highest_and_lowest(there: Sequence[tuple[Series, Measurement]]) -> Text:
    """Who stands highest and who lowest, and whether their intervals are apart."""
    if len(there) < 2:
        return _("Fewer than two segments have a complete figure, so there is nothing to compare.")
    ranked = sorted(there, key=lambda pair: -(pair[1].value or 0))
    (top, high), (bottom, low) = ranked[0], ranked[-1]
    return _ranking(high, low).format(top=top.name, high=high, bottom=bottom.name, low=low, period=Named(high.period))


def _ranking(high: Measurement, low: Measurement) -> Text:
    ends = (high.interval.low if high.interval else None, low.interval.high if low.interval else None)
    told = _RANKED if high.period is None else _RANKED_IN
    if ends[0] is None or ends[1] is None:
        return told["unjudged"]
    return told["apart" if ends[0] > ends[1] else "overlap"]


def _verdict(found: Difference, figure: Measurement) -> Text:
    if found.distinguishable is None and figure.interval is None and figure.unit in (Unit.COUNT, Unit.MONEY):
        return _("{value} in {period} after {earlier} in {before}. Both are counted in full, not estimated.")
    if found.distinguishable is None:
        return _("{value} in {period} after {earlier} in {before}. Without an interval the change cannot be judged.")
    if not found.distinguishable:
        return _("No clear change from {before} ({earlier}) to {period} ({value}): between {low} and {high}.")
    if found.value > 0:
        return _("A distinguishable rise from {before} ({earlier}) to {period} ({value}): between {low} and {high}.")
    return _("A distinguishable fall from {before} ({earlier}) to {period} ({value}): between {low} and {high}.")


def _in_words(found: Difference, figure: Measurement) -> dict[str, Shown]:
    ends = (found.interval.low, found.interval.high) if found.interval else (None, None)
    low, high = (Shown(end, figure.unit, figure.currency, signed=True) for end in ends)
    return {"low": low, "high": high}


def _latest(points: Sequence[Measurement]) -> int | None:
    complete = [
        place for place, point in enumerate(points) if point.state is State.COMPLETE and point.value is not None
    ]
    return complete[-1] if complete else None


def _start(point: Measurement) -> object:
    return point.period.start if point.period else None
