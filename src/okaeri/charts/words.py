"""Words that wait for the reader's language: shown values, names of periods, lists; and how wide they run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from unicodedata import east_asian_width

from okaeri.base.calendar import Grain, Period
from okaeri.base.measurement import Interval
from okaeri.base.text import Text, _, current_language
from okaeri.base.units import Unit, plain_yen, show

_NOT_FIRST = "、。，．）」』】・：；！？％%)]},.:;!?ー"
_LOCALES = {"en": "en_US", "ja": "ja_JP", "ko": "ko_KR"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that becomes digits when it is shown; `signed` puts + or − before it, `short` rounds to fit a cell.

    >>> str(Shown(0.031, Unit.RATE, signed=True))
    '+3.1 points'
    >>> str(Shown(1234567, Unit.MONEY, "JPY", short=True))
    '¥1.2M'
    """

    value: float | None
    unit: Unit
    currency: str | None = None
    signed: bool = False
    short: bool = False

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        if self.short:
            return _short(self.value, self.unit, self.currency)
        if not self.signed:
            return show(self.value, self.unit, currency=self.currency)
        return f"{'−' if self.value < 0 else '+'}{self._size()}"

    def _size(self) -> str:
        size = abs(self.value or 0)
        if self.unit is Unit.RATE:
            return str(_("{n} points").format(n=show(size * 100, Unit.POINTS)))
        return show(size, self.unit, currency=self.currency)


@dataclass(frozen=True, slots=True)
class Named:
    """A period's name in the reader's language.

    >>> str(Named(None))
    '–'
    """

    period: Period | None

    def __str__(self) -> str:
        return self.period.label if self.period else "–"


@dataclass(frozen=True, slots=True)
class Between:
    """The two ends of an interval.

    >>> str(Between(Interval(low=0.1, high=0.2, method="wilson"), Unit.RATE))
    '10.0% – 20.0%'
    """

    interval: Interval | None
    unit: Unit
    currency: str | None = None

    def __str__(self) -> str:
        if self.interval is None:
            return "–"
        low, high = (show(end, self.unit, currency=self.currency) for end in (self.interval.low, self.interval.high))
        return f"{low} – {high}"


@dataclass(frozen=True, slots=True)
class Listed:
    """Several words or sentences after another.

    >>> str(Listed(("a", "b")))
    'a, b'
    """

    parts: tuple[object, ...]
    sentences: bool = False

    def __str__(self) -> str:
        words = [str(part) for part in self.parts]
        if self.sentences:
            return ("" if current_language() == "ja" else " ").join(words)
        return ("、" if current_language() == "ja" else ", ").join(words)


Word: TypeAlias = Text | Shown | Named | Between | Listed | str


def sentences(*parts: Text) -> Text:
    """Several sentences as one text.

    >>> str(sentences(_("One."), _("Two.")))
    'One. Two.'
    """
    return parts[0] if len(parts) == 1 else Text("{sentences}").format(sentences=Listed(parts, sentences=True))


def plainly(name: str) -> str:
    """A segment's name on one line, without the characters that steer a terminal or a page.

    >>> plainly(" a\\n b\\x00")
    'a b'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


def tick(period: Period) -> str:
    """A period's shortest name, for an axis: weeks and days are called by their first day.

    >>> from datetime import date
    >>> tick(Period(date(2024, 1, 1), date(2024, 1, 8), Grain.WEEK))
    '2024-01-01'
    """
    if period.grain is Grain.ALL:
        return period.end.isoformat()
    return period.start.isoformat() if period.grain is Grain.WEEK else period.short


def scale(steps: Sequence[float], unit: Unit, currency: str | None = None) -> list[str]:
    """The labels of an axis: as short as can be while each is the number it stands at.

    >>> scale([0.0, 0.005, 0.01], Unit.RATE)
    ['0.0%', '0.5%', '1.0%']
    >>> scale([0.0, 500_000.0, 1_000_000.0, 1_500_000.0], Unit.MONEY, "JPY")
    ['¥0', '¥500K', '¥1M', '¥1.5M']
    """
    exact = [_bare(_compact(step, unit, currency, 4)) for step in steps]
    if unit in (Unit.COUNT, Unit.MONEY) and len(set(exact)) == len(steps):
        return exact
    for digits in range(4):
        labels = [_compact(step, unit, currency, digits) for step in steps]
        if len(set(labels)) == len(steps) and [_bare(label) for label in labels] == exact:
            return labels
    return labels


def _bare(label: str) -> str:
    """A number without the noughts that end its decimals."""
    return re.sub(r"\.(?!\d)", "", re.sub(r"(\.\d*?)0+(?!\d)", r"\1", label))


def width_of(text: str, size: float) -> float:
    """About how many pixels `text` takes at `size`, a little generous.

    >>> width_of("日本", 10), round(width_of("ab", 10), 1)
    (20.0, 11.4)
    """
    return size * sum(_ems(char) for char in text)


def wrap(text: str, *, size: float, width: float) -> list[str]:
    """`text` in lines of at most `width` pixels; Japanese may break inside a run, other languages at spaces.

    >>> wrap("two words", size=10, width=40)
    ['two', 'words']
    """
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and width_of((lines[-1] + piece).rstrip(), size) > width and piece[0] not in _NOT_FIRST:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def shorten(name: str, *, size: float, width: float) -> str:
    """`name` cut to `width` pixels with an ellipsis.

    >>> shorten("a long name", size=10, width=40)
    'a long…'
    """
    if width_of(name, size) <= width:
        return name
    while name and width_of(name + "…", size) > width:
        name = name[:-1]
    return name.rstrip() + "…"


def _ems(char: str) -> float:
    if east_asian_width(char) in "WF":
        return 1.0
    if char in " iljtfI.,:;'|!()[]·-":
        return 0.34
    if char.isdigit():
        return 0.64
    return 0.76 if char.isupper() or char in "mw%@–—" else 0.57


def _pieces(text: str) -> Sequence[str]:
    pieces, anywhere = [""], current_language() == "ja"
    for char in text:
        loose = anywhere and east_asian_width(char) in "WF"
        if pieces[-1].endswith(" ") or (loose and pieces[-1]) or (anywhere and _ends_wide(pieces[-1])):
            pieces.append("")
        pieces[-1] += char
    return [piece for piece in pieces if piece]


def _ends_wide(piece: str) -> bool:
    return bool(piece) and east_asian_width(piece[-1]) in "WF"


def _short(value: float, unit: Unit, currency: str | None) -> str:
    """Two digits or more, as few as that takes."""
    whole = _compact(value, unit, currency, 0)
    enough = unit is Unit.RATE or abs(value) < 1000 or sum(char.isdigit() for char in whole) > 1
    return whole if enough else _compact(value, unit, currency, 1)


def _compact(value: float, unit: Unit, currency: str | None, digits: int) -> str:
    from babel import numbers  # heavy: only when something is shown

    locale = _LOCALES[current_language()]
    if unit is Unit.MONEY and currency:
        short = numbers.format_compact_currency(value, currency, locale=locale, fraction_digits=digits)
        return plain_yen(short)
    if unit in (Unit.COUNT, Unit.MONEY):
        return numbers.format_compact_decimal(value, locale=locale, fraction_digits=digits)
    return show(value, unit, digits=digits)
