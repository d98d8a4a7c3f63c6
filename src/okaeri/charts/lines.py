"""Lines over periods: a band for the interval, hatching where a period is not complete, names at the lines' ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from okaeri.base.calendar import Period
from okaeri.base.measurement import Measurement, State
from okaeri.base.units import Unit
from okaeri.charts.canvas import EDGE, Canvas, Drawn, lines_at, place, rows
from okaeri.charts.ends import End, room, written
from okaeri.charts.frame import Frame, labelled_axis, ticks
from okaeri.charts.series import Series, runs
from okaeri.charts.theme import Spec
from okaeri.charts.words import Between, Named, scale, tick, width_of

_DOTS = 40
_RUN = {"field": "run", "type": "nominal"}


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Several series over the same periods."""

    series: Sequence[Series]
    unit: Unit
    currency: str | None = None

    @cached_property
    def periods(self) -> list[Period]:
        """Every period that any line has a figure for, in order."""
        found = {point.period for line in self.series for point in line.points if point.period}
        return sorted(found, key=lambda period: (period.start, period.end))

    def placed(self, line: Series) -> list[tuple[int, Measurement]]:
        """A line's figures with the place of their period on the axis."""
        at = {period: place for place, period in enumerate(self.periods)}
        return [(at[point.period], point) for point in line.points if point.period]

    def draw(self, canvas: Canvas) -> Drawn:
        """The layers, from the back to the front."""
        height = 280 if canvas.width >= 480 else 220
        steps = self._steps()
        labels = scale(steps, self.unit, self.currency)
        left = max(width_of(label, 12) for label in labels) + 10
        ends = list(self._ends(canvas))
        right = room(ends, width=canvas.width)
        frame = Frame(
            width=canvas.inner - left - right,
            height=height,
            left=-0.5,
            right=len(self.periods) - 0.5,
            low=steps[0],
            high=steps[-1],
        )
        layers = [self._axes(frame, steps, labels), *self._partial(canvas, frame)]
        inked = list(zip(self.series, canvas.look.series, strict=False))
        layers += [layer for line, ink in inked for layer in self._band(line, ink)]
        layers += [layer for line, ink in inked for layer in self._line(canvas, line, ink)]
        layers += written(ends, frame=frame, quiet=canvas.look.quiet)
        return Drawn(layers=layers, width=frame.width, height=height, left=left, right=right, top=6, bottom=28)

    def _steps(self) -> list[float]:
        values = [value for line in self.series for point in line.points for value in _reach(point)]
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        low = 0.0 if 0 <= low < 0.4 * high or (self.unit is Unit.COUNT and low > 0) else low
        if self.unit is Unit.RATE and high <= 1.0 + 1e-9:  # a share; revenue kept may be more than all of it
            low, high = max(low, 0.0), min(high, 1.0)
        return ticks(low, high)

    def _axes(self, frame: Frame, steps: Sequence[float], labels: Sequence[str]) -> Spec:
        names = [tick(period) for period in self.periods]
        shown = frame.readable(names, spare=EDGE)
        x = labelled_axis(shown, [names[i] for i in shown], grid=False)
        return frame.axes(x, labelled_axis(steps, labels))

    def _partial(self, canvas: Canvas, frame: Frame) -> Iterator[Spec]:
        places = sorted({at for line in self.series for at, point in self.placed(line) if point.state is State.PARTIAL})
        strokes = [s for at in places for s in frame.hatch(at - 0.5, at + 0.5, frame.low, frame.high)]
        if strokes:
            yield lines_at(strokes, ink=canvas.look.hatch)

    def _solid(self, line: Series) -> list[dict[str, Any]]:
        numbered = [(number, at, point) for number, run in enumerate(runs(self.placed(line))) for at, point in run]
        return [
            {"x": at, "y": p.value, "run": number, **_bounds(p), **self._told(line, p)} for number, at, p in numbered
        ]

    def _band(self, line: Series, ink: str) -> Iterator[Spec]:
        banded = [value for value in self._solid(line) if value["low"] is not None]
        if banded:
            mark = {"type": "area", "color": ink, "opacity": 0.16, "aria": False}
            between = {"x": place("x"), "y": place("low"), "y2": {"field": "high"}, "detail": _RUN}
            yield {"data": rows(banded), "mark": mark, "encoding": between}
        lonely = _lonely(banded)
        if lonely:
            yield lines_at(lonely, ink=ink, width=2)

    def _line(self, canvas: Canvas, line: Series, ink: str) -> Iterator[Spec]:
        values = self._solid(line)
        where = {"x": place("x"), "y": place("y"), "detail": _RUN}
        if values:
            yield {"data": rows(values), "mark": {"type": "line", "color": ink, "aria": False}, "encoding": where}
            yield self._dots(values, ink, filled=True, every=len(values) <= _DOTS)
        partial = [(at, p) for at, p in self.placed(line) if p.state is State.PARTIAL and p.value is not None]
        if partial:
            hollow = [{"x": at, "y": p.value, **self._told(line, p)} for at, p in partial]
            yield self._dots(hollow, ink, filled=False, ground=canvas.look.ground)

    def _dots(
        self, values: list[dict[str, Any]], ink: str, *, filled: bool, every: bool = True, ground: str = ""
    ) -> Spec:
        ends = {value["run"]: value for value in values}.values() if not every else values
        mark: Spec = {"type": "point", "size": 26 if filled else 44, "filled": True, "fill": ink, "opacity": 1}
        if not filled:
            mark = {**mark, "filled": False, "fill": ground, "stroke": ink, "strokeWidth": 2}
        # two fields of one title would be one: the second is told apart by a space that does not break
        told = [
            {"field": "when", "title": " "},
            {"field": "told", "title": "\u00a0"},
            {"field": "range", "title": "95%"},
        ]
        tooltip = [{**channel, "type": "nominal"} for channel in told]
        return {
            "data": rows(list(ends)),
            "mark": mark,
            "encoding": {"x": place("x"), "y": place("y"), "tooltip": tooltip},
        }

    def _told(self, line: Series, point: Measurement) -> dict[str, str]:
        name = f"{line.name} " if line.name is not None else ""
        return {
            "when": str(Named(point.period)),
            "told": f"{name}{point}",
            "range": str(Between(point.interval, point.unit, point.currency)),
        }

    def _ends(self, canvas: Canvas) -> Iterator[End]:
        """The name and the latest complete figure of every line."""
        for line, ink in zip(self.series, canvas.look.series, strict=False):
            if line.complete:
                last = line.complete[-1]
                yield End(name=line.name, figure=str(last), value=last.value or 0.0, ink=ink, ground=canvas.look.ground)


def _reach(point: Measurement) -> list[float]:
    ends = [point.interval.low, point.interval.high] if point.interval and point.state is State.COMPLETE else []
    return [value for value in (point.value, *ends) if value is not None]


def _bounds(point: Measurement) -> dict[str, float | None]:
    known = point.interval is not None and point.interval.low is not None and point.interval.high is not None
    return (
        {"low": point.interval.low, "high": point.interval.high}
        if point.interval and known
        else {"low": None, "high": None}
    )


def _lonely(values: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whiskers for figures without a neighbour, whose band would have no width."""
    count = [value["run"] for value in values]
    return [{"x": v["x"], "x2": v["x"], "y": v["low"], "y2": v["high"]} for v in values if count.count(v["run"]) == 1]
