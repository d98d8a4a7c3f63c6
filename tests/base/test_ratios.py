"""Ranges for ratios of money against simulated truth: they hold it 95 times in 100, also with few customers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from okaeri.base.intervals import wilson_bounds
from okaeri.base.measurement import Interval
from okaeri.base.ratios import (
    RatioSums,
    flows_interval,
    kept_bounds,
    kept_interval,
    quotient_interval,
    summed_hazard_interval,
)

DRAWS = 300
SIZES, SPREADS, LOSSES = (20, 60, 250), (0.0, 0.5, 1.0), (0.005, 0.02, 0.1, 0.2)


def sums_of(x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    return [part.sum(axis=1) for part in (x, y, x * x, x * y, y * y)]


@pytest.mark.parametrize("growing", [0.0, 0.02, 0.1, 0.2])
def test_kept_money_is_held_by_its_interval_over_its_range(growing: float) -> None:
    rng = np.random.default_rng(11)
    held: dict[str, list[float]] = {"gross": [], "net": []}
    for n, spread, lost in product(SIZES, SPREADS, LOSSES):
        x = np.exp(rng.normal(0, spread, (DRAWS, n)))
        left = rng.random((DRAWS, n)) >= lost
        shrunk = np.where(rng.random((DRAWS, n)) < 0.03, rng.uniform(0.3, 0.9, (DRAWS, n)), 1.0)
        grown = np.where(rng.random((DRAWS, n)) < growing, rng.exponential(0.3, (DRAWS, n)), 0.0)
        share = left * np.where(shrunk < 1, shrunk, 1 + grown)
        truth = {"gross": (1 - lost) * (1 - 0.03 * 0.4), "net": (1 - lost) * (1 - 0.03 * 0.4 + 0.97 * growing * 0.3)}
        for name, kept in (("gross", np.minimum(share, 1)), ("net", share)):
            a, b, aa, ab, bb = sums_of(x, x * kept)
            low, high = kept_bounds(np.full(DRAWS, n), x=a, y=b, xx=aa, xy=ab, yy=bb)
            held[name].append(float(((low <= truth[name]) & (truth[name] <= high)).mean()))

    assert np.mean(held["gross"]) >= 0.94
    assert np.mean(held["net"]) >= 0.94


def test_a_plain_ratio_estimator_would_hold_it_far_less_often() -> None:
    """Why two customers are added: at 2 in 100 lost the textbook's interval fails one time in four or more."""
    rng = np.random.default_rng(12)
    kept = (rng.random((2000, 60)) >= 0.02).astype(float)
    error = kept.std(axis=1, ddof=1) / np.sqrt(60)
    plain = np.abs(kept.mean(axis=1) - 0.98) <= 2 * error
    low, high = kept_bounds(
        np.full(2000, 60), x=np.full(2000, 60.0), y=kept.sum(1), xx=np.full(2000, 60.0), xy=kept.sum(1), yy=kept.sum(1)
    )

    assert plain.mean() < 0.75
    assert ((low <= 0.98) & (high >= 0.98)).mean() >= 0.94


def test_nobody_lost_still_leaves_room_for_a_loss() -> None:
    around = kept_interval(RatioSums(n=30, x=300, y=300, xx=3000, xy=3000, yy=3000), most=1.0)

    assert around.low is not None and 0.85 < around.low < 0.95
    assert around.high == 1.0


def test_without_customers_there_is_no_interval() -> None:
    around = kept_interval(RatioSums(n=0, x=0, y=0, xx=0, xy=0, yy=0))

    assert (around.low, around.high) == (None, None)


def test_a_quotient_is_held_by_its_interval_over_its_range() -> None:
    rng = np.random.default_rng(13)
    held = []
    for n, spread, churn in product((50, 200, 800), (0.2, 0.6, 1.0), (0.01, 0.03, 0.1)):
        x = np.exp(rng.normal(0, spread, (DRAWS, n)))
        lost = rng.binomial(n, churn, DRAWS)
        half = 1.984 * x.std(axis=1, ddof=1) / np.sqrt(n)
        mean, truth = x.mean(axis=1), float(np.exp(spread**2 / 2) / churn)
        bounds = wilson_bounds(lost, np.full(DRAWS, n))
        inside = 0
        for k in range(DRAWS):
            top = Interval(low=float(mean[k] - half[k]), high=float(mean[k] + half[k]), method="t")
            bottom = Interval(low=float(bounds[0][k]), high=float(bounds[1][k]), method="wilson")
            around = quotient_interval(top, bottom, of=(float(mean[k]), float(lost[k] / n)))
            inside += (around.low or 0) <= truth <= (float("inf") if around.high is None else around.high)
        held.append(inside / DRAWS)

    assert np.mean(held) >= 0.94


def test_a_bottom_of_zero_leaves_a_bound_from_below_only() -> None:
    top, bottom = Interval(low=10.0, high=10.0, method="t"), Interval(low=0.0, high=0.1, method="wilson")

    around = quotient_interval(top, bottom, of=(10.0, 0.0))

    assert around.low == pytest.approx(100.0)
    assert around.high is None


def test_where_twice_the_bottom_is_its_bound_the_limit_is_taken() -> None:
    top = Interval(low=8.0, high=12.0, method="t")
    exact, near = (
        quotient_interval(top, Interval(low=0.01, high=0.1 + off, method="wilson"), of=(10.0, 0.05)).low
        for off in (0.0, 1e-7)
    )

    assert exact == pytest.approx(near, rel=1e-4)


def test_flows_are_held_by_their_interval_over_their_range() -> None:
    rng = np.random.default_rng(14)
    held = []
    for gains, losses, spread in product((15, 60), (8, 30, 90), (0.0, 0.5)):
        inside = tried = 0
        for _draw in range(DRAWS):
            came, went = (np.exp(rng.normal(0, spread, rng.poisson(mean))) for mean in (gains, losses))
            if not came.size or not went.size:
                continue
            around = flows_interval(
                float(came.sum()),
                float(went.sum()),
                gain_squares=float((came**2).sum()),
                loss_squares=float((went**2).sum()),
            )
            tried += 1
            inside += (around.low or 0) <= gains / losses <= (float("inf") if around.high is None else around.high)
        held.append(inside / tried)

    assert np.mean(held) >= 0.94


def test_flows_without_a_loss_have_no_interval_here() -> None:
    around = flows_interval(10.0, 0.0, gain_squares=100.0, loss_squares=0.0)

    assert (around.low, around.high) == (None, None)


def test_summed_hazards_are_held_by_their_interval() -> None:
    rng = np.random.default_rng(15)
    held = []
    for base, hazard in product((40, 300), (0.0005, 0.003, 0.01)):
        sizes = np.maximum(base + np.cumsum(rng.integers(-3, 4, 30)), 10)
        lost = rng.poisson(hazard * sizes, (DRAWS, 30))
        inside = 0
        for row in lost:
            around = summed_hazard_interval(
                float((row / sizes).sum()), squares=float((row / sizes**2).sum()), largest=float(1 / sizes.min())
            )
            inside += (around.low or 0.0) <= 30 * hazard <= (around.high or 0.0)
        held.append(inside / DRAWS)

    assert np.mean(held) >= 0.94
