"""One short stand-in per phrase of a drawing, put back once it is drawn.

vl-convert opens the font file anew for every letter it measures, yet here nothing is placed by a measured width.
"""

from __future__ import annotations

import json
import re
from typing import Any
from xml.sax.saxutils import escape

from okaeri.charts.fonts import LATIN

_STOOD_IN = re.compile(r">([\u0410-\u044f]+)<")
_FONTS = frozenset({"font", "labelFont", "titleFont"})
_LETTERS = [chr(point) for point in range(0x410, 0x450)]  # Cyrillic: both fonts have it, and no keyword is made of it


def stand_in(spec: Any, *, phrases: dict[str, str]) -> Any:
    """The specification with short stand-ins for its phrases; `phrases` is filled with what each stands for.

    >>> found = {}
    >>> stand_in({"values": [{"x": 1, "words": "82.9% in March"}]}, phrases=found), list(found.values())
    ({'values': [{'x': 1, 'words': 'А'}]}, ['82.9% in March'])
    """
    names = {phrase: name for name, phrase in phrases.items()}

    def named(phrase: str) -> str:
        if not phrase:
            return phrase  # nothing is drawn for it
        if phrase not in names:
            names[phrase] = _name(len(names))
            phrases[names[phrase]] = phrase
        return names[phrase]

    def walked(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: replaced(key, value) for key, value in node.items()}
        return [walked(each) for each in node] if isinstance(node, list) else node

    def replaced(key: str, value: Any) -> Any:
        if key == "words" and isinstance(value, str):
            return named(value)
        if key in _FONTS:
            return f"{LATIN},{value}"
        if key == "labelExpr":
            labels, end = json.JSONDecoder().raw_decode(value)
            return json.dumps([named(label) for label in labels], ensure_ascii=False) + value[end:]
        return walked(value)

    return walked(spec)


def put_back(drawing: str, *, phrases: dict[str, str]) -> str:
    """The drawing with every stand-in replaced by its phrase.

    >>> put_back("<text>А</text>", phrases={"А": "Aki & Co"})
    '<text>Aki &amp; Co</text>'
    """
    drawing = drawing.replace(f'font-family="{LATIN},', 'font-family="')
    return _STOOD_IN.sub(lambda m: f">{escape(phrases.get(m[1], m[1]))}<", drawing)


def _name(number: int) -> str:
    more, place = divmod(number, len(_LETTERS))
    return (_name(more - 1) if more else "") + _LETTERS[place]
