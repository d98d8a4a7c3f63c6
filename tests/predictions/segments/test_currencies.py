"""Amounts of groups: in the currency the group's own customers buy in, and none where there are several."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from okaeri.base.text import use_language
from okaeri.base.units import Unit
from okaeri.predictions.segments import Segmentation, personas, profiles_of, rfm, telling, value_risk
from okaeri.predictions.segments.segmentation import MONEY, segmented
from tests.predictions.segments.shops import orders, random_orders, shop

ROWS = random_orders(seed=2)


def divided(paid_in: list[str]) -> Segmentation:
    """RFM groups of a shop whose customers buy in currencies, one after another."""
    currency = [paid_in[int(row[0][1:]) % len(paid_in)] for row in ROWS]
    return rfm(profiles_of(shop(orders=orders(ROWS, currency=currency))))


def two_groups() -> Segmentation:
    """Two customers pay in yen, one of the other two in won."""
    return segmented(
        "rfm",
        as_of=date(2024, 1, 1),
        customer=np.arange(4),
        label=np.array(["loyal", "loyal", "new", "new"]),
        features={"orders": np.arange(4.0), "revenue": np.array([1000.0, 3000.0, 1000.0, 9000.0])},
        order=("loyal", "new"),
        currency=np.array(["JPY", "JPY", "JPY", "KRW"]),
    )


def test_amounts_stand_in_the_currency_the_customers_buy_in() -> None:
    found = divided(["KRW"])

    assert found.currency == "KRW"
    assert all("₩" in row[-1] for row in telling.rows(found))
    assert {row["currency"] for row in found.rows()} == {"KRW"}


def test_a_group_that_buys_in_several_currencies_has_no_amount() -> None:
    loyal, new = two_groups().groups

    assert (loyal.currency, loyal.medians["revenue"]) == ("JPY", 2000.0)
    assert new.currency is None and np.isnan(new.medians["revenue"])
    assert new.medians["orders"] == 2.5
    assert two_groups().currency is None


def test_a_group_without_an_amount_says_why() -> None:
    found = two_groups()

    assert [row[-1] for row in telling.rows(found)] == ["¥2,000", "–"]
    assert [row["revenue"] for row in found.rows()] == [2000.0, None]
    assert [row["currency"] for row in found.rows()] == ["JPY", None]
    assert telling.SEVERAL in tuple(telling.notes(found))
    assert telling.SEVERAL not in tuple(telling.notes(divided(["JPY"])))


def test_a_shop_of_two_currencies_never_mixes_them() -> None:
    found = divided(["JPY", "EUR"])

    assert any(group.currency is None for group in found.groups)
    assert all(np.isnan(group.medians["revenue"]) == (group.currency is None) for group in found.groups)


def test_baskets_and_values_keep_their_currency() -> None:
    many = random_orders(seed=3, customers=300, rows=3_000)
    ways = personas(profiles_of(shop(orders=orders(many, currency=["EUR"] * len(many)))))
    number = np.arange(30.0)
    worth = value_risk(customer=number, value=number, leaving=number / 30, as_of=date(2024, 1, 1), currency="KRW")

    assert (ways.currency, worth.currency) == ("EUR", "KRW")


def test_every_feature_that_is_shown_as_money_is_known_to_be_one() -> None:
    assert {name for name, (_words, unit, _digits) in telling.FEATURES.items() if unit is Unit.MONEY} == MONEY


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_the_missing_amount_is_explained_in_every_language(language: str) -> None:
    english = str(telling.SEVERAL)

    with use_language(language):
        assert str(telling.SEVERAL) != english
