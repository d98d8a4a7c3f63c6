"""The sheet a chart is laid out on: exact pixels, so that nothing is cut off or runs over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from okaeri.base.text import current_language
from okaeri.charts.fonts import stack
from okaeri.charts.theme import SCHEMA, Palette, Spec, config, palette
from okaeri.charts.words import wrap

EDGE = 16
_TITLE, _SUBTITLE, _NOTE = 16.0, 12.5, 11.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """Layers over a plot of `width` × `height` pixels with room for labels on each side, all in pixels."""

    layers: Sequence[Spec]
    width: float
    height: float
    left: float
    top: float = 0
    right: float = 0
    bottom: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Canvas:
    """Mode, language and total width in pixels.

    >>> Canvas(mode="light", lang="en", width=640).inner
    608
    """

    mode: str
    lang: str
    width: int

    @property
    def look(self) -> Palette:
        """The palette of the mode."""
        return palette(self.mode)

    @property
    def inner(self) -> int:
        """The width between the edges."""
        return self.width - 2 * EDGE

    def spec(self, drawn: Drawn, *, words: Sequence[str], notes: Sequence[str], alt: str) -> Spec:
        """The whole specification: title and subtitle above, notes below, the alternative text inside."""
        head = self._head(words)
        above = sum(line[-1] for line in head)
        foot = [line for note in notes for line in wrap(note, size=_NOTE, width=self.inner)]
        return {
            "$schema": SCHEMA,
            "description": alt,
            "width": drawn.width,
            "height": drawn.height,
            "autosize": {"type": "none"},
            "padding": {
                "left": EDGE + drawn.left,
                "right": EDGE + drawn.right,
                "top": EDGE + above + drawn.top,
                "bottom": EDGE + drawn.bottom + (18 * len(foot) + 6 if foot else 0),
            },
            "layer": [*drawn.layers, *self._above(head, drawn, above), *self._foot(foot, drawn)],
            "config": config(self.mode, self.lang),
        }

    def _head(self, words: Sequence[str]) -> list[tuple[str, float, int, str, float]]:
        """Each line above the plot: words, size, weight, ink and the height it takes."""
        if not words:
            return []
        title = wrap(words[0], size=_TITLE * 1.06, width=self.inner)
        subtitle = wrap(words[1], size=_SUBTITLE, width=self.inner)
        return [
            *((line, _TITLE, 600, self.look.ink, 22.0) for line in title),
            *((line, _SUBTITLE, 400, self.look.quiet, 17.0) for line in subtitle),
            ("", _SUBTITLE, 400, self.look.quiet, 18.0),
        ]

    def _above(self, head: Sequence[tuple[str, float, int, str, float]], drawn: Drawn, height: float) -> Iterator[Spec]:
        """Marks, not a Vega title: a title moves with what the plot happens to hold."""
        top = -drawn.top - height
        for words, size, weight, ink, taken in head:
            value = {"words": words, "ink": ink, "ground": self.look.ground}
            if words:
                yield words_at(
                    [value], x={"value": -drawn.left}, y={"value": top + taken / 2}, size=size, weight=weight
                )
            top += taken

    def _foot(self, lines: Sequence[str], drawn: Drawn) -> Iterator[Spec]:
        for number, line in enumerate(lines):
            yield words_at(
                [{"words": line, "ink": self.look.quiet, "ground": self.look.ground}],
                x={"value": -drawn.left},
                y={"value": drawn.height + drawn.bottom + 18 * number + 14},
                size=_NOTE,
                baseline="middle",
            )


def rows(values: Sequence[Mapping[str, Any]]) -> Spec:
    """Inline data."""
    return {"values": [dict(value) for value in values]}


def place(field: str, scale: Spec | None = None, axis: Spec | None = None) -> Spec:
    """A position taken from `field`; layers share the scale and the axis of the one that names them."""
    channel: Spec = {"field": field, "type": "quantitative", "title": None}
    return {**channel, **({"scale": scale} if scale else {}), **({"axis": axis} if axis else {})}


def paint(field: str) -> Spec:
    """A colour that `field` spells out."""
    return {"field": field, "type": "nominal", "scale": None, "legend": None}


def words_at(
    values: Sequence[Mapping[str, Any]],
    *,
    x: Spec,
    y: Spec,
    size: float = 12,
    weight: int = 400,
    align: str = "left",
    baseline: str = "middle",
    dx: float = 0,
    dy: float = 0,
) -> Spec:
    """A layer of words: each value names its `words`, its `ink` and the `ground` it stands on."""
    mark: Spec = {
        "type": "text",
        "fontSize": size,
        "fontWeight": weight,
        "align": align,
        "baseline": baseline,
        "dx": dx,
        "dy": dy,
    }
    mark |= _borrowed("".join(str(value["words"]) for value in values))
    text = {"field": "words", "type": "nominal"}
    return {"data": rows(values), "mark": mark, "encoding": {"x": x, "y": y, "text": text, "color": paint("ink")}}


def lines_at(values: Sequence[Mapping[str, Any]], *, ink: str, width: float = 1, dash: Sequence[int] = ()) -> Spec:
    """A layer of straight strokes from (x, y) to (x2, y2) in the units of the axes."""
    mark: Spec = {"type": "rule", "color": ink, "strokeWidth": width, "strokeCap": "butt", "aria": False}
    if dash:
        mark["strokeDash"] = list(dash)
    ends = {"x": place("x"), "y": place("y"), "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    return {"data": rows(values), "mark": mark, "encoding": ends}


def _borrowed(words: str) -> Spec:
    """The font for words of another script than the page's: left to itself resvg borrows any weight it finds."""
    wide = current_language() == "en" and any(east_asian_width(char) in "WF" for char in words)
    return {"font": stack("ja")} if wide else {}
