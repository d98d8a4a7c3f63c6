"""Totals by period and cohort: the published tracking plots, sums over single customers, simulated worlds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.base.errors import OkaeriError
from okaeri.predictions.clv.bgnbd import BGNBD, BGNBDFit
from okaeri.predictions.clv.forecast import purchases_ahead, repeat_purchases
from okaeri.predictions.clv.paretonbd import ParetoNBD
from tests.predictions.clv.cdnow import first_days, histories, purchases
from tests.predictions.clv.simulated import simulate_bgnbd

CDNOW = BGNBDFit(r=0.242595, alpha=4.413602, a=0.792920, b=2.425888)
# the last day of the 78 weeks, 1997-01-01 being day 0
END = 545


@pytest.mark.real_data
@pytest.mark.parametrize(("model", "published"), [(BGNBD(), 4160.6), (ParetoNBD(), 4270.1)], ids=["BG", "Pareto"])
def test_golden_cdnow_cumulative_repeat_purchases_of_78_weeks(
    data_dir: Path, model: BGNBD | ParetoNBD, published: float
) -> None:
    born = first_days(data_dir)
    fit = model.fit(**histories(data_dir))

    found = repeat_purchases(fit, first_purchase=born / 7, ends=[END / 7])

    assert found.total == pytest.approx([published], abs=0.1)
    assert len(purchases(data_dir).day) - len(born) == 4339


def test_the_total_is_the_sum_over_single_customers() -> None:
    born = np.array([0.0, 0.0, 3.5, 7.0, 20.0])
    ends = [2.0, 7.0, 30.0]

    found = repeat_purchases(CDNOW, first_purchase=born, ends=ends)

    for period, end in enumerate(ends):
        expected = sum(CDNOW.expected_purchases_of_newcomer(end - b).item() for b in born if b < end)
        assert found.total[period] == pytest.approx(expected)


def test_cohorts_add_up_to_the_total_and_keep_their_labels() -> None:
    born = np.array([0.0, 1.0, 5.0, 5.0])
    labels = np.array(["1997-01", "1997-01", "1997-02", "1997-02"])

    found = repeat_purchases(CDNOW, first_purchase=born, ends=[4.0, 13.0], cohort=labels)

    whole = repeat_purchases(CDNOW, first_purchase=born, ends=[4.0, 13.0])
    assert (found.cohorts, found.customers) == (("1997-01", "1997-02"), (2, 2))
    assert found.cumulative[1, 0] == 0  # not born yet
    assert found.total == pytest.approx(whole.total)
    assert found.by_period.sum(axis=1) == pytest.approx(found.cumulative[:, -1])


def test_a_cohort_of_simulated_customers_buys_what_was_forecast() -> None:
    truth = BGNBDFit(r=0.8, alpha=5.0, a=0.9, b=2.5)
    bought = simulate_bgnbd(60_000, **truth.parameters, age=1e-6, horizon=39.0, seed=3).future

    found = repeat_purchases(truth, first_purchase=np.zeros(60_000), ends=[39.0])

    assert abs(found.total[0] - bought.sum()) < 4 * bought.std() * np.sqrt(60_000)


def test_customers_with_histories_buy_what_was_forecast_in_each_cohort() -> None:
    truth = BGNBDFit(r=0.8, alpha=5.0, a=0.9, b=2.5)
    seen = simulate_bgnbd(60_000, **truth.parameters, age=39.0, horizon=26.0, seed=4)
    label = (seen.frequency > 0).astype(int)

    found = purchases_ahead(truth, ends=[13.0, 26.0], cohort=label, **seen.histories)

    assert found.cohorts == (0, 1)
    for place in (0, 1):
        future = seen.future[label == place]
        assert found.customers[place] == len(future)
        assert abs(found.cumulative[place, -1] - future.sum()) < 4 * future.std() * np.sqrt(len(future))


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 30)), min_size=1, max_size=12), st.integers(1, 40))
def test_the_forecast_of_histories_is_their_sum(rows: list[tuple[int, int]], horizon: int) -> None:
    frequency, last = np.array(rows, float).T
    history = {"frequency": frequency, "last_purchase": last, "age": 39.0}

    found = purchases_ahead(CDNOW, ends=[horizon / 2, horizon], **history)

    assert found.total[-1] == pytest.approx(CDNOW.expected_purchases(horizon, **history).sum())
    assert np.all(found.by_period >= 0)


def test_the_order_of_customers_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    born, order = rng.integers(0, 84, 500) / 7, rng.permutation(500)
    label = rng.integers(0, 3, 500)

    one, other = (
        repeat_purchases(CDNOW, first_purchase=born[way], cohort=label[way], ends=[20.0, 40.0])
        for way in (np.arange(500), order)
    )

    assert one.cumulative == pytest.approx(other.cumulative, rel=1e-12)


def test_covariates_move_the_forecast_of_those_who_have_them() -> None:
    fit = BGNBDFit(r=0.24, alpha=4.4, a=0.8, b=2.4, coefficients={"alpha": (0.7,), "a": (0.0,), "b": (0.0,)})
    born, card = np.array([0.0, 0.0, 2.0]), np.array([0.0, 1.0, 1.0])

    found = repeat_purchases(fit, first_purchase=born, ends=[10.0], covariates=card, cohort=card)
    ahead = purchases_ahead(
        fit, ends=[10.0], frequency=0, last_purchase=0, age=np.array([5.0, 5.0, 9.0]), covariates=card
    )

    plain = BGNBDFit(r=0.24, alpha=4.4, a=0.8, b=2.4)
    quick = BGNBDFit(r=0.24, alpha=4.4 * np.exp(-0.7), a=0.8, b=2.4)
    assert found.cumulative[0] == pytest.approx([plain.expected_purchases_of_newcomer(10.0).item()])
    assert found.cumulative[1] == pytest.approx([quick.expected_purchases_of_newcomer([10.0, 8.0]).sum()])
    each = [
        who.expected_purchases(10.0, frequency=0, last_purchase=0, age=age).item()
        for who, age in ((plain, 5.0), (quick, 5.0), (quick, 9.0))
    ]
    assert ahead.total == pytest.approx([sum(each)])


@pytest.mark.parametrize("ends", [[], [5.0, 5.0], [9.0, 5.0], [np.nan]])
def test_periods_that_do_not_follow_each_other_are_refused(ends: list[float]) -> None:
    with pytest.raises(OkaeriError, match="each later than the one before"):
        repeat_purchases(CDNOW, first_purchase=[0.0], ends=ends)


@pytest.mark.parametrize("born", [[], [np.nan, 1.0]])
def test_customers_without_a_first_purchase_are_refused(born: list[float]) -> None:
    with pytest.raises(OkaeriError, match="leave out those whose first purchase"):
        repeat_purchases(CDNOW, first_purchase=born, ends=[1.0])


def test_a_label_too_few_is_refused() -> None:
    with pytest.raises(OkaeriError, match="one label per customer"):
        repeat_purchases(CDNOW, first_purchase=[0.0, 1.0], ends=[1.0], cohort=["a"])
