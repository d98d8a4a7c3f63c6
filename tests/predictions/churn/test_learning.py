"""From examples to a model that says how good it is, or to the plain word that there is too little to learn from."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from okaeri.base.errors import OkaeriError
from okaeri.base.text import use_language
from okaeri.predictions.churn.examples import Examples
from okaeri.predictions.churn.folds import known_outcomes
from okaeri.predictions.churn.learning import NotEnough, cross_validated, learn
from okaeri.predictions.churn.model import ChurnModel
from tests.predictions.churn.planted import chance, customers, feature, shop, shuffled


@pytest.fixture(scope="module")
def rows() -> Examples:
    return shop(800)


@pytest.fixture(scope="module")
def model(rows: Examples) -> ChurnModel:
    return learned(rows)


@pytest.fixture(scope="module")
def months() -> Examples:
    """Five hundred customers seen on eight days a month apart."""
    rng = np.random.default_rng(7)
    tickets = rng.poisson(1.0, 4000).astype(float)
    customer, day = np.repeat(np.arange(500), 8), np.tile(np.arange(8) * 30, 500)
    left = rng.random(4000) < chance(0.9 * tickets - 2)
    return customers({"tickets": tickets}, left=left, customer=customer, day=day)


def learned(rows: Examples, **asked: object) -> ChurnModel:
    found = learn(rows, horizon_days=30, challenger=False, **asked)  # type: ignore[arg-type]  # one call for all tests
    assert isinstance(found, ChurnModel)
    return found


def notes_of(model: ChurnModel) -> str:
    return " ".join(map(str, model.card.notes))


def test_the_order_of_rows_and_columns_and_the_codes_change_nothing(rows: Examples, model: ChurnModel) -> None:
    other, place = shuffled(rows)

    again = learned(other)

    assert again.predict(other) == pytest.approx(model.predict(rows)[place], abs=1e-12)
    assert again.card == model.card
    told = [reasons.told() for reasons in model.reasons(rows)]
    assert [list(map(str, reasons.told())) for reasons in again.reasons(other)] == [
        list(map(str, told[p])) for p in place
    ]


def test_the_names_of_labels_change_nothing(rows: Examples, model: ChurnModel) -> None:
    renamed = {name: np.asarray([f"z{text[::-1]}" for text in texts], object) for name, texts in rows.labels.items()}

    again = learned(replace(rows, labels=renamed))

    assert again.predict(replace(rows, labels=renamed)) == pytest.approx(model.predict(rows), abs=1e-9)


def test_a_customer_scored_alone_gets_the_same_probability(rows: Examples, model: ChurnModel) -> None:
    together = model.predict(rows)

    for place in (0, 17, 799):
        assert model.predict(rows.only(np.asarray([place])))[0] == pytest.approx(together[place], abs=1e-12)


def test_what_the_features_add_sums_to_the_log_odds_of_the_prediction(rows: Examples, model: ChurnModel) -> None:
    found, probability = model.contributions(rows), model.predict(rows)

    assert found.base + found.added.sum(axis=1) == pytest.approx(np.log(probability / (1 - probability)), abs=1e-9)
    assert found.added.mean(axis=0) == pytest.approx(0.0, abs=1e-9)


def test_a_model_is_read_back_bit_for_bit(rows: Examples, model: ChurnModel) -> None:
    again = ChurnModel.from_data(json.loads(json.dumps(model.as_data())))

    assert again.predict(rows).tolist() == model.predict(rows).tolist()
    assert again.card == model.card
    assert again.reasons(rows)[0].told() == model.reasons(rows)[0].told()


def test_a_model_of_another_version_is_not_read(model: ChurnModel) -> None:
    with pytest.raises(OkaeriError, match="Learn it again"):
        ChurnModel.from_data({**model.as_data(), "version": 0})


def test_a_feature_that_is_missing_is_named(rows: Examples, model: ChurnModel) -> None:
    with pytest.raises(OkaeriError, match="not there: tickets"):
        model.predict(rows.without("tickets"))


def test_customers_whose_outcome_nobody_knows_can_be_scored(rows: Examples, model: ChurnModel) -> None:
    assert model.predict(replace(rows, left=None)).tolist() == model.predict(rows).tolist()


def test_probabilities_come_true_on_customers_never_seen(model: ChurnModel) -> None:
    fresh = shop(20_000, seed=99)

    probability, left = model.predict(fresh), known_outcomes(fresh)

    # 800 customers tell the share that leaves to 3 standard errors of .017
    assert probability.mean() == pytest.approx(left.mean(), abs=0.05)
    high = probability > 0.6
    assert left[high].mean() == pytest.approx(probability[high].mean(), abs=0.08)


def test_the_card_sets_the_model_beside_simpler_ones(model: ChurnModel) -> None:
    card = model.card

    assert card.tells
    assert card.base_rate.auc.value == 0.5
    assert set(card.single.features) <= {"tickets", "plan", "tenure"}
    assert card.judgement.log_loss.value < card.single.log_loss.value < card.base_rate.log_loss.value
    assert (card.rows, card.customers, card.over_time, card.folds) == (800, 800, False, 5)


def test_what_the_card_says_holds_on_customers_never_seen(model: ChurnModel) -> None:
    fresh = shop(20_000, seed=98)
    peer = cross_validated(fresh).judgement

    low, high = model.card.judgement.auc.interval.low, model.card.judgement.auc.interval.high

    assert low is not None and high is not None
    assert low - 0.02 < peer.auc.value < high + 0.02


def test_thirty_of_each_are_enough_and_one_less_is_not() -> None:
    left = np.arange(230) < 30
    rows = customers({"size": np.random.default_rng(1).normal(size=230)}, left=left)

    found = learn(rows.only(np.arange(1, 230)), horizon_days=30)

    assert isinstance(found, NotEnough)
    assert (found.left, found.stayed, found.needed) == (29, 200, 30)
    assert str(found.reason) == "Not enough outcomes yet: 29 of 30 customers who left."
    with use_language("ko"):
        assert "30" in str(found.reason)
    assert isinstance(learn(rows, horizon_days=30, challenger=False), ChurnModel)


def test_outcomes_are_counted_by_customer_and_not_by_row(months: Examples) -> None:
    few = months.only(months.customer < 20)

    found = learn(few, horizon_days=30)

    assert isinstance(found, NotEnough)
    assert max(found.left, found.stayed) <= 20


def test_two_hundred_customers_are_told_apart_in_straight_lines() -> None:
    model = learned(shop(200))

    assert model.card.judgement.auc.value > 0.6
    assert "straight lines only" in notes_of(model)


def test_columns_that_tell_nothing_are_said_to() -> None:
    rng = np.random.default_rng(5)
    rows = customers({f"n{k}": rng.normal(size=500) for k in range(6)}, left=rng.random(500) < 0.3)

    model = learned(rows)

    assert not model.card.tells
    assert not model.card.named
    assert "does not tell who leaves" in notes_of(model)
    assert model.reasons(rows)[0].told()[0].message.startswith("Nothing known")


def test_a_suspected_column_is_left_out_unless_it_is_kept(rows: Examples) -> None:
    leak = replace(
        rows,
        features=(*rows.features, feature("closed")),
        numbers={**rows.numbers, "closed": known_outcomes(rows).astype(float)},
    )

    out, kept = learned(leak), learned(leak, keep=("closed",))

    assert "closed" not in out.model.ids
    assert "'closed' was left out because it may know the outcome" in notes_of(out)
    assert [each.feature for each in out.card.suspects] == ["closed"]
    assert "closed" in kept.model.ids
    assert "'closed' was kept as you asked" in notes_of(kept)


def test_several_days_are_judged_over_time(months: Examples) -> None:
    model = learned(months)

    assert model.card.over_time
    assert (model.card.folds, model.card.first_day, model.card.last_day) == (5, 0, 210)
    assert model.card.judgement.n == 2500


def test_the_base_rate_ranks_nobody_however_the_days_differ(months: Examples) -> None:
    """More leave each month, and the base rate of a later day is higher: that is no skill at telling who."""
    rng = np.random.default_rng(3)
    rising = replace(months, left=rng.random(4000) < 0.05 + months.day / 500)

    assert learned(rising).card.base_rate.auc.value == 0.5
    assert learned(rising.only(rising.day == 90)).card.base_rate.auc.value == 0.5


def test_days_too_close_together_are_judged_over_customers_with_a_word(months: Examples) -> None:
    found = learn(months, horizon_days=365, challenger=False)

    assert isinstance(found, ChurnModel)
    assert not found.card.over_time
    assert "may flatter it" in notes_of(found)


def test_a_model_whose_world_has_turned_is_not_flattered(months: Examples) -> None:
    """What tells leavers early says the reverse at the end: only a judgement over time can see that."""
    turned = {"tickets": np.where(months.day > 60, -months.numbers["tickets"], months.numbers["tickets"])}
    rows = replace(months, numbers=turned).only(np.isin(months.day, (0, 30, 60, 90)))

    over_time = learned(rows).card.judgement.auc.value

    assert over_time < cross_validated(rows).judgement.auc.value - 0.05


def test_a_customer_hears_their_reasons(rows: Examples, model: ChurnModel) -> None:
    riskiest = int(np.argmax(model.predict(rows)))

    found = model.reasons(rows.only(np.asarray([riskiest])), top=2)[0]

    assert 1 <= len(found.leaving) <= 2
    assert all(reason.contribution > 0 for reason in found.leaving)
    assert {reason.feature.id for reason in (*found.leaving, *found.staying)} <= {"tickets", "tenure", "plan"}
    assert str(found.told()[0]).startswith("What speaks for leaving: ")


def test_the_rows_of_a_cross_validation_stand_as_they_were_given(rows: Examples) -> None:
    other, place = shuffled(rows)

    first, second = cross_validated(rows), cross_validated(other)

    assert second.probability == pytest.approx(first.probability[place], abs=1e-12)
    assert second.judgement.log_loss == first.judgement.log_loss
