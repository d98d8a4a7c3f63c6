"""Intervals against published numbers, their laws, and how often they hold the truth."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.errors import OkaeriError
from okaeri.base.intervals import (
    bootstrap_t,
    clopper_pearson,
    clopper_pearson_bounds,
    garwood,
    garwood_bounds,
    intervals,
    nps_adjusted_wald,
    ratio_error,
    t_bounds,
    t_mean,
    wilson,
    wilson_bounds,
)
from okaeri.base.measurement import Interval

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def bounds(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None and interval.high is not None
    return interval.low, interval.high


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_equals_the_published_intervals(successes: int, n: int, low: float, high: float) -> None:
    assert bounds(wilson(successes, n)) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("promoters", "detractors", "n", "centre", "half"), [(6, 2, 10, 30.77, 43.35), (50, 20, 100, 29.13, 15.08)]
)
def test_adjusted_wald_equals_the_published_nps_intervals(
    promoters: int, detractors: int, n: int, centre: float, half: float
) -> None:
    low, high = bounds(nps_adjusted_wald(promoters, detractors, n))

    assert (low + high) / 2 == pytest.approx(centre, abs=5e-3)
    assert (high - low) / 2 == pytest.approx(half, abs=5e-3)


def test_adjusted_wald_stays_inside_the_scale_when_everybody_is_a_promoter() -> None:
    low, high = bounds(nps_adjusted_wald(5, 0, 5))

    assert 0 < low < high == 100


@given(COUNTS)
def test_clopper_pearson_bounds_leave_exactly_the_tail_outside(counts: tuple[int, int]) -> None:
    """The definition itself: at each bound the observed count, or a more extreme one, has probability 2.5 %."""
    x, n = counts[0] % 41, min(counts[1], 40)
    x = min(x, n)
    low, high = bounds(clopper_pearson(x, n))

    if x > 0:
        assert sum(comb(n, k) * low**k * (1 - low) ** (n - k) for k in range(x, n + 1)) == pytest.approx(0.025)
    if x < n:
        assert sum(comb(n, k) * high**k * (1 - high) ** (n - k) for k in range(x + 1)) == pytest.approx(0.025)


@given(COUNTS)
def test_wilson_and_clopper_pearson_hold_the_observed_share_and_mirror(counts: tuple[int, int]) -> None:
    x, n = counts
    for interval in (wilson, clopper_pearson):
        low, high = bounds(interval(x, n))
        mirrored = bounds(interval(n - x, n))

        assert 0 <= low <= x / n <= high <= 1
        assert (1 - high, 1 - low) == pytest.approx(mirrored, abs=1e-9)


def test_no_trials_have_no_bounds() -> None:
    for interval in (wilson(0, 0), clopper_pearson(0, 0), nps_adjusted_wald(0, 0, 0), t_mean([]), t_mean([3.0])):
        assert (interval.low, interval.high) == (None, None)


def test_arrays_and_single_figures_agree() -> None:
    x, n = [0, 3, 20, 0], [20, 10, 20, 0]

    assert intervals(wilson_bounds(x, n), "wilson") == [wilson(a, b) for a, b in zip(x, n, strict=True)]
    assert intervals(clopper_pearson_bounds(x, n), "clopper-pearson") == [
        clopper_pearson(a, b) for a, b in zip(x, n, strict=True)
    ]


def test_a_part_larger_than_its_whole_is_refused() -> None:
    with pytest.raises(OkaeriError, match="both count the same people"):
        wilson(5, 4)


def test_answers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OkaeriError, match="Count every answer once"):
        nps_adjusted_wald(6, 5, 10)


def test_a_level_outside_zero_and_one_is_refused() -> None:
    with pytest.raises(OkaeriError, match="between 0 and 1"):
        wilson(1, 2, level=95)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9])
def test_wilson_covers_the_truth_about_as_often_as_it_says(share: float) -> None:
    """Exact coverage, averaged over neighbouring shares since a single one jumps with the count's steps."""
    coverages = [_coverage(wilson_bounds, near, 200) for near in np.linspace(share - 0.01, share + 0.01, 41)]

    assert np.mean(coverages) == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("share", [0.005, 0.1, 0.5, 0.99])
def test_clopper_pearson_never_covers_less_often_than_it_says(share: float) -> None:
    assert _coverage(clopper_pearson_bounds, share, 60) >= 0.95


@pytest.mark.parametrize(("events", "low", "high"), [(0, 0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)])
def test_garwood_equals_the_published_limits(events: int, low: float, high: float) -> None:
    assert bounds(garwood(events)) == pytest.approx((low, high), abs=5e-5)


def test_garwood_never_covers_less_often_than_it_says() -> None:
    """The exact coverage at many means: the chance of all counts whose interval holds the mean."""
    counts = np.arange(400)
    low, high = garwood_bounds(counts)
    log_factorial = np.cumsum(np.log(np.maximum(counts, 1)))
    means = np.linspace(0.05, 120, 900)

    chance = [np.exp(counts * np.log(mean) - mean - log_factorial) for mean in means]
    coverages = [c[(low <= mean) & (mean <= high)].sum() for c, mean in zip(chance, means, strict=True)]

    assert min(coverages) >= 0.95
    assert np.mean(coverages) < 0.98


def test_a_negative_count_of_events_is_refused() -> None:
    with pytest.raises(OkaeriError, match="Count from 0 upwards"):
        garwood(-1)


def _coverage(method: object, share: float, n: int) -> float:
    assert callable(method)
    counts = np.arange(n + 1)
    low, high = method(counts, np.full(n + 1, n))
    chance = np.array([float(comb(n, k)) * share**k * (1 - share) ** (n - k) for k in range(n + 1)])
    return float(chance[(low <= share) & (share <= high)].sum())


def test_t_mean_equals_the_textbook_interval() -> None:
    """Student's t with 4 degrees of freedom: 2.776 standard errors."""
    low, high = bounds(t_mean([4.0, 5.0, 6.0, 7.0, 8.0]))

    assert (low, high) == pytest.approx((6 - 2.7764 * 0.70711, 6 + 2.7764 * 0.70711), abs=1e-3)


def test_t_covers_the_mean_of_normal_draws_as_often_as_it_says() -> None:
    rng = np.random.default_rng(20240101)
    draws = rng.normal(10, 3, size=(4000, 8))

    low, high = t_bounds(draws.mean(axis=1), draws.std(axis=1, ddof=1) / np.sqrt(8), np.full(4000, 8))

    assert np.mean((low <= 10) & (high >= 10)) == pytest.approx(0.95, abs=0.012)


def test_bootstrap_t_misses_a_skewed_mean_less_often_on_the_long_side_than_t() -> None:
    """For spend-like draws the t interval is too low too often; the bootstrap-t leans to the right."""
    rng = np.random.default_rng(7)
    draws = rng.lognormal(0, 1, size=(300, 30))
    truth = float(np.exp(0.5))
    boot = [bounds(bootstrap_t(row, rng=rng, resamples=499)) for row in draws]
    plain = [bounds(t_mean(row)) for row in draws]

    assert sum(high < truth for _low, high in boot) < sum(high < truth for _low, high in plain)
    assert sum(low <= truth <= high for low, high in boot) > sum(low <= truth <= high for low, high in plain)


def test_bootstrap_t_is_the_same_for_the_same_seed() -> None:
    values = [1.0, 2.0, 4.0, 8.0]

    assert bootstrap_t(values, rng=np.random.default_rng(3)) == bootstrap_t(values, rng=np.random.default_rng(3))


def test_bootstrap_t_of_equal_values_is_a_point() -> None:
    assert bounds(bootstrap_t([2.0, 2.0, 2.0], rng=np.random.default_rng(1))) == (2.0, 2.0)


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.integers(1, 20)), min_size=2, max_size=40))
def test_the_ratio_error_equals_the_residuals_own_spread(units: list[tuple[float, int]]) -> None:
    """From five sums the same as from the residuals one by one; the sums may lose what lies below rounding."""
    y, x = np.array([u[0] for u in units]), np.array([float(u[1]) for u in units])
    ratio, n = y.sum() / x.sum(), len(units)
    slow = np.sqrt(((y - ratio * x) ** 2).sum() * n / (n - 1)) / x.sum()

    fast = ratio_error(
        numerator=y.sum(),
        denominator=x.sum(),
        n=n,
        squares=(y**2).sum(),
        products=(y * x).sum(),
        base_squares=(x**2).sum(),
    )

    assert float(fast) == pytest.approx(slow, rel=1e-6, abs=1e-5 * (1 + np.abs(y).max()))


def test_the_ratio_interval_covers_the_ratio_of_the_population() -> None:
    """Orders differ in number and size between customers; the interval must not treat them as independent."""
    rng = np.random.default_rng(11)
    orders = 1 + rng.poisson(2.0, size=(3000, 100))
    size = rng.gamma(4.0, 5.0, size=(3000, 100))
    spent, truth = orders * size, 20.0

    error = ratio_error(
        numerator=spent.sum(axis=1),
        denominator=orders.sum(axis=1),
        n=np.full(3000, 100),
        squares=(spent**2).sum(axis=1),
        products=(spent * orders).sum(axis=1),
        base_squares=(orders**2).sum(axis=1),
    )
    low, high = t_bounds(spent.sum(axis=1) / orders.sum(axis=1), error, np.full(3000, 100))

    assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(0.945, abs=0.015)
