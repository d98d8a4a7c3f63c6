"""What people know about a day, marked on the charts that run over time: a price change, a campaign, an outage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from okaeri.base.calendar import Period
from okaeri.base.text import Text
from okaeri.charts.canvas import Canvas, Drawn, place, rows
from okaeri.charts.figure import Figure
from okaeri.charts.theme import Spec
from okaeri.charts.words import sentences
from okaeri.metrics.result import MetricResult

OVER_TIME = frozenset({"lines", "bars"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What somebody wrote about a local day."""

    day: date
    words: str


def annotated(figure: Figure, result: MetricResult, *, marks: Sequence[Mark]) -> Figure:
    """The figure with numbered marks on the days it covers, told under it; one that is not over time stays as it is."""
    periods = sorted({m.period for m in result.measurements if m.period}, key=lambda period: (period.start, period.end))
    placed = [(at, mark) for mark in sorted(marks, key=_when) if (at := _place(mark.day, periods)) is not None]
    if figure.kind not in OVER_TIME or not placed:
        return figure
    told = [
        Text("{number}: {day}, {words}").format(number=number, day=mark.day, words=mark.words)
        for number, (_at, mark) in enumerate(placed, start=1)
    ]

    def draw(canvas: Canvas) -> Drawn:
        drawn = figure.draw(canvas)
        return replace(drawn, layers=[*drawn.layers, *_drawn(canvas, [at for at, _mark in placed])])

    return replace(figure, notes=(*figure.notes, *told), alt=sentences(figure.alt, *told), draw=draw)


def _when(mark: Mark) -> tuple[date, str]:
    return mark.day, mark.words


def _place(day: date, periods: Sequence[Period]) -> float | None:
    """Where a day lies on an axis whose periods are centred on 0, 1, 2 …; None outside of them."""
    for number, period in enumerate(periods):
        if period.start <= day < period.end:
            return number - 0.5 + (day - period.start).days / period.days
    return None


def _drawn(canvas: Canvas, places: Sequence[float]) -> list[Spec]:
    look = canvas.look
    values = [{"x": at, "number": str(number)} for number, at in enumerate(places, start=1)]
    dashed = {"type": "rule", "color": look.quiet, "strokeWidth": 1.5, "strokeDash": [3, 3], "aria": False}
    disc = {"type": "point", "filled": True, "size": 260, "fill": look.ink, "opacity": 1, "aria": False}
    number = {"type": "text", "color": look.ground, "fontSize": 11, "fontWeight": 600, "aria": False}
    text = {"field": "number", "type": "nominal"}
    return [
        {"data": rows(values), "mark": dashed, "encoding": {"x": place("x")}},
        {"data": rows(values), "mark": disc, "encoding": {"x": place("x"), "y": {"value": 8}}},
        {"data": rows(values), "mark": number, "encoding": {"x": place("x"), "y": {"value": 8}, "text": text}},
    ]
