"""Percentiles of durations: their bounds hold the truth, and open cases never make them shorter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.quantiles import duration_quantiles
from okaeri.base.survival import kaplan_meier

CASES = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=40)


@pytest.mark.parametrize("share", [0.5, 0.8, 0.9])
@pytest.mark.parametrize(("n", "open_after"), [(12, 9.0), (40, 2.0), (40, 0.5), (150, 1.5)])
def test_the_bounds_hold_the_truth_in_at_least_94_of_100_samples(share: float, n: int, open_after: float) -> None:
    rng = np.random.default_rng(round(100 * share) + n)
    truth = -np.log(1 - share)
    held = []
    for _sample in range(600):
        ends, watched = rng.exponential(size=n), rng.uniform(0, 2 * open_after, size=n)
        found = duration_quantiles(np.minimum(ends, watched), ends <= watched, shares=[share])[0]
        held.append(found.low <= truth and (found.high is None or truth <= found.high))

    assert np.mean(held) >= 0.94


def test_a_lower_bound_without_a_value_is_almost_never_above_the_truth() -> None:
    rng, above = np.random.default_rng(3), []
    for _sample in range(800):
        ends, watched = rng.exponential(size=25), rng.uniform(0, 0.9, size=25)
        found = duration_quantiles(np.minimum(ends, watched), ends <= watched, shares=[0.5])[0]
        if found.value is None:
            above.append(found.low > np.log(2))

    assert len(above) > 300
    assert np.mean(above) <= 0.03


@given(CASES)
def test_the_median_and_its_bounds_are_those_of_the_curve(cases: list[tuple[int, bool]]) -> None:
    lengths, ended = zip(*cases, strict=True)

    found = duration_quantiles(lengths, ended, shares=[0.5])[0]

    curve = kaplan_meier(lengths, ended)
    assert (found.value, found.high) == (curve.median, curve.median_bounds[1])
    if found.value is not None:
        assert found.low <= found.value


@given(CASES)
def test_a_higher_share_takes_longer(cases: list[tuple[int, bool]]) -> None:
    lengths, ended = zip(*cases, strict=True)

    half, most = duration_quantiles(lengths, ended, shares=[0.5, 0.9])

    assert half.low <= most.low
    assert half.value is not None or most.value is None
    if half.value is not None and most.value is not None:
        assert half.value <= most.value


@given(CASES, st.integers(1, 4))
def test_weights_count_equal_cases(cases: list[tuple[int, bool]], times: int) -> None:
    lengths, ended = zip(*cases, strict=True)

    counted = duration_quantiles(lengths, ended, shares=[0.5, 0.8], weights=[times] * len(cases))

    assert counted == duration_quantiles(lengths * times, ended * times, shares=[0.5, 0.8])


def test_cases_that_are_all_open_say_how_long_it_is_at_least() -> None:
    """Six cases that last longer than 4 tell that the median does: were it less, 1 in 64 would look like this."""
    found = duration_quantiles([1, 2, 3, 4, 5, 6, 7, 8, 9], [0] * 9, shares=[0.5])[0]

    assert (found.value, found.low, found.high) == (None, 4.0, None)


def test_a_single_case_bounds_nothing_from_below() -> None:
    found = duration_quantiles([5.0], [1], shares=[0.5])[0]

    assert (found.value, found.low, found.high) == (5.0, 0.0, None)
