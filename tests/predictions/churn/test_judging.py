"""Figures of a judgement agree with others' and with hand counts, and their ranges hold the truth."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from okaeri.predictions.churn.examples import Flags, Floats, Ints
from okaeri.predictions.churn.judging import Figure, Judgement, auc_figure, auc_of, bin_places, judged, paired


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def drawn(rng: np.random.Generator, rows: int) -> tuple[Flags, Floats]:
    """Outcomes of true probabilities."""
    probability = rng.beta(1.5, 4, rows)
    return rng.random(rows) < probability, probability


def holds(figure: Figure, truth: float) -> bool:
    low, high = figure.interval.low, figure.interval.high
    return low is not None and high is not None and low <= truth <= high


def test_the_figures_are_those_of_scikit_learn(rng: np.random.Generator) -> None:
    left, probability = drawn(rng, 500)
    probability = probability.round(2).clip(0.01, 0.99)

    found = judged(left, probability, customer=np.arange(500))

    assert found.auc.value == pytest.approx(roc_auc_score(left, probability))
    assert found.log_loss.value == pytest.approx(log_loss(left, probability))
    assert found.brier.value == pytest.approx(brier_score_loss(left, probability))


def test_the_range_of_the_area_is_delongs_by_hand() -> None:
    """Placements of 0.9 and 0.4 among 0.1, 0.5: 1 and 1/2; of 0.1 and 0.5: 1 and 1/2."""
    left, score = np.asarray([True, True, False, False]), np.asarray([0.9, 0.4, 0.1, 0.5])

    found = auc_figure(left, score, np.arange(4))

    # each side's placements have the variance 1/8, so the error is √(1/8/2 + 1/8/2), here times 4/3 · 1/2
    assert found.value == 0.75
    error = np.sqrt((2 * 0.125**2 + 2 * 0.125**2) * 4 / 3)
    half = 1.959964 * error / (0.75 * 0.25)
    assert found.interval.high == pytest.approx(1 / (1 + np.exp(-(np.log(3) + half))), rel=1e-6)


def test_ranges_of_the_area_and_the_loss_hold_the_truth() -> None:
    rng = np.random.default_rng(1)
    left, probability = drawn(rng, 200_000)
    area = auc_of(left, probability)
    loss = float(-(probability * np.log(probability) + (1 - probability) * np.log1p(-probability)).mean())

    kept = [judged(*drawn(rng, 250), customer=np.arange(250)) for _world in range(300)]

    assert np.mean([holds(each.auc, area) for each in kept]) > 0.92
    assert np.mean([holds(each.log_loss, loss) for each in kept]) > 0.92
    assert np.mean([holds(each.ece, 0.0) for each in kept]) > 0.92


def days(rng: np.random.Generator, *, customers: int, count: int = 5) -> tuple[Flags, Floats, Ints, Ints]:
    """Customers with a leaning of their own seen on days of unlike base rates; the score knows leaning and day."""
    customer, day = np.repeat(np.arange(customers), count), np.tile(np.arange(count), customers)
    leaning, by_day = rng.normal(size=customers)[customer], np.linspace(-3, 0, count)[day]
    left = rng.random(len(day)) < 1 / (1 + np.exp(-leaning - by_day))
    return left, 0.7 * leaning - by_day + rng.normal(0, 0.5, len(day)), customer, day


def test_only_pairs_of_one_day_are_compared(rng: np.random.Generator) -> None:
    left, score, customer, day = days(rng, customers=60)
    score = score.round(1)

    found = auc_figure(left, score, customer, strata=day)

    right = pairs = 0.0
    for each in range(5):
        gone, stayed = score[(day == each) & left], score[(day == each) & ~left]
        right += float((gone[:, None] > stayed).sum() + (gone[:, None] == stayed).sum() / 2)
        pairs += len(gone) * len(stayed)
    assert found.value == pytest.approx(right / pairs)
    assert abs(found.value - auc_of(left, score)) > 0.1


def test_a_forecast_alike_for_all_of_a_day_has_no_skill(rng: np.random.Generator) -> None:
    left, _score, customer, day = days(rng, customers=300)
    rate = np.asarray([left[day == each].mean() for each in range(5)])[day]

    found = judged(left, rate, customer=customer, strata=day)

    assert auc_of(left, rate) > 0.6
    assert (found.auc.value, found.auc.interval.low, found.auc.interval.high) == (0.5, 0.5, 0.5)


def test_days_on_which_nobody_or_everybody_left_say_nothing_about_ranks(rng: np.random.Generator) -> None:
    left, score, customer, day = days(rng, customers=100)
    left[day == 1], left[day == 3] = False, True
    known = np.isin(day, (0, 2, 4))

    found = auc_figure(left, score, customer, strata=day)

    assert found == auc_figure(left[known], score[known], customer[known], strata=day[known])
    assert np.isnan(auc_figure(left[~known], score[~known], customer[~known], strata=day[~known]).value)


def test_the_range_of_the_area_within_days_holds_the_truth() -> None:
    """Customers stand on all of five days, and of 80 few leave on the first."""
    rng = np.random.default_rng(2)
    left, score, customer, day = days(rng, customers=200_000)
    truth = auc_figure(left, score, customer, strata=day).value

    worlds = [days(rng, customers=80) for _world in range(1500)]
    found = [auc_figure(left, score, customer, strata=day) for left, score, customer, day in worlds]

    assert np.mean([each.value for each in found]) == pytest.approx(truth, abs=0.006)
    assert 0.93 <= np.mean([holds(each, truth) for each in found]) < 0.98


def test_rows_of_one_customer_count_together(rng: np.random.Generator) -> None:
    left, probability = drawn(rng, 200)
    often = np.repeat(np.arange(200), 9)

    once, many = (
        judged(left, probability, customer=np.arange(200)),
        judged(left[often], probability[often], customer=often),
    )

    assert many.customers == 200
    assert many.auc.interval.low == pytest.approx(once.auc.interval.low)
    assert many.log_loss.interval.high == pytest.approx(once.log_loss.interval.high)
    assert [each.interval.low for each in many.bins] == pytest.approx([each.interval.low for each in once.bins])


def test_the_calibration_error_is_counted_by_hand() -> None:
    left = np.asarray([False] * 9 + [True] + [True] * 6 + [False] * 4)
    probability = np.asarray([0.2] * 10 + [0.5] * 10)

    found = judged(left, probability, customer=np.arange(20))

    assert [(each.n, each.left, each.said) for each in found.bins] == [(10, 1, pytest.approx(0.2)), (10, 6, 0.5)]
    assert found.ece.value == pytest.approx((10 * 0.1 + 10 * 0.1) / 20)


def test_ten_bins_have_equal_mass_and_equal_probabilities_share_one(rng: np.random.Generator) -> None:
    assert np.bincount(bin_places(rng.random(1000))).tolist() == [100] * 10
    assert set(bin_places(np.full(50, 0.3))) == {0}


def test_chance_alone_makes_as_much_calibration_error_as_is_said() -> None:
    rng = np.random.default_rng(5)

    kept = [judged(*drawn(rng, 2000), customer=np.arange(2000)) for _world in range(100)]

    said, came = np.mean([each.ece_by_chance for each in kept]), np.mean([each.ece.value for each in kept])
    assert said == pytest.approx(came, rel=0.06)


def test_a_probability_finds_the_bin_it_belongs_to(rng: np.random.Generator) -> None:
    left, probability = drawn(rng, 1000)
    found = judged(left, probability, customer=np.arange(1000))

    for chance in probability[:50]:
        assert found.bin_of(chance).low <= chance <= found.bin_of(chance).high
    assert found.bin_of(0.0) == found.bins[0]
    assert found.bin_of(1.0) == found.bins[-1]


def test_equal_losses_differ_by_nothing() -> None:
    found = paired(np.ones(30), np.ones(30), customer=np.arange(30))

    assert (found.value, found.distinguishable) == (0.0, False)


def test_a_judgement_survives_its_trip_through_json(rng: np.random.Generator) -> None:
    found = judged(*drawn(rng, 300), customer=np.arange(300))

    assert Judgement.from_data(json.loads(json.dumps(found.as_data()))) == found
