"""The three learners find what was planted, and their regressions agree with others'."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.predictions.uplift.average import average_effect, chances
from okaeri.predictions.uplift.coins import codes_of, coins
from okaeri.predictions.uplift.encoding import Encoding, encoding_of
from okaeri.predictions.uplift.learners import KINDS, Kind, Learnt, Sample, learn
from okaeri.predictions.uplift.regressions import linear, logistic, ridge
from tests.predictions.uplift.worlds import World, world


def sample_of(there: World, *, randomised: bool = True) -> Sample:
    matrix = encoding_of(there.features).matrix(there.features)
    return Sample(
        matrix=matrix,
        treated=there.treated,
        outcome=there.outcome,
        propensity=chances(matrix, there.treated, randomised=randomised),
        code=codes_of(np.arange(len(there.outcome)), seed=1),
        binary=bool(np.isin(there.outcome, (0, 1)).all()),
    )


@pytest.mark.parametrize("money", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_learner_finds_whom_the_treatment_moves(kind: Kind, money: bool) -> None:
    there = world(20_000, seed=3, moved=0.3, everybody=0.05, money=money)
    worth = float(np.exp(3.0 + 0.5**2 / 2)) if money else 1.0

    found = learn(kind, sample_of(there)).effect(sample_of(there).matrix)

    dog = there.features["dog"]
    assert found[dog].mean() == pytest.approx(0.35 * worth, rel=0.12)
    assert found[~dog].mean() == pytest.approx(0.05 * worth, abs=0.03 * worth)


def test_the_average_effect_holds_when_treatment_followed_habits() -> None:
    """The plain difference of the arms is wrong here; propensities and models put it right."""
    there = world(20_000, seed=4, everybody=0.1, confounded=True)

    found = average_effect(sample_of(there, randomised=False))

    plain = there.outcome[there.treated].mean() - there.outcome[~there.treated].mean()
    assert found.low < 0.1 < found.high
    assert plain > found.high


@pytest.mark.slow
def test_the_interval_of_the_average_effect_holds_the_truth_in_95_of_100_worlds() -> None:
    found = [average_effect(sample_of(world(500, seed=seed, moved=0.3))) for seed in range(1_000)]

    assert np.mean([each.low < 0.12 < each.high for each in found]) >= 0.94


def test_the_logistic_regression_is_the_one_everybody_knows() -> None:
    from sklearn.linear_model import LogisticRegression

    matrix = np.random.default_rng(5).normal(size=(400, 3))
    made = (np.random.default_rng(6).random(400) < 1 / (1 + np.exp(-matrix[:, 0]))).astype(np.float64)

    found = logistic(matrix, made)

    known = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(matrix, made)
    assert np.allclose(found, [known.intercept_[0], *known.coef_[0]], atol=1e-5)


def test_an_arm_in_which_nobody_did_it_has_a_chance_near_zero() -> None:
    found = logistic(np.random.default_rng(7).normal(size=(60, 2)), np.zeros(60))

    assert np.isfinite(found).all()
    assert found[0] < -5


def test_the_ridge_penalty_is_the_best_by_cross_validation_written_out() -> None:
    rng = np.random.default_rng(8)
    matrix = rng.normal(size=(60, 4))
    made = matrix[:, 0] + rng.normal(size=60)
    centred, rest = matrix - matrix.mean(axis=0), made - made.mean()

    def score(penalty: float) -> float:
        hat = centred @ np.linalg.inv(centred.T @ centred + penalty * np.eye(4)) @ centred.T
        return float(((rest - hat @ rest) ** 2).sum() / (60 - 1 - np.trace(hat)) ** 2)

    best = min(np.logspace(-2, 5, 29), key=score)
    slopes = np.linalg.solve(centred.T @ centred + best * np.eye(4), centred.T @ rest)
    assert np.allclose(linear(matrix, ridge(matrix, made)), made.mean() + centred @ slopes)


def test_a_feature_without_a_value_is_the_mean_and_says_so() -> None:
    encoding = encoding_of({"visits": [1.0, 3.0, float("nan"), 5.0]})

    assert encoding.matrix({"visits": [3.0, float("nan")]}).tolist() == [[0.0, 0.0], [0.0, 1.0]]


def test_a_label_nobody_had_before_is_like_the_commonest() -> None:
    encoding = encoding_of({"plan": ["a", "a", "b"]})

    assert encoding.matrix({"plan": ["zebra", "a", "b"]}).tolist() == [[0.0], [0.0], [1.0]]


def test_what_is_the_same_for_everybody_is_left_out() -> None:
    assert encoding_of({"shop": np.ones(9)}).width == 0


def test_an_encoding_survives_being_kept() -> None:
    encoding = encoding_of(world(300, seed=9).features)

    assert Encoding.from_data(encoding.as_data()) == encoding


def test_a_learner_survives_being_kept() -> None:
    sample = sample_of(world(400, seed=10, moved=0.2))

    kept = [Learnt.from_data(learn(kind, sample).as_data()).effect(sample.matrix) for kind in KINDS]

    assert all(
        np.array_equal(a, learn(kind, sample).effect(sample.matrix)) for kind, a in zip(KINDS, kept, strict=True)
    )


def test_coins_are_fair_and_go_by_the_customer() -> None:
    codes = codes_of(np.array([f"C{number}" for number in range(5_000)]), seed=1)
    tosses = np.stack([coins(codes, toss) for toss in range(6)]).astype(np.float64)

    assert np.abs(tosses.mean(axis=1) - 0.5).max() < 0.03
    assert np.abs(np.corrcoef(tosses) - np.eye(6)).max() < 0.06
    assert codes_of(["C7"], seed=1)[0] == codes[7]
