"""The letters a page needs and no others, as data URIs: no machine shows empty boxes, nothing is fetched."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from pathlib import Path

from okaeri.charts.fonts import CJK, LATIN, font_files

_ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "–—−×·…’“”%"
_FEATURES = ("kern", "ccmp", "mark", "mkmk", "tnum", "calt")


def font_faces(text: str, *, lang: str) -> str:
    """`@font-face` rules for the letters of `text`: Inter for what it has, Noto Sans CJK for the rest.

    Letters that neither family has are left to the reader's machine.

    >>> font_faces("Retention", lang="en").count("@font-face")
    2
    """
    letters = frozenset(_ALWAYS + text)
    rules, left = [], letters
    by_family = {
        family: [path for path in font_files(lang) if _is_latin(path) == (family == LATIN)] for family in (LATIN, CJK)
    }
    for family, files in by_family.items():
        held = left & _letters_of(files[0])
        rules += [_face(family, path, held, lang=lang) for path in files if held]
        left -= held
    return "\n".join(rules)


def _is_latin(path: Path) -> bool:
    return path.name.startswith("Inter")


def _face(family: str, path: Path, letters: frozenset[str], *, lang: str) -> str:
    bold = "600" in path.name or "Bold" in path.name
    data = b64encode(_subset(path, letters, lang=lang)).decode("ascii")
    return (
        f'@font-face{{font-family:"{family}";font-weight:{"550 700" if bold else "100 549"};font-display:block;'
        f'src:url("data:font/woff;base64,{data}") format("woff")}}'
    )


@cache
def _letters_of(path: Path) -> frozenset[str]:
    from fontTools.ttLib import TTFont  # heavy: only when a page is made

    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _subset(path: Path, letters: frozenset[str], *, lang: str) -> bytes:
    from io import BytesIO

    from fontTools import subset
    from fontTools.ttLib import TTFont

    features = [*_FEATURES, "locl"] if lang == "ko" else [*_FEATURES]  # the forms of ja and en need no exchange
    options = subset.Options(layout_features=features, hinting=False, notdef_outline=True, name_IDs=[1, 2, 4, 6])
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE"]
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=[ord(letter) for letter in letters])
    out = BytesIO()
    with TTFont(path, lazy=True, recalcTimestamp=False, recalcBBoxes=False) as font:
        names = font["name"]  # kept from the subsetter, which would walk every table for what points to a name
        names.names = [name for name in names.names if name.nameID in (1, 2, 4, 6)]
        del font["name"]
        chosen.subset(font)
        font["name"] = names
        font.flavor = "woff"
        font.save(out)
    return out.getvalue()
