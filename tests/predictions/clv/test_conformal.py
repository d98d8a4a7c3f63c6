"""Ranges for customers and totals: that they hold as often as they say, in simulation and on real purchases."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from okaeri.predictions.clv.conformal import CustomerRanges, learn_ranges
from okaeri.predictions.clv.laws import CountLaw, SpendLaw, law_of, learn_counts, learn_spend
from okaeri.predictions.clv.predict import predict_value
from okaeri.predictions.clv.results import ValueForecast
from okaeri.predictions.clv.summary import summarise
from okaeri.predictions.clv.totals import UNTESTED, corrected, learn_bend, learn_level, origin_weights
from tests.predictions.clv import worlds

START = date(2020, 1, 1)
LAW = CountLaw(a=-0.2, b=0.5, horizon_days=100)


def buyers(n: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What is expected of customers, most of whom buy nothing, and what they do by `LAW`."""
    rng = np.random.default_rng(seed)
    expected = rng.gamma(0.4, 1.5, n)
    size = LAW.size(expected, horizon_days=100)
    return expected, rng.poisson(rng.gamma(size, expected / size)).astype(float)


def test_the_law_is_negative_binomial() -> None:
    from scipy.stats import nbinom

    mean, size = np.array([0.3, 4.0]), LAW.size(np.array([0.3, 4.0]), horizon_days=100)

    found = LAW.below(np.array([0.0, 6.0]), mean, horizon_days=100)

    assert found == pytest.approx(nbinom.cdf([0, 6], size, size / (size + mean)))
    assert LAW.variance(mean, horizon_days=100) == pytest.approx(nbinom.var(size, size / (size + mean)))


def test_the_law_goes_with_the_rate_so_that_twice_the_time_is_twice_the_purchases_of_the_same_people() -> None:
    one, two = LAW.size(np.array([1.5]), horizon_days=100), LAW.size(np.array([3.0]), horizon_days=200)

    assert one == pytest.approx(two)


def test_the_law_is_found_again() -> None:
    expected, bought = buyers(20_000, seed=1)

    found = learn_counts(expected, bought, horizon_days=100, weight=np.ones(len(expected)))

    assert (found.a, found.b) == pytest.approx((LAW.a, LAW.b), abs=0.08)


@pytest.mark.parametrize("seed", range(3))
def test_nine_of_ten_new_customers_are_inside_though_purchases_are_whole_numbers(seed: int) -> None:
    expected, bought = buyers(4000, seed=seed)
    ranges = learn_ranges(LAW, [expected], [bought], horizon_days=100, weights=np.ones(1))
    fresh, happened = buyers(20_000, seed=seed + 100)

    found = ranges.of(fresh, horizon_days=100)

    inside = np.mean((found.low <= happened) & (happened <= found.high))
    assert 0.88 < inside < 0.925


def test_ranges_hold_nine_of_ten_although_the_law_is_a_wrong_one() -> None:
    expected, bought = buyers(4000, seed=5)
    too_sure = CountLaw(a=3.0, b=0.0, horizon_days=100)
    ranges = learn_ranges(too_sure, [expected], [bought], horizon_days=100, weights=np.ones(1))
    fresh, happened = buyers(20_000, seed=105)

    found = ranges.of(fresh, horizon_days=100)

    inside = np.mean((found.low <= happened) & (happened <= found.high))
    assert 0.88 < inside < 0.93


def test_ranges_are_whole_numbers_around_what_is_expected_and_never_below_nothing() -> None:
    expected, bought = buyers(2000, seed=6)
    found = learn_ranges(LAW, [expected], [bought], horizon_days=100, weights=np.ones(1)).of(
        np.array([0.0, 0.02, 1.0, 40.0]), horizon_days=100
    )

    assert (found.low >= 0).all()
    assert (found.low == np.rint(found.low)).all()
    assert (found.high == np.rint(found.high)).all()
    assert found.low[3] <= 40 <= found.high[3]
    assert found.high.tolist() == sorted(found.high)


def test_spend_is_nothing_for_who_buys_nothing_and_its_ranges_hold() -> None:
    rng = np.random.default_rng(7)
    worth: dict[bool, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    for fresh in (False, True):
        expected, bought = buyers(8000, seed=8 + fresh)
        worth[fresh] = (expected, bought, rng.gamma(np.maximum(bought, 1e-9) * 2.0, 0.5) * rng.gamma(10, 0.1, 8000))
    expected, bought, multiples = worth[False]
    law = learn_spend(LAW, bought, multiples)
    ranges = learn_ranges(law, [expected], [multiples], horizon_days=100, weights=np.ones(1))

    expected, bought, multiples = worth[True]
    found = ranges.of(expected, horizon_days=100)

    assert 0.88 < np.mean((found.low <= multiples) & (multiples <= found.high)) < 0.925
    # each purchase varies by a half, each customer by a tenth
    assert (law.each, law.customer) == pytest.approx((0.55, 0.1), abs=0.12)


def test_laws_and_ranges_come_back_from_their_data() -> None:
    spend = SpendLaw(counts=LAW, each=0.5, customer=0.1)
    ranges = CustomerRanges(law=spend, nominal=0.91)

    assert law_of(LAW.as_data()) == LAW
    assert CustomerRanges.from_data(ranges.as_data()) == ranges


def test_each_origin_counts_half_as_much_as_the_next() -> None:
    weights = origin_weights(4)

    assert weights.sum() == pytest.approx(1)
    assert (weights[1:] / weights[:-1]).tolist() == pytest.approx([2, 2, 2])


def test_a_steady_bias_is_corrected_and_a_wild_one_less_so() -> None:
    steady = learn_level(np.full(6, 0.1), window_days=90, independent=2)
    wild = learn_level(np.array([-0.6, 0.5, -0.5, 0.6, -0.4, 0.5]), window_days=90, independent=2)

    assert steady.factor == pytest.approx(np.exp(0.1), abs=0.02)
    assert 1 < wild.factor < np.exp(0.1)
    assert wild.spread > 2 * steady.spread


def test_a_range_is_wider_for_more_time_than_was_ever_tried_and_widest_untested() -> None:
    level = learn_level(np.full(6, 0.1), window_days=90, independent=2)

    near, far, untested = (
        each.range(1000.0, 1000.0, horizon_days=days) for each, days in ((level, 90), (level, 360), (UNTESTED, 90))
    )

    assert near[1] - near[0] < far[1] - far[0] < untested[1] - untested[0]
    assert near[0] < 1000 < near[1]


def test_a_bend_is_learnt_half_way_and_leaves_the_total_as_corrected() -> None:
    rng = np.random.default_rng(9)
    expected = rng.gamma(1.0, 2.0, 20_000)
    real = corrected(expected, factor=1.0, bend=0.8)

    bend = learn_bend([expected], [rng.poisson(real).astype(float)], factor=1.0)

    assert bend == pytest.approx(0.9, abs=0.03)
    assert corrected(expected, factor=1.2, bend=bend).sum() == pytest.approx(1.2 * expected.sum())
    assert corrected(np.zeros(3), factor=1.2, bend=bend).tolist() == [0, 0, 0]


def test_equal_customers_may_be_counted_once() -> None:
    both = corrected(np.array([1.0, 1.0, 4.0]), factor=1.1, bend=0.9)
    once = corrected(np.array([1.0, 4.0]), factor=1.1, bend=0.9, count=np.array([2.0, 1.0]))

    assert once == pytest.approx(both[1:])


def held(forecast: ValueForecast, purchases: np.ndarray, spend: np.ndarray) -> dict[str, float]:
    return {
        "purchases": float(np.mean((forecast.purchases_low <= purchases) & (purchases <= forecast.purchases_high))),
        "spend": float(np.mean((forecast.spend_low <= spend + 1e-6) & (spend <= forecast.spend_high + 1e-6))),
    }


@pytest.mark.parametrize("world", ["BG/NBD", "Pareto/NBD", "regular buyers", "older than its log"])
def test_ranges_learnt_from_the_past_hold_in_the_time_to_come(world: str) -> None:
    made = worlds.WORLDS[world](2000, days=730, seed=11)
    shop = worlds.measurer(made)
    day = START + timedelta(days=500)

    forecast = predict_value(shop, horizon_days=180, cutoff=day)

    later = summarise(shop, as_of=day, horizon_days=180)
    found = held(forecast, later.purchases, later.spend)
    assert 0.87 <= found["purchases"] <= 0.93
    assert 0.86 <= found["spend"] <= 0.94


def test_ranges_of_totals_hold_nine_of_ten_over_shops_that_drift_and_shops_that_do_not() -> None:
    inside: Counter[bool] = Counter()
    for world in ("BG/NBD", "Pareto/NBD", "decline", "older than its log", "regular buyers"):
        shop = worlds.measurer(worlds.WORLDS[world](600, days=600, seed=20))
        for days in (300, 420):
            day = START + timedelta(days=days)
            total = predict_value(shop, horizon_days=120, cutoff=day).total_purchases
            fact = summarise(shop, as_of=day, horizon_days=120).purchases.sum()
            inside[(total.interval.low or 0) <= fact <= (total.interval.high or 0)] += 1

    assert inside[True] >= 8


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["CDNOW_sample.txt", "CDNOW_master.txt"])
def test_cdnow_forecasts_of_39_weeks_hold(name: str, data_dir: Path) -> None:
    """39 weeks to learn from, 39 to forecast, as in Fader, Hardie & Lee (2005)."""
    columns = (0, 2, 4) if "sample" in name else (0, 1, 3)
    table = np.loadtxt(data_dir / "cdnow" / name, skiprows=int("master" in name), usecols=columns)
    written = table[:, 1].astype(int)
    days = np.array([f"{d // 10000}-{d // 100 % 100:02d}-{d % 100:02d}" for d in written], dtype="datetime64[D]")
    world = worlds.World(
        customer=table[:, 0].astype(int),
        day=(days - np.datetime64("1997-01-01")).astype(int),
        spend=table[:, 2],
    )
    shop = worlds.measurer(world, start=date(1997, 1, 1))

    forecast = predict_value(shop, horizon_days=273, cutoff=date(1997, 10, 1))

    later = summarise(shop, as_of=date(1997, 10, 1), horizon_days=273)
    found = held(forecast, later.purchases, later.spend)
    assert abs(forecast.total_purchases.value / later.purchases.sum() - 1) <= 0.08
    assert 0.87 <= found["purchases"] <= 0.93
    assert (forecast.total_purchases.interval.low or 0) <= later.purchases.sum()
    assert later.purchases.sum() <= (forecast.total_purchases.interval.high or 0)
