"""What moved a level: bars that each begin where the one before ended, the largest segment's latest complete period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.charts.canvas import Canvas, Drawn, lines_at, paint, place, rows, words_at
from okaeri.charts.figure import Figure, Table
from okaeri.charts.frame import Frame, labelled_axis, ticks
from okaeri.charts.insight import latest_change
from okaeri.charts.series import Series, chosen, name_of, state_notes
from okaeri.charts.tables import state_of
from okaeri.charts.theme import Spec
from okaeri.charts.words import Named, Shown, Word, scale, sentences, shorten, width_of
from okaeri.metrics.result import MetricResult

_ROW, _LEAST = 34, 1.5
_LEVELS = ("opening", "closing")
_MOVEMENTS: dict[str, Text] = {
    "opening": _("Opening"),
    "new_mrr": _("New"),
    "expansion": _("Expansion"),
    "reactivation": _("Reactivation"),
    "contraction": _("Contraction"),
    "churned": _("Churned"),
    "closing": _("Closing"),
}
_LOSSES = ("contraction", "churned")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One movement from the level `before` to the level `after`; an end of the period begins at 0."""

    key: str
    before: float
    after: float

    @property
    def name(self) -> Text:
        """What the movement is called."""
        return _MOVEMENTS[self.key]


def waterfall(result: MetricResult) -> Figure:
    """Lying bars from the opening level through every movement to the closing one."""
    picked = chosen(result, most=1)
    line = picked.series[0] if picked.series else Series(name=None, points=())
    shown = (line.complete or [point for point in line.points if point.value is not None])[-1:]
    return Figure(
        kind="waterfall",
        title=_finding(result, line),
        subtitle=result.metric.definition,
        insight=latest_change(line.points),
        alt=_in_words(result, shown),
        table=_table(result),
        notes=(*picked.notes, *state_notes(shown)),
        draw=Waterfall(points=shown).draw,
    )


def bars_of(point: Measurement) -> list[Bar]:
    """The movements of one figure in the order of the identity that ties them together."""
    found, level = [], 0.0
    for key in _MOVEMENTS:
        amount = float(point.inputs[key])
        if key in _LEVELS:
            found.append(Bar(key=key, before=0.0, after=amount))
            level = amount
        else:
            after = level - amount if key in _LOSSES else level + amount
            found.append(Bar(key=key, before=level, after=after))
            level = after
    return found


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """The movements of one period, its bars' names left and their amounts right; nothing without a figure."""

    points: Sequence[Measurement]

    def draw(self, canvas: Canvas) -> Drawn:
        """The layers, from the back to the front."""
        bars = [bar for point in self.points for bar in bars_of(point)]
        currency = next((point.currency for point in self.points), None)
        ends = [end for bar in bars for end in (bar.before, bar.after)]
        steps = ticks(min([0.0, *ends]), max([0.0, *ends]) or 1.0, count=4)
        names = [shorten(str(bar.name), size=12.5, width=canvas.width * 0.3) for bar in bars]
        amounts = [str(_amount(bar, currency)) for bar in bars]
        left = max((width_of(name, 12.5) for name in names), default=0) + 10
        right = max((width_of(amount, 12) for amount in amounts), default=0) + 14
        frame = Frame(
            width=canvas.inner - left - right,
            height=_ROW * max(len(bars), 1),
            left=steps[0],
            right=steps[-1],
            low=len(bars) - 0.5,
            high=-0.5,
        )
        shown = steps[:: max(1, -(-len(steps) // max(2, int(frame.width / 80))))]
        axis = labelled_axis(shown, scale(shown, Unit.MONEY, currency))
        layers = [
            frame.axes(axis, {"labels": False, "grid": False}),
            *self._bars(canvas, frame, bars),
            *_words(canvas, frame, names, amounts),
        ]
        return Drawn(layers=layers, width=frame.width, height=frame.height, left=left, right=right, bottom=28)

    def _bars(self, canvas: Canvas, frame: Frame, bars: Sequence[Bar]) -> Iterator[Spec]:
        look = canvas.look
        levels = [
            # across the empty place of a movement that did not happen
            {
                "x": bar.after,
                "x2": bar.after,
                "y": at + 0.3,
                "y2": at + (1.3 if following.before == following.after else 0.7),
            }
            for at, (bar, following) in enumerate(pairwise(bars))
        ]
        yield lines_at(levels, ink=look.hatch_edge)
        partial = any(point.state is State.PARTIAL for point in self.points)
        boxes = [_box(at, bar, frame, canvas) for at, bar in enumerate(bars) if bar.before != bar.after]
        if partial:
            strokes = [s for b in boxes for s in frame.hatch(b["x"], b["x2"], b["y"], b["y2"])]
            yield lines_at(strokes, ink=look.hatch_edge)
        yield _rects(boxes, hollow=partial, edge=look.hatch_edge)


def _box(at: int, bar: Bar, frame: Frame, canvas: Canvas) -> dict[str, Any]:
    """A bar's corners and colour; the slightest movement is wide enough to be seen."""
    low, high = sorted((bar.before, bar.after))
    least = frame.x_of(_LEAST) - frame.x_of(0)
    ink = canvas.look.series[5 if bar.key in _LEVELS else 1 if bar.key in _LOSSES else 0]
    return {"x": low, "x2": max(high, low + least), "y": at - 0.3, "y2": at + 0.3, "ink": ink, "name": bar.key}


def _rects(boxes: Sequence[dict[str, Any]], *, hollow: bool, edge: str) -> Spec:
    corners = {"x": place("x"), "x2": {"field": "x2"}, "y": place("y"), "y2": {"field": "y2"}}
    mark: Spec = {"type": "rect", "cornerRadius": 2, "strokeWidth": 1}
    if hollow:
        return {"data": rows(boxes), "mark": {**mark, "fill": "transparent", "stroke": edge}, "encoding": corners}
    return {"data": rows(boxes), "mark": mark, "encoding": {**corners, "color": paint("ink")}}


def _words(canvas: Canvas, frame: Frame, names: Sequence[str], amounts: Sequence[str]) -> Iterator[Spec]:
    look = canvas.look
    left = [{"y": at, "words": name, "ink": look.ink, "ground": look.ground} for at, name in enumerate(names)]
    right = [{"y": at, "words": told, "ink": look.quiet, "ground": look.ground} for at, told in enumerate(amounts)]
    yield words_at(left, x={"value": -10}, y=place("y"), size=12.5, align="right")
    yield words_at(right, x={"value": frame.width + 8}, y=place("y"), size=12)


def _amount(bar: Bar, currency: str | None) -> Shown:
    """A level as it is, a movement with its sign; nothing moved is a plain zero."""
    moved = bar.after - bar.before
    return Shown(moved, Unit.MONEY, currency, signed=bar.key not in _LEVELS and bool(moved))


def _finding(result: MetricResult, line: Series) -> Text:
    if not line.complete:
        return _("{label}: no complete period yet").format(label=result.metric.label)
    last = line.complete[-1]
    change = last.value or 0.0
    told = {
        "size": Shown(abs(change), last.unit, last.currency),
        "closing": Shown(last.inputs["closing"], last.unit, last.currency),
        "period": Named(last.period),
    }
    if not change:
        return _("Monthly revenue stayed at {closing} in {period}").format(**told)
    rose = _("Monthly revenue rose by {size} to {closing} in {period}")
    return (rose if change > 0 else _("Monthly revenue fell by {size} to {closing} in {period}")).format(**told)


def _in_words(result: MetricResult, shown: Sequence[Measurement]) -> Text:
    if not shown:
        return _("{kind}: {label}. Nothing is known yet.").format(kind=_("Waterfall chart"), label=result.metric.label)
    point = shown[0]
    head = _("Waterfall chart: {label}, {period}.").format(label=result.metric.label, period=Named(point.period))
    parts = [_("{name}: {value}.").format(name=bar.name, value=_amount(bar, point.currency)) for bar in bars_of(point)]
    return sentences(head, *parts)


def _table(result: MetricResult) -> Table:
    segmented = result.segment_column is not None
    columns = (
        _("Period"),
        *((_("Segment"),) if segmented else ()),
        *_MOVEMENTS.values(),
        result.metric.label,
        _("State"),
    )
    return Table(columns=columns, rows=tuple(_row(m, segmented) for m in result.measurements))


def _row(m: Measurement, segmented: bool) -> tuple[Word, ...]:
    segment: tuple[Word, ...] = (name_of(m.segment),) if segmented else ()
    moved = tuple(Shown(m.inputs.get(key), m.unit, m.currency) for key in _MOVEMENTS)
    return (Named(m.period), *segment, *moved, Shown(m.value, m.unit, m.currency), state_of(m))
