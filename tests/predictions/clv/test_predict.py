"""The whole way from orders to what customers are worth, and what a kept model says later."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest

from okaeri.base.text import use_language
from okaeri.predictions.clv.predict import Learnt, apply_value, predict_value
from okaeri.predictions.clv.results import COLUMNS, ValueForecast
from okaeri.predictions.clv.valuing import ValueModel
from tests.predictions.clv import worlds

START = date(2020, 1, 1)
DAY = START + timedelta(days=400)
WORLD = worlds.pareto(500, days=600, seed=2)


@pytest.fixture(scope="module")
def forecast() -> ValueForecast:
    return predict_value(worlds.measurer(WORLD), horizon_days=120, cutoff=DAY)


def test_every_customer_known_at_the_cutoff_is_there_once_with_figures_that_can_be(forecast: ValueForecast) -> None:
    known = len(set(WORLD.customer[WORLD.day < 400].tolist()))

    assert len(forecast) == known == len(set(forecast.customer.tolist()))
    assert ((forecast.p_alive >= 0) & (forecast.p_alive <= 1)).all()
    assert (forecast.value <= forecast.expected_spend).all()
    assert (forecast.value_low <= forecast.value_high).all()
    assert forecast.as_table().column_names == list(COLUMNS)


def test_totals_are_the_sums_of_the_customers(forecast: ValueForecast) -> None:
    assert forecast.total_purchases.value == pytest.approx(forecast.expected_purchases.sum())
    assert forecast.total_spend.value == pytest.approx(forecast.expected_spend.sum())
    assert forecast.total_value.value == pytest.approx(forecast.value.sum())


def test_it_says_that_newcomers_are_not_in_it(forecast: ValueForecast) -> None:
    assert str(forecast.notes[0]).endswith("whoever buys first after it is not in them.")
    with use_language("ja"):
        assert "含まれません" in str(forecast.notes[0])


def test_nothing_after_the_cutoff_is_known(forecast: ValueForecast) -> None:
    seen = predict_value(worlds.measurer(WORLD, until=400), horizon_days=120, cutoff=DAY)

    assert seen.value.tolist() == forecast.value.tolist()
    assert seen.value_high.tolist() == forecast.value_high.tolist()
    assert seen.total_value == forecast.total_value


def test_the_order_of_the_rows_does_not_matter(forecast: ValueForecast) -> None:
    mixed = np.random.default_rng(1).permutation(len(WORLD.day))
    shuffled = worlds.World(customer=WORLD.customer[mixed], day=WORLD.day[mixed], spend=WORLD.spend[mixed])

    again = predict_value(worlds.measurer(shuffled), horizon_days=120, cutoff=DAY)

    assert again.value == pytest.approx(forecast.value, rel=1e-9)


def test_without_a_discount_the_value_is_the_spend() -> None:
    found = predict_value(worlds.measurer(WORLD), horizon_days=120, discount=0.0, cutoff=DAY)

    assert found.value == pytest.approx(found.expected_spend)


def test_a_kept_model_says_the_same_again_and_serves_a_later_day(forecast: ValueForecast) -> None:
    kept = json.loads(json.dumps(forecast.as_data()))
    learnt = Learnt(model=ValueModel.from_data(kept["model"]), choice=forecast.choice)
    shop = worlds.measurer(WORLD)

    same = apply_value(shop, learnt, horizon_days=120, cutoff=DAY)
    later = apply_value(shop, learnt, horizon_days=120, cutoff=DAY + timedelta(days=60))

    assert same.value == pytest.approx(forecast.value)
    assert same.purchases_high.tolist() == forecast.purchases_high.tolist()
    assert later.as_of == DAY + timedelta(days=60)


def test_a_horizon_longer_than_what_could_be_tried_is_said_to_be() -> None:
    found = predict_value(worlds.measurer(WORLD), horizon_days=365, cutoff=START + timedelta(days=300))

    assert any("past forecasts of 120 days only" in str(note) for note in found.notes)
