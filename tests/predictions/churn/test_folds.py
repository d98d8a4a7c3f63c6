"""Who is learned from and who is judged, whatever the order of rows and the codes of customers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.folds import customer_folds, in_order, known_outcomes, parts, some_rows, time_folds
from tests.predictions.churn.planted import customers, shop, shuffled

DAYS = np.asarray([0, 30, 60, 90, 120, 150])


@pytest.fixture
def months() -> Examples:
    """Three hundred customers seen on six days, a third of whom leave after each."""
    rng = np.random.default_rng(4)
    customer, day = np.repeat(np.arange(300), 6), np.tile(DAYS, 300)
    size = rng.normal(size=1800)
    return customers({"size": size}, left=rng.random(1800) < 0.33, customer=customer, day=day)


def test_no_customer_is_on_both_sides(months: Examples) -> None:
    rows = in_order(months)

    for fold in customer_folds(rows).folds:
        assert not set(rows.customer[fold.train]) & set(rows.customer[fold.test])


def test_every_row_is_judged_once(months: Examples) -> None:
    rows = in_order(months)

    assert customer_folds(rows).judged.tolist() == list(range(len(rows)))


def test_leavers_are_dealt_evenly() -> None:
    rows = in_order(shop(500))

    left = known_outcomes(rows)
    counts = np.bincount(parts(rows, count=5), left)
    assert counts.max() - counts.min() <= 1


def test_the_order_of_rows_columns_and_codes_decides_nothing(months: Examples) -> None:
    other, _place = shuffled(months)

    first, second = in_order(months), in_order(other)

    assert first.numbers["size"].tolist() == second.numbers["size"].tolist()
    assert first.customer.tolist() == second.customer.tolist()
    assert parts(first, count=5).tolist() == parts(second, count=5).tolist()


def test_the_names_of_labels_decide_nothing() -> None:
    rows = shop(400)
    renamed = {name: np.asarray([f"z{text[::-1]}" for text in texts], object) for name, texts in rows.labels.items()}

    first, second = in_order(rows), in_order(replace(rows, labels=renamed))

    assert first.numbers["lot"].tolist() == second.numbers["lot"].tolist()


def test_another_seed_deals_otherwise() -> None:
    rows = in_order(shop(300))

    assert parts(rows, count=5, seed=1).tolist() != parts(rows, count=5, seed=2).tolist()


def test_a_day_is_judged_by_rows_whose_horizon_had_ended(months: Examples) -> None:
    rows = in_order(months)

    split = time_folds(rows, horizon_days=60, least=30)

    assert split is not None and split.over_time
    assert [fold.day for fold in split.folds] == [60, 90, 120, 150]
    for fold in split.folds:
        assert rows.day[fold.train].max() + 60 <= fold.day
        assert set(rows.day[fold.test]) == {fold.day}


def test_days_within_one_horizon_cannot_judge_each_other(months: Examples) -> None:
    assert time_folds(in_order(months), horizon_days=365, least=30) is None


def test_days_on_which_too_few_left_cannot_judge(months: Examples) -> None:
    left = known_outcomes(months) & (months.day < 60)

    assert time_folds(in_order(replace(months, left=left)), horizon_days=30, least=30, at_most=2) is None


def test_some_rows_are_whole_customers(months: Examples) -> None:
    rows = in_order(months)

    found = some_rows(rows, at_most=600)

    _codes, counts = np.unique(rows.customer[found], return_counts=True)
    assert set(counts) == {6}
    assert 500 <= len(found) <= 700


def test_rows_without_outcomes_cannot_be_learned_from() -> None:
    rows = customers({"size": np.ones(3)}, left=None)

    with pytest.raises(OkaeriError, match="at least one horizon before"):
        known_outcomes(rows)
