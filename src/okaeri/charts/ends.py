"""Names and figures at the ends of lines, kept apart: no legend to look up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from okaeri.charts.canvas import words_at
from okaeri.charts.frame import Frame, apart
from okaeri.charts.theme import Spec
from okaeri.charts.words import Word, shorten, width_of

_NAME, _BOLD, _MOST = 12.5, 1.06, 0.28


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """What stands at one line's end; a lone line has no name, only its figure."""

    name: Word | None
    figure: str
    value: float
    ink: str
    ground: str


def room(ends: Sequence[End], *, width: float) -> float:
    """How many pixels the widest end takes, at most a good quarter of `width`.

    >>> room([End(name="A plan", figure="50%", value=0.5, ink="#000000", ground="#ffffff")], width=640) < 80
    True
    """
    if not ends:
        return 8.0
    words = [word for end in ends for word in (str(end.name or ""), end.figure)]
    return min(max(width_of(word, _NAME * _BOLD) for word in words), width * _MOST) + 16


def written(ends: Sequence[End], *, frame: Frame, quiet: str) -> Iterator[Spec]:
    """The layers of words, each beside its line unless a neighbour pushes it away."""
    named = any(end.name is not None for end in ends)
    wanted = [frame.pixel_y(end.value) for end in ends]
    limit = room(ends, width=frame.width / (1 - _MOST)) - 14
    for end, pixel in zip(ends, apart(wanted, gap=34 if named else 18, low=4, high=frame.height - 12), strict=True):
        x, y = {"value": frame.width}, {"value": pixel}
        name = shorten(str(end.name), size=_NAME * _BOLD, width=limit) if end.name is not None else end.figure
        yield words_at([{"words": name, "ink": end.ink, "ground": end.ground}], x=x, y=y, size=_NAME, weight=600, dx=8)
        if end.name is not None:
            yield words_at([{"words": end.figure, "ink": quiet, "ground": end.ground}], x=x, y=y, dx=8, dy=16)
