"""Units as part of the type, and how a value of each is written in a language."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _, current_language


class Unit(StrEnum):
    """What a figure counts. A RATE lives in 0..1 until it is shown as a percentage.

    >>> Unit.RATE.value
    'rate'
    """

    RATE = "rate"
    RATIO = "ratio"
    COUNT = "count"
    MONEY = "money"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that keeps its currency (ISO 4217).

    >>> Money(Decimal("2.50"), "EUR") + Money(Decimal("1"), "EUR")
    Money(amount=Decimal('3.50'), currency='EUR')
    """

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise OkaeriError(
                _("{a} and {b} cannot be added.").format(a=self.currency, b=other.currency),
                advice=_("Convert one of them first, or look at each currency by itself."),
            )
        return Money(self.amount + other.amount, self.currency)


def show(value: float | None, unit: Unit, *, currency: str | None = None, digits: int | None = None) -> str:
    """`value` as a person writes it in the current language; "–" when there is none.

    >>> show(0.225, Unit.RATE), show(None, Unit.RATE), show(1234, Unit.COUNT)
    ('22.5%', '–', '1,234')
    >>> show(555.5556, Unit.MONEY, currency="USD")
    '$555.56'
    """
    return "–" if value is None else _shown(value or 0, unit, currency, digits, current_language())


@lru_cache(maxsize=10_000)  # a report writes the same figures for every width and colour
def _shown(value: float, unit: Unit, currency: str | None, digits: int | None, language: str) -> str:
    from babel import numbers  # heavy: only when something is shown

    locale = {"en": "en_US", "ja": "ja_JP", "ko": "ko_KR"}[language]
    if unit is Unit.MONEY:
        if not currency:
            return _plain(value, 2, locale)
        return plain_yen(numbers.format_currency(value, currency, locale=locale))
    if unit is Unit.RATE:
        return numbers.format_percent(value, format=_pattern(1 if digits is None else digits) + "%", locale=locale)
    number = _plain(value, _DIGITS[unit] if digits is None else digits, locale)
    if unit is Unit.HOURS:
        return _in_hours(value, digits, locale)
    if unit is Unit.DAYS:
        return str(_("{n} days").format(n=number))
    if unit is Unit.MONTHS:
        return str(_("{n} months").format(n=number))
    return str(_("{n} years").format(n=number)) if unit is Unit.YEARS else number


@dataclass(frozen=True, slots=True)
class Shown:
    """A value inside a sentence: written in the reader's language when the sentence is.

    >>> str(Shown(0.9, Unit.RATE, 0))
    '90%'
    """

    value: float | None
    unit: Unit
    digits: int | None = None
    currency: str | None = None

    def __str__(self) -> str:
        return show(self.value, self.unit, currency=self.currency, digits=self.digits)


def plain_yen(amount: str) -> str:
    """An amount with the sign a reader knows: Babel writes a wide yen in Japanese and JP¥ in Korean.

    >>> plain_yen("￥1,200"), plain_yen("JP¥1,200")
    ('¥1,200', '¥1,200')
    """
    return amount.replace("￥", "¥").replace("JP¥", "¥")


_DIGITS = {Unit.RATIO: 2, Unit.COUNT: 0, Unit.HOURS: 1, Unit.DAYS: 1, Unit.MONTHS: 1, Unit.YEARS: 2, Unit.POINTS: 1}


def _in_hours(value: float, digits: int | None, locale: str) -> str:
    if digits is None and abs(value) < 1:
        return str(_("{n} min").format(n=_plain(value * 60, 0, locale)))
    return str(_("{n} h").format(n=_plain(value, _DIGITS[Unit.HOURS] if digits is None else digits, locale)))


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _plain(value: float, digits: int, locale: str) -> str:
    from babel import numbers

    return numbers.format_decimal(value, format=_pattern(digits), locale=locale)
