"""Plot geometry: scales, even ticks, hatching clipped to its box, labels kept apart. Pixels in, axis units out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from okaeri.charts.canvas import place, rows
from okaeri.charts.theme import Spec
from okaeri.charts.words import width_of

HATCH_GAP = 7.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """A plot of `width` × `height` pixels over x in [left, right] and y in [low, high].

    >>> Frame(width=100, height=50, left=0, right=10, low=0, high=1).x_of(25)
    2.5
    """

    width: float
    height: float
    left: float
    right: float
    low: float
    high: float

    def x_of(self, pixel: float) -> float:
        """The x whose distance from the plot's left edge is `pixel`."""
        return self.left + (self.right - self.left) * pixel / self.width

    def y_of(self, pixel: float) -> float:
        """The y whose distance from the plot's top edge is `pixel`."""
        return self.high - (self.high - self.low) * pixel / self.height

    def pixel_y(self, y: float) -> float:
        """How far below the plot's top edge `y` lies, in pixels."""
        return (self.high - y) / (self.high - self.low) * self.height

    def pixel_x(self, x: float) -> float:
        """How far right of the plot's left edge `x` lies, in pixels."""
        return (x - self.left) / (self.right - self.left) * self.width

    def readable(self, labels: Sequence[str], *, spare: float) -> list[int]:
        """Which of the labels of x = 0, 1, 2 … fit beside each other and end within `spare` pixels of the plot."""
        room = self.width + spare
        every = range(0, len(labels), stride(labels, width=self.width))
        return [at for at in every if self.pixel_x(at) + width_of(labels[at], 12) / 2 <= room]

    def axes(self, x: Spec, y: Spec) -> Spec:
        """The layer that sets both scales and draws both axes; every other layer shares them."""
        corners = [{"x": self.left, "y": self.low}, {"x": self.right, "y": self.high}]
        scale_x = {"domain": [self.left, self.right], "nice": False, "zero": False}
        scale_y = {"domain": [self.low, self.high], "nice": False, "zero": False}
        encoding = {"x": place("x", scale_x, x), "y": place("y", scale_y, y)}
        return {"data": rows(corners), "mark": {"type": "point", "opacity": 0, "aria": False}, "encoding": encoding}

    def hatch(self, x: float, x2: float, y: float, y2: float) -> Iterator[dict[str, float]]:
        """Slanted strokes that fill the box between two corners given in axis units."""
        left, right = sorted((self.pixel_x(x), self.pixel_x(x2)))
        top, bottom = sorted((self.pixel_y(y), self.pixel_y(y2)))
        for number in range(ceil((right - left + bottom - top) / HATCH_GAP)):
            reach = (number + 0.5) * HATCH_GAP
            a = (left + max(0.0, reach - (bottom - top)), top + min(reach, bottom - top))
            b = (left + min(reach, right - left), top + max(0.0, reach - (right - left)))
            if b[0] > a[0]:
                yield {"x": self.x_of(a[0]), "y": self.y_of(a[1]), "x2": self.x_of(b[0]), "y2": self.y_of(b[1])}


def ticks(low: float, high: float, *, count: int = 5) -> list[float]:
    """About `count` round, even steps that enclose [low, high].

    >>> ticks(0.31, 0.88)
    [0.2, 0.4, 0.6, 0.8, 1.0]
    """
    span = (high - low) or abs(high) or 1.0
    rough = span / count
    power = 10.0 ** floor(log10(rough))
    step = next(unit * power for unit in (1, 2, 5, 10) if unit * power >= rough * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(number * step, 12) for number in range(first, max(last, first + 1) + 1)]


def labelled_axis(places: Sequence[float], labels: Sequence[str], **more: object) -> Spec:
    """An axis whose evenly spaced `places` carry ready-made `labels`."""
    step = places[1] - places[0] if len(places) > 1 else 1.0
    words = json.dumps(list(labels), ensure_ascii=False)
    return {"values": list(places), "labelExpr": f"{words}[round((datum.value - {places[0]}) / {step})]", **more}


def stride(labels: Sequence[str], *, width: float, size: float = 12) -> int:
    """Every how many labels fit beside each other in `width` pixels.

    >>> stride(["2024-01"] * 24, width=300)
    6
    """
    widest = max((width_of(label, size) for label in labels), default=1) + 14
    return max(1, ceil(len(labels) * widest / width))


def apart(wanted: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Positions as near to `wanted` as can be with `gap` between any two, inside [low, high] when they fit.

    >>> apart([10, 12, 60], gap=20, low=0, high=100)
    [1.0, 21.0, 60.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups: list[tuple[list[int], float]] = []
    for index in order:
        groups.append(([index], float(wanted[index])))
        while len(groups) > 1 and _overlap(groups[-2], groups[-1], gap):
            members = groups[-2][0] + groups[-1][0]
            groups[-2:] = [(members, sum(wanted[i] for i in members) / len(members))]
        groups[-1] = (groups[-1][0], _inside(groups[-1], gap, low, high))
    found = {
        index: centre + gap * (at - (len(members) - 1) / 2)
        for members, centre in groups
        for at, index in enumerate(members)
    }
    return _settled([found[i] for i in range(len(wanted))], order, gap)


def _settled(places: list[float], order: Sequence[int], gap: float) -> list[float]:
    for before, after in pairwise(order):
        places[after] = max(places[after], places[before] + gap)
    return places


def _overlap(above: tuple[list[int], float], below: tuple[list[int], float], gap: float) -> bool:
    return below[1] - above[1] < gap * (len(above[0]) + len(below[0])) / 2


def _inside(group: tuple[list[int], float], gap: float, low: float, high: float) -> float:
    half = gap * (len(group[0]) - 1) / 2
    return max(min(group[1], high - half), low + half)
