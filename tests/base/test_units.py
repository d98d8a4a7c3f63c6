"""How a value of each unit is written, and that money keeps its currency."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.errors import OkaeriError
from okaeri.base.text import LANGUAGES, use_language
from okaeri.base.units import Money, Shown, Unit, show

CURRENCIES = st.sampled_from(["JPY", "KRW", "USD", "EUR"])


@pytest.mark.parametrize(
    ("language", "value", "unit", "currency", "shown"),
    [
        ("en", 0.225, Unit.RATE, None, "22.5%"),
        ("ja", 0.225, Unit.RATE, None, "22.5%"),
        ("ko", 0.225, Unit.RATE, None, "22.5%"),
        ("en", 1234567, Unit.COUNT, None, "1,234,567"),
        ("en", 1234.5, Unit.MONEY, "USD", "$1,234.50"),
        ("en", 1234.5, Unit.MONEY, "JPY", "¥1,234"),
        ("ja", 1234, Unit.MONEY, "JPY", "¥1,234"),
        ("ko", 1234, Unit.MONEY, "KRW", "₩1,234"),
        ("ja", 1234, Unit.MONEY, "KRW", "₩1,234"),
        ("en", -5, Unit.MONEY, "EUR", "-€5.00"),
        ("en", 12.5, Unit.MONEY, None, "12.50"),
        ("en", 12.34, Unit.DAYS, None, "12.3 days"),
        ("en", 26.04, Unit.HOURS, None, "26.0 h"),
        ("en", 0.4, Unit.HOURS, None, "24 min"),
        ("ja", 1.25, Unit.HOURS, None, "1.2時間"),
        ("ko", 0.25, Unit.HOURS, None, "15분"),
        ("en", 1.5, Unit.YEARS, None, "1.50 years"),
        ("en", 30.77, Unit.POINTS, None, "30.8"),
        ("en", 0.5, Unit.RATIO, None, "0.50"),
    ],
)
def test_a_value_is_written_as_people_write_it(
    language: str, value: float, unit: Unit, currency: str | None, shown: str
) -> None:
    with use_language(language):
        assert show(value, unit, currency=currency) == shown


@pytest.mark.parametrize(
    ("language", "unit", "word"), [("ja", Unit.DAYS, "日"), ("ko", Unit.DAYS, "일"), ("ja", Unit.YEARS, "年")]
)
def test_days_and_years_are_words_of_the_language(language: str, unit: Unit, word: str) -> None:
    with use_language(language):
        assert word in show(3, unit)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", list(Unit))
def test_nothing_is_a_dash_and_never_zero(language: str, unit: Unit) -> None:
    with use_language(language):
        assert show(None, unit, currency="JPY") == "–"
        assert show(0, unit, currency="JPY") != "–"


def test_a_rate_takes_the_digits_it_is_asked_for() -> None:
    assert [show(1 / 3, Unit.RATE, digits=digits) for digits in (0, 1, 3)] == ["33%", "33.3%", "33.333%"]


def test_a_value_in_a_sentence_is_written_when_the_sentence_is() -> None:
    value = Shown(12, Unit.DAYS, 0)
    english = str(value)

    with use_language("ja"):
        assert (english, str(value)) == ("12 days", show(12, Unit.DAYS, digits=0))
        assert str(value) != english


@given(CURRENCIES, CURRENCIES, st.decimals(-1000, 1000, places=2), st.decimals(-1000, 1000, places=2))
def test_money_is_summed_within_a_currency_and_never_across(a: str, b: str, x: Decimal, y: Decimal) -> None:
    if a == b:
        assert Money(x, a) + Money(y, b) == Money(x + y, a)
    else:
        with pytest.raises(OkaeriError, match="each currency by itself"):
            Money(x, a) + Money(y, b)
