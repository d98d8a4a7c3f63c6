"""Which way of forecasting is chosen, in shops whose truth is known and where there is nothing to choose from."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.predictions.clv.backtest import Backtest, Plan, backtest
from okaeri.predictions.clv.candidates import CANDIDATES
from okaeri.predictions.clv.choice import choose
from okaeri.predictions.clv.predict import predict_value
from okaeri.predictions.clv.summary import summarise
from tests.predictions.clv import worlds
from tests.predictions.clv.summaries import summary_of

START = date(2020, 1, 1)


def judged(made: worlds.World, *, days: int, horizon_days: int) -> Backtest:
    return backtest(
        worlds.measurer(made, until=days), cutoff=START + timedelta(days=days), horizon_days=horizon_days,
        currency="EUR",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("world", "family"), [("BG/NBD", "bgnbd"), ("Pareto/NBD", "paretonbd"), ("regular buyers", "mbgcnbd")]
)
def test_the_true_family_is_chosen_or_equalled_in_the_time_to_come(world: str, family: str) -> None:
    made = worlds.WORLDS[world](1500, days=730, seed=5)
    shop = worlds.measurer(made)
    choice = choose(judged(made, days=550, horizon_days=180))
    today = summarise(shop, as_of=START + timedelta(days=550), horizon_days=180)

    errors = {
        name: float(np.mean((CANDIDATES[name].learn(today).expected(today, horizon_days=180) - today.purchases) ** 2))
        for name in {family, *choice.chosen}
    }

    assert family in choice.chosen or min(errors[name] for name in choice.chosen) <= errors[family] * 1.02


def test_a_rhythm_is_found_where_there_is_one_and_not_looked_for_where_there_is_none() -> None:
    regular = choose(judged(worlds.regular_buyers(1200, days=500, seed=2), days=500, horizon_days=120))
    random = choose(judged(worlds.pareto(1200, days=500, seed=2), days=500, horizon_days=120))

    assert regular.chosen == ("mbgcnbd",)
    (dropped,) = [each for each in random.standings if each.candidate == "mbgcnbd"]
    assert "rather than in a rhythm" in str(dropped.why_not)


def of_expectations(purchases: np.ndarray, **expected: np.ndarray) -> Backtest:
    """One past day on which these expectations were had."""
    n = len(purchases)
    window = summary_of(
        frequency=[0] * n, last_purchase=[0] * n, age=[9] * n, purchases=purchases.tolist(), horizon_days=30
    )
    return Backtest(
        plan=Plan(window_days=30, days=(0,)),
        windows=(window,),
        expected={name: (each,) for name, each in expected.items()},
    )


def test_a_rule_of_thumb_wins_where_it_misses_by_less() -> None:
    purchases = np.arange(100.0) % 5

    choice = choose(of_expectations(purchases, own_rate=purchases + 0.1, bgnbd=np.full(100, 2.0)))

    assert choice.chosen == ("own_rate",)
    assert [each.candidate for each in choice.standings] == ["own_rate", "bgnbd"]


def test_models_that_cannot_be_told_apart_are_averaged() -> None:
    purchases = np.random.default_rng(1).poisson(2.0, 500).astype(float)
    wobble = np.random.default_rng(2).normal(0, 0.1, 500)

    choice = choose(of_expectations(purchases, bgnbd=2.0 + wobble, paretonbd=2.0 - wobble))

    assert choice.chosen == ("bgnbd", "paretonbd")
    assert "their mean is used" in str(choice.reason)


def test_two_models_that_say_the_same_count_once() -> None:
    purchases = np.random.default_rng(1).poisson(2.0, 500).astype(float)
    said = np.full(500, 2.0)

    choice = choose(of_expectations(purchases, bgnbd=said, paretonbd=said + 1e-4))

    assert choice.chosen == ("bgnbd",)


def test_a_model_whose_totals_were_far_off_is_not_averaged_in() -> None:
    purchases = np.random.default_rng(1).poisson(0.05, 4000).astype(float)

    choice = choose(of_expectations(purchases, bgnbd=np.full(4000, 0.05), paretonbd=np.full(4000, 0.09)))

    assert choice.chosen == ("bgnbd",)


def test_every_row_of_the_table_is_plain_and_its_best_one_first() -> None:
    choice = choose(judged(worlds.pareto(400, days=400, seed=4), days=400, horizon_days=90))
    rows = choice.as_rows()

    assert {row["candidate"] for row in rows} == set(CANDIDATES)
    errors = [row["rmse"] for row in rows if row["rmse"] is not None]
    assert errors == sorted(errors)
    assert {type(value) for row in rows for value in row.values()} <= {str, bool, float, type(None)}


def test_three_customers_of_one_purchase_each_are_expected_to_buy_alike_and_that_is_said() -> None:
    world = worlds.World(customer=np.arange(3), day=np.array([0, 5, 9]), spend=np.array([10.0, 20.0, 30.0]))

    forecast = predict_value(worlds.measurer(world), horizon_days=90, cutoff=START + timedelta(days=10))

    assert forecast.choice.chosen == ("population_mean",)
    assert "not enough history" in str(forecast.choice.reason)
    assert any("not enough history for a backtested range" in str(note) for note in forecast.notes)
    assert forecast.total_purchases.interval.method == "model, widened"
    assert np.isnan(forecast.p_alive).all()


def test_without_a_purchase_before_the_cutoff_there_is_nothing_to_forecast() -> None:
    world = worlds.World(customer=np.arange(3), day=np.array([7, 8, 9]), spend=np.ones(3))
    shop = worlds.measurer(world)

    with pytest.raises(NothingUsable, match="choose a later cutoff"):
        predict_value(shop, cutoff=START + timedelta(days=3))


def test_a_horizon_of_no_day_is_refused() -> None:
    shop = worlds.measurer(worlds.World(customer=np.arange(3), day=np.array([7, 8, 9]), spend=np.ones(3)))

    with pytest.raises(OkaeriError, match="whole number of days from 1"):
        predict_value(shop, horizon_days=0)
