"""Health is the chance to stay, from 0 to 100; without outcomes a plain sum that says what it is."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from okaeri.base.text import Text
from okaeri.metrics.presence import Presence, PresenceRule
from okaeri.predictions.churn.examples import Examples, Feature
from okaeri.predictions.churn.features.family import every_family
from okaeri.predictions.churn.learning import learn
from okaeri.predictions.churn.model import ChurnModel
from okaeri.predictions.risk.health import SIGNS, health, weighted
from okaeri.predictions.risk.leaving import Leaving
from tests.predictions.churn.planted import shop

RULE = Presence(rule=PresenceRule(source="subscriptions"))


def _leaving(examples: Examples, model: ChurnModel | None = None) -> Leaving:
    chance = model.predict(examples) if model else None
    reason = None if model else Text("Too few.")
    return Leaving(
        as_of=date(2024, 6, 1),
        horizon_days=90,
        presence=RULE,
        examples=examples,
        model=model,
        chance=chance,
        reason=reason,
    )


def _known(**numbers: list[float]) -> Examples:
    count = len(next(iter(numbers.values())))
    features = tuple(
        Feature(id=name, name=Text(name), says=lambda _value: Text(""), theme="buying") for name in numbers
    )
    return Examples(
        features=features,
        customer=np.arange(count),
        day=np.zeros(count, np.int64),
        numbers={name: np.array(values) for name, values in numbers.items()},
    )


def test_a_calibrated_score_is_the_chance_to_stay() -> None:
    model = learn(shop(800), horizon_days=90, challenger=False)
    assert isinstance(model, ChurnModel)
    fresh = shop(50, seed=9)

    found = health(_leaving(fresh, model))

    assert found.method == "calibrated"
    assert found.score == pytest.approx(100 * (1 - model.predict(fresh)))
    assert "90 days" in str(found.says)


def test_what_is_unknown_moves_a_score_by_its_own_part_only() -> None:
    """Where everything is known, what is not known moves nothing."""
    model = learn(shop(800), horizon_days=90, challenger=False)
    assert isinstance(model, ChurnModel)
    fresh = shop(200, seed=9)
    known = np.all([~np.isnan(values) for values in fresh.numbers.values()], axis=0)
    known &= np.all([values != "" for values in fresh.labels.values()], axis=0)

    unknown = health(_leaving(fresh, model)).unknown

    assert known.any()
    assert np.abs(unknown[known]) == pytest.approx(0.0, abs=1e-9)


def test_without_outcomes_the_score_is_a_plain_sum_that_says_so() -> None:
    found = health(_leaving(_known(silence_in_gaps=[1.0, 4.0], tickets_open=[0.0, 3.0])))

    assert found.method == "weighted" and found.score.tolist() == [100.0, 0.0]
    assert "not a probability" in str(found.says) and str(found.reason) == "Too few."


def test_what_is_unknown_counts_for_nothing_in_the_plain_sum() -> None:
    score, unknown = weighted(_known(silence_in_gaps=[1.0, np.nan], tickets_open=[3.0, 3.0]))

    weights = {sign.feature: sign.weight for sign in SIGNS}
    whole = weights["silence_in_gaps"] + weights["tickets_open"]
    assert score == pytest.approx([100 * weights["silence_in_gaps"] / whole, 0.0])
    assert unknown.tolist() == [0.0, 0.0]


def test_of_whom_nothing_is_known_the_score_is_in_the_middle_and_all_of_it_unknown() -> None:
    score, unknown = weighted(_known(silence_in_gaps=[np.nan]))

    assert (score.tolist(), unknown.tolist()) == ([50.0], [50.0])


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.feature)
def test_every_sign_is_a_feature_there_is(sign: object) -> None:
    feature = sign.feature  # type: ignore[attr-defined]  # a sign, as the list says

    assert any(f'"{feature}"' in _source(family) for family in every_family())


def _source(family: object) -> str:
    from importlib import import_module
    from inspect import getsource

    name = family.name  # type: ignore[attr-defined]  # a family, as the walk gives
    return getsource(import_module(f"okaeri.predictions.churn.features.families.{name}"))
