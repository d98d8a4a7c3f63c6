"""Figures become drawings that carry their light and dark colours at once, at the widths a page has room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from okaeri.base.text import current_language
from okaeri.charts.canvas import EDGE
from okaeri.charts.figure import Figure
from okaeri.charts.render import svg, svg_of
from okaeri.reports.svg import HEX, Drawing, adapt, plain

WIDE, MIDDLE, NARROW, NOTEBOOK = 820, 470, 300, 640
CROP = EDGE - 4  # the card has an edge of its own
GROWN = frozenset({"cohorts"})  # too dense to shrink: they scroll in their own region
BROAD = GROWN | {"scores"}  # never one of a pair


@dataclass(frozen=True, slots=True)
class Sized:
    """A drawing and the width class under which the page shows it."""

    size: str
    drawing: Drawing


def sized(figure: Figure, *, name: str, paired: bool = False) -> tuple[Sized, ...]:
    """The drawings a page holds of one figure; a grown one has its wide form only, one of a pair none."""
    widths = size_widths(figure, paired=paired)
    return tuple(Sized(size, adaptive(figure, name=f"{name}-{size[0]}-", width=w)) for size, w in widths.items())


def size_widths(figure: Figure, *, paired: bool = False) -> dict[str, int]:
    """Under which width classes a page holds a figure, and how wide it is drawn for each."""
    if is_grown(figure):
        return {"grown": WIDE}
    return {"middle last": MIDDLE, "narrow": NARROW} if paired else {"wide": WIDE, "middle": MIDDLE, "narrow": NARROW}


def is_grown(figure: Figure) -> bool:
    """Whether the figure keeps its size on a narrow page."""
    return figure.kind in GROWN


def printed(figure: Figure, *, width: int = WIDE) -> str:
    """The figure in its light colours as a drawing of its own, for paper."""
    drawing = svg(figure, mode="light", lang=current_language(), width=width + 2 * CROP, titled=False)
    return plain(drawing, edge=CROP)


def adaptive(figure: Figure, *, name: str, width: int) -> Drawing:
    """The figure in the current language, `width` pixels wide, for a light and a dark page.

    It is drawn once: each pair of colours goes through the drawing as a colour of its own that stands for both.
    """
    light, dark = (_spec(figure, mode=mode, width=width) for mode in ("light", "dark"))
    pairs: dict[tuple[str, str], str] = {}
    drawing = svg_of(both(light, dark, pairs=pairs))
    paints = {colour: pair for pair, colour in pairs.items()}
    return adapt(drawing, paints=paints, name=name, label=str(figure.alt), edge=CROP)


def both(light: Any, dark: Any, *, pairs: dict[tuple[str, str], str]) -> Any:
    """The specification `light` with every colour replaced by one that stands for it and its counterpart in `dark`.

    >>> found = {}
    >>> both({"fill": "#ffffff", "size": 2}, {"fill": "#161412", "size": 2}, pairs=found), found
    ({'fill': '#000001', 'size': 2}, {('#ffffff', '#161412'): '#000001'})
    """
    if isinstance(light, dict):
        return {key: both(value, dark[key], pairs=pairs) for key, value in light.items()}
    if isinstance(light, list):
        return [both(one, other, pairs=pairs) for one, other in zip(light, dark, strict=True)]
    if isinstance(light, str) and HEX.match(light):
        return pairs.setdefault((light, dark), f"#{len(pairs) + 1:06x}")
    return light


def _spec(figure: Figure, *, mode: str, width: int) -> dict[str, Any]:
    return figure.spec(mode=mode, lang=current_language(), width=width + 2 * CROP, titled=False)
