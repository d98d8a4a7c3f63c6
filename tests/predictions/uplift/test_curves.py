"""The curves and the areas below them, against worked examples, laws and a plain count."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.errors import OkaeriError
from okaeri.predictions.uplift import auuc, qini_area, qini_coefficient, qini_curve
from okaeri.predictions.uplift.curves import perfect_area
from okaeri.predictions.uplift.resampling import resampled
from tests.predictions.uplift.worlds import world

ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.booleans(), st.sampled_from([0.0, 0.0, 1.0, 2.5])), min_size=2, max_size=30
).filter(lambda rows: 0 < sum(treated for _score, treated, _made in rows) < len(rows))
Row = tuple[int, bool, float]


def counted(rows: list[Row]) -> tuple[list[float], list[float], list[float]]:
    """The curves by walking down the scores, one group of equal scores after another."""
    share, gain, uplift = [0.0], [0.0], [0.0]
    for score in sorted({score for score, _treated, _made in rows}, reverse=True):
        reached = [row for row in rows if row[0] >= score]
        treated = [made for _score, arm, made in reached if arm]
        control = [made for _score, arm, made in reached if not arm]
        mean = sum(control) / len(control) if control else 0.0
        share.append(len(reached) / len(rows))
        gain.append(sum(treated) - mean * len(treated))
        uplift.append(((sum(treated) / len(treated) if treated else 0.0) - mean) * len(reached))
    return share, gain, uplift


def columns(rows: list[Row]) -> tuple[list[int], list[bool], list[float]]:
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


@given(ROWS)
def test_the_curves_are_what_counting_gives(rows: list[Row]) -> None:
    curve = qini_curve(*columns(rows))

    share, gain, uplift = counted(rows)
    assert np.allclose(curve.share, share)
    assert np.allclose(curve.gain, gain)
    assert np.allclose(curve.uplift, uplift)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_customers_changes_nothing(rows: list[Row], chance: Random) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)

    assert qini_area(*columns(rows)) == pytest.approx(qini_area(*columns(shuffled)))
    assert auuc(*columns(rows)) == pytest.approx(auuc(*columns(shuffled)))


@given(ROWS)
def test_a_score_that_says_nothing_has_no_area(rows: list[Row]) -> None:
    _score, treated, made = columns(rows)

    assert qini_area(np.zeros(len(rows)), treated, made) == pytest.approx(0, abs=1e-12)


def test_the_published_scale_of_the_coefficient() -> None:
    """Eight customers by hand, against the perfect order, both from choosing at random."""
    treated, made = [1, 0, 1, 0, 1, 0, 1, 0], [1, 0, 1, 1, 0, 0, 0, 0]

    found = qini_coefficient([8, 7, 6, 5, 4, 3, 2, 1], treated, made)

    # the fourth: 2 outcomes of 2 treated, less 1 of 2 controls; perfect rises to 2, and the last customer costs 1
    gain, perfect = [0, 1, 1, 2, 1, 0.5, 1, 2 / 3, 1], [0, 1, 2, 2, 2, 2, 2, 2, 1]
    area = sum((a + b) / 2 for a, b in pairwise(gain)) - 8 / 2
    best = sum((a + b) / 2 for a, b in pairwise(perfect)) - 8 / 2
    assert found == pytest.approx(area / best)


def test_knowing_every_outcome_is_perfect() -> None:
    there = world(500, seed=1, moved=0.3)

    knowing = np.where(there.treated, there.outcome, -there.outcome)

    assert qini_coefficient(knowing, there.treated, there.outcome) == pytest.approx(1.0)
    assert perfect_area(there.treated, there.outcome) > qini_area(there.effect, there.treated, there.outcome)


def test_the_curves_end_on_the_difference_of_the_means() -> None:
    there = world(500, seed=2, everybody=0.2)

    curve = qini_curve(there.features["age"], there.treated, there.outcome)

    gap = there.outcome[there.treated].mean() - there.outcome[~there.treated].mean()
    assert curve.gain_per_customer[-1] == pytest.approx(gap)
    assert curve.uplift[-1] / curve.customers == pytest.approx(gap)


def test_without_outcomes_there_is_no_coefficient() -> None:
    assert qini_coefficient([3, 2, 1], [1, 0, 1], [0, 0, 0]) is None


def test_one_arm_alone_is_refused() -> None:
    with pytest.raises(OkaeriError, match="Give customers who were treated and customers who were not"):
        qini_curve([1, 2], [1, 1], [0, 1])


def test_a_missing_outcome_is_refused() -> None:
    with pytest.raises(OkaeriError, match="Leave customers without an outcome out"):
        qini_curve([1, 2], [1, 0], [0, float("nan")])


@pytest.mark.parametrize("money", [False, True])
def test_the_bootstrap_errors_are_those_of_new_customers(money: bool) -> None:
    """The spread over the resamples of one log against the spread over 300 logs from the same world."""
    logs = [world(800, seed=seed, moved=0.2, money=money) for seed in range(300)]
    scores = [log.features["habit"] + 2.0 * log.features["dog"] for log in logs]
    areas = [qini_area(score, log.treated, log.outcome) for score, log in zip(scores, logs, strict=True)]
    unders = [auuc(score, log.treated, log.outcome) for score, log in zip(scores, logs, strict=True)]

    drawn = [
        resampled(score, log.treated, log.outcome, weight=np.ones(800), seed=place)
        for place, (score, log) in enumerate(zip(scores[:40], logs[:40], strict=True))
    ]

    assert np.mean([each.area for each in drawn]) == pytest.approx(np.std(areas), rel=0.12)
    assert np.mean([each.auuc for each in drawn]) == pytest.approx(np.std(unders), rel=0.12)
