"""Colour arithmetic: contrast as WCAG 2 defines it, ramps mixed in Lab, and the ink that reads on a ground."""

from __future__ import annotations

from collections.abc import Sequence

READABLE = 4.5
_Triple = tuple[float, float, float]
_WHITE: _Triple = (0.95047, 1.0, 1.08883)


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two `#rrggbb` colours, 1 to 21.

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(ground: str, inks: Sequence[str]) -> str:
    """The first of `inks` that reads on `ground`, else black or white: one of the two always does.

    >>> ink_on("#0f6b5f", ["#211d1a", "#fffdfa"])
    '#fffdfa'
    """
    readable = [ink for ink in inks if contrast(ink, ground) >= READABLE]
    return readable[0] if readable else max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, ground))


def ramp(stops: Sequence[str], share: float) -> str:
    """The colour at `share` (0..1, clamped) along evenly spaced stops, mixed in CIE Lab.

    >>> ramp(["#000000", "#ffffff"], 2), ramp(["#000000", "#ffffff"], 0.5)
    ('#ffffff', '#777777')
    """
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    return mix(stops[first], stops[first + 1], place - first)


def mix(one: str, other: str, share: float) -> str:
    """`share` (0..1) of the way from one colour to another, in CIE Lab.

    >>> mix("#ffffff", "#000000", 0)
    '#ffffff'
    """
    a, b = _lab(one), _lab(other)
    return _hex((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share))


def _linear(colour: str) -> _Triple:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _uncurve(red), _uncurve(green), _uncurve(blue)


def _uncurve(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lab(colour: str) -> _Triple:
    r, g, b = _linear(colour)
    xyz = (
        0.4124564 * r + 0.3575761 * g + 0.1804375 * b,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        0.0193339 * r + 0.1191920 * g + 0.9503041 * b,
    )
    x, y, z = (_cube_root(part / white) for part, white in zip(xyz, _WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _cube_root(share: float) -> float:
    return float(share ** (1 / 3)) if share > 216 / 24389 else (24389 / 27 * share + 16) / 116


def _hex(lab: _Triple) -> str:
    y = (lab[0] + 16) / 116
    x, y, z = (_cubed(f) * white for f, white in zip((y + lab[1] / 500, y, y - lab[2] / 200), _WHITE, strict=True))
    channels = (
        3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
        -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
        0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
    )
    return "#" + "".join(f"{round(min(max(_curve(c), 0), 1) * 255):02x}" for c in channels)


def _cubed(f: float) -> float:
    return f**3 if f**3 > 216 / 24389 else (116 * f - 16) * 27 / 24389


def _curve(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else float(1.055 * channel ** (1 / 2.4) - 0.055)
