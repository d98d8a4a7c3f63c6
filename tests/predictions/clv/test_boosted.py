"""Trees that correct a forecast: used where a forecast is wrong in a way that can be learnt, and not elsewhere."""

from __future__ import annotations

import json

import numpy as np

from okaeri.predictions.clv.backtest import Backtest, Plan
from okaeri.predictions.clv.boosted import Boosted, learn_boosted, try_boosted
from okaeri.predictions.clv.summary import Summary
from tests.predictions.clv.summaries import summary_of


def shop(seed: int, *, newcomers_buy_more: bool) -> tuple[Summary, np.ndarray]:
    """Customers, and a forecast that does not know what the young ones do."""
    rng = np.random.default_rng(seed)
    age = rng.integers(1, 400, 1500)
    rate = rng.gamma(2.0, 0.5, 1500)
    real = rate * np.where((age < 100) & newcomers_buy_more, 3.0, 1.0)
    window = summary_of(
        frequency=[0] * 1500,
        last_purchase=[0] * 1500,
        age=age.tolist(),
        purchases=rng.poisson(real).astype(float).tolist(),
        horizon_days=30,
    )
    return window, rate


def history(*, newcomers_buy_more: bool) -> Backtest:
    """Four windows side by side."""
    pairs = [shop(seed, newcomers_buy_more=newcomers_buy_more) for seed in range(4)]
    return Backtest(
        plan=Plan(window_days=30, days=(100, 130, 160, 190)),
        windows=tuple(window for window, _expected in pairs),
        expected={"bgnbd": tuple(expected for _window, expected in pairs)},
    )


def test_trees_are_used_where_they_see_what_the_model_does_not() -> None:
    trial = try_boosted(history(newcomers_buy_more=True), ["bgnbd"])

    assert trial.boosted is not None
    assert trial.rmse is not None
    assert trial.without is not None
    assert trial.rmse < 0.9 * trial.without


def test_trees_are_not_used_where_there_is_nothing_to_correct() -> None:
    trial = try_boosted(history(newcomers_buy_more=False), ["bgnbd"])

    assert trial.boosted is None
    assert "clearly less" in str(trial.why_not)


def test_trees_learn_from_windows_only_that_were_over_and_say_so_where_there_are_none() -> None:
    overlapping = history(newcomers_buy_more=True)
    late = Backtest(
        plan=Plan(window_days=30, days=(100, 105, 110, 115)),
        windows=overlapping.windows,
        expected=overlapping.expected,
    )

    trial = try_boosted(late, ["bgnbd"])

    assert trial.boosted is None
    assert "over before the next" in str(trial.why_not)


def test_the_order_of_the_customers_does_not_matter_and_trees_come_back_from_their_data() -> None:
    window, expected = shop(1, newcomers_buy_more=True)
    mixed = np.random.default_rng(2).permutation(len(expected))

    one = learn_boosted([window], [expected])
    other = learn_boosted([window.only(mixed)], [expected[mixed]])
    kept = Boosted.from_data(json.loads(json.dumps(one.as_data())))

    said = one.factors(window, expected, horizon_days=30)
    assert np.allclose(said, other.factors(window, expected, horizon_days=30))
    assert np.array_equal(said, kept.factors(window, expected, horizon_days=30))
