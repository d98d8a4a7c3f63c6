"""What becomes of columns, and that the coefficients are those of the penalised likelihood."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import SplineTransformer

from okaeri.base.errors import NothingUsable
from okaeri.predictions.churn.choosing import Fitting
from okaeri.predictions.churn.folds import in_order, known_outcomes, parts
from okaeri.predictions.churn.models import newton
from okaeri.predictions.churn.models.encoding import LabelColumns, Room, encoding_of, label_columns, room_for
from okaeri.predictions.churn.models.newton import PENALTIES, Trials, best_fit, fitted, losses, once
from okaeri.predictions.churn.models.numbers import number_columns, spline_basis
from okaeri.predictions.churn.models.splines import fit_splines
from okaeri.predictions.churn.models.trees import fit_trees
from tests.predictions.churn.planted import customers, shop

ROOM = Room(knots=4, least_customers=5, levels=10)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.mark.parametrize("penalty", [0.25, 16.0, 1024.0])
def test_the_fit_is_that_of_scikit_learn(rng: np.random.Generator, penalty: float) -> None:
    columns = rng.normal(size=(300, 6))
    left = rng.random(300) < 0.3

    found = fitted(once(columns, left), penalty=penalty)

    peer = LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=1e-12, max_iter=500).fit(columns, left)
    assert found.slopes == pytest.approx(peer.coef_[0], abs=1e-8)
    assert found.levels == pytest.approx(peer.intercept_, abs=1e-8)


def test_the_basis_is_that_of_scikit_learn(rng: np.random.Generator) -> None:
    values, knots = rng.uniform(0, 5, 200), (0.0, 1.0, 2.5, 5.0)

    found = spline_basis(values, knots)

    # scikit-learn's base points leave the ends open, so the spans of both are compared
    peer = SplineTransformer(knots=np.asarray(knots)[:, None], degree=3).fit_transform(values[:, None])
    projected = peer @ np.linalg.lstsq(peer, found, rcond=None)[0]
    assert found == pytest.approx(projected, abs=1e-9)
    assert found.sum(axis=1) == pytest.approx(1.0)


def test_the_penalty_is_the_one_that_brute_force_chooses() -> None:
    rows = in_order(shop(400))
    trials = once(encoding_of(rows, room=room_for(rows)).columns(rows), known_outcomes(rows))
    part = parts(rows, count=4)

    found = best_fit(trials, part)

    assert found.penalty == min(PENALTIES, key=lambda p: brute(trials, part, p))


def brute(trials: Trials, part: np.ndarray, penalty: float) -> float:
    total = 0.0
    for k in range(4):
        judged = trials.only(np.flatnonzero(part == k))
        fit = fitted(trials.only(np.flatnonzero(part != k)), penalty=penalty)
        total += float(losses(judged, fit.log_odds(judged.columns)).sum())
    return total


def test_a_search_that_does_not_end_says_so(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    trials = once(rng.normal(size=(50, 2)), rng.random(50) < 0.3)
    monkeypatch.setattr(newton, "_STEPS", 1)

    with pytest.raises(NothingUsable, match="Leave out columns"):
        fitted(trials, penalty=1.0)


def test_columns_have_mean_zero_over_the_rows_they_were_made_from() -> None:
    rows = shop(600)

    found = encoding_of(rows, room=ROOM).columns(rows)

    assert found.mean(axis=0) == pytest.approx(0.0, abs=1e-12)


def test_an_unknown_number_has_a_column_of_its_own_and_no_place_on_the_line() -> None:
    part = number_columns("tenure", np.asarray([1.0, 2.0, 3.0, np.nan]), knots=0)

    assert part is not None
    assert part.columns(np.asarray([np.nan, 2.0])).tolist() == [[0.0, 0.75], [0.0, -0.25]]


def test_a_number_unknown_for_the_first_time_adds_nothing() -> None:
    part = number_columns("tenure", np.asarray([1.0, 2.0, 3.0, 4.0]), knots=4)

    assert part is not None
    assert not part.columns(np.asarray([np.nan])).any()


def test_a_number_that_is_always_the_same_counts_by_being_known() -> None:
    known = number_columns("refunded", np.asarray([1.0, 1.0, np.nan, np.nan]), knots=4)

    assert number_columns("refunded", np.ones(4), knots=4) is None
    assert known is not None
    assert known.columns(np.asarray([1.0, np.nan]))[:, -1].tolist() == [-0.5, 0.5]


def test_beyond_the_outer_knots_a_value_counts_as_the_outer_knot(rng: np.random.Generator) -> None:
    values = rng.uniform(0, 10, 100)
    part = number_columns("orders", values, knots=5)

    assert part is not None
    far, end = part.columns(np.asarray([1e12])), part.columns(np.asarray([values.max()]))
    assert far.tolist() == end.tolist()


def test_a_skewed_number_is_taken_by_its_logarithm_and_an_even_one_as_it_is(rng: np.random.Generator) -> None:
    skewed = number_columns("spend", rng.lognormal(3, 2, 500), knots=5)
    even = number_columns("age", rng.normal(40, 9, 500), knots=5)

    assert skewed is not None and even is not None
    assert skewed.unit is not None
    assert even.unit is None


def test_a_number_that_is_mostly_zero_still_bends(rng: np.random.Generator) -> None:
    part = number_columns("tickets", np.append(np.zeros(900), rng.integers(1, 9, 100).astype(float)), knots=5)

    assert part is not None
    assert len(part.knots) > 2


def test_rare_labels_are_pooled_and_a_new_one_joins_them() -> None:
    cities = np.asarray(["Kyoto"] * 10 + ["Busan"] * 7 + ["Nara", "Ulsan"], object)

    part = label_columns("city", cities, customer=np.arange(19), room=ROOM)

    assert part is not None
    assert part.levels == ("Kyoto", "Busan")
    found = part.columns(np.asarray(["Nara", "Oslo"], object))
    assert found[0].tolist() == found[1].tolist()
    assert found[0].argmax() == 2


def test_a_new_label_adds_nothing_where_none_was_rare() -> None:
    part = label_columns("plan", np.asarray(["a"] * 9 + ["b"] * 9, object), customer=np.arange(18), room=ROOM)

    assert part is not None
    assert not part.columns(np.asarray(["c"], object)).any()


def test_a_text_that_one_customer_has_on_many_days_is_pooled() -> None:
    texts = np.asarray(["price"] * 20 + ["moved to Nara after divorce"] * 12, object)
    customer = np.asarray([*range(20), *[20] * 12])

    assert label_columns("end_reason", texts, customer=customer, room=ROOM) == LabelColumns(
        id="end_reason", levels=("price",), shares=(20 / 32, 12 / 32)
    )


@pytest.mark.parametrize("fit", [fit_splines, fit_trees])
def test_no_text_of_fewer_than_ten_customers_is_written_to_a_model(fit: Fitting) -> None:
    """Twelve looks at each of 150 customers: one has words of their own, nine share some, ten share others."""
    rng = np.random.default_rng(4)
    customer = np.repeat(np.arange(150), 12)
    reason = np.asarray(["", "price", "service"], object)[customer % 3]
    reason[customer == 3] = "moved to Nara after divorce"
    reason[np.isin(customer, np.arange(20, 29))] = "words of nine"
    reason[np.isin(customer, np.arange(40, 50))] = "words of ten"
    tickets = rng.poisson(1.0, len(customer)).astype(float)
    left = rng.random(len(customer)) < np.where(customer == 3, 0.9, 0.2 + 0.1 * tickets.clip(0, 5))

    rows = customers({"tickets": tickets}, labels={"end_reason": reason}, left=left, customer=customer)
    model = fit(in_order(rows))

    assert model is not None
    kept = json.dumps(model.as_data())
    assert "price" in kept and "words of ten" in kept
    assert "Nara" not in kept and "words of nine" not in kept


def test_few_outcomes_make_straight_lines_and_many_bend_them() -> None:
    few, many = room_for(shop(200)), room_for(shop(3000))

    assert (few.knots, many.knots) == (0, 5)
    assert few.levels < many.levels


def test_the_bend_of_a_cause_is_found() -> None:
    rng = np.random.default_rng(8)
    place = rng.uniform(-2, 2, 6000)
    rows = in_order(customers({"place": place}, left=rng.random(6000) < 1 / (1 + np.exp(2 - place**2))))

    model = fit_splines(rows)

    asked = np.linspace(-1.8, 1.8, 9)
    found = model.log_odds(customers({"place": asked}, left=None))
    assert np.abs(found - (asked**2 - 2)).max() < 0.35


def test_columns_of_noise_are_shrunken_to_nearly_nothing() -> None:
    rng = np.random.default_rng(2)
    noise = {f"n{k}": rng.normal(size=800) for k in range(12)}

    model = fit_splines(in_order(customers(noise, left=rng.random(800) < 0.3)))

    told = model.log_odds(customers(noise, left=None))
    assert told.std() < 0.15


def test_nothing_but_the_base_rate_is_said_without_a_column_that_varies() -> None:
    rng = np.random.default_rng(2)
    rows = in_order(customers({"same": np.ones(200)}, left=rng.random(200) < 0.3))

    model = fit_splines(rows)

    assert rows.left is not None
    assert 1 / (1 + np.exp(-model.log_odds(rows))) == pytest.approx(rows.left.mean())
