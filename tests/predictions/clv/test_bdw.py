"""Beta-discrete-Weibull: the sBG at c = 1, better where chances move with age, and back from simulated truth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import beta as beta_function

from okaeri.predictions.clv.bdw import BdW, BdWFit
from okaeri.predictions.clv.contracts import Contracts, _likelihood
from okaeri.predictions.clv.fitting import Floats
from okaeri.predictions.clv.sbg import SBG, SBGFit
from tests.predictions.clv.test_sbg import PUBLISHED, survivors

POSITIVE = st.floats(0.1, 20.0)
SHAPES = st.floats(0.3, 2.5)
MODELS = st.builds(BdWFit, alpha=POSITIVE, beta=POSITIVE, c=SHAPES)


def simulated(customers: int, truth: BdWFit, *, oldest: int, seed: int) -> dict[str, Floats]:
    """Contracts of different ages, seen once; each survives t renewals with chance (1 − p)^(t^c), p its own."""
    rng = np.random.default_rng(seed)
    stays = 1 - rng.beta(truth.alpha, truth.beta, customers)
    chances = rng.integers(1, oldest + 1, customers)
    lasts = stays[:, None] ** (np.arange(oldest + 1.0) ** truth.c)
    ends_at = (rng.random(customers)[:, None] < lasts).sum(axis=1)
    ended = ends_at <= chances
    return {"renewals": np.where(ended, ends_at - 1, chances).astype(float), "ended": ended.astype(float)}


@given(POSITIVE, POSITIVE)
def test_at_c_one_it_is_the_sbg(alpha: float, beta: float) -> None:
    contracts = Contracts.surviving([100, 60, 45, 40])
    plain, general = SBGFit(alpha=alpha, beta=beta), BdWFit(alpha=alpha, beta=beta, c=1.0)

    assert general.survival(np.arange(30)) == pytest.approx(plain.survival(np.arange(30)), rel=1e-12)
    assert _likelihood(general, contracts)[0] == pytest.approx(_likelihood(plain, contracts)[0], rel=1e-12)
    assert general.residual_renewals(2, discount=0.1) == pytest.approx(plain.residual_renewals(2, discount=0.1))


@given(MODELS, st.integers(0, 30))
def test_survival_is_the_ratio_of_beta_functions(fit: BdWFit, renewals: int) -> None:
    """Equation 5 of the paper."""
    expected = beta_function(fit.alpha, fit.beta + renewals**fit.c) / beta_function(fit.alpha, fit.beta)

    assert float(fit.survival(renewals)) == pytest.approx(expected, rel=1e-8)


@given(MODELS)
def test_survival_never_grows(fit: BdWFit) -> None:
    survival = fit.survival(np.arange(60))

    assert survival[0] == pytest.approx(1.0)
    assert np.all(np.diff(survival) <= 0)


def test_retention_of_a_growing_risk_may_fall_first_and_rise_then() -> None:
    retention = BdWFit(alpha=0.5, beta=5.0, c=1.8).retention_rate(np.arange(1, 40))

    lowest = int(np.argmin(retention))
    assert 0 < lowest < 38


@given(POSITIVE, POSITIVE, SHAPES)
def test_the_gradient_is_that_of_differences(alpha: float, beta: float, c: float) -> None:
    contracts = Contracts.of([0, 1, 3, 3, 7], [1, 1, 1, 0, 0], [4, 3, 2, 5, 1])
    theta, step = np.log([alpha, beta, c]), 1e-5

    _value, slope = _likelihood(BdWFit(alpha=alpha, beta=beta, c=c), contracts)

    def value(point: Floats) -> float:
        natural = dict(zip(BdWFit.NAMES, np.exp(point).tolist(), strict=True))
        return _likelihood(BdWFit(**natural), contracts)[0]

    around = [value(theta + step * unit) - value(theta - step * unit) for unit in np.eye(3)]
    assert slope == pytest.approx([each / (2 * step) for each in around], rel=1e-4, abs=1e-4)


def test_what_contracts_were_made_of_is_found_again() -> None:
    truth = BdWFit(alpha=0.6, beta=3.0, c=1.5)

    fit = BdW().fit(**simulated(60_000, truth, oldest=8, seed=1))

    for name, value in truth.parameters.items():
        assert abs(fit.parameters[name] - value) < 3.5 * fit.standard_errors[name]


def test_the_band_of_a_forecast_holds_the_truth_in_nineteen_worlds_of_twenty() -> None:
    truth, at = BdWFit(alpha=0.6, beta=3.0, c=1.5), np.array([2.0, 6.0, 9.0])
    holds = []
    for seed in range(200):
        curve = BdW().fit(**simulated(1500, truth, oldest=6, seed=seed)).curve(at)
        holds.append((curve.low <= truth.survival(at)) & (truth.survival(at) <= curve.high))

    assert np.mean(holds) >= 0.93


@pytest.mark.real_data
@pytest.mark.parametrize("column", PUBLISHED)
def test_it_fits_the_survivors_of_the_paper_no_worse_than_the_sbg(data_dir: Path, column: str) -> None:
    left = survivors(data_dir, column)

    fit, plain = BdW().fit_survivors(left[:8]), SBG().fit_survivors(left[:8])

    assert fit.log_likelihood >= plain.log_likelihood
    assert fit.c > 1
    assert fit.survival(np.arange(8, 13)) == pytest.approx(left[8:] / 1000, abs=0.015)


def test_residual_renewals_are_the_sum_over_all_renewals() -> None:
    fit, ahead = BdWFit(alpha=0.6, beta=3.0, c=0.7), np.arange(1.0, 400_001)

    found = fit.residual_renewals([0, 5], discount=0.0005)

    worth = 1.0005 ** -(ahead - 1)
    assert found == pytest.approx([fit.survival(n + ahead) @ worth / fit.survival(n) for n in (0.0, 5.0)], rel=1e-9)


def test_a_risk_that_grows_in_everybody_alike_is_doubted_and_still_followed() -> None:
    left = [1000, 950, 800, 500, 200, 40]

    fit = BdW().fit_survivors(left)

    assert fit.c > 1.5
    assert "ran to the edge" in " ".join(map(str, fit.doubts))
    assert fit.survival(np.arange(6)) == pytest.approx(np.array(left) / 1000, abs=0.06)


def test_three_survivors_are_too_few_for_three_parameters() -> None:
    fit = BdW().fit_survivors([100, 60, 45])

    assert "no standard errors" in " ".join(map(str, fit.doubts))
    assert np.isnan(fit.curve([1, 5]).high).all()


def test_a_fit_comes_back_from_json() -> None:
    fit = BdW().fit_survivors([100, 60, 45])

    back = BdWFit.from_data(json.loads(json.dumps(fit.as_data(), allow_nan=False)))

    assert back.parameters == fit.parameters
    assert list(map(str, back.doubts)) == list(map(str, fit.doubts))
