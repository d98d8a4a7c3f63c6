"""Two rates of the same customer: false alarms stay below what is promised, and real changes are seen."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.rates import rate_changes

COUNTS = st.integers(0, 40)


@given(COUNTS, COUNTS)
def test_a_change_is_the_exact_binomial_tail_summed_by_hand(later: int, earlier: int) -> None:
    total = later + earlier
    odds = [comb(total, k) * (1 / 3) ** k * (2 / 3) ** (total - k) for k in range(total + 1)]
    rises, falls = sum(odds[later:]) <= 0.025, sum(odds[: later + 1]) <= 0.025

    assert rate_changes([later], [earlier], exposures=(28, 56)).tolist() == [int(rises) - int(falls)]


@pytest.mark.parametrize("rate", [0.05, 0.4, 3.0])
def test_steady_use_is_called_changed_in_at_most_5_of_100(rate: float) -> None:
    rng = np.random.default_rng(5)

    found = rate_changes(rng.poisson(28 * rate, 20_000), rng.poisson(56 * rate, 20_000), exposures=(28, 56))

    assert np.mean(found > 0) <= 0.025 + 0.003
    assert np.mean(found < 0) <= 0.025 + 0.003


def test_use_that_halves_is_seen_to_fall() -> None:
    rng = np.random.default_rng(6)

    found = rate_changes(rng.poisson(28 * 1, 5_000), rng.poisson(56 * 2, 5_000), exposures=(28, 56))

    assert np.mean(found < 0) > 0.9
    assert np.mean(found > 0) == 0


def test_silence_after_ten_events_is_a_fall_and_after_nine_is_not() -> None:
    assert rate_changes([0, 0, 0], [0, 9, 10], exposures=(28, 56)).tolist() == [0, 0, -1]
