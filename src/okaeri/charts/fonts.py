"""Fonts that pictures and PDFs embed: Inter for Latin, one pan-CJK Noto for kana, kanji and Hangul (all OFL)."""

from __future__ import annotations

import os
import tempfile
from importlib.resources import files
from pathlib import Path

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _

LATIN = "Inter"
CJK = "Noto Sans CJK JP"  # its Hangul is that of the KR cut, so one family serves ja and ko
WEIGHTS = (400, 600)
_LATIN_RANGES = (
    (0x20, 0x250),
    (0x370, 0x530),
    (0x1E00, 0x1F00),
    (0x2000, 0x2070),
    (0x20A0, 0x20D0),
    (0x2100, 0x2300),
    (0xFFFD, 0xFFFE),
)
_SYSTEM = {
    "en": "'Helvetica Neue', Arial, 'Hiragino Sans', 'Yu Gothic', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif",
    "ja": "'Noto Sans JP', 'Hiragino Sans', 'Yu Gothic', 'Noto Sans KR', 'Malgun Gothic', sans-serif",
    "ko": "'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans JP', sans-serif",
}


def families(lang: str) -> tuple[str, str]:
    """The embedded families, best first: resvg takes the first and borrows single glyphs from anywhere.

    >>> families("en"), families("ko")
    (('Inter', 'Noto Sans CJK JP'), ('Noto Sans CJK JP', 'Inter'))
    """
    return (LATIN, CJK) if lang not in ("ja", "ko") else (CJK, LATIN)


def stack(lang: str) -> str:
    """The CSS `font-family` list: the embedded families, then what a reader's machine is likely to have.

    >>> stack("ja")[:25]
    "'Noto Sans CJK JP', Inter"
    """
    quoted = (f"'{name}'" if " " in name else name for name in families(lang))
    return ", ".join([*quoted, _SYSTEM.get(lang, _SYSTEM["en"])])


def font_files(lang: str) -> list[Path]:
    """Static font files to register or embed, in the order of `families`; names of segments may be in any script.

    >>> [path.suffix for path in font_files("ja")]
    ['.otf', '.otf', '.ttf', '.ttf']
    """
    by_family = {LATIN: [_inter(weight) for weight in WEIGHTS], CJK: [_cjk("regular"), _cjk("bold")]}
    return [path for family in families(lang) for path in by_family[family]]


def are_ready() -> bool:
    """Whether every font is cut already; if not, the first drawing on this machine takes seconds longer."""
    return all(_kept(weight).is_file() for weight in WEIGHTS)


def _cjk(weight: str) -> Path:
    return _packaged(f"noto_cjk_sans_jp_{weight}", f"NotoSansCJKjp-{weight.title()}.otf")


def _packaged(package: str, name: str) -> Path:
    try:
        path = Path(str(files(package))) / name
    except ModuleNotFoundError:
        path = Path(package, name)
    if not path.is_file():
        raise OkaeriError(
            _("The fonts for pictures are not installed ({package}).").format(package=package),
            advice=_("Install Okaeri again with its dependencies."),
        )
    return path


def _inter(weight: int) -> Path:
    """A static cut of Inter: neither resvg nor typst draws the weights of a variable font."""
    kept = _kept(weight)
    if not kept.is_file():
        _keep(_cut(_source(), weight), kept)
    return kept


def _kept(weight: int) -> Path:
    return _cache_folder() / f"Inter-{weight}-{_source().stat().st_size}.ttf"


def _source() -> Path:
    return _packaged("fontpkg_inter", "files/Inter[opsz,wght].ttf")


def _cut(source: Path, weight: int) -> bytes:
    from io import BytesIO

    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    options = subset.Options(layout_features=["kern", "ccmp", "mark", "mkmk", "locl", "tnum"], name_IDs=["*"])
    narrowed = subset.Subsetter(options)
    narrowed.populate(unicodes=[point for first, end in _LATIN_RANGES for point in range(first, end)])
    out = BytesIO()
    with TTFont(source, lazy=True) as font:
        narrowed.subset(font)
        place = {"opsz": 14, "wght": weight}
        instancer.instantiateVariableFont(font, place, inplace=True, updateFontNames=True).save(out)
    return out.getvalue()


def _keep(content: bytes, path: Path) -> None:
    """Write beside and rename: two processes may cut the same font at once."""
    handle, beside = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    os.replace(beside, path)


def _cache_folder() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for folder in (home / "okaeri" / "fonts", Path(tempfile.gettempdir()) / f"okaeri-fonts-{os.getuid()}"):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="okaeri-fonts-"))
