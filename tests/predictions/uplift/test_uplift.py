"""The model as a whole: it finds responders, and says so only when there are some."""

from __future__ import annotations

import json

import numpy as np
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.base.text import use_language
from okaeri.predictions.uplift import Uplift, UpliftFit, responders
from tests.predictions.uplift.worlds import World, world

SOME = Uplift(splits=4)


def fitted(there: World, uplift: Uplift = SOME) -> UpliftFit:
    return uplift.fit(there.features, treated=there.treated, outcome=there.outcome)


@pytest.mark.parametrize("money", [False, True])
def test_responders_are_found_and_named_first(money: bool) -> None:
    there = world(4_000, seed=1, moved=0.3, money=money)

    fit = fitted(there)

    effect, dog = fit.effect(there.features), there.features["dog"]
    assert fit.verdict.works
    assert fit.qini is not None and fit.qini.low > 0
    assert effect[dog].mean() > 2 * abs(effect[~dog].mean())


def test_an_effect_on_everybody_alike_is_an_effect_and_no_reason_to_target() -> None:
    there = world(4_000, seed=2, everybody=0.15)

    fit = fitted(there)

    assert fit.average is not None and fit.average.low > 0
    assert fit.verdict.kind == "no_evidence"
    assert "No evidence that targeting beats random" in str(fit.verdict)


@pytest.mark.slow
@pytest.mark.parametrize(("everybody", "money"), [(0.0, False), (0.1, False), (0.1, True)])
def test_a_treatment_that_moves_all_alike_is_hardly_ever_called_worth_targeting(everybody: float, money: bool) -> None:
    """At most 5 of 100 worlds; 80 worlds with a true share of 2.5% give more than six false alarms once in 100."""
    verdicts = [fitted(world(1_000, seed=seed, everybody=everybody, money=money)).verdict for seed in range(80)]

    assert sum(verdict.works for verdict in verdicts) <= 5
    assert all(verdict.kind != "too_few" for verdict in verdicts)


@pytest.mark.slow
def test_even_one_feature_that_can_only_help_or_harm_by_chance_is_not_believed() -> None:
    """With a single feature the two halves' chances are hardest to tell from a pattern."""
    worlds = [world(1_000, seed=seed, everybody=0.1) for seed in range(80)]
    alone = [SOME.fit({"age": w.features["age"]}, treated=w.treated, outcome=w.outcome).verdict for w in worlds]

    assert sum(verdict.works for verdict in alone) <= 5


def test_the_order_of_customers_and_features_changes_nothing() -> None:
    there = world(1_500, seed=3, moved=0.2)
    ids = np.array([f"C{number}" for number in range(1_500)])
    places = np.random.default_rng(4).permutation(1_500)
    other = there.rows(places)
    turned = dict(reversed(other.features.items()))

    one = SOME.fit(there.features, treated=there.treated, outcome=there.outcome, customer=ids)
    two = SOME.fit(turned, treated=other.treated, outcome=other.outcome, customer=ids[places])

    assert one.qini is not None and two.qini is not None
    assert one.qini.value == pytest.approx(two.qini.value, rel=1e-9)
    assert one.qini.error == pytest.approx(two.qini.error, rel=1e-9)
    assert np.allclose(one.effect(there.features), two.effect(there.features))


def test_too_few_outcomes_are_said_and_nobody_is_told_apart() -> None:
    there = world(2_000, seed=5)
    rare = (np.arange(2_000) % 100 == 0).astype(np.float64)

    fit = SOME.fit(there.features, treated=there.treated, outcome=rare)

    assert fit.verdict.kind == "too_few"
    assert "Not enough outcomes yet" in str(fit.verdict)
    assert fit.qini is None and fit.auuc is None
    assert fit.average is None
    assert np.isnan(fit.effect(there.features)).all()


def test_few_customers_are_said_with_their_number() -> None:
    there = world(120, seed=6)

    fit = fitted(there)

    smaller = min(int(there.treated.sum()), int((~there.treated).sum()))
    assert str(fit.verdict) == f"Not enough customers yet: {smaller} of 100 in the smaller arm."


def test_arms_that_chance_cannot_have_dealt_raise_a_doubt() -> None:
    dealt, chosen = world(2_000, seed=7), world(2_000, seed=7, confounded=True)

    assert fitted(dealt).doubts == ()
    assert "by more than chance deals" in str(fitted(chosen).doubts[0])


def test_without_lots_the_propensities_are_learnt_and_the_assumption_is_said() -> None:
    there = world(8_000, seed=8, moved=0.3, confounded=True)

    fit = fitted(there, Uplift(splits=4, randomised=False))

    assert fit.average is not None and fit.average.low < 0.12 < fit.average.high
    assert fit.verdict.works
    assert "Nobody drew lots" in str(fit.doubts[0])


@pytest.mark.parametrize("customers", [150, 1_500])
def test_a_fit_survives_being_kept_as_json(customers: int) -> None:
    there = world(customers, seed=9, moved=0.3)
    fit = fitted(there)

    again = UpliftFit.from_data(json.loads(json.dumps(fit.as_data())))

    assert again.as_data() == fit.as_data()
    assert str(again.verdict) == str(fit.verdict)
    assert np.array_equal(again.effect(there.features), fit.effect(there.features), equal_nan=True)


def test_the_curve_goes_from_nothing_to_the_difference_of_the_arms() -> None:
    there = world(3_000, seed=10, moved=0.3)

    judgement = fitted(there).judgement

    assert judgement is not None
    assert judgement.gain[0] == 0
    assert judgement.gain[-1] == pytest.approx(0.12, abs=4 * judgement.gain_error[-1])
    assert judgement.gain[40] > 0.4 * judgement.gain[-1]


def test_the_area_under_the_uplift_curve_is_above_half_the_effect_where_targeting_pays() -> None:
    fit = fitted(world(4_000, seed=11, moved=0.3))

    assert fit.auuc is not None and fit.average is not None
    assert fit.auuc.value > fit.average.value / 2
    assert fit.auuc.n == 4_000


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(OkaeriError, match="Give one value of each per customer"):
        SOME.fit({"age": [1.0, 2.0]}, treated=[True, False, True], outcome=[0, 1, 0])


def test_a_treatment_that_is_neither_given_nor_withheld_is_refused() -> None:
    with pytest.raises(OkaeriError, match="Give 1 for customers who were treated"):
        SOME.fit({"age": [1.0, 2.0]}, treated=[1, 2], outcome=[0, 1])


def test_responders_in_the_middle_of_a_feature_are_found() -> None:
    """Neither the youngest nor the oldest are moved: a straight line would see nothing."""
    rng = np.random.default_rng(14)
    age, treated = rng.uniform(20, 70, 4_000), rng.random(4_000) < 0.5
    moved = (age > 35) & (age < 55)
    came = rng.random(4_000) < 0.15 + 0.25 * (moved & treated)

    fit = SOME.fit({"age": age}, treated=treated, outcome=came)

    effect = fit.effect({"age": np.array([22.0, 45.0, 68.0])})
    assert fit.verdict.works
    assert effect[1] > effect[0] + 0.1 and effect[1] > effect[2] + 0.1


def test_a_forgotten_feature_is_named() -> None:
    fit = fitted(world(600, seed=12, moved=0.3))

    with pytest.raises(OkaeriError, match="There is no feature called"):
        fit.effect({"age": [30.0]})


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_the_verdict_is_said_in_every_language(language: str) -> None:
    verdict = fitted(world(1_500, seed=13)).verdict

    with use_language(language):
        assert "Qini" in str(verdict) and "No evidence" not in str(verdict)


def test_responders_are_named_by_what_was_planted() -> None:
    there = world(4_000, seed=15, moved=0.3)

    named = responders(fitted(there), there.features)

    assert (named[0].feature, named[0].among) == ("dog", 1.0)
    assert named[0].elsewhere < 0.3


def test_nobody_is_named_where_targeting_does_not_pay() -> None:
    there = world(4_000, seed=2, everybody=0.15)

    assert responders(fitted(there), there.features) == ()
