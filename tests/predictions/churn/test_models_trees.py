"""The challenger is light, is data, and is left out with a word where it cannot be loaded."""

from __future__ import annotations

import builtins
import json
from typing import Any

import numpy as np
import pytest

from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.folds import in_order
from okaeri.predictions.churn.learning import learn
from okaeri.predictions.churn.model import ChurnModel
from okaeri.predictions.churn.models.trees import TreeModel, fit_trees, trees_missing
from tests.predictions.churn.planted import chance, customers, shop


@pytest.fixture(scope="module")
def rows() -> Examples:
    return in_order(shop(900))


@pytest.fixture(scope="module")
def trees(rows: Examples) -> TreeModel:
    found = fit_trees(rows)
    assert found is not None
    return found


def test_what_the_features_add_sums_to_the_log_odds(rows: Examples, trees: TreeModel) -> None:
    base, added = trees.contributions(rows)

    assert added.shape == (len(rows), len(trees.ids))
    assert base + added.sum(axis=1) == pytest.approx(trees.log_odds(rows), abs=1e-9)


def test_what_the_features_add_averages_to_nothing(rows: Examples, trees: TreeModel) -> None:
    base, _added = trees.contributions(rows)

    assert trees.log_odds(rows).mean() == pytest.approx(base, abs=0.05)


def test_a_tree_model_is_read_back_bit_for_bit(rows: Examples, trees: TreeModel) -> None:
    again = TreeModel.from_data(json.loads(json.dumps(trees.as_data())))

    assert again.log_odds(rows).tolist() == trees.log_odds(rows).tolist()


def test_there_are_no_trees_without_columns() -> None:
    assert fit_trees(in_order(customers({}, left=np.arange(80) < 40))) is None


def test_trees_win_where_two_causes_work_only_together() -> None:
    """Neither cause says anything alone, which no sum of both can tell."""
    rng = np.random.default_rng(9)
    first, second = rng.normal(size=1500), rng.normal(size=1500)
    together = customers(
        {"first": first, "second": second}, left=rng.random(1500) < chance(3 * np.sign(first * second) - 1)
    )

    found = learn(together, horizon_days=30)

    assert isinstance(found, ChurnModel)
    assert (found.card.kind, found.model.kind) == ("trees", "trees")
    assert "Boosted trees beat the default model" in " ".join(map(str, found.card.notes))
    contributions = found.contributions(together)
    log_odds = np.log(found.predict(together) / (1 - found.predict(together)))
    assert contributions.base + contributions.added.sum(axis=1) == pytest.approx(log_odds, abs=1e-9)


def test_the_default_stands_where_trees_are_no_better() -> None:
    found = learn(shop(900), horizon_days=30)

    assert isinstance(found, ChurnModel)
    assert found.card.kind == "splines"
    assert found.card.challenger_gain is not None


def test_a_missing_library_leaves_the_default_without_a_challenger(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "lightgbm":
            raise OSError("libgomp.so.1: cannot open shared object file")
        return plain(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)

    found = learn(shop(400), horizon_days=30)

    assert "libgomp" in str(trees_missing())
    assert isinstance(found, ChurnModel)
    assert found.card.challenger_gain is None
    assert "without a challenger" in " ".join(map(str, found.card.notes))
