"""Planted causes are found, and what means nothing is not named."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from okaeri.predictions.churn.choosing import chosen, out_of_fold
from okaeri.predictions.churn.drivers import Driver, drivers_of
from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.folds import customer_folds, in_order
from okaeri.predictions.churn.models.trees import fit_trees
from tests.predictions.churn.planted import customers, shop

CAUSES = {"tickets", "tenure", "plan"}


def found_in(rows: Examples) -> tuple[Driver, ...]:
    ordered = in_order(rows)
    split = customer_folds(ordered)
    return drivers_of(ordered, split=split, found=chosen(ordered, split=split, challenger=False).taken)


def test_the_three_causes_are_found_and_the_noise_is_not() -> None:
    named = Counter(each.feature for seed in range(6) for each in found_in(shop(1500, seed=seed)) if each.stands_out)

    assert all(named[cause] == 6 for cause in CAUSES)
    assert sum(count for name, count in named.items() if name not in CAUSES) <= 1


def test_the_causes_come_first() -> None:
    found = found_in(shop(3000))

    assert {each.feature for each in found[:3]} == CAUSES
    assert min(each.mean_size for each in found[:3]) > max(each.mean_size for each in found[3:])


def test_noise_alone_has_no_drivers() -> None:
    rng = np.random.default_rng(3)
    rows = customers({f"n{k}": rng.normal(size=900) for k in range(10)}, left=rng.random(900) < 0.3)

    assert not [each.feature for each in found_in(rows) if each.stands_out]


def test_a_feature_that_never_varies_matters_nothing() -> None:
    rows = shop(600)
    same = customers({**rows.numbers, "same": np.ones(600)}, labels=rows.labels, left=rows.left)

    found = {each.feature: each for each in found_in(same)}

    assert (found["same"].importance.value, found["same"].mean_size, found["same"].stands_out) == (0.0, 0.0, False)


def test_the_causes_are_found_by_the_trees_too() -> None:
    rows = in_order(shop(2500))
    split = customer_folds(rows)

    found = drivers_of(rows, split=split, found=out_of_fold(rows, split, fit_trees))

    assert {each.feature for each in found if each.stands_out} == CAUSES


def test_the_importance_is_what_is_lost_by_dealing_out_the_values_of_the_only_cause() -> None:
    """Without its one cause a model knows the base rate at best."""
    rng = np.random.default_rng(3)
    cause = rng.choice([0.0, 1.0], 4000)
    rows = customers({"cause": cause}, left=rng.random(4000) < np.where(cause == 1, 0.5, 0.1))

    found = found_in(rows)[0]

    # dealt out, half the rows hear the other group's forecast: the mean of both cross entropies, less the true ones
    said = np.log(0.5 / 0.5) - np.log(0.1 / 0.9)
    assert found.importance.value == pytest.approx(0.25 * (0.5 - 0.1) * said, rel=0.15)
