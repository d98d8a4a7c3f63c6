"""The worth of customers against sums of small steps, the published closed form, and what a currency may not change."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TypedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaln, hyperu

from okaeri.base.errors import OkaeriError
from okaeri.predictions.clv.bgnbd import BGNBDFit
from okaeri.predictions.clv.discounting import UNITS_PER_YEAR, discounted, force_of
from okaeri.predictions.clv.fitting import Floats
from okaeri.predictions.clv.mbgcnbd import MBGCNBDFit
from okaeri.predictions.clv.mbgnbd import MBGNBDFit
from okaeri.predictions.clv.paretonbd import ParetoNBDFit
from okaeri.predictions.clv.purchases import PurchaseFit
from okaeri.predictions.clv.value import clv
from tests.predictions.clv.simulated import simulate_bgnbd


class History(TypedDict):
    """What a model is asked about, one place per customer."""

    frequency: Floats
    last_purchase: Floats
    age: Floats


CDNOW = BGNBDFit(r=0.242595, alpha=4.413602, a=0.792920, b=2.425888)
CDNOW_PARETO = ParetoNBDFit(r=0.55315, alpha=10.57633, s=0.60625, beta=11.67150)
# customers of one purchase, of a few and of many; the first has bought this very minute
HISTORIES: History = {
    "frequency": np.array([0, 0, 0, 1, 2, 10, 30.0]),
    "last_purchase": np.array([0, 0, 0, 5, 30.43, 38, 100]),
    "age": np.array([0.001, 39, 300, 39, 38.86, 39, 104]),
}
MODELS = {
    "CDNOW": CDNOW,
    "quickly gone": BGNBDFit(r=0.5, alpha=0.3, a=1.5, b=1.2),
    "slow and loyal": BGNBDFit(r=3.0, alpha=200.0, a=0.2, b=9.0),
}
Years = st.floats(0.05, 8.0)


def in_steps(fit: BGNBDFit, *, horizon: float, force: float, steps: int) -> Floats:
    """Purchases of each of many short steps, the first ones shortest, discounted from its middle."""
    ends = horizon * np.linspace(0.0, 1.0, steps + 1) ** 2
    expected = [fit.expected_purchases(float(end), **HISTORIES) for end in ends]
    worth = np.exp(-force * (ends[1:] + ends[:-1]) / 2)
    found: Floats = worth @ np.diff(expected, axis=0)
    return found


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("horizon", "discount"), [(26.0, 0.1), (78.0, 0.1), (260.0, 0.15), (520.0, 0.5)])
def test_a_few_nodes_equal_a_thousand_steps(model: str, horizon: float, discount: float) -> None:
    force = force_of(discount, unit="weeks")

    found = MODELS[model].discounted_purchases(horizon, force=force, **HISTORIES)

    assert found == pytest.approx(in_steps(MODELS[model], horizon=horizon, force=force, steps=1000), rel=1e-4)


@pytest.mark.parametrize(
    "fit",
    [
        CDNOW,
        CDNOW_PARETO,
        MBGNBDFit(r=0.5248, alpha=6.1831, a=0.8914, b=1.6140),
        MBGCNBDFit(k=3, r=0.85, alpha=1.45, a=0.79, b=2.42),
    ],
    ids=["BG/NBD", "Pareto/NBD", "MBG/NBD", "MBG/CNBD-3"],
)
def test_every_model_without_discount_expects_what_it_expects(fit: PurchaseFit) -> None:
    """Regular buyers too, of whom the time since the last purchase tells how near the next one is."""
    expected = fit.expected_purchases(39.0, **HISTORIES)

    assert fit.discounted_purchases(39.0, force=0.0, **HISTORIES) == pytest.approx(expected, rel=1e-9)
    assert fit.discounted_purchases(39.0, force=1e-6, **HISTORIES) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("discount", [0.05, 0.15, 1.0])
def test_golden_dert_of_pareto_nbd(discount: float) -> None:
    """Fader, Hardie & Lee (2005), equation 2: the closed form by Tricomi's function."""
    force = force_of(discount, unit="weeks")
    r, alpha, s, beta = CDNOW_PARETO.parameters.values()
    x, age = HISTORIES["frequency"], HISTORIES["age"]
    alive = CDNOW_PARETO.p_alive(**HISTORIES)

    found = CDNOW_PARETO.discounted_purchases(math.inf, force=force, **HISTORIES)

    # with the likelihood written as P(alive) in its denominator
    tricomi = np.log(hyperu(s, s, force * (beta + age)))
    logs = np.log(r + x) - np.log(alpha + age) + s * np.log(beta + age) + (s - 1) * math.log(force) + tricomi
    assert found == pytest.approx(alive * np.exp(logs), rel=1e-5)
    assert gammaln(r + x + 1) - gammaln(r + x) == pytest.approx(np.log(r + x))


@pytest.mark.parametrize("model", MODELS)
def test_without_a_horizon_all_that_will_ever_be_is_counted(model: str) -> None:
    force = force_of(0.15, unit="weeks")

    ever = MODELS[model].discounted_purchases(math.inf, force=force, **HISTORIES)

    long = MODELS[model].discounted_purchases(30 / force, force=force, **HISTORIES)
    assert ever == pytest.approx(long, rel=1e-5)


def test_without_a_discount_it_is_the_expected_purchases_times_spend_and_margin() -> None:
    worth = clv(CDNOW, 20.0, **HISTORIES, unit="weeks", annual_discount=0.0, horizon=39.0, margin=0.3)

    assert worth == pytest.approx(0.3 * 20.0 * CDNOW.expected_purchases(39.0, **HISTORIES), rel=1e-12)


@given(Years, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_more_discount_makes_less_and_a_longer_horizon_more(years: float, one: float, other: float) -> None:
    def worth(horizon: float, discount: float) -> Floats:
        return clv(CDNOW, 1.0, **HISTORIES, unit="weeks", annual_discount=discount, horizon=horizon)

    low, high = sorted((one, other))

    assert np.all(worth(52 * years, high) <= worth(52 * years, low) * (1 + 1e-6))
    assert np.all(worth(52 * years, low) <= worth(53 * years, low) * (1 + 1e-6))


def test_days_and_weeks_say_the_same() -> None:
    in_days = replace(CDNOW, alpha=7 * CDNOW.alpha)
    days: History = {
        "frequency": HISTORIES["frequency"],
        "last_purchase": 7 * HISTORIES["last_purchase"],
        "age": 7 * HISTORIES["age"],
    }

    worth = clv(in_days, 20.0, **days, unit="days", annual_discount=0.12, horizon=7 * 52.0)

    assert worth == pytest.approx(clv(CDNOW, 20.0, **HISTORIES, unit="weeks", annual_discount=0.12, horizon=52.0))


def test_a_year_is_as_long_in_every_unit() -> None:
    for unit, per_year in UNITS_PER_YEAR.items():
        assert math.exp(force_of(0.1, unit=unit) * per_year) == pytest.approx(1.1)


def test_another_currency_changes_nothing_but_the_amounts() -> None:
    spend = np.linspace(5.0, 80.0, 7)

    euros, yen = (clv(CDNOW, spend * by, **HISTORIES, unit="weeks", annual_discount=0.1, horizon=52) for by in (1, 160))

    assert yen == pytest.approx(160 * euros, rel=1e-12)


def test_the_value_of_a_newcomer_is_what_newcomers_bring() -> None:
    """By simulation: purchases of one year at their own times, each discounted by itself."""
    truth = BGNBDFit(r=2.0, alpha=8.0, a=1.0, b=4.0)
    months = [
        simulate_bgnbd(20_000, **truth.parameters, age=1e-6, horizon=4.0 * month, seed=7).future.mean()
        for month in range(1, 14)
    ]

    found = clv(truth, 10.0, frequency=0, last_purchase=0, age=0, unit="weeks", annual_discount=0.2, horizon=52).item()

    worth = 1.2 ** (-(np.arange(13) + 0.5) * 4 * 7 / 365.25)
    assert found == pytest.approx(10 * float(np.diff(months, prepend=0.0) @ worth), rel=0.02)


def test_customers_are_valued_once_for_each_different_history() -> None:
    rng = np.random.default_rng(1)
    frequency = rng.integers(0, 4, 300_000).astype(np.float64)
    age = rng.integers(200, 300, 300_000).astype(np.float64)
    last = np.where(frequency > 0, rng.integers(1, 200, 300_000), 0).astype(np.float64)

    started = time.process_time()
    worth = clv(
        CDNOW, 20.0, frequency=frequency, last_purchase=last, age=age, unit="days", annual_discount=0.1, horizon=365
    )
    took = time.process_time() - started

    one = clv(
        CDNOW, 20.0, frequency=frequency[7], last_purchase=last[7], age=age[7], unit="days", annual_discount=0.1,
        horizon=365,
    )  # fmt: skip
    assert worth[7] == pytest.approx(one.item(), rel=1e-12)
    assert took < 1.8  # sixty seconds for ten million


def test_a_steady_stream_has_its_closed_form() -> None:
    found = discounted(lambda t: np.array([3.0 * t]), horizon=math.inf, force=0.02)

    assert found == pytest.approx([150.0], rel=1e-6)


def test_an_unknown_unit_is_corrected() -> None:
    with pytest.raises(OkaeriError, match=r"no unit of time called 'week'.*'weeks'"):
        clv(CDNOW, 20.0, **HISTORIES, unit="week", annual_discount=0.1)


@pytest.mark.parametrize("discount", [-0.1, math.nan, math.inf])
def test_a_discount_that_cannot_be_is_refused(discount: float) -> None:
    with pytest.raises(OkaeriError, match="ten percent a year"):
        clv(CDNOW, 20.0, **HISTORIES, unit="weeks", annual_discount=discount)


def test_an_endless_horizon_without_discount_is_refused() -> None:
    with pytest.raises(OkaeriError, match="without an end it needs a discount"):
        clv(CDNOW, 20.0, **HISTORIES, unit="weeks", annual_discount=0.0)


def test_an_infinite_spend_is_no_value() -> None:
    with pytest.raises(OkaeriError, match="Where its mean is infinite"):
        clv(CDNOW, math.inf, **HISTORIES, unit="weeks", annual_discount=0.1)


def test_a_negative_margin_is_refused() -> None:
    with pytest.raises(OkaeriError, match="the share of spending that stays"):
        clv(CDNOW, 20.0, **HISTORIES, unit="weeks", annual_discount=0.1, margin=-0.1)
