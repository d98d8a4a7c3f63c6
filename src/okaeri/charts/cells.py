"""The cells of a cohort triangle: colour from the value, ink from the colour, hatching for what is not finished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from okaeri.base.measurement import Measurement, State
from okaeri.base.text import Text, _
from okaeri.base.units import Unit
from okaeri.charts.bars import value_of
from okaeri.charts.canvas import Canvas, Drawn, lines_at, paint, place, rows, words_at
from okaeri.charts.colours import ink_on, ramp
from okaeri.charts.frame import Frame
from okaeri.charts.theme import Spec
from okaeri.charts.words import Shown, Word, width_of

_BARE: Spec = {"grid": False, "labels": False}
_GAP, _SEAM = 3.0, 0.45  # pixels between cells; rows between the triangle and its mean
_BELOW_WHOLE = 0.86  # how far up the ramp later ages go, so that the whole cohort stands out
_WIDE, _NARROW = 38.0, 25.0  # the least width of a cell with and without its unit


@dataclass(frozen=True, kw_only=True)
class Triangle:
    """Rows of cells by age, oldest cohort first, and the weighted mean beneath."""

    cohorts: Sequence[tuple[Word, Sequence[Measurement]]]
    mean: Sequence[Measurement]
    ages: Sequence[int]
    title: Text

    def draw(self, canvas: Canvas) -> Drawn:
        """The layers, from the back to the front; ages that do not fit the width are left to the table."""
        names = [str(name) for name, _ in self._rows]
        left = max((width_of(name, 12.8) for name in names), default=0) + 10
        room = canvas.inner - left
        ages = list(self.ages)[: max(1, int(room / self._least))]
        row = 30.0 if len(self._rows) <= 15 else 25.0
        high = len(self.cohorts) + (1 + _SEAM if self.mean else 0)
        widest = 76.0 if len(ages) > 4 else 120.0
        frame = Frame(
            width=min(room, widest * max(len(ages), 1)),
            height=row * max(high, 1),
            left=0,
            right=max(len(ages), 1),
            low=max(high, 1),
            high=0,
        )
        layers = [
            frame.axes(_BARE, _BARE),
            *self._cells(canvas, frame, ages),
            *self._words(canvas, frame, ages, names, row),
        ]
        return Drawn(
            layers=layers, width=frame.width, height=frame.height, left=left, right=room - frame.width, top=46, bottom=6
        )

    @cached_property
    def _rows(self) -> list[tuple[Word, Sequence[Measurement]]]:
        mean: list[tuple[Word, Sequence[Measurement]]] = [(_("Weighted mean"), self.mean)] if self.mean else []
        return [*self.cohorts, *mean]

    @cached_property
    def _span(self) -> tuple[float, float]:
        """The values the ramp runs over; the first period of a share is always whole and would drown the rest."""
        known = [m for _, row in self._rows for m in row if m.value is not None and m.state is State.COMPLETE]
        later = [m.value or 0.0 for m in known if m.inputs["age"] > 0 or m.unit is Unit.MONEY]
        values = later or [m.value or 0.0 for m in known] or [0.0, 1.0]
        return min(values), max(values)

    @cached_property
    def _least(self) -> float:
        widest = max((width_of(self._label(m, 99), 11.5) for _, row in self._rows for m in row), default=0)
        return max(_NARROW, widest + 8) if not self._shares else _NARROW

    @cached_property
    def _shares(self) -> bool:
        return all(m.unit is Unit.RATE for _, row in self._rows for m in row)

    def _top(self, at: int) -> float:
        return at + (_SEAM if self.mean and at == len(self.cohorts) else 0)

    def _label(self, cell: Measurement, width: float) -> str:
        words = "" if cell.value is None else str(Shown(cell.value, cell.unit, cell.currency, short=True))
        return words if width >= _WIDE or not self._shares else words.rstrip("%")

    def _box(self, canvas: Canvas, frame: Frame, at: int, column: int, cell: Measurement) -> dict[str, Any]:
        gap_x, gap_y = frame.x_of(_GAP / 2) - frame.left, (_GAP / 2) / frame.height * frame.low
        low, high = self._span
        share = ((cell.value or 0.0) - low) / (high - low) if high > low else 0.5
        share *= 1.0 if cell.unit is Unit.MONEY or cell.inputs["age"] == 0 else _BELOW_WHOLE
        fill = canvas.look.ground if cell.state is State.PARTIAL else ramp(canvas.look.ramp, share)
        top = self._top(at)
        return {
            "x": column + gap_x,
            "x2": column + 1 - gap_x,
            "y": top + gap_y,
            "y2": top + 1 - gap_y,
            "fill": fill,
            "edge": canvas.look.hatch_edge if cell.state is State.PARTIAL else fill,
            "state": cell.state.value,
            "told": value_of(cell),
        }

    def _cells(self, canvas: Canvas, frame: Frame, ages: Sequence[int]) -> Iterator[Spec]:
        seen = list(self._seen(ages))
        boxes = [self._box(canvas, frame, at, column, cell) for at, column, cell in seen]
        corners = {"x": place("x"), "x2": {"field": "x2"}, "y": place("y"), "y2": {"field": "y2"}}
        mark = {"type": "rect", "cornerRadius": 4, "strokeWidth": 1}
        colours = {"fill": paint("fill"), "stroke": paint("edge"), "tooltip": {"field": "told", "type": "nominal"}}
        yield {"data": rows(boxes), "mark": mark, "encoding": {**corners, **colours}}
        hatched = [box for box in boxes if box["state"] == State.PARTIAL.value]
        strokes = [s for box in hatched for s in frame.hatch(box["x"], box["x2"], box["y"], box["y2"])]
        if strokes:
            yield lines_at(strokes, ink=canvas.look.hatch)
        width = frame.width / max(len(ages), 1)
        labels = [
            self._written(canvas, at, column, cell, box, width)
            for (at, column, cell), box in zip(seen, boxes, strict=True)
        ]
        size = 11.5 if width >= _WIDE else 10.5
        for bold in (400, 600):
            kept = [label for label in labels if label["weight"] == bold]
            if kept:
                yield words_at(kept, x=place("x"), y=place("y"), size=size, weight=bold, align="center")

    def _written(
        self, canvas: Canvas, at: int, column: int, cell: Measurement, box: dict[str, Any], width: float
    ) -> dict[str, Any]:
        ground = canvas.look.hatch if cell.state is State.PARTIAL else box["fill"]
        inks = (canvas.look.ink,) if cell.state is State.PARTIAL else canvas.look.cell_inks
        return {
            "x": column + 0.5,
            "y": self._top(at) + 0.5,
            "words": self._label(cell, width),
            "ink": ink_on(ground, inks),
            "ground": ground,
            "weight": 600 if at >= len(self.cohorts) else 400,
        }

    def _heading(self, frame: Frame, ages: Sequence[int]) -> str:
        """What the columns are, how many are left out, and the unit when the cells are too narrow for it."""
        words = self.title
        if len(ages) < len(self.ages):
            words = _("{title} (the first {n} of {all})").format(title=words, n=len(ages), all=len(self.ages))
        return f"{words} · %" if self._shares and frame.width / max(len(ages), 1) < _WIDE else str(words)

    def _seen(self, ages: Sequence[int]) -> Iterator[tuple[int, int, Measurement]]:
        columns = {age: column for column, age in enumerate(ages)}
        for at, (_name, row) in enumerate(self._rows):
            for cell in row:
                if cell.value is not None and cell.state is not State.UNDEFINED and cell.inputs["age"] in columns:
                    yield at, columns[cell.inputs["age"]], cell

    def _words(
        self, canvas: Canvas, frame: Frame, ages: Sequence[int], names: Sequence[str], row: float
    ) -> Iterator[Spec]:
        look = canvas.look
        quiet = {"ink": look.quiet, "ground": look.ground}
        yield words_at([{**quiet, "words": self._heading(frame, ages)}], x={"value": 0}, y={"value": -36})
        over = [{**quiet, "x": column + 0.5, "words": str(age)} for column, age in enumerate(ages)]
        yield words_at(over, x=place("x"), y={"value": -13}, align="center")
        for mean in (False, True):
            ink = {**quiet, "ink": look.ink} if mean else quiet
            beside = [
                {**ink, "y": self._top(at) + 0.5, "words": name}
                for at, name in enumerate(names)
                if (at >= len(self.cohorts)) == mean
            ]
            if beside:
                yield words_at(beside, x={"value": -10}, y=place("y"), align="right", weight=600 if mean else 400)
