"""Forecasts of past days: when they are made, what they may know, and how they are scored."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.metrics.timetable import EPOCH
from okaeri.predictions.clv.backtest import Plan, backtest, plan, score, tried
from tests.predictions.clv import worlds
from tests.predictions.clv.summaries import summary_of

START = date(2020, 1, 1)


@given(observed=st.integers(1, 4000), horizon_days=st.integers(1, 1500))
def test_every_window_lies_within_the_time_observed_with_a_past_before_it(observed: int, horizon_days: int) -> None:
    made = plan(first_day=100, cutoff=100 + observed, horizon_days=horizon_days)

    assert made.window_days <= horizon_days
    assert all(day + made.window_days <= 100 + observed for day in made.days)
    assert all(day - 100 >= made.window_days for day in made.days)
    assert list(made.days) == sorted(set(made.days))


def test_a_long_history_is_tried_with_the_very_horizon() -> None:
    assert plan(first_day=0, cutoff=1500, horizon_days=365).window_days == 365


def test_a_short_history_is_not_tried_at_all() -> None:
    assert plan(first_day=0, cutoff=30, horizon_days=365) == Plan(window_days=12, days=())


def test_overlapping_windows_count_as_those_that_fit_side_by_side() -> None:
    assert Plan(window_days=100, days=(100, 125, 150)).independent == pytest.approx(1.5)


def test_a_score_is_worked_by_hand() -> None:
    window = summary_of(frequency=[0] * 4, last_purchase=[0] * 4, age=[9] * 4, purchases=[0, 0, 2, 1], horizon_days=30)

    scored = score("own_rate", window, np.array([0.0, 1.0, 1.0, 1.0]))

    assert (scored.expected, scored.actual, scored.total_error) == (3.0, 3.0, 0.0)
    assert (scored.rmse, scored.mae, scored.bias) == pytest.approx((np.sqrt(0.5), 0.5, 0.0))
    # of the four pairs of a buyer and another, two are ranked right and two are ties
    assert scored.auc == pytest.approx(0.75)
    assert scored.as_row()["as_of"] == (EPOCH + timedelta(days=20_000)).isoformat()


def test_where_nobody_bought_there_is_no_ranking_to_judge() -> None:
    window = summary_of(frequency=[0, 1], last_purchase=[0, 3], age=[9, 9], purchases=[0, 0], horizon_days=30)

    scored = score("own_rate", window, np.array([0.0, 1.0]))

    assert (scored.auc, scored.rank, scored.total_error) == (None, None, None)


def test_nothing_after_the_cutoff_is_known_to_a_backtest() -> None:
    world = worlds.pareto(300, days=500, seed=3)
    cutoff = START + timedelta(days=300)

    now = backtest(worlds.measurer(world, until=300), cutoff=cutoff, horizon_days=90, currency="EUR")
    later = backtest(worlds.measurer(world), cutoff=cutoff, horizon_days=90, currency="EUR")

    assert [each.as_row() for each in now.scores()] == [each.as_row() for each in later.scores()]
    assert now.plan.days[-1] + 90 <= (cutoff - EPOCH).days


def test_a_shop_whose_days_are_all_moved_is_judged_the_same() -> None:
    world = worlds.pareto(300, days=300, seed=3)
    found = []
    for start in (START, START + timedelta(days=997)):
        shop = worlds.measurer(world, start=start)
        found.append(backtest(shop, cutoff=start + timedelta(days=300), horizon_days=90, currency="EUR"))

    assert [each.rmse for each in found[0].scores()] == [each.rmse for each in found[1].scores()]


def test_without_any_window_nothing_is_tried() -> None:
    assert tried(Plan(window_days=9, days=()), ()).expected == {}


def test_the_level_is_that_of_facts_over_forecasts() -> None:
    world = worlds.bgnbd(400, days=400, seed=1)
    tested = backtest(worlds.measurer(world), cutoff=START + timedelta(days=400), horizon_days=90, currency="EUR")
    totals = [each for each in tested.scores() if each.candidate == "bgnbd"]

    ratios = tested.log_ratios(["bgnbd"])

    assert ratios == pytest.approx([np.log((each.actual + 0.5) / (each.expected + 0.5)) for each in totals])
