"""MBG/NBD and MBG/CNBD-k against their papers' formulas written out, and against lives drawn by their rules."""

from __future__ import annotations

from math import factorial, lgamma, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaln, hyp2f1

from okaeri.base.errors import OkaeriError
from okaeri.predictions.clv.betageometric import log_likelihoods
from okaeri.predictions.clv.histories import Histories, compress
from okaeri.predictions.clv.mbgcnbd import MBGCNBD, MBGCNBDFit
from okaeri.predictions.clv.mbgnbd import MBGNBD, MBGNBDFit
from tests.predictions.clv.simulated import simulate_mbgnbd

POSITIVE = st.floats(-3, 3).map(lambda log: float(np.exp(log)))
TRUTH: dict[str, Any] = {"r": 0.85, "alpha": 1.45, "a": 0.79, "b": 2.42}


def platzer_reutterer(x: int, t_x: float, age: float, *, k: int, r: float, alpha: float, a: float, b: float) -> float:
    """Their log-likelihood without the gaps, as sums and products."""
    shape = r + k * x
    gone = log(a / (b + x)) + shape * log((alpha + age) / (alpha + t_x))
    here = 1.0
    for j in range(1, k):
        rising = float(np.prod([shape + i for i in range(j)]))
        here += rising * (age - t_x) ** j / (factorial(j) * (alpha + age) ** j)
    fixed = betaln(a, b + x + 1) - betaln(a, b) + lgamma(shape) - lgamma(r) + r * log(alpha)
    return float(fixed - shape * log(alpha + age) + np.logaddexp(gone, log(here)))


@given(
    st.integers(1, 8),
    st.integers(0, 30),
    st.floats(0.01, 1),
    st.floats(0.1, 90),
    POSITIVE,
    POSITIVE,
    POSITIVE,
    POSITIVE,
)
def test_the_likelihood_is_that_of_platzer_and_reutterer(
    k: int, x: int, share: float, age: float, r: float, alpha: float, a: float, b: float
) -> None:
    t_x = share * age if x else 0.0
    rows = compress(Histories.of([x], [t_x], [age]))

    found, _slopes = log_likelihoods(rows, {"r": r, "alpha": alpha, "a": a, "b": b}, events=k, at_first=True)

    wanted = platzer_reutterer(x, t_x, age, k=k, r=r, alpha=alpha, a=a, b=b)
    assert found[0] == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_a_newcomer_of_mbg_nbd_is_expected_what_batislam_and_others_derive() -> None:
    fit, time = MBGNBDFit(**TRUTH), np.array([1.0, 10.0, 60.0])
    r, alpha, a, b = TRUTH.values()

    expected = fit.expected_purchases_of_newcomer(time)

    tail = (alpha / (alpha + time)) ** r * hyp2f1(r, b + 1, a + b, time / (alpha + time))
    assert expected == pytest.approx(b / (a - 1) * (1 - tail), rel=1e-9)


def test_one_event_for_each_purchase_is_mbg_nbd_exactly() -> None:
    shop = simulate_mbgnbd(800, **TRUTH, age=np.linspace(12, 96, 800), horizon=1, seed=4)
    plain, k1 = MBGNBD().fit(**shop.histories), MBGCNBD().fit(**shop.histories, log_gaps=shop.log_gaps, k=1)

    assert k1.parameters == plain.parameters
    assert k1.log_likelihood == plain.log_likelihood
    for question in ("expected_purchases", "purchase_variance"):
        asked = getattr(k1, question)(32, **shop.histories)
        assert asked == pytest.approx(getattr(plain, question)(32, **shop.histories), abs=1e-12)


def test_the_sum_for_regular_buyers_is_the_closed_form_for_random_ones() -> None:
    """With stages that tell nothing, both ways to an expectation must meet."""
    fit = MBGNBDFit(**TRUTH)
    history = Histories.of([0, 2, 9, 60], [0, 20, 30, 31], [40, 40, 31, 33])
    alive = fit._alive(history, fit.parameters)

    mean, pairs = alive._summed(32.0)

    assert mean == pytest.approx(alive.expected(32.0), rel=1e-8)
    assert pairs == pytest.approx(alive.pairs(32.0), rel=1e-6)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_the_regularity_of_a_simulated_shop_is_found_again_and_its_truth(k: int) -> None:
    shop = simulate_mbgnbd(6000, **TRUTH, k=k, age=np.linspace(12, 96, 6000), horizon=1, seed=k)

    fit = MBGCNBD().fit(**shop.histories, log_gaps=shop.log_gaps)

    assert fit.k == k
    for name, true in TRUTH.items():
        assert abs(np.log(fit.parameters[name] / true)) < 4 * fit.standard_errors[name] / fit.parameters[name]


@pytest.mark.parametrize("k", [2, 3])
def test_what_regular_buyers_are_expected_is_exact_and_not_approximate(k: int) -> None:
    """By time since the last purchase: an approximation by random buyers would miss that the next one falls due."""
    shop = simulate_mbgnbd(200_000, **TRUTH, k=k, age=32.0, horizon=4, seed=10 + k)
    fit = MBGCNBDFit(k=k, **TRUTH)

    expected, variance = (ask(4, **shop.histories) for ask in (fit.expected_purchases, fit.purchase_variance))
    chances = fit.purchase_distribution(3, 4, **shop.histories)

    silent = shop.age - shop.last_purchase
    for low, high in ((0, 0.5), (0.5, 1.5), (1.5, 4), (4, 12), (12, 33)):
        mine = (silent >= low) & (silent < high)
        assert abs((shop.future - expected)[mine].sum()) < 4 * np.sqrt(variance[mine].sum())
    for n in range(4):
        share = chances[:, n]
        assert abs((shop.future == n).sum() - share.sum()) < 4 * np.sqrt((share * (1 - share)).sum())
    alive = fit.p_alive(**shop.histories)
    assert abs((shop.alive - alive).sum()) < 4 * np.sqrt((alive * (1 - alive)).sum())


def test_regular_buyers_of_the_first_hour_are_expected_what_they_buy() -> None:
    newcomers = simulate_mbgnbd(100_000, **TRUTH, k=3, age=0.0, horizon=40, seed=8)

    expected = MBGCNBDFit(k=3, **TRUTH).expected_purchases_of_newcomer(40)

    assert newcomers.future.mean() == pytest.approx(float(expected), abs=4 * newcomers.future.std() / 100_000**0.5)


def test_the_unit_of_time_moves_neither_k_nor_the_answer() -> None:
    shop = simulate_mbgnbd(1500, **TRUTH, k=3, age=np.linspace(12, 96, 1500), horizon=1, seed=2)
    weeks = MBGCNBD().fit(**shop.histories, log_gaps=shop.log_gaps)
    in_days = {**shop.histories, "last_purchase": shop.last_purchase * 7, "age": shop.age * 7}

    days = MBGCNBD().fit(**in_days, log_gaps=shop.log_gaps + shop.frequency * np.log(7))

    assert days.k == weeks.k
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=1e-6)
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - shop.frequency.sum() * np.log(7), rel=1e-9)


@pytest.mark.parametrize(
    ("log_gaps", "row"), [([0.0, 3.0], 1), ([0.5, 1.0], 0), ([0.0, float("nan")], 1)], ids=["long", "none", "missing"]
)
def test_gaps_that_cannot_be_are_refused_with_advice(log_gaps: list[float], row: int) -> None:
    """Two gaps within 5 weeks are 2.5 weeks at most on the whole: 2 · log 2.5 = 1.83."""
    with pytest.raises(OkaeriError, match=rf"Customer {row} .*Measure the gaps in the unit of the histories"):
        MBGCNBD().fit(frequency=[0, 2], last_purchase=[0, 5], age=9, log_gaps=log_gaps)


def test_a_shape_of_gaps_that_cannot_be_is_refused_with_advice() -> None:
    with pytest.raises(OkaeriError, match=r"Erlang shape 0.*whole number from 1"):
        MBGCNBD().fit(frequency=[0, 2], last_purchase=[0, 5], age=9, log_gaps=[0, 1.0], k=0)
