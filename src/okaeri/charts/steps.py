"""Step curves over days: a band, the median when it is reached, names at the ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.charts.bars import value_of
from okaeri.charts.canvas import Canvas, Drawn, lines_at, place, rows, words_at
from okaeri.charts.ends import End, room, written
from okaeri.charts.frame import Frame, labelled_axis
from okaeri.charts.series import Series
from okaeri.charts.theme import Spec
from okaeri.charts.words import Shown, width_of


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Curves that hold their level until the next step; `falling` ones start at 1, the others at 0."""

    series: Sequence[Series]
    falling: bool
    last_day: int
    title: Text

    def draw(self, canvas: Canvas) -> Drawn:
        """The layers, from the back to the front."""
        ends = list(self._ends(canvas))
        left = width_of("100%", 12) + 10
        right = room(ends, width=canvas.width)
        frame = Frame(
            width=canvas.inner - left - right,
            height=280 if canvas.width >= 480 else 220,
            left=0,
            right=max(self.last_day, 1),
            low=0,
            high=1,
        )
        inked = list(zip(self.series, canvas.look.series, strict=False))
        layers = [self._axes(frame), *(layer for line, ink in inked for layer in self._band(line, ink, frame))]
        layers += [*self._half(canvas, frame, [ink for _, ink in inked])]
        layers += [layer for line, ink in inked for layer in self._curve(line, ink, frame)]
        layers += [*written(ends, frame=frame, quiet=canvas.look.quiet), self._name(canvas, frame)]
        return Drawn(layers=layers, width=frame.width, height=frame.height, left=left, right=right, top=6, bottom=48)

    def _axes(self, frame: Frame) -> Spec:
        days = day_ticks(self.last_day, room=int(frame.width / 56))
        x = labelled_axis(days, [str(Shown(day, Unit.COUNT)) for day in days], grid=False)
        shares = [0.0, 0.25, 0.5, 0.75, 1.0]
        y = labelled_axis(shares, [str(Shown(share, Unit.RATE, short=True)) for share in shares])
        return frame.axes(x, y)

    def _drawn(self, line: Series, frame: Frame) -> list[dict[str, Any]]:
        """The start, then the last step in every pixel column, then the level held to the end."""
        start = 1.0 if self.falling else 0.0
        kept: dict[int, Measurement] = {}
        for point in line.points:
            day = int(point.inputs["day"])
            if day <= self.last_day and point.value is not None:
                kept[int(frame.pixel_x(day))] = point
        values: list[dict[str, Any]] = [{"x": 0, "y": start, "low": start, "high": start}]
        values += [
            {"x": int(point.inputs["day"]), "y": point.value, **_bounds(point), "told": value_of(point)}
            for point in kept.values()
        ]
        return [*values, {**values[-1], "x": min(self.last_day, _followed(line))}]

    def _band(self, line: Series, ink: str, frame: Frame) -> Iterator[Spec]:
        values = self._drawn(line, frame)
        if any(value["low"] != value["high"] for value in values):
            mark = {"type": "area", "color": ink, "opacity": 0.16, "interpolate": "step-after", "aria": False}
            between = {"x": place("x"), "y": place("low"), "y2": {"field": "high"}}
            yield {"data": rows(values), "mark": mark, "encoding": between}

    def _curve(self, line: Series, ink: str, frame: Frame) -> Iterator[Spec]:
        mark = {"type": "line", "color": ink, "interpolate": "step-after", "aria": False}
        yield {"data": rows(self._drawn(line, frame)), "mark": mark, "encoding": {"x": place("x"), "y": place("y")}}

    def _half(self, canvas: Canvas, frame: Frame, inks: Sequence[str]) -> Iterator[Spec]:
        """Where half are reached: a dashed line down to the day, which is written on it when there is room."""
        for line, ink in zip(self.series, inks, strict=False):
            day = median_of(line)
            if day is None or day > self.last_day:
                continue
            yield lines_at([{"x": day, "x2": day, "y": 0, "y2": 0.5}], ink=ink, width=1.5, dash=(4, 4))
            if len(self.series) == 1:
                yield lines_at([{"x": 0, "x2": day, "y": 0.5, "y2": 0.5}], ink=ink, width=1.5, dash=(4, 4))
                words = str(_("half: {days} days").format(days=Shown(day, Unit.COUNT)))
                yield self._beside(canvas, frame, day, words)

    def _beside(self, canvas: Canvas, frame: Frame, day: float, words: str) -> Spec:
        room = frame.width - frame.pixel_x(day) > width_of(words, 12) + 16
        ink = {"words": words, "ink": canvas.look.ink, "ground": canvas.look.ground, "x": day, "y": 0}
        return words_at(
            [ink],
            x=place("x"),
            y=place("y"),
            align="left" if room else "right",
            dx=8 if room else -8,
            dy=-12,
            weight=600,
        )

    def _ends(self, canvas: Canvas) -> Iterator[End]:
        for line, ink in zip(self.series, canvas.look.series, strict=False):
            seen = [p for p in line.points if p.value is not None and p.inputs["day"] <= self.last_day]
            if seen:
                level = str(Shown(seen[-1].value, Unit.RATE, short=True))
                yield End(name=line.name, figure=level, value=seen[-1].value or 0.0, ink=ink, ground=canvas.look.ground)

    def _name(self, canvas: Canvas, frame: Frame) -> Spec:
        words = {"words": str(self.title), "ink": canvas.look.quiet, "ground": canvas.look.ground}
        return words_at([words], x={"value": 0}, y={"value": frame.height + 38})


def median_of(line: Series) -> float | None:
    """The day by which half are reached; None when the curve stops before."""
    return next((float(p.inputs["median"]) for p in line.points if p.inputs.get("median") is not None), None)


def day_ticks(last_day: int, *, room: int) -> list[int]:
    """At most `room` even days from 0 to `last_day`, in whole weeks, months of 30, quarters of 90 or years of 365.

    >>> day_ticks(400, room=8)
    [0, 60, 120, 180, 240, 300, 360]
    """
    for step in (1, 7, 14, 30, 60, 90, 180, 365, 730, 1825):
        if last_day / step + 1 <= max(room, 2):
            return list(range(0, last_day + 1, step))
    return [0, last_day]


def _followed(line: Series) -> int:
    return max(int(point.inputs["day"]) for point in line.points)


def _bounds(point: Measurement) -> dict[str, float | None]:
    interval = point.interval
    if interval is None or interval.low is None or interval.high is None:
        return {"low": point.value, "high": point.value}
    return {"low": interval.low, "high": interval.high}
