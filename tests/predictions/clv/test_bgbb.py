"""BG/BB against the donations of its paper, a brute force over courses of life, simulated truth, and its laws."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaln, hyp2f1

from okaeri.base.errors import OkaeriError
from okaeri.predictions.clv.bgbb import BGBB, BGBBFit, _Rows
from okaeri.predictions.clv.fitting import Floats

POSITIVE = st.floats(0.2, 8.0)
MODELS = st.builds(BGBBFit, alpha=POSITIVE, beta=POSITIVE, gamma=POSITIVE, delta=POSITIVE)
PUBLISHED = BGBBFit(alpha=1.2035, beta=0.7497, gamma=0.6567, delta=2.7834)
Columns = dict[str, Floats]


def donations(data_dir: Path) -> tuple[Columns, Floats]:
    """The 22 histories of the 1995 cohort over six years, and how many people have each."""
    table = np.loadtxt(data_dir / "clv" / "bgbb_donations.csv", delimiter=",", skiprows=1)
    return {"frequency": table[:, 0], "last_purchase": table[:, 1], "opportunities": table[:, 2]}, table[:, 3]


def simulated(customers: int, fit: BGBBFit, *, opportunities: int, seed: int, ahead: int = 0) -> tuple[Columns, Floats]:
    """Histories of customers who are what the model takes them for, and what they do in the opportunities after."""
    rng = np.random.default_rng(seed)
    chance = rng.beta(fit.alpha, fit.beta, customers)
    leaves = rng.geometric(rng.beta(fit.gamma, fit.delta, customers).clip(1e-12))
    at = np.arange(1, opportunities + ahead + 1)
    took = (rng.random((customers, len(at))) < chance[:, None]) & (at < leaves[:, None])
    seen = took[:, :opportunities]
    last = (seen * at[:opportunities]).max(axis=1, initial=0)
    columns = {"frequency": seen.sum(axis=1), "last_purchase": last, "opportunities": np.full(customers, opportunities)}
    return {name: each.astype(np.float64) for name, each in columns.items()}, took[:, opportunities:].sum(axis=1)


@pytest.mark.real_data
def test_golden_donations_parameters(data_dir: Path) -> None:
    histories, people = donations(data_dir)

    fit = BGBB().fit(**histories, weight=people)

    assert fit.customers == 11_104
    assert list(fit.parameters.values()) == pytest.approx([1.2035, 0.7497, 0.6567, 2.7834], rel=1e-3)
    assert fit.log_likelihood == pytest.approx(-33225.58, abs=0.01)
    assert fit.doubts == ()


@pytest.mark.real_data
def test_golden_donations_expected_in_five_years(data_dir: Path) -> None:
    histories, people = donations(data_dir)
    fit = BGBB().fit(**histories, weight=people)

    assert people @ fit.expected_purchases(5, **histories) == pytest.approx(12_884.2, abs=0.1)


def test_golden_donations_p_alive_in_2002() -> None:
    """Nobody heard of since 1995, two gifts until 1999, six until 2001."""
    found = PUBLISHED.p_alive(frequency=[0, 2, 6], last_purchase=[0, 4, 6], opportunities=6)

    assert found.round(2).tolist() == [0.11, 0.59, 0.93]


@pytest.mark.real_data
def test_counted_histories_and_single_customers_fit_alike(data_dir: Path) -> None:
    histories, people = donations(data_dir)
    each = {name: np.repeat(column, people.astype(int)) for name, column in histories.items()}

    one, other = BGBB().fit(**each), BGBB().fit(**histories, weight=people)

    assert one.parameters == pytest.approx(other.parameters, rel=1e-6)


@pytest.mark.parametrize("gamma", [0.4, 1.0, 2.5])
def test_the_likelihood_is_the_sum_over_all_courses_of_life(gamma: float) -> None:
    """By brute force: whole grids of chances, and every opportunity before which somebody may have left."""
    fit = BGBBFit(alpha=1.3, beta=0.8, gamma=gamma, delta=2.0)
    strings = list(product((0, 1), repeat=4))
    by_history: dict[tuple[int, int], float] = {}
    for string in strings:
        by_history[_history(string)] = by_history.get(_history(string), 0.0) + _brute_force(fit, string)

    rows = _Rows.of(*(np.array(column, float) for column in zip(*((*key, 4, 1) for key in by_history), strict=True)))
    of_one = np.exp(rows.terms(*fit.parameters.values())[0])

    ways = {key: sum(1 for s in strings if _history(s) == key) for key in by_history}
    expected = [
        by_history[int(x), int(last)] / ways[int(x), int(last)] for x, last in zip(rows.x, rows.last, strict=True)
    ]
    assert of_one == pytest.approx(expected, rel=1e-6)
    assert sum(by_history.values()) == pytest.approx(1.0, rel=1e-6)


def _history(string: tuple[int, ...]) -> tuple[int, int]:
    return sum(string), max((place + 1 for place, took in enumerate(string) if took), default=0)


def _brute_force(fit: BGBBFit, string: tuple[int, ...]) -> float:
    from scipy.integrate import quad
    from scipy.stats import beta as beta_of

    def mean(a: float, b: float, ups: int, downs: int) -> float:
        return float(quad(lambda p: p**ups * (1 - p) ** downs * beta_of.pdf(p, a, b), 0, 1)[0])

    _x, last = _history(string)
    total = 0.0
    for stays in range(last, len(string) + 1):
        buying = mean(fit.alpha, fit.beta, sum(string), stays - sum(string))
        total += buying * mean(fit.gamma, fit.delta, int(stays < len(string)), stays)
    return total


@given(POSITIVE, POSITIVE, POSITIVE, POSITIVE)
def test_the_gradient_is_that_of_differences(alpha: float, beta: float, gamma: float, delta: float) -> None:
    rows = _Rows.of(*np.array([[0, 0, 4, 9], [2, 3, 5, 2], [4, 6, 6, 1], [1, 2, 12, 4.0]]).T)
    theta, step = np.log([alpha, beta, gamma, delta]), 1e-5

    _value, slope = rows.likelihood(theta)

    around = [(rows.likelihood(theta + step * unit)[0], rows.likelihood(theta - step * unit)[0]) for unit in np.eye(4)]
    assert slope == pytest.approx([(above - below) / (2 * step) for above, below in around], rel=1e-4, abs=1e-6)


def test_what_customers_were_made_of_is_found_again() -> None:
    histories, _future = simulated(30_000, PUBLISHED, opportunities=8, seed=1)

    fit = BGBB().fit(**histories)

    for name, value in PUBLISHED.parameters.items():
        assert abs(fit.parameters[name] - value) < 3.5 * fit.standard_errors[name]


def test_expectations_and_p_alive_are_what_comes_true() -> None:
    truth = BGBBFit(alpha=1.2, beta=0.9, gamma=1.0, delta=2.8)
    histories, future = simulated(60_000, truth, opportunities=6, seed=2, ahead=5)

    expected = truth.expected_purchases(5, **histories)
    alive = truth.p_alive(**histories)

    for group in np.array_split(np.argsort(expected), 8):
        error = future[group].std() / np.sqrt(len(group))
        assert abs(future[group].mean() - expected[group].mean()) < 4 * error + 1e-9
        assert np.mean(future[group] > 0) <= alive[group].mean() + 0.02


@given(MODELS, st.integers(0, 12), st.integers(1, 8))
def test_expectations_have_the_closed_form_of_the_paper(fit: BGBBFit, missed: int, ahead: int) -> None:
    """Equation 11, away from its hole at gamma = 1."""
    gamma = fit.gamma if abs(fit.gamma - 1) > 0.05 else 1.3
    fit = replace(fit, gamma=gamma)
    x, n = 3, 3 + missed
    alive = float(fit.p_alive(frequency=x, last_purchase=3, opportunities=n))

    found = float(fit.expected_purchases(ahead, frequency=x, last_purchase=3, opportunities=n))

    at = np.array([n, n + ahead])
    stays = np.exp(betaln(gamma, fit.delta + 1 + at) - betaln(gamma, fit.delta + n + 1)) * (gamma + fit.delta + at)
    whole = alive * (fit.alpha + x) / (fit.alpha + fit.beta + n) * (stays[0] - stays[1]) / (gamma - 1)
    assert found == pytest.approx(whole, rel=1e-6)


@given(MODELS, st.integers(0, 6), st.sampled_from([1e-4, 0.002, 0.02, 0.1, 1.0]))
def test_discounted_purchases_have_the_closed_form_of_the_paper(fit: BGBBFit, missed: int, discount: float) -> None:
    """Equation 14, whose hypergeometric function is the sum that is taken."""
    x, n = 2, 2 + missed
    alive = float(fit.p_alive(frequency=x, last_purchase=2, opportunities=n))

    found = float(fit.discounted_purchases(discount, frequency=x, last_purchase=2, opportunities=n))

    ahead = hyp2f1(1, fit.delta + n + 1, fit.gamma + fit.delta + n + 1, 1 / (1 + discount)) / (1 + discount)
    assert found == pytest.approx(alive * (fit.alpha + x) / (fit.alpha + fit.beta + n) * ahead, rel=1e-6)


@given(MODELS, st.integers(1, 10))
def test_who_bought_at_the_last_opportunity_is_more_alive_than_who_did_not(fit: BGBBFit, n: int) -> None:
    alive = fit.p_alive(frequency=1, last_purchase=np.arange(1, n + 1), opportunities=n)

    assert np.all((alive >= 0) & (alive <= 1))
    assert np.all(np.diff(alive) >= 0)


def test_a_newcomer_buys_what_newcomers_did() -> None:
    _histories, future = simulated(60_000, PUBLISHED, opportunities=0, seed=6, ahead=5)

    expected = PUBLISHED.expected_purchases(5, frequency=0, last_purchase=0, opportunities=0).item()

    assert abs(future.mean() - expected) < 4 * future.std() / np.sqrt(60_000)


def test_a_longer_horizon_expects_more_and_none_expects_nothing() -> None:
    history = {"frequency": 2, "last_purchase": 4, "opportunities": 6}

    found = [float(PUBLISHED.expected_purchases(ahead, **history)) for ahead in range(5)]

    assert found[0] == 0
    assert np.all(np.diff(found) > 0)


def test_customers_who_never_leave_are_told_apart_from_the_model_in_words() -> None:
    rng = np.random.default_rng(3)
    took = rng.random((5000, 8)) < rng.beta(2, 2, 5000)[:, None]

    fit = BGBB().fit(frequency=took.sum(axis=1), last_purchase=(took * np.arange(1, 9)).max(axis=1), opportunities=8)

    assert fit.doubts
    assert (fit.alpha, fit.beta) == pytest.approx((2.0, 2.0), rel=0.15)


def test_opportunities_may_differ_between_customers() -> None:
    young, _future = simulated(20_000, PUBLISHED, opportunities=4, seed=4)
    old, _future = simulated(20_000, PUBLISHED, opportunities=9, seed=5)

    fit = BGBB().fit(**{name: np.r_[young[name], old[name]] for name in young})

    assert list(fit.parameters.values()) == pytest.approx(list(PUBLISHED.parameters.values()), rel=0.15)


def test_a_fit_comes_back_from_json() -> None:
    fit = BGBB().fit(frequency=[0, 1, 2, 6], last_purchase=[0, 3, 5, 6], opportunities=6, weight=[40, 9, 12, 20])

    assert BGBBFit.from_data(json.loads(json.dumps(fit.as_data(), allow_nan=False))) == fit


@pytest.mark.parametrize(("x", "last", "n"), [(1.5, 2, 4), (1, 5, 4), (3, 2, 4), (0, 2, 4), (2, 0, 4), (-1, 0, 4)])
def test_a_history_that_cannot_be_is_named(x: float, last: float, n: float) -> None:
    with pytest.raises(OkaeriError, match=r"^Customer 1 took .*count those that were taken"):
        BGBB().fit(frequency=[1, x], last_purchase=[1, last], opportunities=[4, n])


def test_a_sum_without_end_is_refused() -> None:
    with pytest.raises(OkaeriError, match="above zero"):
        PUBLISHED.discounted_purchases(0.0, frequency=1, last_purchase=1, opportunities=1)


def test_half_an_opportunity_is_refused() -> None:
    with pytest.raises(OkaeriError, match="whole number"):
        PUBLISHED.expected_purchases(1.5, frequency=1, last_purchase=1, opportunities=1)  # type: ignore[arg-type]  # the point


def test_weights_that_count_nobody_are_refused() -> None:
    with pytest.raises(OkaeriError, match="not only zeros"):
        BGBB().fit(frequency=[1], last_purchase=[1], opportunities=[2], weight=[0])
