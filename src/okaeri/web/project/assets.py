"""Files for the browser made from installed packages: the chart library, Inter, htmx, and the report's own style.

Nothing of others is kept in the repository; it is made once per version into the machine's cache.
"""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import version
from importlib.resources import files
from io import BytesIO
from pathlib import Path

_MADE_FROM = ("vl-convert-python", "fontpkg-inter", "fonttools", "django-htmx", "okaeri")
_BUNDLE = "window.okaeriEmbed = vegaEmbed;"
_RANGES = ((0x20, 0x250), (0x2000, 0x2070), (0x20A0, 0x20D0), (0x2190, 0x2200), (0x2212, 0x2213))
_FEATURES = ["kern", "tnum", "calt", "ccmp", "locl", "mark", "mkmk", "case"]


def made_folder() -> Path:
    """Where the made files lie, whether they are there yet or not."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    versions = " ".join(f"{name} {version(name)}" for name in _MADE_FROM)
    style = files("okaeri.reports").joinpath("templates", "report.css").read_text("utf-8")
    return home / "okaeri" / f"static-{hashlib.sha256((versions + style).encode()).hexdigest()[:12]}"


def make_assets() -> Path:
    """Make what is missing; returns the folder that holds `okaeri/…`."""
    folder = made_folder()
    place = folder / "okaeri"
    place.mkdir(parents=True, exist_ok=True)
    for name, make in (("vega.js", _vega), ("inter-var.woff2", _inter), ("report.css", _style)):
        path = place / name
        if not path.is_file():
            _write(path, make())
    return folder


def _write(path: Path, content: bytes) -> None:
    """Beside and then in place: two processes may start at once."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


def _vega() -> bytes:
    import vl_convert  # heavy: only when the bundle is made

    return str(vl_convert.javascript_bundle(_BUNDLE, vl_version="6.4")).encode("utf-8")


def _style() -> bytes:
    return files("okaeri.reports").joinpath("templates", "report.css").read_bytes()


def _inter() -> bytes:
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    source = files("fontpkg_inter").joinpath("files", "Inter[opsz,wght].ttf")
    narrowed = subset.Subsetter(subset.Options(layout_features=_FEATURES))
    narrowed.populate(unicodes=[point for first, end in _RANGES for point in range(first, end)])
    out = BytesIO()
    with TTFont(str(source), lazy=True) as font:
        narrowed.subset(font)
        instancer.instantiateVariableFont(font, {"opsz": 14}, inplace=True)
        font.flavor = "woff2"
        font.save(out)
    return out.getvalue()
