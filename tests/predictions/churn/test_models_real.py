"""Customers of a telephone company: as good as the best that others reach without flattering themselves."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.leakage import suspects
from okaeri.predictions.churn.learning import CrossValidated, cross_validated, learn
from okaeri.predictions.churn.model import ChurnModel
from tests.predictions.churn.planted import customers

pytestmark = pytest.mark.real_data
NUMBERS = ("tenure", "MonthlyCharges", "TotalCharges", "SeniorCitizen")


@pytest.fixture(scope="module")
def telco(data_dir: Path) -> Examples:
    """Total charges are blank for customers in their first month: unknown, not zero."""
    with (data_dir / "churn" / "Telco-Customer-Churn.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    labels = [name for name in rows[0] if name not in (*NUMBERS, "customerID", "Churn")]
    return customers(
        {name: np.asarray([float(row[name].strip() or "nan") for row in rows]) for name in NUMBERS},
        labels={name: np.asarray([row[name] for row in rows], object) for name in labels},
        left=np.asarray([row["Churn"] == "Yes" for row in rows]),
    )


@pytest.fixture(scope="module")
def found(telco: Examples) -> CrossValidated:
    return cross_validated(telco, folds=5, seed=42)


def test_it_ranks_and_tells_as_well_as_the_best_published_figures(found: CrossValidated) -> None:
    assert found.judgement.auc.value >= 0.848
    assert found.judgement.log_loss.value <= 0.413
    assert found.judgement.ece.value <= 0.010


def test_every_bin_came_about_as_often_as_was_said(found: CrossValidated) -> None:
    bounds = [(each.interval.low or 0.0, each.said, each.interval.high or 1.0) for each in found.judgement.bins]
    inside = [low <= said <= high for low, said, high in bounds]

    assert sum(inside) >= 9


def test_none_of_its_columns_is_suspected(telco: Examples) -> None:
    assert not suspects(telco)


def test_two_hundred_of_its_customers_are_enough_to_beat_the_base_rate(telco: Examples) -> None:
    rng = np.random.default_rng(1)
    some, rest = np.split(rng.permutation(len(telco)), [200])

    model = learn(telco.only(some), horizon_days=30, challenger=False)

    assert isinstance(model, ChurnModel)
    left, probability = telco.only(rest).left, model.predict(telco.only(rest))
    assert left is not None
    assert -np.mean(np.where(left, np.log(probability), np.log1p(-probability))) < 0.47
