"""Shifted-beta-geometric against its paper, a sum of probabilities, simulated truth, and the laws of retention."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import beta as beta_function
from scipy.special import hyp2f1

from okaeri.base.errors import OkaeriError
from okaeri.predictions.clv.contracts import Contracts, _likelihood
from okaeri.predictions.clv.fitting import Floats
from okaeri.predictions.clv.sbg import SBG, SBGFit

POSITIVE = st.floats(0.1, 40.0)
MODELS = st.builds(SBGFit, alpha=POSITIVE, beta=POSITIVE)
PUBLISHED = {
    "highend_pct": ((0.6681, 3.8061), -1611.158, [46.04, 43.58, 41.42, 39.51, 37.80]),
    "regular_pct": ((0.7041, 1.1820), -1680.265, [22.01, 20.44, 19.12, 17.99, 17.00]),
}


def survivors(data_dir: Path, column: str) -> Floats:
    """How many of 1,000 customers were left in each of the first 13 years; the paper learns from eight."""
    table = np.genfromtxt(data_dir / "golden" / "sbg_fader_hardie_2007_table1.csv", delimiter=",", names=True)
    found: Floats = table[column] * 10
    return found


def simulated(customers: int, *, alpha: float, beta: float, oldest: int, seed: int) -> dict[str, Floats]:
    """Contracts of different ages, seen once: how often each was renewed, and whether it has ended."""
    rng = np.random.default_rng(seed)
    ends_at = rng.geometric(rng.beta(alpha, beta, customers).clip(1e-9)).astype(np.float64)
    chances = rng.integers(1, oldest + 1, customers).astype(np.float64)
    ended = ends_at <= chances
    return {"renewals": np.where(ended, ends_at - 1, chances), "ended": ended.astype(np.float64)}


@pytest.mark.real_data
@pytest.mark.parametrize("column", PUBLISHED)
def test_golden_survivors_of_the_paper(data_dir: Path, column: str) -> None:
    parameters, log_likelihood, later = PUBLISHED[column]

    fit = SBG().fit_survivors(survivors(data_dir, column)[:8])

    assert tuple(fit.parameters.values()) == pytest.approx(parameters, rel=1e-3)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=0.01)
    assert (100 * fit.survival(np.arange(8, 13))).round(2).tolist() == later
    assert fit.doubts == ()


@pytest.mark.real_data
@pytest.mark.parametrize("column", PUBLISHED)
def test_the_years_that_were_held_back_lie_in_the_band(data_dir: Path, column: str) -> None:
    left = survivors(data_dir, column)

    curve = SBG().fit_survivors(left[:8]).curve(np.arange(8, 13))

    assert np.all((curve.low <= left[8:] / 1000) & (left[8:] / 1000 <= curve.high))


def test_contracts_one_by_one_and_survivors_fit_alike() -> None:
    one_by_one = SBG().fit(renewals=[0] * 40 + [1] * 15 + [2] * 45, ended=[1] * 55 + [0] * 45)

    fit = SBG().fit_survivors([100, 60, 45])

    assert one_by_one.parameters == pytest.approx(fit.parameters, rel=1e-9)
    assert SBG().fit(renewals=[0, 1, 2], ended=[1, 1, 0], weight=[40, 15, 45]).parameters == fit.parameters


def test_what_contracts_were_made_of_is_found_again_though_most_are_running() -> None:
    contracts = simulated(40_000, alpha=0.7, beta=3.8, oldest=8, seed=1)

    fit = SBG().fit(**contracts)

    assert contracts["ended"].mean() < 0.5
    assert abs(fit.alpha - 0.7) < 3.5 * fit.standard_errors["alpha"]
    assert abs(fit.beta - 3.8) < 3.5 * fit.standard_errors["beta"]


def test_the_band_of_a_forecast_holds_the_truth_in_nineteen_worlds_of_twenty() -> None:
    truth = SBGFit(alpha=0.7, beta=3.8)
    at = np.array([2.0, 6.0, 12.0])
    holds = []
    for seed in range(300):
        curve = SBG().fit(**simulated(600, alpha=0.7, beta=3.8, oldest=6, seed=seed)).curve(at)
        holds.append((curve.low <= truth.survival(at)) & (truth.survival(at) <= curve.high))

    assert np.mean(holds) >= 0.93


@given(POSITIVE, POSITIVE)
def test_the_gradient_is_that_of_differences(alpha: float, beta: float) -> None:
    contracts = Contracts.of([0, 1, 3, 3, 7], [1, 1, 1, 0, 0], [4, 3, 2, 5, 1])
    theta, step = np.log([alpha, beta]), 1e-5

    _value, slope = _likelihood(SBGFit(alpha=alpha, beta=beta), contracts)

    def value(point: Floats) -> float:
        return _likelihood(SBGFit(alpha=float(np.exp(point[0])), beta=float(np.exp(point[1]))), contracts)[0]

    around = [value(theta + step * unit) - value(theta - step * unit) for unit in np.eye(2)]
    assert slope == pytest.approx([each / (2 * step) for each in around], rel=1e-4, abs=1e-5)


@given(MODELS, st.integers(0, 30))
def test_survival_is_the_ratio_of_beta_functions(fit: SBGFit, renewals: int) -> None:
    expected = beta_function(fit.alpha, fit.beta + renewals) / beta_function(fit.alpha, fit.beta)

    assert float(fit.survival(renewals)) == pytest.approx(expected, rel=1e-9)


@given(MODELS)
def test_survival_never_grows_and_retention_never_falls(fit: SBGFit) -> None:
    survival, retention = fit.survival(np.arange(60)), fit.retention_rate(np.arange(1, 60))

    assert survival[0] == pytest.approx(1.0)
    assert np.all((survival >= 0) & (np.diff(survival, prepend=1.0 + 1e-12) <= 0))
    assert np.all(np.diff(retention) >= -1e-12)
    assert retention == pytest.approx((fit.beta + np.arange(59)) / (fit.alpha + fit.beta + np.arange(59)), rel=1e-9)


@given(MODELS, st.integers(0, 40), st.sampled_from([1e-4, 0.001, 0.01, 0.1, 0.5]))
def test_residual_renewals_have_their_closed_form(fit: SBGFit, renewals: int, discount: float) -> None:
    """DERL of Fader & Hardie (2010), equation 6, for a contract in its period number renewals + 1."""
    stays, whole = fit.beta + renewals, fit.alpha + fit.beta + renewals
    expected = stays / whole * hyp2f1(1, stays + 1, whole + 1, 1 / (1 + discount))

    assert float(fit.residual_renewals(renewals, discount=discount)) == pytest.approx(expected, rel=1e-6)


@given(MODELS, st.integers(0, 10), st.integers(0, 30))
def test_a_horizon_adds_up_renewal_by_renewal(fit: SBGFit, renewals: int, horizon: int) -> None:
    later = fit.survival(renewals + np.arange(1, horizon + 1)) / fit.survival(renewals)

    found = fit.residual_renewals([renewals], discount=0.1, horizon=horizon)

    assert found == pytest.approx([later @ 1.1 ** -np.arange(horizon)], abs=1e-12)


def test_an_old_contract_is_worth_more_than_a_young_one_at_its_renewal() -> None:
    fit = SBGFit(alpha=0.668, beta=3.806)

    worth = fit.clv(100.0, annual_discount=0.1, renewals_per_year=1, renewals=np.arange(6))

    assert np.all(np.diff(worth) > 0)


def test_a_new_contract_is_worth_all_its_payments() -> None:
    fit = SBGFit(alpha=0.668, beta=3.806)
    paid = np.arange(2001)

    worth = fit.clv(100.0, annual_discount=0.1, renewals_per_year=1)

    assert float(worth) == pytest.approx(100 * float(fit.survival(paid) @ 1.1**-paid), rel=1e-9)


def test_monthly_contracts_are_discounted_by_the_month() -> None:
    fit = SBGFit(alpha=0.668, beta=3.806)

    worth = fit.clv(10.0, annual_discount=0.1, renewals_per_year=12, renewals=3, horizon=2)

    later = fit.survival([4, 5]) / fit.survival(3)
    assert float(worth) == pytest.approx(10 * (later[0] + later[1] * 1.1 ** (-1 / 12)), rel=1e-12)


@pytest.mark.parametrize(
    ("renewals", "ended"), [([3] * 50, 0), ([0] * 50, 1), ([2], [1])], ids=["all run", "all ended", "one contract"]
)
def test_contracts_that_tell_too_little_are_doubted(renewals: list[int], ended: int | list[int]) -> None:
    fit = SBG().fit(renewals=renewals, ended=ended)

    assert "ran to the edge" in " ".join(map(str, fit.doubts))
    assert np.all(np.isfinite(fit.survival(np.arange(20))))


def test_two_survivors_leave_no_band() -> None:
    fit = SBG().fit_survivors([100, 60])

    curve = fit.curve([0, 1])

    assert float(fit.survival(1)) == pytest.approx(0.6, rel=1e-3)
    assert np.isnan(curve.low).all()
    assert fit.doubts


def test_customers_who_are_all_alike_give_a_steady_rate_and_a_doubt() -> None:
    fit = SBG().fit_survivors(1000 * 0.8 ** np.arange(8.0))

    assert fit.retention_rate([1, 8]) == pytest.approx([0.8, 0.8], abs=2e-3)
    assert fit.doubts


def test_a_fit_comes_back_from_json() -> None:
    fit = SBG().fit_survivors([1000, 869, 743, 653])

    assert SBGFit.from_data(json.loads(json.dumps(fit.as_data(), allow_nan=False))) == fit


@pytest.mark.parametrize("wrong", [[100], [60, 100], [100, np.nan], [100, 50, -1]])
def test_survivors_that_cannot_be_are_refused(wrong: list[float]) -> None:
    with pytest.raises(OkaeriError, match="never more than before"):
        SBG().fit_survivors(wrong)


@pytest.mark.parametrize(("renewals", "ended"), [(-1, 0), (1.5, 0), (2, 0.5), (np.nan, 1)])
def test_a_contract_that_cannot_be_is_named(renewals: float, ended: float) -> None:
    with pytest.raises(OkaeriError, match=r"^Contract 1 has .*ended is 1 for a contract"):
        SBG().fit(renewals=[1, renewals], ended=[1, ended])


def test_contracts_that_never_came_up_for_renewal_teach_nothing() -> None:
    with pytest.raises(OkaeriError, match="Wait for the first renewals"):
        SBG().fit(renewals=[0, 0], ended=[0, 0])


def test_renewals_without_end_or_discount_are_refused() -> None:
    with pytest.raises(OkaeriError, match="or a horizon in renewals"):
        SBGFit(alpha=1.0, beta=1.0).residual_renewals(0)


def test_a_year_without_renewals_is_refused() -> None:
    with pytest.raises(OkaeriError, match="Give the renewals in a year"):
        SBGFit(alpha=1.0, beta=1.0).clv(1.0, annual_discount=0.1, renewals_per_year=0)
