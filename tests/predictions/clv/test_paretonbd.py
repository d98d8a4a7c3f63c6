"""Pareto/NBD against its defining integrals, also where hypergeometric functions give out."""

from __future__ import annotations

from itertools import pairwise
from math import exp, lgamma, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit, hyp2f1

from okaeri.predictions.clv.histories import Histories, compress
from okaeri.predictions.clv.paretonbd import ParetoNBD, ParetoNBDFit, log_likelihoods
from tests.predictions.clv.simulated import simulate_paretonbd

POSITIVE = st.floats(-3, 3).map(lambda log: float(np.exp(log)))
LARGE = pytest.mark.parametrize("x", [0, 1, 7, 90, 1000, 5000])
CDNOW: dict[str, Any] = {"r": 0.55315, "alpha": 10.57633, "s": 0.60625, "beta": 11.67150}


def parts_by_integral(
    x: int, t_x: float, age: float, *, r: float, alpha: float, s: float, beta: float
) -> tuple[float, float]:
    """The logs of staying until `age` and of leaving before, but for the gammas: the second by quadrature."""
    top = -(r + x) * log(alpha + t_x) - (s + 1) * log(beta + t_x)
    scale = 1 / ((r + x) / (alpha + t_x) + (s + 1) / (beta + t_x))

    def leaving(place: float) -> float:
        """At a time that grows by e from one place to the next."""
        moment = t_x + scale * np.expm1(place)
        return exp(-(r + x) * log(alpha + moment) - (s + 1) * log(beta + moment) - top + place)

    end = float(np.log1p((age - t_x) / scale))
    edges = np.linspace(0, end, 20)
    left = sum(quad(leaving, *ends, epsabs=0, epsrel=1e-12)[0] for ends in pairwise(edges))
    stays = -(r + x) * log(alpha + age) - s * log(beta + age)
    return stays, top + log(s * scale * left) if age > t_x else -np.inf


@settings(max_examples=60)
@given(st.integers(0, 5000), st.floats(0, 1), st.floats(-4, 4), POSITIVE, POSITIVE, POSITIVE, POSITIVE)
def test_the_likelihood_and_the_chance_to_be_alive_are_their_integrals(
    x: int, share: float, log_age: float, r: float, alpha: float, s: float, beta: float
) -> None:
    age = exp(log_age)
    t_x = (0.001 + 0.999 * share) * age if x else 0.0
    truth: dict[str, Any] = {"r": r, "alpha": alpha, "s": s, "beta": beta}
    stays, leaves = parts_by_integral(x, t_x, age, **truth)

    found, _slopes = log_likelihoods(compress(Histories.of([x], [t_x], [age])), truth)
    alive = ParetoNBDFit(**truth).p_alive(frequency=x, last_purchase=t_x, age=age)

    gammas = lgamma(r + x) - lgamma(r) + r * log(alpha) + s * log(beta)
    assert found[0] == pytest.approx(gammas + np.logaddexp(stays, leaves), rel=1e-10, abs=1e-8)
    assert alive[0] == pytest.approx(expit(stays - leaves), abs=1e-9)


@pytest.mark.parametrize(("alpha", "beta"), [(10.6, 11.7), (11.7, 10.6)])
def test_for_few_purchases_it_is_the_hypergeometric_formula_of_fader_and_hardie(alpha: float, beta: float) -> None:
    """Their equation 19 with A0, for alpha >= beta and alpha <= beta."""
    x, t_x, age, r, s = 2, 30.43, 38.86, 0.55, 0.6
    far, near, last = max(alpha, beta), abs(alpha - beta), (s + 1 if alpha >= beta else r + x)
    whole = r + s + x

    def a0(time: float) -> float:
        return float(hyp2f1(whole, last, whole + 1, near / (far + time)) / (far + time) ** whole)

    density = s / whole * (a0(t_x) - a0(age)) + (alpha + age) ** -(r + x) * (beta + age) ** -s
    wanted = lgamma(r + x) - lgamma(r) + r * log(alpha) + s * log(beta) + log(density)

    found, _slopes = log_likelihoods(
        compress(Histories.of([x], [t_x], [age])), {"r": r, "alpha": alpha, "s": s, "beta": beta}
    )

    assert found[0] == pytest.approx(wanted, rel=1e-10)


@LARGE
@pytest.mark.parametrize("s", [0.2, 1.0, 1.0000001, 2.0, 3.5])
def test_expectations_are_the_integral_over_the_moment_of_leaving(x: int, s: float) -> None:
    """The formula divides by s - 1."""
    fit = ParetoNBDFit(r=0.6, alpha=9.0, s=s, beta=12.0)
    history: dict[str, Any] = {"frequency": x, "last_purchase": 30.0 if x else 0, "age": 31}

    expected = fit.expected_purchases(40, **history) / fit.p_alive(**history)

    lasting = quad(lambda u: (43 / (43 + u)) ** s, 0, 40, epsrel=1e-12)[0]
    assert expected.item() == pytest.approx((0.6 + x) / 40 * lasting, rel=1e-10)


@LARGE
def test_probabilities_of_purchases_are_the_integral_over_the_moment_of_leaving(x: int) -> None:
    fit = ParetoNBDFit(**CDNOW)
    history: dict[str, Any] = {"frequency": x, "last_purchase": 30.9 if x else 0, "age": 31}
    shape, since, stays = CDNOW["r"] + x, CDNOW["alpha"] + 31, CDNOW["beta"] + 31
    s, mean = CDNOW["s"], (CDNOW["r"] + x) / (CDNOW["alpha"] + 31) * 26

    def count(n: int, time: float) -> float:
        chance = lgamma(shape + n) - lgamma(shape) - lgamma(n + 1) + shape * log(since / (since + time))
        return exp(chance + n * log(time / (since + time))) if time else float(n == 0)

    found = fit.purchase_distribution(int(2 * mean) + 5, 26, **history)[0]

    alive = fit.p_alive(**history).item()
    edges = np.linspace(0, 26, 40)
    for n in {0, 1, 3, int(mean), int(1.5 * mean)}:

        def leaving(time: float, n: int = n) -> float:
            return float(count(n, time) * s / stays * (1 + time / stays) ** (-s - 1))

        leaves = sum(quad(leaving, *ends, epsrel=1e-11)[0] for ends in pairwise(edges))
        wanted = alive * (count(n, 26) * (1 + 26 / stays) ** -s + leaves) + (1 - alive) * (n == 0)
        assert found[n] == pytest.approx(wanted, abs=1e-9)


def test_thousands_of_purchases_are_fitted_and_scored_without_a_number_missing() -> None:
    """Subscribers to daily deliveries: here the textbook's powers underflow to 0 and its logs to NaN."""
    shop = simulate_paretonbd(
        600, r=2.0, alpha=1.5, s=0.8, beta=300.0, age=np.linspace(300, 1000, 600), horizon=90, seed=3
    )
    assert shop.frequency.max() > 3000

    fit = ParetoNBD().fit(**shop.histories)

    assert fit.doubts == ()
    assert np.isfinite(fit.log_likelihood)
    for name, true in {"r": 2.0, "alpha": 1.5, "s": 0.8, "beta": 300.0}.items():
        assert abs(np.log(fit.parameters[name] / true)) < 4 * fit.standard_errors[name] / fit.parameters[name]
    expected, variance = (ask(90, **shop.histories) for ask in (fit.expected_purchases, fit.purchase_variance))
    assert abs((shop.future - expected).sum()) < 4 * np.sqrt(variance.sum())


def test_somebody_seen_a_moment_ago_is_alive() -> None:
    fit = ParetoNBDFit(**CDNOW)

    assert fit.p_alive(frequency=[0, 3, 4000], last_purchase=[0, 20, 20], age=[0, 20, 20]).tolist() == [1, 1, 1]
