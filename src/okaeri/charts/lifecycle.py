"""Who came, stayed and went silent: a stack of active customers above zero for each period, those lost below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.charts.canvas import EDGE, Canvas, Drawn, lines_at, paint, place, rows, words_at
from okaeri.charts.colours import mix
from okaeri.charts.figure import Figure, Table
from okaeri.charts.frame import Frame, labelled_axis, ticks
from okaeri.charts.series import Series, chosen, name_of, state_notes
from okaeri.charts.tables import state_of
from okaeri.charts.theme import Palette, Spec
from okaeri.charts.words import Named, Shown, Word, scale, sentences, tick, width_of
from okaeri.metrics.result import MetricResult

_MOST = 40  # more stacks would be too thin to tell their parts
_REACH, _LINE, _SWATCH = 0.36, 20.0, 11.0  # half a stack's width in periods; a legend line and its square in pixels
_STATES: dict[str, Text] = {
    "returning_customers": _("Returning"),
    "resurrected": _("Resurrected"),
    "first_time": _("New"),
    "dormant": _("Dormant"),
}
_INK = {"returning_customers": 5, "resurrected": 2, "first_time": 0, "dormant": 1}
_PALER = {"returning_customers": 0.45}  # those who stay are the ground on which the others move
_GONE = "dormant"


def lifecycle(result: MetricResult) -> Figure:
    """Stacks of returning, resurrected and new customers, dormant ones below zero, and the net change as a mark."""
    picked = chosen(result, most=1)
    line = picked.series[0] if picked.series else Series(name=None, points=())
    known = [point for point in line.points if point.value is not None]
    drawn = known[-_MOST:]
    notes = [*picked.notes, *_left_out(len(drawn), len(known)), *state_notes(drawn)]
    return Figure(
        kind="lifecycle",
        title=_finding(result, line),
        subtitle=result.metric.definition,
        insight=_balance(line),
        alt=_in_words(result, line),
        table=_table(result),
        notes=(*notes, _("The mark in each stack is the net change.")) if drawn else tuple(notes),
        draw=Stacks(points=drawn).draw,
    )


@dataclass(frozen=True, kw_only=True)
class Stacks:
    """One stack per period; a partial one is outlined and hatched."""

    points: Sequence[Measurement]

    def draw(self, canvas: Canvas) -> Drawn:
        """The layers, from the back to the front."""
        tops = [float(point.inputs["active_customers"]) for point in self.points]
        depths = [-float(point.inputs[_GONE]) for point in self.points]
        steps = ticks(min([0.0, *depths]), max([0.0, *tops]) or 1.0)
        labels = scale(steps, Unit.COUNT)
        left = max(width_of(label, 12) for label in labels) + 10
        frame = Frame(
            width=canvas.inner - left,
            height=260 if canvas.width >= 480 else 210,
            left=-0.5,
            right=max(len(self.points), 1) - 0.5,
            low=steps[0],
            high=steps[-1],
        )
        legend = _placed(frame.width)
        top = _LINE * (1 + max(line for _key, _x, line in legend)) + 8
        layers = [
            self._axes(frame, steps, labels),
            *self._stacks(canvas, frame),
            lines_at([{"x": frame.left, "x2": frame.right, "y": 0, "y2": 0}], ink=canvas.look.quiet),
            *self._net(canvas),
            *_legend(canvas, legend, top),
        ]
        return Drawn(layers=layers, width=frame.width, height=frame.height, left=left, top=top, bottom=28)

    def _axes(self, frame: Frame, steps: Sequence[float], labels: Sequence[str]) -> Spec:
        names = [tick(point.period) if point.period else "" for point in self.points]
        shown = frame.readable(names, spare=EDGE)
        x = labelled_axis(shown, [names[at] for at in shown], grid=False) if shown else {"labels": False, "grid": False}
        return frame.axes(x, labelled_axis(steps, labels))

    def _stacks(self, canvas: Canvas, frame: Frame) -> Iterator[Spec]:
        boxes = [box for at, point in enumerate(self.points) for box in _boxes(at, point, canvas.look)]
        corners = {"x": place("x"), "x2": {"field": "x2"}, "y": place("y"), "y2": {"field": "y2"}}
        told = {"tooltip": {"field": "told", "type": "nominal"}}
        # a seam of the ground keeps two parts apart also for those who cannot tell the colours
        mark: Spec = {"type": "rect", "strokeWidth": 1}
        whole = [box for box in boxes if not box["partial"]]
        solid = {"fill": paint("ink"), "stroke": {"value": canvas.look.ground}}
        yield {"data": rows(whole), "mark": mark, "encoding": {**corners, **solid, **told}}
        open_boxes = [box for box in boxes if box["partial"]]
        strokes = [s for b in open_boxes for s in frame.hatch(b["x"], b["x2"], b["y"], b["y2"])]
        yield lines_at(strokes, ink=canvas.look.hatch)
        hollow = {"stroke": paint("ink"), "fill": {"value": "transparent"}}
        yield {"data": rows(open_boxes), "mark": mark, "encoding": {**corners, **hollow, **told}}

    def _net(self, canvas: Canvas) -> Iterator[Spec]:
        complete = [(at, p) for at, p in enumerate(self.points) if p.state is State.COMPLETE]
        strokes = [{"x": at - _REACH, "x2": at + _REACH, "y": p.value, "y2": p.value} for at, p in complete]
        yield lines_at(strokes, ink=canvas.look.ground, width=5)
        yield lines_at(strokes, ink=mix(canvas.look.ink, canvas.look.ground, 0.1), width=2)


def _boxes(at: int, point: Measurement, look: Palette) -> Iterator[dict[str, Any]]:
    """The parts of one stack from zero upwards, and the part below it."""
    level = 0.0
    for key, name in _STATES.items():
        size = float(point.inputs[key])
        low, high = (-size, 0.0) if key == _GONE else (level, level + size)
        level = level if key == _GONE else high
        told = Text("{name}: {value}").format(name=name, value=Shown(size, Unit.COUNT))
        if size:
            yield {
                "x": at - _REACH,
                "x2": at + _REACH,
                "y": low,
                "y2": high,
                "ink": _ink(key, look),
                "partial": point.state is State.PARTIAL,
                "told": str(told),
            }


def _ink(key: str, look: Palette) -> str:
    return mix(look.series[_INK[key]], look.ground, _PALER.get(key, 0.0))


def _placed(width: float) -> list[tuple[str, float, int]]:
    """Each state of the legend with its distance from the left and its line."""
    found, x, line = [], 0.0, 0
    for key, name in _STATES.items():
        room = _SWATCH + 6 + width_of(str(name), 12) + 18
        if x and x + room > width:
            x, line = 0.0, line + 1
        found.append((key, x, line))
        x += room
    return found


def _legend(canvas: Canvas, legend: Sequence[tuple[str, float, int]], top: float) -> Iterator[Spec]:
    look = canvas.look
    for key, x, line in legend:
        y = _LINE * (line + 0.5) - top
        square = {"type": "square", "size": _SWATCH**2, "filled": True, "opacity": 1, "aria": False}
        where = {"x": {"value": x + _SWATCH / 2}, "y": {"value": y}, "color": {"value": _ink(key, look)}}
        yield {"data": rows([{}]), "mark": square, "encoding": where}
        word = {"words": str(_STATES[key]), "ink": look.ink, "ground": look.ground}
        yield words_at([word], x={"value": x + _SWATCH + 6}, y={"value": y})


def _left_out(drawn: int, known: int) -> list[Text]:
    words = _("The latest {drawn} of {all} periods are drawn; the table has them all.")
    return [words.format(drawn=drawn, all=known)] if known > drawn else []


def _finding(result: MetricResult, line: Series) -> Text:
    if not line.complete:
        return _("{label}: no complete period yet").format(label=result.metric.label)
    last = line.complete[-1]
    told = {**_counts(last), "size": Shown(abs(last.value or 0), Unit.COUNT), "period": Named(last.period)}
    if not last.value:
        return _("{active_customers} active customers in {period}, as many as before").format(**told)
    if last.value > 0:
        return _("{active_customers} active customers in {period}, {size} more than before").format(**told)
    return _("{active_customers} active customers in {period}, {size} fewer than before").format(**told)


def _balance(line: Series) -> Text:
    """What came in against what went, in the latest complete period."""
    if not line.complete:
        return _("No period is complete yet, so there is nothing to compare.")
    last = line.complete[-1]
    words = _("In {period} {first_time} came for the first time and {resurrected} came back; {dormant} went silent.")
    return words.format(**_counts(last), period=Named(last.period))


def _counts(point: Measurement) -> dict[str, Word]:
    return {key: Shown(point.inputs[key], Unit.COUNT) for key in (*_STATES, "active_customers")}


def _in_words(result: MetricResult, line: Series) -> Text:
    if not line.complete:
        return _("{kind}: {label}. Nothing is known yet.").format(kind=_("Stacked bars"), label=result.metric.label)
    first, last = line.complete[0], line.complete[-1]
    head = _("{kind}: {label}, {first} to {last}.").format(
        kind=_("Stacked bars"), label=result.metric.label, first=Named(first.period), last=Named(last.period)
    )
    parts = [
        _("{name}: {value}.").format(name=name, value=Shown(last.inputs[key], Unit.COUNT))
        for key, name in _STATES.items()
    ]
    return sentences(head, Text("{period}.").format(period=Named(last.period)), *parts)


def _table(result: MetricResult) -> Table:
    segmented = result.segment_column is not None
    segment = (_("Segment"),) if segmented else ()
    columns = (_("Period"), *segment, *_STATES.values(), _("Net change"), _("State"))
    return Table(columns=columns, rows=tuple(_row(m, segmented) for m in result.measurements))


def _row(m: Measurement, segmented: bool) -> tuple[Word, ...]:
    segment: tuple[Word, ...] = (name_of(m.segment),) if segmented else ()
    counted = tuple(Shown(m.inputs.get(key), Unit.COUNT) for key in _STATES)
    return (Named(m.period), *segment, *counted, Shown(m.value, Unit.COUNT, signed=bool(m.value)), state_of(m))
