"""BG/NBD against the paper's formulas written out, and where those formulas have holes."""

from __future__ import annotations

from itertools import pairwise
from math import exp, lgamma, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import beta as beta_function
from scipy.special import betaln

from okaeri.predictions.clv.betageometric import log_likelihoods
from okaeri.predictions.clv.bgnbd import BGNBD, BGNBDFit
from okaeri.predictions.clv.histories import Histories, compress
from tests.predictions.clv.simulated import simulate_bgnbd

POSITIVE = st.floats(-3, 3).map(lambda log: float(np.exp(log)))


def equation_6(x: int, t_x: float, age: float, r: float, alpha: float, a: float, b: float) -> float:
    """The paper's likelihood, its two beta functions and all."""
    common = lgamma(r + x) - lgamma(r) + r * log(alpha)
    stays = betaln(a, b + x) - betaln(a, b) - (r + x) * log(alpha + age)
    if not x:
        return float(common + stays)
    leaves = betaln(a + 1, b + x - 1) - betaln(a, b) - (r + x) * log(alpha + t_x)
    return float(common + np.logaddexp(stays, leaves))


def expected_by_integral(horizon: float, *, shape: float, since: float, a: float, b: float) -> float:
    """The mean of (1 - e^(-rate p t)) / p over the gamma of the rate (in closed form) and the beta of p (here)."""

    def purchases(log_odds: float) -> float:
        p = 1 / (1 + exp(-log_odds))
        density = exp(a * log(p) + b * (-log_odds + log(p)) - betaln(a, b))
        return float(-np.expm1(-shape * np.log1p(p * horizon / since)) / p * density)

    edges = np.r_[-np.geomspace(45 / min(a, 1), 0.5, 12), 0, np.geomspace(0.5, 45 / min(b, 1), 12)] + log(a / b)
    return float(sum(quad(purchases, *ends, limit=200)[0] for ends in pairwise(edges)))


@given(st.integers(0, 300), st.floats(0.01, 1), st.floats(0.1, 90), POSITIVE, POSITIVE, POSITIVE, POSITIVE)
def test_the_likelihood_is_equation_6(
    x: int, share: float, age: float, r: float, alpha: float, a: float, b: float
) -> None:
    t_x = share * age if x else 0.0

    found, _slopes = log_likelihoods(
        compress(Histories.of([x], [t_x], [age])), {"r": r, "alpha": alpha, "a": a, "b": b}
    )

    assert found[0] == pytest.approx(equation_6(x, t_x, age, r, alpha, a, b), rel=1e-10, abs=1e-9)


def test_somebody_who_never_came_back_cannot_have_dropped_out() -> None:
    fit = BGNBDFit(r=0.3, alpha=4.0, a=0.8, b=2.4)

    assert fit.p_alive(frequency=0, last_purchase=0, age=[1, 100, 1e6]).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("a", [0.3, 0.999_999_9, 1.0, 1.000_01, 2.0, 2.000_000_5, 7.5, 49.0, 60.0, 8000.0])
@pytest.mark.parametrize("b", [0.03, 0.5, 1.7, 40.0])
@pytest.mark.parametrize("x", [0, 1, 12, 700])
def test_expectations_are_the_integral_also_where_the_formula_has_a_hole(a: float, b: float, x: int) -> None:
    """It divides by a - 1, and its series by a + b - 1 for a newcomer."""
    fit = BGNBDFit(r=0.4, alpha=5.0, a=a, b=b)
    history: dict[str, Any] = {"frequency": x, "last_purchase": 30.0 if x else 0, "age": 30.0}

    expected = fit.expected_purchases(25.0, **history) / fit.p_alive(**history)

    by_integral = expected_by_integral(25.0, shape=0.4 + x, since=35.0, a=a, b=b + x)
    assert expected.item() == pytest.approx(by_integral, rel=1e-7)


def test_a_newcomers_number_of_purchases_has_the_probabilities_of_equation_8() -> None:
    r, alpha, a, b, time = 0.7, 3.0, 0.9, 1.8, 12.0
    fit = BGNBDFit(r=r, alpha=alpha, a=a, b=b)
    counts = [
        exp(lgamma(r + j) - lgamma(r) - lgamma(j + 1)) * (alpha / (alpha + time)) ** r * (time / (alpha + time)) ** j
        for j in range(12)
    ]

    for x in range(12):
        stays = beta_function(a, b + x) / beta_function(a, b) * counts[x]
        leaves = beta_function(a + 1, b + x - 1) / beta_function(a, b) * (1 - sum(counts[:x])) if x else 0.0
        assert fit.purchase_probability(x, time).item() == pytest.approx(stays + leaves, rel=1e-9)


def test_an_expectation_is_the_sum_of_what_may_happen_for_the_busiest_too() -> None:
    fit = BGNBDFit(r=0.5, alpha=2.0, a=0.4, b=3.0)
    history: dict[str, Any] = {"frequency": 3000, "last_purchase": 364.5, "age": 365}

    expected, chances = fit.expected_purchases(30, **history), fit.purchase_distribution(1500, 30, **history)[0]

    assert expected.item() == pytest.approx(chances @ np.arange(1501), rel=1e-8)
    assert expected.item() == pytest.approx(3000 / 367 * 30 * fit.p_alive(**history).item(), rel=0.03)


def test_starts_on_either_side_end_at_one_top(seeds: range) -> None:
    """The likelihood of small shops is flat and bent; the climb must still end where no slope is left."""
    for seed in list(seeds)[:10]:
        shop = simulate_bgnbd(120, r=0.8, alpha=6.0, a=0.5, b=2.0, age=np.linspace(10, 50, 120), horizon=1, seed=seed)

        fit = BGNBD().fit(**shop.histories)

        rows = compress(Histories.of(**shop.histories))
        _value, slopes = log_likelihoods(rows, fit.parameters)
        flat = [abs(rows.count @ slope) / 120 for slope in slopes.values()]
        assert max(flat) < 1e-5 or fit.doubts
