"""Cards in words: every figure with what it rests on."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.base.text import use_language
from okaeri.signals.card import Card
from okaeri.signals.kinds import payment_failed
from okaeri.signals.telling import figures_of
from tests.signals.test_card import card_of, failing


@pytest.fixture(scope="module")
def card() -> Card:
    return card_of(failing(np.random.default_rng(11), customers=600, lift=4.0), payment_failed.KIND)


def told(card: Card) -> dict[str, str]:
    return {str(name): str(value) for name, value in figures_of(card)}


def test_the_share_of_comparable_customers_says_what_it_is_and_of_how_many(card: Card) -> None:
    said = told(card)["Of comparable customers"]

    assert card.lift is not None
    assert f"a weighted share: {card.lift.compared:,} looks at customers" in said
    assert f"as the {card.lift.n} signals do" in said


def test_the_time_before_leaving_says_of_how_many(card: Card) -> None:
    said = told(card)["Time before leaving"]

    assert card.lead is not None and card.precision is not None
    assert card.lead.n == card.precision.part
    assert said.endswith(f"of {card.lead.n} signals followed by leaving")


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_the_figures_are_told_in_every_language(card: Card, language: str) -> None:
    english = [*told(card).values()]

    with use_language(language):
        spoken = [*told(card).values()]

    assert all(one != other for one, other in zip(english, spoken, strict=True) if "signals" in one)
