"""Figures as SVG and PNG through vl-convert, with our own fonts and no way to the network."""

from __future__ import annotations

import os
from functools import cache
from xml.sax.saxutils import quoteattr

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.charts.figure import Figure
from okaeri.charts.fonts import font_files
from okaeri.charts.standins import put_back, stand_in
from okaeri.charts.theme import Spec


def svg(figure: Figure, *, mode: str = "light", lang: str = "en", width: int = 640, titled: bool = True) -> str:
    """The figure as one SVG document; its alternative text is the drawing's label."""
    return svg_of(figure.spec(mode=mode, lang=lang, width=width, titled=titled))


def svg_of(spec: Spec) -> str:
    """A Vega-Lite specification as one SVG document, drawn with our fonts and without the network."""
    import vl_convert  # heavy: only when something is drawn

    _ready(os.getpid())
    phrases: dict[str, str] = {}
    drawn = str(vl_convert.vegalite_to_svg(stand_in(_still(spec), phrases=phrases), allowed_base_urls=[]))
    drawing = put_back(drawn, phrases=phrases)
    return drawing.replace("<svg ", f'<svg role="img" aria-label={quoteattr(spec["description"])} ', 1)


def _still(spec: Spec) -> Spec:
    """The specification without what a picture never shows, and what yet costs time: tooltips and empty layers."""
    layers = [layer for layer in spec["layer"] if layer["data"]["values"]]
    return {**spec, "layer": [{**layer, "encoding": _untold(layer["encoding"])} for layer in layers]}


def _untold(encoding: Spec) -> Spec:
    return {channel: value for channel, value in encoding.items() if channel != "tooltip"}


def png(
    figure: Figure, *, mode: str = "light", lang: str = "en", width: int = 640, scale: float = 2.0, titled: bool = True
) -> bytes:
    """The figure as a PNG of `width` × `scale` pixels across."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg(figure, mode=mode, lang=lang, width=width, titled=titled), scale=scale))


@cache
def _owner() -> list[int]:
    return []


def _ready(process: int) -> None:
    """Register the fonts once; refuse in a forked child, where vl-convert would wait for ever."""
    owners = _owner()
    if not owners:
        _register()
        owners.append(process)
    if owners[0] != process:
        raise OkaeriError(
            _("Charts cannot be drawn in a process that was forked after drawing."),
            advice=_("Start worker processes with the 'spawn' method, or draw only in the workers."),
        )


@cache
def _register() -> None:
    import vl_convert

    for folder in sorted({path.parent for path in font_files("en")}):
        vl_convert.register_font_directory(str(folder))
