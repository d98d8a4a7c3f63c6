"""How Excel is told to show a number: a format of its own for each unit, in the reader's language."""

from __future__ import annotations

from okaeri.base.text import Text, _, current_language
from okaeri.base.units import Unit

WHOLE = "#,##0"
NUMBER = "#,##0.00"
DAY = "yyyy-mm-dd"
_PLAIN = {Unit.RATE: "0.0%", Unit.RATIO: NUMBER, Unit.COUNT: WHOLE, Unit.POINTS: "#,##0.0"}
_FONTS = {"en": "Calibri", "ja": "Yu Gothic", "ko": "Malgun Gothic"}


def number_format(unit: Unit, *, currency: str | None = None) -> str:
    """The number format of a unit: percent, money with its currency's code and decimals, days and years in words.

    >>> number_format(Unit.RATE), number_format(Unit.MONEY, currency="JPY"), number_format(Unit.DAYS)
    ('0.0%', '#,##0 [$JPY]', '#,##0.0" days"')
    """
    if unit is Unit.MONEY:
        return money_format(currency)
    if unit is Unit.DAYS:
        return _worded(_("{n} days"), "#,##0.0")
    if unit is Unit.MONTHS:
        return _worded(_("{n} months"), "#,##0.0")
    if unit is Unit.YEARS:
        return _worded(_("{n} years"), NUMBER)
    return _PLAIN.get(unit, NUMBER)


def money_format(currency: str | None) -> str:
    """Money with its currency's code and as many decimals as it has; two where the currency is not known.

    >>> money_format("EUR"), money_format(None)
    ('#,##0.00 [$EUR]', '#,##0.00')
    """
    if not currency:
        return NUMBER
    from babel.numbers import get_currency_precision  # heavy: only when money is shown

    digits = get_currency_precision(currency)
    return WHOLE + ("." + "0" * digits if digits else "") + f" [${currency}]"


def font_name() -> str:
    """A typeface that Excel has everywhere and that has the letters of the current language."""
    return _FONTS[current_language()]


def _worded(sentence: Text, number: str) -> str:
    before, _here, after = str(sentence.format(n="\0")).partition("\0")
    return "".join((_quoted(before), number, _quoted(after)))


def _quoted(words: str) -> str:
    return f'"{words}"' if words else ""
