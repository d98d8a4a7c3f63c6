"""Bars from zero with a whisker for the interval: over periods upright, over segments lying down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text
from okaeri.base.units import Unit
from okaeri.charts.canvas import EDGE, Canvas, Drawn, lines_at, place, rows, words_at
from okaeri.charts.colours import mix
from okaeri.charts.frame import Frame, labelled_axis, ticks
from okaeri.charts.theme import Spec
from okaeri.charts.words import Between, scale, shorten, tick, width_of

_ROW = 38


@dataclass(frozen=True, kw_only=True)
class Upright:
    """One bar per period; a partial one is outlined and hatched, an undefined one leaves its place empty."""

    points: Sequence[Measurement]
    unit: Unit
    currency: str | None = None

    def draw(self, canvas: Canvas) -> Drawn:
        """The layers, from the back to the front."""
        steps = _steps(self.points)
        labels = scale(steps, self.unit, self.currency)
        left = max(width_of(label, 12) for label in labels) + 10
        frame = Frame(
            width=canvas.inner - left,
            height=240 if canvas.width >= 480 else 200,
            left=-0.5,
            right=len(self.points) - 0.5,
            low=steps[0],
            high=steps[-1],
        )
        layers = [self._axes(frame, steps, labels), *self._bars(canvas, frame), *self._latest(canvas)]
        return Drawn(layers=layers, width=frame.width, height=frame.height, left=left, top=20, bottom=28)

    def _axes(self, frame: Frame, steps: Sequence[float], labels: Sequence[str]) -> Spec:
        names = [tick(point.period) if point.period else "" for point in self.points]
        shown = frame.readable(names, spare=EDGE)
        x = labelled_axis(shown, [names[i] for i in shown], grid=False)
        return frame.axes(x, labelled_axis(steps, labels))

    def _bars(self, canvas: Canvas, frame: Frame) -> Iterator[Spec]:
        look, reach = canvas.look, 0.34
        known = [(at, p) for at, p in enumerate(self.points) if p.value is not None]
        boxes = [_box(at - reach, at + reach, 0.0, p) for at, p in known if p.state is State.COMPLETE]
        yield _rects(boxes, fill=look.series[0])
        open_boxes = [_box(at - reach, at + reach, 0.0, p) for at, p in known if p.state is State.PARTIAL]
        yield lines_at(
            [s for b in open_boxes for s in frame.hatch(b["x"], b["x2"], b["y"], b["y2"])], ink=look.hatch_edge
        )
        yield _rects(open_boxes, fill=None, edge=look.hatch_edge)
        yield from _whiskers(canvas, [_upright(at, p) for at, p in known if _judged(p)])

    def _latest(self, canvas: Canvas) -> Iterator[Spec]:
        """The latest complete figure above its bar, clear of the whisker."""
        complete = [(at, p) for at, p in enumerate(self.points) if p.state is State.COMPLETE and p.value is not None]
        for at, point in complete[-1:]:
            top = max(
                value for value in (point.value, point.interval.high if point.interval else None) if value is not None
            )
            words = {"x": at, "y": top, "words": str(point), "ink": canvas.look.ink, "ground": canvas.look.ground}
            near_edge = at == len(self.points) - 1 and at > 5
            yield words_at(
                [words],
                x=place("x"),
                y=place("y"),
                size=12.5,
                weight=600,
                align="right" if near_edge else "center",
                dy=-10,
                dx=14 if near_edge else 0,
            )


@dataclass(frozen=True, kw_only=True)
class Lying:
    """One bar per segment, the largest value first, its figure written behind it."""

    rows: Sequence[tuple[object, Measurement]]
    unit: Unit
    currency: str | None = None

    def draw(self, canvas: Canvas) -> Drawn:
        """The layers, from the back to the front."""
        steps = _steps([point for _, point in self.rows])
        limit = canvas.width * 0.3
        names = [shorten(str(name), size=12.5, width=limit) for name, _ in self.rows]
        left = max((width_of(name, 12.5) for name in names), default=0) + 10
        right = max((width_of(str(point), 12) for _, point in self.rows), default=0) + 14
        frame = Frame(
            width=canvas.inner - left - right,
            height=_ROW * len(self.rows),
            left=steps[0],
            right=steps[-1],
            low=len(self.rows) - 0.5,
            high=-0.5,
        )
        fit = max(2, int(frame.width / 70))
        shown = steps[:: max(1, -(-len(steps) // fit))]
        labels = scale(shown, self.unit, self.currency)
        layers = [
            frame.axes(labelled_axis(shown, labels), {"labels": False, "grid": False}),
            *self._bars(canvas, frame),
            *self._words(canvas, frame, names),
        ]
        return Drawn(layers=layers, width=frame.width, height=frame.height, left=left, right=right, bottom=28)

    def _bars(self, canvas: Canvas, frame: Frame) -> Iterator[Spec]:
        look = canvas.look
        known = [(at, p) for at, (_, p) in enumerate(self.rows) if p.value is not None]
        boxes = {state: [_lying(at, p) for at, p in known if p.state is state] for state in State}
        yield _rects(boxes[State.COMPLETE], fill=look.series[0])
        strokes = [s for b in boxes[State.PARTIAL] for s in frame.hatch(b["x"], b["x2"], b["y"], b["y2"])]
        yield lines_at(strokes, ink=look.hatch_edge)
        yield _rects(boxes[State.PARTIAL], fill=None, edge=look.hatch_edge)
        yield from _whiskers(canvas, [_sideways(at, p) for at, p in known if _judged(p)])

    def _words(self, canvas: Canvas, frame: Frame, names: Sequence[str]) -> Iterator[Spec]:
        look = canvas.look
        figures = [str(point) for _, point in self.rows]
        left = [{"y": at, "words": name, "ink": look.ink, "ground": look.ground} for at, name in enumerate(names)]
        right = [{"y": at, "words": told, "ink": look.quiet, "ground": look.ground} for at, told in enumerate(figures)]
        yield words_at(left, x={"value": -10}, y=place("y"), size=12.5, align="right")
        yield words_at(right, x={"value": frame.width + 8}, y=place("y"), size=12)


def value_of(point: Measurement) -> str:
    """A figure and its interval in one line, for a tooltip.

    >>> from datetime import date
    >>> value_of(Measurement(metric="apv", version=1, value=2.0, unit=Unit.RATIO, cutoff=date(2024, 1, 1)))
    '2.00'
    """
    if point.interval is None:
        return str(point)
    return str(Text("{value} ({range})").format(value=point, range=Between(point.interval, point.unit, point.currency)))


def _steps(points: Sequence[Measurement]) -> list[float]:
    ends = [end for p in points if p.interval and _judged(p) for end in (p.interval.low, p.interval.high)]
    reach = [value for value in (*(p.value for p in points), *ends) if value is not None]
    return ticks(min([0.0, *reach]), max([0.0, *reach]) or 1.0, count=4)


def _box(x: float, x2: float, y: float, point: Measurement) -> dict[str, Any]:
    return {"x": x, "x2": x2, "y": y, "y2": point.value, "told": value_of(point)}


def _lying(at: int, point: Measurement) -> dict[str, Any]:
    return {"x": 0.0, "x2": point.value, "y": at - 0.3, "y2": at + 0.3, "told": value_of(point)}


def _rects(boxes: Sequence[dict[str, Any]], *, fill: str | None, edge: str | None = None) -> Spec:
    mark: Spec = {
        "type": "rect",
        "cornerRadius": 3,
        "fill": fill or "transparent",
        "stroke": edge or fill or "transparent",
    }
    corners = {"x": place("x"), "x2": {"field": "x2"}, "y": place("y"), "y2": {"field": "y2"}}
    tooltip = {"field": "told", "type": "nominal"}
    return {"data": rows(boxes), "mark": {**mark, "strokeWidth": 1}, "encoding": {**corners, "tooltip": tooltip}}


def _judged(point: Measurement) -> bool:
    interval = point.interval
    return point.state is State.COMPLETE and interval is not None and None not in (interval.low, interval.high)


def _upright(at: int, point: Measurement) -> dict[str, Any]:
    low, high = (point.interval.low, point.interval.high) if point.interval else (None, None)
    return {"x": at, "x2": at, "y": low, "y2": high}


def _sideways(at: int, point: Measurement) -> dict[str, Any]:
    low, high = (point.interval.low, point.interval.high) if point.interval else (None, None)
    return {"x": low, "x2": high, "y": at, "y2": at}


def _whiskers(canvas: Canvas, strokes: Sequence[dict[str, Any]]) -> Iterator[Spec]:
    """A stroke with a halo of the ground, so that it shows inside the bar as well as above it."""
    look = canvas.look
    if strokes:
        yield lines_at(strokes, ink=look.ground, width=4)
        yield lines_at(strokes, ink=mix(look.ink, look.ground, 0.15), width=1.5)
