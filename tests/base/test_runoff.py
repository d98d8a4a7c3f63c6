"""What runs off is projected from older rows: by hand, against a simulated truth, and never beyond what was seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.runoff import run_off

# credited in three months; columns are ages, and only the upper left half has happened
SPENT = [[40.0, 20.0, 0.0], [30.0, 40.0, 0.0], [60.0, 0.0, 0.0]]
LAPSED = [[0.0, 0.0, 40.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_a_triangle_of_three_months_comes_out_as_by_hand() -> None:
    """Age 1: 60 of the 130 that were still there are spent; age 2: all 40 of 40 lapse."""
    found = run_off([100, 100, 100], [SPENT, LAPSED])

    # the second month has 30 left, which will lapse; the third has 40, of which 6/13 are spent at age 1
    assert found.left == 70
    assert found.future == pytest.approx((40 * 6 / 13, 30 + 40 * 7 / 13))
    assert found.unknown == 0


def test_what_nobody_has_watched_to_its_end_is_unknown() -> None:
    found = run_off([100, 100], [[[40, 20], [40, 0]]])

    # the older month still has 40, the younger one 60 of which 40 will remain after age 1
    assert found.left == 100
    assert found.unknown == pytest.approx(40 + 60 * 40 / 60)
    assert found.future[0] == pytest.approx(60 * 20 / 60)


def test_rows_that_have_run_off_leave_nothing_to_expect() -> None:
    found = run_off([10, 0], [[[4, 0], [0, 0]], [[0, 6], [0, 0]]])

    assert (found.left, found.future, found.unknown, found.share(1)) == (0, (0, 0), 0, 0)


@given(st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_what_is_left_goes_one_of_the_ways_or_is_unknown(rows: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    credited = rng.integers(0, 1000, rows).astype(float)
    shares = rng.dirichlet(np.ones(2 * rows + 1), rows)
    gone = (shares[:, :-1] * credited[:, None]).reshape(rows, 2, rows).transpose(1, 0, 2)

    found = run_off(credited, gone)

    assert sum(found.future) + found.unknown == pytest.approx(found.left, abs=1e-6)
    assert min(found.future) >= 0 and found.unknown >= -1e-9


def test_the_projection_finds_the_truth_of_a_simulated_programme() -> None:
    """12 months to spend, 5% of what is left a month, then the rest lapses: 0.95¹² of all points."""
    rng = np.random.default_rng(3)
    rows, credited = 40, 20_000
    still = np.full(rows, credited)
    gone = np.zeros((2, rows, rows))
    for age in range(13):
        out = rng.binomial(still, 0.05) if age < 12 else still
        for row in range(rows - age):
            gone[0 if age < 12 else 1, row, age] = out[row]
        still = still - out

    found = run_off(np.full(rows, credited), gone)

    breakage = (gone[1].sum() + found.future[1]) / (rows * credited)
    assert breakage == pytest.approx(0.95**12, abs=0.003)
