"""Personas find planted ways of buying, and keep their names."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from okaeri.base.text import use_language
from okaeri.predictions.segments import PersonaModel, fit_personas, label_name, personas, profiles_of
from okaeri.predictions.segments.clusters import agreement, best_k, centres_of, nearest_to
from tests.predictions.segments.shops import Floats, orders, random_orders, shop, ways

DAY = date(2024, 7, 1)


def found(codes: NDArray[np.int64], features: dict[str, Floats]) -> PersonaModel:
    model = fit_personas(features, customer=codes)
    assert model is not None
    return model


def test_planted_ways_are_found_and_named_by_what_stands_out() -> None:
    codes, features = ways(900, seed=1)

    model = found(codes, features)

    assert agreement(_numbered(model.assign(features)), codes % 3) > 0.97
    names = {str(label_name("persona", label)) for label in model.labels}
    assert any("frequent orders" in name and "small baskets" in name for name in names)
    assert any("rare orders" in name and "large baskets" in name for name in names)
    assert any("quiet lately" in name for name in names)


def test_shuffled_customers_and_features_give_the_same_personas() -> None:
    codes, features = ways(900, seed=2)
    places = np.random.default_rng(3).permutation(900)
    turned = {name: values[places] for name, values in reversed(features.items())}

    one, two = found(codes, features), found(codes[places], turned)

    assert one.as_data() == two.as_data()


@pytest.mark.parametrize("seed", range(5))
def test_slightly_other_customers_keep_the_same_names(seed: int) -> None:
    """A twentieth leaves, and everybody else's numbers move a little."""
    codes, features = ways(900, seed=4)
    rng = np.random.default_rng(seed)
    stays = rng.random(900) > 0.05
    moved = {name: values[stays] * rng.normal(1, 0.02, stays.sum()) for name, values in features.items()}

    before, after = found(codes, features), found(codes[stays], moved)

    assert set(before.labels) == set(after.labels)
    same = before.assign(features)[stays] == after.assign(moved)
    assert same.mean() > 0.97


def test_later_customers_join_personas_found_before() -> None:
    codes, features = ways(900, seed=5)
    model = found(codes, features)
    later_codes, later = ways(60, seed=6)

    joined = PersonaModel.from_data(json.loads(json.dumps(model.as_data()))).segmentation(
        later, customer=later_codes, as_of=DAY
    )

    assert agreement(_numbered(joined.label), later_codes % 3) > 0.95
    assert {group.label for group in joined.groups} <= set(model.labels)


def test_a_feature_nobody_knows_of_a_customer_counts_as_the_middle() -> None:
    codes, features = ways(900, seed=7)
    model = found(codes, features)
    unknown = {name: np.append(values[:3], np.nan) for name, values in features.items()}

    assert model.assign(unknown)[3] in model.labels
    assert np.array_equal(model.assign(unknown)[:3], model.assign(features)[:3])


def test_too_few_customers_have_no_personas() -> None:
    profiles = profiles_of(shop(orders=orders(random_orders(seed=1))))

    nobody = personas(profiles)

    assert len(nobody) == 0
    assert f"{len(profiles)} of 200" in str(nobody.reason)


def test_customers_all_alike_have_no_personas() -> None:
    assert fit_personas({"basket": np.ones(300)}, customer=np.arange(300)) is None


def test_personas_of_a_shop_are_explained_by_their_medians() -> None:
    profiles = profiles_of(shop(orders=orders(random_orders(seed=2, customers=400, rows=4000))))

    result = personas(profiles)

    rows = result.rows()
    assert sum(row["n"] for row in rows) == len(profiles)
    assert all(row["orders_per_year"] > 0 for row in rows)
    assert [row["n"] for row in rows] == sorted((row["n"] for row in rows), reverse=True)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_as_many_clusters_are_found_as_were_planted(k: int) -> None:
    rng = np.random.default_rng(k)
    middles = np.eye(5)[:k] * 8
    points = np.concatenate([middle + rng.normal(size=(150, 5)) for middle in middles])

    assert best_k(points, customer=np.arange(len(points))) == k


def test_the_clusters_are_as_tight_as_the_best_of_many_random_starts() -> None:
    from sklearn.cluster import KMeans

    rng = np.random.default_rng(9)
    points = np.concatenate([rng.normal(size=3) * 4 + rng.normal(size=(80, 3)) for _place in range(4)])

    centres = centres_of(points, 4)

    inertia = ((points - centres[nearest_to(points, centres)]) ** 2).sum()
    known = KMeans(n_clusters=4, n_init=20, random_state=0).fit(points).inertia_
    assert inertia <= known * 1.001


def test_the_agreement_of_clusterings_is_the_adjusted_rand_index() -> None:
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(10)
    one, other = rng.integers(0, 4, 200), rng.integers(0, 3, 200)

    assert agreement(one, other) == pytest.approx(adjusted_rand_score(one, other))


def test_two_personas_of_one_name_are_told_apart_by_number() -> None:
    assert str(label_name("persona", "high_basket~2")) == "large baskets (2)"


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_a_persona_is_named_in_every_language(language: str) -> None:
    with use_language(language):
        name = str(label_name("persona", "low_basket-high_days_since_last_order-high_orders_per_year"))

    assert not set("abcdefghijklmnopqrstuvwxyz") & set(name)


def _numbered(labels: NDArray[np.str_]) -> NDArray[np.int64]:
    _names, places = np.unique(labels, return_inverse=True)
    return places.astype(np.int64)
