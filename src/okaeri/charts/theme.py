"""The look: warm paper, pine for data, persimmon for what stands against it; one palette per mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from okaeri.base.errors import unknown
from okaeri.base.text import _
from okaeri.charts.fonts import stack

Spec = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """The colours of one mode, all `#rrggbb`; `series` and the inks read on `ground`.

    >>> len(PALETTES["dark"].series)
    6
    """

    ground: str
    ink: str
    quiet: str
    grid: str
    ramp: tuple[str, ...]
    series: tuple[str, ...]
    cell_inks: tuple[str, ...]
    hatch: str
    hatch_edge: str


PALETTES = {
    "light": Palette(
        ground="#ffffff",
        ink="#211d1a",
        quiet="#6b625a",
        grid="#ece7e1",
        ramp=("#edf3f0", "#cfe5de", "#8fc6b9", "#3f9688", "#0f6b5f", "#07453d"),
        series=("#0f766e", "#c2461c", "#4b4aa8", "#8a5a00", "#9c2f6c", "#3d5a78"),
        cell_inks=("#0c0907", "#ffffff"),
        hatch="#d9d1c7",
        hatch_edge="#a89e93",
    ),
    "dark": Palette(
        ground="#1d1a18",
        ink="#f4efe9",
        quiet="#aba198",
        grid="#37322d",
        ramp=("#24302d", "#1f4a43", "#1f6b60", "#2f9384", "#6cc2b2", "#c2ebe1"),
        series=("#45b8a6", "#f0825a", "#a3a1f2", "#d9ab45", "#e58ab8", "#8fb3d6"),
        cell_inks=("#ffffff", "#04110e"),
        hatch="#4a433c",
        hatch_edge="#7d736a",
    ),
}


def palette(mode: str) -> Palette:
    """The palette of `mode` ("light" or "dark"); raises `OkaeriError` for any other.

    >>> palette("light").ground
    '#ffffff'
    """
    if mode not in PALETTES:
        raise unknown(_("mode"), mode, PALETTES, listed_by="okaeri report --help")
    return PALETTES[mode]


def config(mode: str, lang: str) -> Spec:
    """The Vega-Lite configuration every chart shares.

    >>> config("dark", "en")["background"]
    '#1d1a18'
    """
    look, font = palette(mode), stack(lang)
    return {
        "background": look.ground,
        "font": font,
        "aria": False,
        "view": {"stroke": None},
        "axis": {
            "labelFont": font,
            "titleFont": font,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": 400,
            "labelColor": look.quiet,
            "titleColor": look.quiet,
            "gridColor": look.grid,
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
            "titlePadding": 10,
            "labelFlush": False,
        },
        "text": {"font": font},
        "line": {"strokeWidth": 2.5, "strokeCap": "round", "strokeJoin": "round"},
    }
