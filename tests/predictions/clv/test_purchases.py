"""Laws that every model of repeat buying obeys, whatever its parameters and whoever its customers."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okaeri.base.errors import OkaeriError
from okaeri.predictions.clv import betageometric, paretonbd
from okaeri.predictions.clv.bgnbd import BGNBD, BGNBDFit
from okaeri.predictions.clv.histories import Histories, compress
from okaeri.predictions.clv.learning import LogLikelihoods
from okaeri.predictions.clv.mbgcnbd import MBGCNBDFit
from okaeri.predictions.clv.mbgnbd import MBGNBD, MBGNBDFit
from okaeri.predictions.clv.paretonbd import ParetoNBD, ParetoNBDFit
from okaeri.predictions.clv.purchases import PurchaseFit
from tests.predictions.clv.simulated import Simulated, simulate_bgnbd, simulate_mbgnbd, simulate_paretonbd

SHAPES = st.floats(-3, 3).map(lambda log: float(np.exp(log)))
FITS: dict[str, Callable[..., PurchaseFit]] = {
    "BG/NBD": lambda one, two, three, four: BGNBDFit(r=one, alpha=two, a=three, b=four),
    "MBG/NBD": lambda one, two, three, four: MBGNBDFit(r=one, alpha=two, a=three, b=four),
    "MBG/CNBD-3": lambda one, two, three, four: MBGCNBDFit(k=3, r=one, alpha=two, a=three, b=four),
    "Pareto/NBD": lambda one, two, three, four: ParetoNBDFit(r=one, alpha=two, s=three, beta=four),
}
LIKELIHOODS: dict[str, LogLikelihoods] = {
    "BG/NBD": betageometric.log_likelihoods,
    "MBG/NBD": partial(betageometric.log_likelihoods, at_first=True),
    "MBG/CNBD-3": partial(betageometric.log_likelihoods, events=3, at_first=True),
    "Pareto/NBD": paretonbd.log_likelihoods,
}
SHOPS: dict[str, tuple[Any, Callable[..., Simulated], dict[str, float]]] = {
    "BG/NBD": (BGNBD(), simulate_bgnbd, {"r": 0.6, "alpha": 5.0, "a": 0.8, "b": 2.5}),
    "MBG/NBD": (MBGNBD(), simulate_mbgnbd, {"r": 0.6, "alpha": 5.0, "a": 0.8, "b": 2.5}),
    "Pareto/NBD": (ParetoNBD(), simulate_paretonbd, {"r": 0.6, "alpha": 9.0, "s": 0.7, "beta": 12.0}),
}
models = pytest.mark.parametrize("model", FITS)
shops = pytest.mark.parametrize("model", SHOPS)


@st.composite
def histories(draw: st.DrawFn, most: int = 2000) -> Histories:
    """Any legal history, of hardly a purchase or thousands, in any unit."""
    rows = draw(st.lists(st.tuples(st.integers(0, most), st.floats(0.001, 1.0), st.floats(-5, 5)), min_size=1))
    x, share, log_age = np.array(rows, np.float64).T
    age = np.exp(log_age)
    return Histories.of(x, np.where(x > 0, share * age, 0.0), age)


def simulated(model: str, customers: int, seed: int, **changed: Any) -> Simulated:
    _fitter, simulate, truth = SHOPS[model]
    rng = np.random.default_rng(seed + 1)
    age = rng.uniform(10, 60, customers)
    return simulate(customers, **{**truth, **changed}, age=age, horizon=30, seed=seed)


def asked(found: Histories) -> dict[str, Any]:
    return {"frequency": found.frequency, "last_purchase": found.last_purchase, "age": found.age}


@models
@settings(max_examples=40)
@given(histories(), SHAPES, SHAPES, SHAPES, SHAPES)
def test_a_likelihood_is_finite_and_its_slopes_are_its_differences(
    model: str, found: Histories, one: float, two: float, three: float, four: float
) -> None:
    rows, values = compress(found), FITS[model](one, two, three, four).parameters
    step = 1e-5

    value, slopes = LIKELIHOODS[model](rows, values)

    assert np.isfinite(value).all()
    for name in values:
        up, _ = LIKELIHOODS[model](rows, {**values, name: values[name] * np.exp(step)})
        down, _ = LIKELIHOODS[model](rows, {**values, name: values[name] * np.exp(-step)})
        scale = 1 + np.abs(value) + np.abs(slopes[name])
        assert np.abs(slopes[name] - (up - down) / (2 * step)).max() / scale.max() < 2e-7


@models
@settings(max_examples=40)
@given(histories(), SHAPES, SHAPES, SHAPES, SHAPES, st.floats(1.01, 3))
def test_the_longer_the_silence_the_less_likely_alive(
    model: str, found: Histories, one: float, two: float, three: float, four: float, longer: float
) -> None:
    fit = FITS[model](one, two, three, four)

    now = fit.p_alive(**asked(found))
    later = fit.p_alive(**{**asked(found), "age": found.age * longer})

    assert ((now >= 0) & (now <= 1)).all()
    assert (later <= now + 1e-12).all()


@models
@settings(max_examples=30)
@given(histories(most=6), SHAPES, SHAPES, SHAPES, SHAPES, st.floats(0.01, 3))
def test_probabilities_add_up_and_have_the_mean_and_variance(
    model: str, found: Histories, one: float, two: float, three: float, four: float, share: float
) -> None:
    fit, horizon = FITS[model](one, two, three, four), share * float(found.age.min())
    mean, variance = (
        fit.expected_purchases(horizon, **asked(found)),
        fit.purchase_variance(horizon, **asked(found)),
    )
    up_to = 1200

    chances = fit.purchase_distribution(up_to, horizon, **asked(found))

    n = np.arange(up_to + 1)
    told = chances.sum(axis=1) > 1 - 1e-9
    assert (chances >= 0).all()
    assert chances.sum(axis=1).max() < 1 + 1e-9
    short = (chances @ n, chances @ n**2)
    assert short[0][told] == pytest.approx(mean[told], rel=1e-5, abs=1e-7)
    close = told & (chances[:, -1] * up_to**3 < 1e-9)
    assert (short[1] - short[0] ** 2)[close] == pytest.approx(variance[close], rel=1e-5, abs=1e-6)


@models
@settings(max_examples=20)
@given(histories(most=6), SHAPES, SHAPES, SHAPES, SHAPES)
def test_more_time_means_more_purchases_and_none_means_none(
    model: str, found: Histories, one: float, two: float, three: float, four: float
) -> None:
    fit = FITS[model](one, two, three, four)

    nothing, some, more = (fit.expected_purchases(time, **asked(found)) for time in (0.0, 1.0, 2.0))

    assert nothing == pytest.approx(0, abs=1e-9)
    assert (some > 0).all()
    assert (more >= some).all()
    assert (more <= 2 * some * (1 + 1e-9)).all() or "MBG/CNBD" in model  # regular buyers have a purchase falling due


@models
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_quantile_is_the_first_number_not_exceeded_often_enough(model: str, share: float) -> None:
    fit = FITS[model](0.8, 4.0, 0.6, 3.0)
    history: dict[str, Any] = {"frequency": [0, 2, 30, 300], "last_purchase": [0, 8, 9, 10], "age": 10}

    found = fit.purchase_quantile(share, 8, **history)

    below = np.cumsum(fit.purchase_distribution(600, 8, **history), axis=1)
    places = found.astype(np.int64)
    assert (np.take_along_axis(below, places[:, None], 1)[:, 0] >= share).all()
    before = np.take_along_axis(below, np.maximum(places - 1, 0)[:, None], 1)[:, 0]
    assert ((before < share) | (places == 0)).all()


@shops
def test_a_fit_finds_the_truth_of_a_simulated_shop(model: str) -> None:
    """Each parameter within four of its own standard errors, in five shops."""
    fitter, _simulate, truth = SHOPS[model]

    for seed in range(5):
        fit = fitter.fit(**simulated(model, 20_000, seed).histories)

        away = {name: (np.log(fit.parameters[name] / truth[name])) for name in truth}
        assert {n: abs(d) < 4 * fit.standard_errors[n] / fit.parameters[n] for n, d in away.items()} == dict.fromkeys(
            truth, True
        )
        assert fit.doubts == ()


@shops
def test_predictions_are_what_came_true(model: str) -> None:
    _fitter, _simulate, truth = SHOPS[model]
    shop, fit = simulated(model, 40_000, 7), FITS[model](*truth.values())
    mean = fit.expected_purchases(30, **shop.histories)
    variance = fit.purchase_variance(30, **shop.histories)

    for low, high in ((0, 0.2), (0.2, 1), (1, 3), (3, 1000)):
        mine = (mean >= low) & (mean < high)
        assert abs((shop.future - mean)[mine].sum()) < 4 * np.sqrt(variance[mine].sum())
    alive = fit.p_alive(**shop.histories)
    assert abs((shop.alive - alive).sum()) < 4 * np.sqrt((alive * (1 - alive)).sum())
    assert np.mean(shop.future <= fit.purchase_quantile(0.9, 30, **shop.histories)) >= 0.9


@shops
def test_covariates_that_move_the_rates_are_found_again(model: str) -> None:
    fitter, _simulate, truth = SHOPS[model]
    member = np.tile([0.0, 1.0], 15_000)
    moved = "a" if "a" in truth else "beta"
    sign = 1.0 if moved == "a" else -1.0
    changed = {"alpha": truth["alpha"] * np.exp(-0.7 * member), moved: truth[moved] * np.exp(sign * 0.5 * member)}
    shop = simulated(model, 30_000, 3, **changed)

    fit = fitter.fit(**shop.histories, covariates=member)

    assert abs(fit.coefficients["alpha"][0] - 0.7) < 4 * fit.standard_errors["alpha_1"]
    assert abs(fit.coefficients[moved][0] - 0.5) < 4 * fit.standard_errors[f"{moved}_1"]
    assert fit.standard_errors["alpha_1"] < 0.1
    assert fit.log_likelihood > fitter.fit(**shop.histories).log_likelihood + 50
    expected = fit.expected_purchases(30, **shop.histories, covariates=member)
    assert expected[member == 1].sum() == pytest.approx(shop.future[member == 1].sum(), rel=0.05)


@models
def test_slopes_by_rows_with_covariates_are_differences_too(model: str) -> None:
    rng = np.random.default_rng(5)
    x = rng.poisson(3, 50).astype(np.float64)
    rows = compress(Histories.of(x, np.where(x > 0, 6.0, 0), rng.uniform(7, 9, 50)))
    values = {name: rng.uniform(0.3, 4, len(rows.frequency)) for name in FITS[model](1, 1, 1, 1).parameters}
    shape = next(iter(values))
    plain: dict[str, Any] = {**values, shape: 0.7}  # the shape of the rates is nobody's own

    _value, slopes = LIKELIHOODS[model](rows, plain)

    for name in plain:
        up, _ = LIKELIHOODS[model](rows, {**plain, name: plain[name] * np.exp(1e-5)})
        down, _ = LIKELIHOODS[model](rows, {**plain, name: plain[name] * np.exp(-1e-5)})
        assert slopes[name] == pytest.approx((up - down) / 2e-5, rel=1e-6, abs=1e-7)


@shops
def test_neither_order_nor_repetition_moves_the_parameters(model: str) -> None:
    fitter, shop = SHOPS[model][0], simulated(model, 1500, 2)
    once = fitter.fit(**shop.histories)

    backwards = fitter.fit(**{name: column[::-1] for name, column in shop.histories.items()})
    twice = fitter.fit(**{name: np.tile(column, 2) for name, column in shop.histories.items()})

    assert backwards == once
    assert twice.parameters == pytest.approx(once.parameters, rel=1e-6)
    assert twice.log_likelihood == pytest.approx(2 * once.log_likelihood, rel=1e-9)
    assert twice.standard_errors == pytest.approx({n: e / 2**0.5 for n, e in once.standard_errors.items()}, rel=1e-4)


@shops
@pytest.mark.parametrize("seconds", [1e-6, 24.0, 1e7])
def test_the_unit_of_time_does_not_move_the_answer(model: str, seconds: float) -> None:
    fitter, shop = SHOPS[model][0], simulated(model, 1500, 4)
    once = fitter.fit(**shop.histories)
    other_unit = {**shop.histories, "last_purchase": shop.last_purchase * seconds, "age": shop.age * seconds}

    fit = fitter.fit(**other_unit)

    assert fit.expected_purchases(30 * seconds, **other_unit) == pytest.approx(
        once.expected_purchases(30, **shop.histories), rel=1e-6
    )


@shops
def test_a_shop_to_which_nobody_came_back_is_told_from_a_fit(model: str) -> None:
    fit = SHOPS[model][0].fit(frequency=np.zeros(50), last_purchase=np.zeros(50), age=np.linspace(5, 60, 50))

    assert fit.doubts
    assert np.isfinite(list(fit.parameters.values())).all()
    assert fit.expected_purchases(30, frequency=0, last_purchase=0, age=60) == pytest.approx(0, abs=0.01)


@shops
def test_customers_who_are_all_alike_are_told_from_a_fit(model: str) -> None:
    """Everybody buys at one and the same rate: the gamma's shape runs to the edge."""
    rng = np.random.default_rng(0)
    age = np.full(3000, 40.0)
    x = rng.poisson(0.5 * age).astype(np.float64)
    last = age * rng.random(3000) ** (1 / np.maximum(x, 1)) * (x > 0)

    fit = SHOPS[model][0].fit(frequency=x, last_purchase=last, age=age)

    assert any("ran to the edge" in str(doubt) or "flat" in str(doubt) for doubt in fit.doubts)
    assert fit.expected_purchases(10, frequency=20, last_purchase=39, age=40).item() == pytest.approx(5, rel=0.05)


@models
def test_a_fit_is_plain_data_and_comes_back_from_it(model: str) -> None:
    fit = FITS[model](0.5, 4.0, 0.8, 2.5)

    data = json.loads(json.dumps(fit.as_data()))

    assert data["model"] == type(fit).MODEL
    back = type(fit).from_data(data)
    assert back.parameters == fit.parameters
    history: dict[str, Any] = {"frequency": [3, 0], "last_purchase": [20, 0], "age": 30}
    assert back.expected_purchases(9, **history).tolist() == fit.expected_purchases(9, **history).tolist()


def test_a_fit_with_covariates_and_doubts_comes_back_whole() -> None:
    shop = simulated("BG/NBD", 400, 1)
    fit = BGNBD().fit(**shop.histories, covariates=np.arange(400) % 2)

    back = BGNBDFit.from_data(json.loads(json.dumps(fit.as_data())))

    assert back == fit


def test_asking_without_the_covariates_a_fit_was_taught_is_refused_with_advice() -> None:
    fit = BGNBDFit(r=0.5, alpha=4.0, a=0.8, b=2.5, coefficients={"alpha": (0.3,), "a": (0.0,), "b": (0.0,)})

    with pytest.raises(OkaeriError, match=r"shape \(1, 0\).*one row of finite numbers per customer"):
        fit.p_alive(frequency=3, last_purchase=20, age=30)


@models
def test_a_time_or_a_number_that_cannot_be_is_refused_with_advice(model: str) -> None:
    fit = FITS[model](0.5, 4.0, 0.8, 2.5)
    history: dict[str, Any] = {"frequency": 3, "last_purchase": 20, "age": 30}

    with pytest.raises(OkaeriError, match=r"look ahead by -1.*zero or more"):
        fit.expected_purchases(-1, **history)
    with pytest.raises(OkaeriError, match=r"-2 is no number of purchases.*from 0"):
        fit.purchase_probability(-2, 10, **history)
    with pytest.raises(OkaeriError, match=r"quantile of 1.*below 1"):
        fit.purchase_quantile(1, 10, **history)


@models
def test_answers_have_the_shape_of_the_question(model: str) -> None:
    fit = FITS[model](0.5, 4.0, 0.8, 2.5)
    grid: dict[str, Any] = {"frequency": np.ones((4, 3)), "last_purchase": 5, "age": np.arange(10.0, 13)}

    assert fit.p_alive(**grid).shape == (4, 3)
    assert fit.purchase_distribution(6, 10, **grid).shape == (4, 3, 7)
    assert fit.expected_purchases(10, frequency=1, last_purchase=5, age=9).shape == (1,)
    assert fit.expected_purchases_of_newcomer([1, 2, 3]).shape == (3,)
    assert fit.purchase_probability(0, 10).shape == (1,)
