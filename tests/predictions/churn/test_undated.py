"""Attributes have no history: numbers wait until somebody vouches for them, labels come with a word."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.folds import known_outcomes
from okaeri.predictions.churn.learning import learn
from okaeri.predictions.churn.model import ChurnModel
from okaeri.predictions.churn.undated import dated_only, without_undated
from tests.predictions.churn.planted import feature, shop

COUNT, REGION = "attribute:orders_count", "attribute:region"


@pytest.fixture(scope="module")
def rows() -> Examples:
    """A shop whose export of today counts the orders, of which those who left made fewer after the day; and regions."""
    plain = shop(600)
    rng = np.random.default_rng(4)
    count = rng.poisson(np.where(known_outcomes(plain), 4.0, 6.5)).astype(float)
    return replace(
        plain,
        features=(*plain.features, feature(COUNT), feature(REGION, labelled=True)),
        numbers={**plain.numbers, COUNT: count},
        labels={**plain.labels, REGION: rng.choice(["north", "south"], len(plain)).astype(object)},
    )


def learned(rows: Examples, *, use: tuple[str, ...] = ()) -> ChurnModel:
    found = learn(rows, horizon_days=30, challenger=False, use=use)
    assert isinstance(found, ChurnModel)
    return found


def notes_of(model: ChurnModel) -> str:
    return " ".join(map(str, model.card.notes))


def test_a_count_of_today_does_not_flatter_the_model(rows: Examples) -> None:
    found, without, flattered = learned(rows), learned(rows.without(COUNT)), learned(rows, use=("orders_count",))

    assert COUNT not in found.model.ids
    assert found.card.judgement == without.card.judgement
    assert flattered.card.judgement.auc.value > found.card.judgement.auc.value + 0.05


def test_what_was_left_out_is_said_with_its_name(rows: Examples) -> None:
    told = notes_of(learned(rows))

    assert "nobody knows what they were on past days: 'orders_count'. " in told
    assert "`--use`" in told


@pytest.mark.parametrize("name", ["orders_count", COUNT])
def test_a_number_that_somebody_vouches_for_is_used_with_a_word(rows: Examples, name: str) -> None:
    found = learned(rows, use=(name,))

    assert COUNT in found.model.ids
    assert "Attributes such as 'orders_count', 'region' are today's values without a history" in notes_of(found)
    assert "left out, as nobody knows" not in notes_of(found)


def test_labels_stay_with_a_word(rows: Examples) -> None:
    found = learned(rows)

    assert REGION in found.model.ids
    assert "Attributes such as 'region' are today's values without a history" in notes_of(found)


def test_a_label_that_stands_for_leaving_is_still_caught(rows: Examples) -> None:
    status = np.where(known_outcomes(rows), "closed", "open").astype(object)

    found = learned(replace(rows, labels={**rows.labels, REGION: status}))

    assert [each.feature for each in found.card.suspects] == [REGION]
    assert REGION not in found.model.ids
    assert "today's values" not in notes_of(found)


def test_dated_facts_come_without_a_word(rows: Examples) -> None:
    found = learned(dated_only(rows))

    assert "attribute" not in json.dumps(found.as_data()).lower()


def test_of_a_past_day_only_dated_facts_are_known(rows: Examples) -> None:
    assert [each.id for each in dated_only(rows).features] == [each.id for each in shop(2).features]
    assert not {COUNT, REGION} & {*dated_only(rows).numbers, *dated_only(rows).labels}


def test_customers_known_with_more_features_are_scored_by_those_learned(rows: Examples) -> None:
    found = learned(rows)

    assert found.predict(rows).tolist() == found.predict(rows.without(COUNT)).tolist()
    assert found.reasons(rows)[0].told() == found.reasons(rows.without(COUNT))[0].told()


def test_a_name_that_is_no_attribute_is_refused_with_those_that_are(rows: Examples) -> None:
    with pytest.raises(OkaeriError, match="no attribute 'order_count' to use") as wrong:
        without_undated(rows, use=("order_count",))
    with pytest.raises(OkaeriError, match="no attribute 'tickets' to use"):
        without_undated(dated_only(rows), use=("tickets",))

    assert "'orders_count', 'region'" in str(wrong.value.advice)
