"""Shrunken shares: known ends, and how often their bounds hold the truth."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.base.shrinkage import shrunken_means, shrunken_shares


def test_a_small_group_is_drawn_further_than_a_large_one() -> None:
    found = shrunken_shares([4, 80, 50, 60], [4, 100, 100, 100])

    assert found.borrowed[0] > 4 * found.borrowed[1]
    assert 1 - found.estimate[0] > 4 * abs(0.8 - found.estimate[1])


def test_a_large_group_keeps_its_own_share_and_wilsons_width() -> None:
    found = shrunken_shares([80_000, 50_000, 65_000], [100_000] * 3)

    assert found.estimate == pytest.approx([0.8, 0.5, 0.65], abs=1e-3)
    assert found.high[0] - found.low[0] == pytest.approx(2 * 1.96 * (0.8 * 0.2 / 100_000) ** 0.5, rel=0.02)


def test_groups_that_differ_by_chance_alone_are_drawn_close_together() -> None:
    rng = np.random.default_rng(5)
    n = np.full(200, 20)

    found = shrunken_shares(rng.binomial(n, 0.7), n)

    assert found.common == pytest.approx(0.7, abs=0.03)
    assert found.estimate.std() < 0.35 * (0.7 * 0.3 / 20) ** 0.5


def test_a_group_without_answers_gets_the_common_share() -> None:
    found = shrunken_shares([0, 8, 9], [0, 10, 10])

    assert found.estimate[0] == pytest.approx(found.common, abs=1e-9)
    assert found.borrowed[0] == pytest.approx(1)
    assert found.high[0] - found.low[0] > found.high[1] - found.low[1]


def test_the_spread_that_was_put_in_is_found_again() -> None:
    rng = np.random.default_rng(11)
    n = np.full(2_000, 40)
    truth = rng.beta(16, 4, 2_000)

    found = shrunken_shares(rng.binomial(n, truth), n)

    assert found.common == pytest.approx(0.8, abs=0.01)
    assert found.borrowed[0] == pytest.approx(20 / 60, abs=0.03)
    assert np.mean((found.estimate - truth) ** 2) < 0.75 * 0.8 * 0.2 / 40


@pytest.mark.parametrize(
    ("groups", "a", "b", "most"),
    [(5, 8, 2, 30), (12, 8, 2, 30), (12, 80, 20, 60), (40, 4, 4, 10), (8, 800, 200, 50), (3, 6, 3, 20)],
)
def test_the_bounds_hold_the_truth_often_enough(groups: int, a: float, b: float, most: int) -> None:
    rng = np.random.default_rng(1981)

    held = []
    for _ in range(400):
        truth, n = rng.beta(a, b, groups), rng.integers(1, most, groups)
        found = shrunken_shares(rng.binomial(n, truth), n)
        held += ((found.low <= truth) & (truth <= found.high)).tolist()

    assert np.mean(held) >= 0.94


def test_a_part_larger_than_its_whole_is_refused() -> None:
    with pytest.raises(OkaeriError, match="count the same people"):
        shrunken_shares([3], [2])


def test_means_of_large_groups_keep_their_place_and_of_small_ones_are_drawn() -> None:
    rng = np.random.default_rng(3)
    n = np.array([5, 4_000, 4_000])
    answers = [rng.integers(1, 8, size) for size in n]
    totals, squares = (np.array([each.sum() for each in kind]) for kind in (answers, [a**2 for a in answers]))

    found = shrunken_means(totals, squares, n, ends=(1, 7))

    assert found.estimate[1:] == pytest.approx(totals[1:] / n[1:], abs=0.02)
    assert abs(found.estimate[0] - found.common) < abs(totals[0] / 5 - found.common)


def test_groups_that_all_say_the_same_still_have_an_interval() -> None:
    found = shrunken_means([10, 5], [10, 5], [10, 5], ends=(-1, 1))

    assert found.high.tolist() == [1, 1] and (found.low < 0.85).all()


@pytest.mark.parametrize(("groups", "alike", "most"), [(5, 10, 30), (12, 100, 60), (40, 8, 10), (3, 6, 20)])
def test_the_bounds_of_net_promoters_hold_the_truth_often_enough(groups: int, alike: int, most: int) -> None:
    rng = np.random.default_rng(2016)

    held = []
    for shares in ((0.5, 0.3, 0.2), (0.8, 0.15, 0.05), (0.3, 0.4, 0.3)):
        for _ in range(150):
            truth, n = rng.dirichlet(np.array(shares) * alike, groups), rng.integers(1, most, groups)
            said = np.array([rng.multinomial(size, each) for size, each in zip(n, truth, strict=True)])
            found = shrunken_means(said[:, 0] - said[:, 2], said[:, 0] + said[:, 2], n, ends=(-1, 1))
            score = truth[:, 0] - truth[:, 2]
            held += ((found.low <= score) & (score <= found.high)).tolist()

    assert np.mean(held) >= 0.94
