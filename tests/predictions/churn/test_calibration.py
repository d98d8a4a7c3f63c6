"""Log-odds are stretched only where that helps on customers nobody learned from."""

from __future__ import annotations

import numpy as np
import pytest

from okaeri.predictions.churn.calibration import Calibration, calibrated, chances, line_for
from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.folds import Split, customer_folds, in_order, known_outcomes
from tests.predictions.churn.planted import customers


@pytest.fixture
def told() -> Examples:
    """Rows whose `odds` are the true log-odds of leaving."""
    rng = np.random.default_rng(6)
    odds = rng.normal(-1, 1.5, 2000)
    return in_order(customers({"odds": odds}, left=rng.random(2000) < chances(odds)))


@pytest.fixture
def split(told: Examples) -> Split:
    return customer_folds(told)


def test_true_probabilities_are_left_alone(told: Examples, split: Split) -> None:
    found = calibrated(told.numbers["odds"], known_outcomes(told), customer=told.customer, split=split)

    assert found.line == Calibration()
    assert found.log_odds.tolist() == told.numbers["odds"].tolist()


def test_log_odds_that_are_too_sure_are_drawn_in(told: Examples, split: Split) -> None:
    sure = 2.5 * told.numbers["odds"] + 1

    found = calibrated(sure, known_outcomes(told), customer=told.customer, split=split)

    assert found.gain is not None and found.gain.value > 0
    assert found.line.stretched == pytest.approx(1 / 2.5, abs=0.05)
    assert found.line.moved == pytest.approx(-1 / 2.5, abs=0.1)
    assert found.log_odds == pytest.approx(told.numbers["odds"], abs=0.7)


def test_nothing_is_changed_where_nobody_could_judge_it(told: Examples) -> None:
    found = calibrated(9 * told.numbers["odds"], known_outcomes(told), customer=told.customer, split=None)

    assert (found.line, found.gain) == (Calibration(), None)


@pytest.mark.parametrize("odds", [np.zeros(2000), None], ids=["nothing", "the reverse"])
def test_log_odds_that_say_nothing_or_the_reverse_are_never_turned_round(
    told: Examples, odds: np.ndarray | None
) -> None:
    said = -told.numbers["odds"] if odds is None else odds

    assert line_for(said, known_outcomes(told)) == Calibration()
