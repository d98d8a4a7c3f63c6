"""Differences against published intervals, and what they refuse to say."""

from __future__ import annotations

from datetime import date
from math import comb

import numpy as np
import pytest

from okaeri.base.differences import difference
from okaeri.base.intervals import wilson
from okaeri.base.measurement import Measurement
from okaeri.base.units import Unit


def share(kept: int, n: int, *, judged: bool = True) -> Measurement:
    interval = wilson(kept, n) if judged else None
    return Measurement(
        metric="crr", version=1, value=kept / n, unit=Unit.RATE, n=n, cutoff=date(2024, 1, 1), interval=interval
    )


@pytest.mark.parametrize(
    ("later", "earlier", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_two_shares_give_newcombes_published_interval(
    later: tuple[int, int], earlier: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe (1998), Statistics in Medicine 17, table II, method 10."""
    found = difference(share(*later), earlier=share(*earlier))

    assert found is not None and found.interval is not None
    assert found.interval.low == pytest.approx(low, abs=5e-5)
    assert found.interval.high == pytest.approx(high, abs=5e-5)


def test_a_figure_against_itself_is_not_distinguishable() -> None:
    found = difference(share(9, 40), earlier=share(9, 40))

    assert found is not None
    assert (found.value, found.distinguishable) == (0.0, False)


def test_the_other_way_round_is_the_mirror_image() -> None:
    up, down = difference(share(56, 70), earlier=share(48, 80)), difference(share(48, 80), earlier=share(56, 70))

    assert up is not None and down is not None and up.interval is not None and down.interval is not None
    mirrored = [None if bound is None else -bound for bound in (down.interval.high, down.interval.low)]
    assert [up.interval.low, up.interval.high] == pytest.approx(mirrored)


def test_without_an_interval_nothing_is_claimed() -> None:
    found = difference(share(56, 70, judged=False), earlier=share(48, 80))

    assert found is not None
    assert found.distinguishable is None


def test_the_interval_of_a_difference_holds_the_truth_as_often_as_it_says() -> None:
    """The exact coverage over shares from 0.05 to 0.95 on both sides: every pair of counts with its chance."""
    n, truths = 30, np.linspace(0.05, 0.95, 19)
    counts = range(n + 1)
    found = [[difference(share(a, n), earlier=share(b, n)) for b in counts] for a in counts]
    ends = [[(d.interval.low, d.interval.high) if d and d.interval else (None, None) for d in row] for row in found]
    low, high = (np.array([[end[side] for end in row] for row in ends], dtype=float) for side in (0, 1))
    chance = np.array([[comb(n, k) * p**k * (1 - p) ** (n - k) for k in counts] for p in truths])

    covered = [
        chance[i] @ ((low <= p - q) & (p - q <= high)).astype(float) @ chance[j]
        for i, p in enumerate(truths)
        for j, q in enumerate(truths)
    ]

    assert np.mean(covered) >= 0.94
