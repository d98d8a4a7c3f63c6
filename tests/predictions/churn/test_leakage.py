"""Columns that know the outcome are named before anything is learned from them, and honest ones are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from okaeri.predictions.churn.examples import Examples, Flags, Floats, Labels
from okaeri.predictions.churn.folds import known_outcomes
from okaeri.predictions.churn.leakage import Suspect, suspects
from tests.predictions.churn.planted import chance, customers, feature, shop


@pytest.fixture
def honest() -> Examples:
    return shop(1500)


@pytest.fixture
def left(honest: Examples) -> Flags:
    return known_outcomes(honest)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(12)


def with_number(rows: Examples, values: Floats) -> Examples:
    return replace(rows, features=(*rows.features, feature("planted")), numbers={**rows.numbers, "planted": values})


def with_label(rows: Examples, values: Labels) -> Examples:
    added = feature("planted", labelled=True)
    return replace(rows, features=(*rows.features, added), labels={**rows.labels, "planted": values})


def named(found: tuple[Suspect, ...]) -> dict[str, str]:
    return {each.feature: str(each.why) for each in found}


def test_honest_columns_are_not_suspected(honest: Examples) -> None:
    assert not suspects(honest)


def test_a_strong_honest_cause_is_not_suspected(rng: np.random.Generator) -> None:
    cause = rng.normal(size=2000)
    rows = customers({"cause": cause}, left=rng.random(2000) < chance(1.8 * cause - 1.5))

    assert not suspects(rows)


def test_a_copy_of_the_outcome_is_caught(honest: Examples, left: Flags) -> None:
    found = named(suspects(with_number(honest, left.astype(float))))

    assert list(found) == ["planted"]
    assert "stands for leaving: 100%" in found["planted"]


def test_a_column_made_from_facts_before_the_day_is_not_suspected(honest: Examples, left: Flags) -> None:
    assert not suspects(with_number(honest, left.astype(float)), trusted=("planted",))


def test_a_copy_in_words_is_caught(honest: Examples, left: Flags) -> None:
    assert list(named(suspects(with_label(honest, np.where(left, "gone", "here").astype(object))))) == ["planted"]


@pytest.mark.parametrize("flipped", [0.02, 0.05])
def test_a_copy_with_errors_is_caught(honest: Examples, left: Flags, rng: np.random.Generator, flipped: float) -> None:
    noisy = left ^ (rng.random(len(left)) < flipped)

    assert list(named(suspects(with_number(honest, noisy.astype(float))))) == ["planted"]


def test_a_blurred_copy_is_caught(honest: Examples, left: Flags, rng: np.random.Generator) -> None:
    found = named(suspects(with_number(honest, left + rng.normal(0, 0.3, len(left)))))

    assert list(found) == ["planted"]
    assert "AUC 0.9" in found["planted"]


def test_a_reason_filled_in_for_leavers_only_is_caught(honest: Examples, left: Flags, rng: np.random.Generator) -> None:
    reasons = rng.choice(["price", "moved away", "bad service"], len(left))
    given = np.where(left & (rng.random(len(left)) < 0.4), reasons, "").astype(object)

    found = named(suspects(with_label(honest, given)))

    assert list(found) == ["planted"]
    assert "known almost only for those who left" in found["planted"]


def test_a_number_filled_in_for_leavers_only_is_caught(honest: Examples, left: Flags, rng: np.random.Generator) -> None:
    paid_back = np.where(left & (rng.random(len(left)) < 0.3), rng.uniform(1, 9, len(left)), np.nan)

    assert list(named(suspects(with_number(honest, paid_back)))) == ["planted"]


def test_a_number_given_after_sorting_by_outcome_is_caught(honest: Examples, left: Flags) -> None:
    ranked = np.argsort(np.argsort(~left, kind="stable")).astype(float)

    assert list(named(suspects(with_number(honest, ranked)))) == ["planted"]


def test_names_given_after_sorting_by_outcome_are_caught(honest: Examples, left: Flags) -> None:
    ranked = np.argsort(np.argsort(~left, kind="stable"))
    found = named(suspects(with_label(honest, np.asarray([f"C{place:05d}" for place in ranked], object))))

    assert "the order of the names tells who left" in found["planted"]


def test_names_of_customers_are_no_property(honest: Examples, rng: np.random.Generator) -> None:
    names = np.asarray([f"C{place:05d}" for place in rng.permutation(len(honest))], object)

    assert "names customers rather than describing them" in named(suspects(with_label(honest, names)))["planted"]


def test_an_answer_known_for_few_is_not_suspected(honest: Examples, left: Flags, rng: np.random.Generator) -> None:
    """Those who complain leave more often; that is a cause, not a leak."""
    complained = rng.random(len(left)) < np.where(left, 0.3, 0.05)

    assert not suspects(with_number(honest, np.where(complained, 1.0, np.nan)))


def test_a_value_that_all_share_is_not_suspected_where_nearly_all_leave(rng: np.random.Generator) -> None:
    plan = np.where(rng.random(800) < 0.9, "trial", "paid").astype(object)
    rows = customers({"size": rng.normal(size=800)}, labels={"plan": plan}, left=rng.random(800) < 0.93)

    assert not suspects(rows)
