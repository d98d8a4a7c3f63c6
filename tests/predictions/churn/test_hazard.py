"""When customers leave: by hand, beside Kaplan and Meier, and on hazards that are known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from okaeri.base.errors import NothingUsable, OkaeriError
from okaeri.base.survival import kaplan_meier
from okaeri.base.text import use_language
from okaeri.predictions.churn.examples import Examples, Flags, Floats, Ints
from okaeri.predictions.churn.hazard import HazardModel, fit_hazard, time_in_words
from tests.predictions.churn.planted import chance, customers, shuffled

HAZARDS = np.asarray([0.05, 0.15, 0.1, 0.08, 0.2, 0.06])
Watched = tuple[Examples, Ints, Flags]


def watched(rows: int, *, seed: int = 1, effect: float = 0.8) -> Watched:
    """Customers who leave with known hazards, moved by their tickets, and are watched for one to six periods."""
    rng = np.random.default_rng(seed)
    tickets = rng.normal(size=rows)
    hazard = chance(np.log(HAZARDS / (1 - HAZARDS)) + effect * tickets[:, None])
    leaves = np.where(rng.random((rows, 6)) < hazard, np.arange(1, 7), 99).min(axis=1)
    until = rng.integers(1, 7, rows)
    return customers({"tickets": tickets}, left=None), np.minimum(leaves, until), leaves <= until


@pytest.fixture(scope="module")
def world() -> Watched:
    return watched(6000)


@pytest.fixture(scope="module")
def model(world: Watched) -> HazardModel:
    rows, seen, gone = world
    return fit_hazard(rows, periods_seen=seen, gone=gone)


def plain(rows: int) -> Examples:
    return customers({}, left=np.zeros(rows, bool))


def at(tickets: Floats) -> Examples:
    return customers({"tickets": tickets}, left=None)


def test_without_covariates_it_is_kaplan_and_meier(world: Watched) -> None:
    _rows, seen, gone = world
    alone = fit_hazard(plain(len(seen)), periods_seen=seen, gone=gone)

    found = alone.survival(plain(1), periods=(1, 2, 3, 4, 5, 6))

    curve = kaplan_meier(seen, gone)
    assert found.share[0] == pytest.approx([curve.at(period)[0] for period in range(1, 7)], abs=1e-9)
    assert found.low[0] == pytest.approx([curve.at(period)[1] for period in range(1, 7)], abs=0.002)
    assert found.high[0] == pytest.approx([curve.at(period)[2] for period in range(1, 7)], abs=0.002)


def test_the_likelihood_is_the_one_counted_by_hand() -> None:
    """Of four customers one left in period 1 and one in period 2; the hazards are 1/4 and 1/3."""
    seen, gone = np.asarray([1, 2, 2, 2]), np.asarray([True, True, False, False])

    model = fit_hazard(plain(4), periods_seen=seen, gone=gone)

    by_hand = np.log(1 / 4) + 3 * np.log(3 / 4) + np.log(1 / 3) + 2 * np.log(2 / 3)
    assert model.hazards(plain(1))[0] == pytest.approx([1 / 4, 1 / 3])
    assert model.log_likelihood(plain(4), periods_seen=seen, gone=gone) == pytest.approx(by_hand)


def test_the_likelihood_with_a_covariate_is_the_one_written_out(world: Watched, model: HazardModel) -> None:
    rows, seen, gone = world[0].only(np.arange(40)), world[1][:40], world[2][:40]
    hazards, total = model.hazards(rows), 0.0
    for place in range(40):
        for period in range(seen[place]):
            ends = gone[place] and period == seen[place] - 1
            total += float(np.log(hazards[place, period] if ends else 1 - hazards[place, period]))

    assert model.log_likelihood(rows, periods_seen=seen, gone=gone) == pytest.approx(total)


def test_hazards_that_are_known_are_found(model: HazardModel) -> None:
    for tickets in (-1.0, 0.0, 1.0):
        truth = chance(np.log(HAZARDS / (1 - HAZARDS)) + 0.8 * tickets)

        assert model.hazards(at(np.asarray([tickets])))[0] == pytest.approx(truth, abs=0.045)


def test_the_ranges_hold_known_curves() -> None:
    tickets = np.asarray([-1.0, 0.5])
    truth = np.cumprod(1 - chance(np.log(HAZARDS / (1 - HAZARDS)) + 0.8 * tickets[:, None]), axis=1)
    held = []
    for seed in range(25):
        rows, seen, gone = watched(700, seed=seed)
        found = fit_hazard(rows, periods_seen=seen, gone=gone).survival(at(tickets), periods=(1, 3, 5))
        held.append((found.low <= truth[:, [0, 2, 4]]) & (truth[:, [0, 2, 4]] <= found.high))

    assert np.mean(held) > 0.9


def test_customers_who_are_still_there_are_not_counted_as_leaving_late(world: Watched) -> None:
    """Leaving out those still there would make everybody leave by the last period."""
    rows, seen, gone = world

    kept = fit_hazard(rows, periods_seen=seen, gone=gone).survival(at(np.zeros(1)), periods=(6,))

    assert kept.share[0, 0] == pytest.approx(np.prod(1 - HAZARDS), abs=0.03)


def test_a_curve_falls_and_those_with_more_tickets_fall_faster(model: HazardModel) -> None:
    found = model.survival(at(np.asarray([-1.0, 2.0])), periods=(1, 2, 3, 4, 5, 6))

    assert (np.diff(found.share, axis=1) < 0).all()
    assert (found.share[1] < found.share[0]).all()
    assert ((found.low < found.share) & (found.share < found.high)).all()


def test_a_median_beyond_what_was_watched_is_more_than_that(model: HazardModel) -> None:
    soon, late = model.medians(at(np.asarray([3.0, -2.0])))

    assert soon <= 4 and np.isnan(late)
    assert "longer than about 6 months" in str(time_in_words(late, last=model.last, period_days=30))
    assert "leave within about" in str(time_in_words(soon, last=model.last, period_days=30))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Half of customers like this one leave within about 5 months."),
        ("ja", "このようなお客様の半数は、約5か月のうちに離れます。"),
        ("ko", "이와 같은 고객의 절반은 약 5개월 안에 떠납니다."),
    ],
)
def test_the_time_to_leaving_is_said_in_every_language(language: str, words: str) -> None:
    with use_language(language):
        assert str(time_in_words(5.0, last=12, period_days=30)) == words


@pytest.mark.parametrize(
    ("median", "last", "period_days", "time"),
    [
        (1.0, 12, 30, "within about 30 days."),
        (2.0, 12, 30, "within about 2 months."),
        (24.0, 36, 30, "within about 24 months."),
        (3.0, 9, 7, "within about 21 days."),
        (float("nan"), 12, 30, "longer than about 12 months."),
        (float("nan"), 4, 7, "longer than about 28 days."),
    ],
)
def test_a_time_is_told_in_months_from_two_months_on(median: float, last: int, period_days: int, time: str) -> None:
    assert str(time_in_words(median, last=last, period_days=period_days)).endswith(time)


def test_periods_nobody_was_watched_in_are_refused(model: HazardModel) -> None:
    with pytest.raises(OkaeriError, match="Ask for periods from 1 to 6"):
        model.survival(at(np.zeros(1)), periods=(7,))


def test_periods_in_which_too_few_left_share_a_level() -> None:
    seen, gone = np.repeat([1, 2, 3, 4], 30), np.tile(np.arange(30) < 10, 4)
    gone[30:60] = False

    model = fit_hazard(plain(120), periods_seen=seen, gone=gone)

    assert model.ends == (1, 3, 4)


def test_nobody_who_left_says_nothing_about_when() -> None:
    with pytest.raises(NothingUsable, match="Wait for more outcomes"):
        fit_hazard(plain(9), periods_seen=np.full(9, 3), gone=np.zeros(9, bool))


def test_the_order_of_rows_and_the_codes_change_nothing(world: Watched, model: HazardModel) -> None:
    rows, seen, gone = world
    other, place = shuffled(rows)

    again = fit_hazard(other, periods_seen=seen[place], gone=gone[place])

    assert again.hazards(at(np.zeros(1))) == pytest.approx(model.hazards(at(np.zeros(1))), abs=1e-12)


def test_a_hazard_model_is_read_back_bit_for_bit(model: HazardModel) -> None:
    again = HazardModel.from_data(json.loads(json.dumps(model.as_data())))

    asked = at(np.linspace(-2, 2, 9))
    assert again.survival(asked, periods=(2, 6)).low.tolist() == model.survival(asked, periods=(2, 6)).low.tolist()
