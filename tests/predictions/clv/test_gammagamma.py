"""Gamma-Gamma against its published figures, simulated truth, differences, and the laws of a shrunken mean."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.errors import OkaeriError
from okaeri.predictions.clv.fitting import Floats
from okaeri.predictions.clv.gammagamma import GammaGamma, GammaGammaFit, _correlation, _Spending
from tests.predictions.clv.cdnow import repeat_spending

POSITIVE = st.floats(0.2, 30.0)


def simulated(
    customers: int, *, p: float, q: float, gamma: float, seed: int, mean_purchases: float = 2.0
) -> tuple[Floats, Floats]:
    """How many purchases, and their mean, of customers who are what the model takes them for."""
    rng = np.random.default_rng(seed)
    frequency = rng.poisson(mean_purchases, customers) + 1.0
    scale = rng.gamma(q, 1 / gamma, customers)
    mean: Floats = rng.gamma(p * frequency, 1 / scale) / frequency
    return np.asarray(frequency, np.float64), mean


@pytest.mark.real_data
def test_golden_cdnow_spending_of_repeat_buyers(data_dir: Path) -> None:
    """Table of the note: the purchases averaged are those after the first, of the 946 who made one."""
    frequency, mean = repeat_spending(data_dir)

    fit = GammaGamma().fit(frequency=frequency, mean_spend=mean)

    assert fit.customers == 946
    assert (fit.p, fit.q, fit.gamma) == pytest.approx((6.25, 3.74, 15.44), abs=0.006)
    assert fit.log_likelihood == pytest.approx(-4055.918, abs=0.01)
    assert fit.doubts == ()


@pytest.mark.real_data
def test_golden_cdnow_expected_spend_of_the_first_ten(data_dir: Path) -> None:
    frequency, mean = repeat_spending(data_dir)
    fit = GammaGamma().fit(frequency=frequency, mean_spend=mean)

    found = fit.expected_spend(frequency=frequency[:10], mean_spend=mean[:10])

    assert found.round(2).tolist() == [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]


def test_what_customers_were_made_of_is_found_again() -> None:
    truth = {"p": 6.0, "q": 3.5, "gamma": 15.0}
    frequency, mean = simulated(40_000, **truth, seed=1)

    fit = GammaGamma().fit(frequency=frequency, mean_spend=mean)

    for name, value in truth.items():
        assert abs(fit.parameters[name] - value) < 3.5 * fit.standard_errors[name]
    assert fit.mean_spend == pytest.approx(6.0 * 15.0 / 2.5, rel=0.02)


def test_standard_errors_are_the_spread_of_estimates_over_worlds() -> None:
    fits = []
    for seed in range(40):
        frequency, mean = simulated(1500, p=6.0, q=3.5, gamma=15.0, seed=seed)
        fits.append(GammaGamma().fit(frequency=frequency, mean_spend=mean))

    for name in ("p", "q", "gamma"):
        spread = np.std([fit.parameters[name] for fit in fits])
        assert np.median([fit.standard_errors[name] for fit in fits]) == pytest.approx(spread, rel=0.35)


@given(st.tuples(POSITIVE, POSITIVE, POSITIVE))
def test_the_gradient_is_that_of_differences(point: tuple[float, float, float]) -> None:
    rows = _Spending.of(np.array([1.0, 2.0, 2.0, 7.0]), np.array([0.5, 2.0, 2.0, 1.1]))
    theta = np.log(point)

    _value, slope = rows.likelihood(theta)

    assert slope == pytest.approx(differences(rows, theta), rel=1e-4, abs=1e-6)


def differences(rows: _Spending, theta: Floats) -> list[float]:
    step = 1e-5
    around = [(rows.likelihood(theta + step * unit)[0], rows.likelihood(theta - step * unit)[0]) for unit in np.eye(3)]
    return [(above - below) / (2 * step) for above, below in around]


def test_equal_rows_count_as_often_as_they_are_there() -> None:
    rows = _Spending.of(np.array([2.0, 1.0, 2.0]), np.array([5.0, 3.0, 5.0]))

    assert rows.count.tolist() == [1.0, 2.0]
    assert rows.customers == 3


@given(st.integers(0, 50), st.floats(0.0, 1e4), POSITIVE, st.floats(1.01, 20.0), st.floats(0.1, 1e3))
def test_expected_spend_lies_between_ones_own_mean_and_everybodys(
    purchases: int, own: float, p: float, q: float, gamma: float
) -> None:
    fit = GammaGammaFit(p=p, q=q, gamma=gamma)

    found = float(fit.expected_spend(frequency=purchases, mean_spend=own))

    low, high = sorted((fit.mean_spend, own if purchases else fit.mean_spend))
    assert low * (1 - 1e-9) <= found <= high * (1 + 1e-9)


@pytest.mark.parametrize("yen", [0.001, 150.0, 1e7])
def test_another_currency_changes_gamma_and_the_amounts_alone(yen: float) -> None:
    frequency, mean = simulated(800, p=4.0, q=3.0, gamma=10.0, seed=2)
    dollars = GammaGamma().fit(frequency=frequency, mean_spend=mean)

    fit = GammaGamma().fit(frequency=frequency, mean_spend=mean * yen)

    assert (fit.p, fit.q, fit.gamma / yen) == pytest.approx((dollars.p, dollars.q, dollars.gamma), rel=1e-5)
    assert fit.log_likelihood == pytest.approx(dollars.log_likelihood - 800 * np.log(yen), abs=1e-4)


def test_the_order_of_customers_does_not_matter() -> None:
    frequency, mean = simulated(5000, p=4.0, q=3.0, gamma=10.0, seed=3)
    order = np.random.default_rng(3).permutation(5000)

    one, other = (GammaGamma().fit(frequency=frequency[way], mean_spend=mean[way]) for way in (slice(None), order))

    assert one.parameters == pytest.approx(other.parameters, rel=1e-6)


def test_customers_without_purchases_tell_nothing() -> None:
    frequency, mean = simulated(500, p=4.0, q=3.0, gamma=10.0, seed=4)
    alone = GammaGamma().fit(frequency=frequency, mean_spend=mean)

    fit = GammaGamma().fit(frequency=np.r_[frequency, 0, 0], mean_spend=np.r_[mean, 0.0, np.nan])

    assert fit.parameters == alone.parameters
    assert fit.doubts == ()


def test_an_infinite_mean_is_said_and_not_hidden() -> None:
    frequency, mean = simulated(3000, p=6.0, q=0.8, gamma=15.0, seed=5)

    fit = GammaGamma().fit(frequency=frequency, mean_spend=mean)

    assert "its mean is infinite (q = 0." in " ".join(map(str, fit.doubts))
    assert fit.mean_spend == np.inf
    assert fit.expected_spend(frequency=[0, 9], mean_spend=[0.0, 20.0])[0] == np.inf
    assert np.isfinite(fit.expected_spend(frequency=9, mean_spend=20.0))


def test_spending_that_goes_with_frequency_is_doubted_with_its_interval() -> None:
    frequency, mean = simulated(3000, p=6.0, q=3.5, gamma=15.0, seed=6)

    fit = GammaGamma().fit(frequency=frequency, mean_spend=mean * frequency)

    low, high = fit.correlation_range
    assert 0.1 < low < fit.correlation < high
    assert "go together" in " ".join(map(str, fit.doubts))


def test_the_interval_of_the_correlation_holds_zero_in_nineteen_worlds_of_twenty() -> None:
    """Means of skewed amounts: the fewer purchases, the wider; Fisher's own error would not know."""
    holds = []
    for seed in range(400):
        frequency, mean = simulated(600, p=1.0, q=5.0, gamma=15.0, seed=seed)
        _r, low, high = _correlation(frequency, mean)
        holds.append(low <= 0 <= high)

    assert np.mean(holds) >= 0.93


def test_somebody_who_spent_nothing_is_left_out_with_a_word() -> None:
    fit = GammaGamma().fit(frequency=[2, 3, 1, 4], mean_spend=[10.0, 20.0, 0.0, 15.0])

    assert fit.customers == 3
    assert "spent nothing (1) were left out" in " ".join(map(str, fit.doubts))


def test_everybody_spending_the_same_is_the_edge_of_the_model() -> None:
    fit = GammaGamma().fit(frequency=[2, 3, 4], mean_spend=5.0)

    assert fit.mean_spend == pytest.approx(5.0, rel=1e-3)
    assert np.isnan(fit.standard_errors["p"])
    assert fit.doubts


def test_a_fit_comes_back_from_json() -> None:
    fit = GammaGamma().fit(frequency=[2, 3, 1], mean_spend=[5.0, 5.0, 0.0])

    back = GammaGammaFit.from_data(json.loads(json.dumps(fit.as_data(), allow_nan=False)))

    assert back.parameters == fit.parameters
    assert back.covariance == fit.covariance
    assert list(map(str, back.doubts)) == list(map(str, fit.doubts))
    assert np.isnan(back.standard_errors["p"])


@pytest.mark.parametrize(("frequency", "mean"), [(1.5, 10.0), (-1, 10.0), (2, -3.0), (2, np.nan), (2, np.inf)])
def test_a_row_that_cannot_be_is_named(frequency: float, mean: float) -> None:
    with pytest.raises(OkaeriError, match=r"^Customer 1 has frequency .*refunds taken out"):
        GammaGamma().fit(frequency=[1, frequency], mean_spend=[10.0, mean])


def test_nobody_who_spent_is_nobody_to_learn_from() -> None:
    with pytest.raises(OkaeriError, match="at least one paid purchase"):
        GammaGamma().fit(frequency=[0, 0], mean_spend=[0.0, 0.0])
